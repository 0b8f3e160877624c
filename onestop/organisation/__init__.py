"""Agencies in time: a tree whose names, kinds and places change on dates."""
