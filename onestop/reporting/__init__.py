"""Figures and rates of any period, for managers and for everybody."""
