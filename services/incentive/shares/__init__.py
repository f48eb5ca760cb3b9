"""Virtual shares: grants, vesting, dividends out of excess profit, forfeiture on exit (INC-07)."""
