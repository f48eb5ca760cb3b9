"""What follows when a run is approved: posting, statements, the payroll file, payment."""
