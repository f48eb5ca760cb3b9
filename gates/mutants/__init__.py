"""Takes away guards, conditions and rows of workflows one by one, and lists those that no test misses."""
