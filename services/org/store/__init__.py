"""Rows and queries of the org schema."""
