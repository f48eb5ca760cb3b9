"""Routes of the area."""
