"""Work after the answer: the queue, the process that takes from it, and what failed for good."""
