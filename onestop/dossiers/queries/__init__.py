"""Reading dossiers, always through the eyes of a viewer."""
