"""The papers of a dossier: which there are, what each says, and its print."""
