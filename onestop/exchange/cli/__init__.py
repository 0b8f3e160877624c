"""The commands that bring files in and hand them out."""
