"""What a cycle looks like from above."""
