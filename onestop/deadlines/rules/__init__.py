"""Limits and due dates: which days and hours count, which is the last, and why (rules.md 3–6)."""
