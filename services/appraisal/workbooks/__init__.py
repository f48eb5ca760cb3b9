"""Indicators and schemes of the library as workbooks, in and out."""
