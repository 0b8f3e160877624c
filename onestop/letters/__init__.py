"""The official papers of the process: which there are, their numbers, and their print."""
