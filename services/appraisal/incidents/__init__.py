"""Incidents, and the policy about who answers them."""
