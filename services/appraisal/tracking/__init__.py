"""Measurements, alerts, incidents, and what is owed because of them."""
