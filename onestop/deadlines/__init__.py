"""The official calendar, office hours, limits, and the date by which a result is owed."""
