"""Whole files that come in and go out again: dossiers, and what an administrator keeps."""
