"""Starts Merit: the embedded PostgreSQL, the roles and schemas, the processes on one machine."""
