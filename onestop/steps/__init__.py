"""The steps behind the desk: who holds a dossier, until when, and who held it how long."""
