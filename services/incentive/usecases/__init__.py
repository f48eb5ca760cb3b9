"""What the incentive service does, one verb a function: load, decide, write, record."""
