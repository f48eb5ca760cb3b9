"""The HTTP face of the incentive service: parsing, permission, answers."""
