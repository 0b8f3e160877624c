"""Figures of a period, of services and of the counters, as `rules` define them."""
