"""Invented people and lives, and how they add up to what was published."""
