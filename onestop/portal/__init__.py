"""The citizens side: the catalogue, where a dossier stands, and online submission."""
