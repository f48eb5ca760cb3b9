"""Measurements, alerts, work standards, and what is owed because of them."""
