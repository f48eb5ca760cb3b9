"""What use cases act with: the unit of work, transitions, releases, tasks, and news from other services."""
