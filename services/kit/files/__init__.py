"""Spreadsheets, documents and pictures: read within limits by one set of rules, written safely (PLT-06)."""
