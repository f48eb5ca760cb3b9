"""Templates to start with, and how they are applied."""
