"""Incentive: what the appraised work of a period earns, line by line, and the journal in which it is owed and paid."""
