"""What a register is: its columns, how its cells are read and written, what a row tells."""
