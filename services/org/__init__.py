"""org: who does what. Units, positions, people in them, who reports to whom, and who may sign in."""
