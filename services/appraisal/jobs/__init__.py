"""Work after the answer: opening a cycle, scoring it, delivering events."""
