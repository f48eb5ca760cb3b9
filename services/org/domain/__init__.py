"""What the organisation means: pure values and rules, no database, no clock."""
