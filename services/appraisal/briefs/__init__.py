"""Monthly briefs of units."""
