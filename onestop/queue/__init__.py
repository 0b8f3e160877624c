"""Numbers at the counter: who comes next, and how long people wait."""
