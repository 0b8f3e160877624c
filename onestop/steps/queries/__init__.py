"""Reading the steps: of one dossier, the work that waits, what is handed over."""
