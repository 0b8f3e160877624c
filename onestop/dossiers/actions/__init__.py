"""What is done to dossiers, one verb each; the caller owns the transaction."""
