"""Rules of the area."""
