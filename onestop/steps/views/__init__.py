"""The pages of steps, of work and of hand-over lists."""
