"""What a procedure is: its channels and levels, papers, steps, and how it is found."""
