"""The ground under every room: database, edge, gate, viewer, clock, refusals, words and layout."""
