"""Indicators, their rules, and schemes."""
