"""Who takes part in a cycle: opening, exclusions, records that came late."""
