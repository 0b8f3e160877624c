"""The official register of received dossiers (forms.md 6): a book for each shop and any period."""
