"""Imports, exports and snapshots."""
