"""Bonus plans, their policies and rules."""
