"""What people are owed for single occasions outside a plan's calculation, as approved (INC-04 … INC-07)."""
