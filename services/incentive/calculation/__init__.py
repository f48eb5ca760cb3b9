"""From frozen inputs to lines: pure, and the same bytes each time."""
