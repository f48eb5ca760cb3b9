"""Cycles, their snapshot, forms and goals."""
