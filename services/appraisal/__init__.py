"""How well it was done: indicators, schemes, cycles, 360 feedback, scores with their explanation, results."""
