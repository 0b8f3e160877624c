"""The pages of dossiers: parse, one call, answer."""
