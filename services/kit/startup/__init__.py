"""From settings to a running service: the same steps for all three."""
