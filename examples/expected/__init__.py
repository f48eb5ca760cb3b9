"""What the quarter must come to: figures worked out from the files alone, without any of the services' code."""
