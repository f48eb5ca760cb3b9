"""Runs, from draft to paid."""
