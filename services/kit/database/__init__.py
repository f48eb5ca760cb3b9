"""Rows and how they become values: sessions, bulk writes, pages, the codec, versions in time, answers kept once."""
