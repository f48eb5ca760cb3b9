"""Units, positions and how they hang together."""
