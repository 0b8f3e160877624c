"""Running counters of what happens to dossiers, and what a figure and a rate are."""
