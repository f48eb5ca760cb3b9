"""Raters, ratings and 360 answers."""
