"""Routes that every service has: its audit trail, events, inbox and tasks."""
