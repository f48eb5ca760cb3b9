"""The three services of Merit and the kit that they share."""
