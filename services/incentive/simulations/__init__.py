"""What a run would pay with other figures, without a trace."""
