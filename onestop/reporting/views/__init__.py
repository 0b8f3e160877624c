"""Pages and files of figures, for managers and for everybody."""
