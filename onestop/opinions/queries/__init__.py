"""Questions to other agencies: those of a dossier, their lists, their dates."""
