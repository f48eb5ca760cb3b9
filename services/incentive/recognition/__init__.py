"""Recognition that is not money: honours, titles, training, welfare, and what teams may spend together (INC-09)."""
