"""The meaning of pay: profiles, policies, bonus rules, runs, statements, the journal. Pure: no clock, no I/O."""
