"""Meaning without machinery: standard library and the pure kit only."""
