"""Registers: whole files of dossiers that come in, and go out again."""
