"""The org chart and the headcount report."""
