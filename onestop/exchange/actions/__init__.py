"""Bringing files in, and handing them out."""
