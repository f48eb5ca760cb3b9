"""Rows and queries of the area."""
