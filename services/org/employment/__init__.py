"""How an employment begins, is confirmed after probation, and ends."""
