"""Pay profiles."""
