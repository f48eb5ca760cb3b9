"""The company's calendar of working days."""
