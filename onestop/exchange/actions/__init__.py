"""Bringing registers in, and handing them out."""
