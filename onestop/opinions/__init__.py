"""Opinions that a handling office asks of other agencies (rules.md 6.4)."""
