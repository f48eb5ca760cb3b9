"""Team pools: a share of a unit's profit, released by its attainment, over its members (INC-05)."""
