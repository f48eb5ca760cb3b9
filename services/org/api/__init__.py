"""HTTP: parsing, permission, answers."""
