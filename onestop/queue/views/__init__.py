"""The pages of the queue: parse, one call, answer."""
