"""The law of dossiers: states and verbs, timeliness and flows, people and numbers, whole lives."""
