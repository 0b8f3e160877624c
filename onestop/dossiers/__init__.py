"""A dossier from the moment an applicant hands it in: states, clock, history, figures, search."""
