"""Reading rows from files, and what is kept as rows of a file."""
