"""Reading registers from files, and dossiers as rows of a register."""
