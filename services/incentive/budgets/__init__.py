"""Yearly budgets of units: what is planned, committed and posted, warning, refusal, explanation (INC-15)."""
