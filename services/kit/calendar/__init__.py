"""The company's working days as a service keeps them (ORG-16)."""
