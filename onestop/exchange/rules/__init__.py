"""What files are: their columns, how cells are read and written, what a row tells."""
