"""A service as a web application: routing, strict JSON, descriptions, problems, load, health."""
