"""Goals beyond one form: loaded for many at once, carried over, and how they cascade (APR-05)."""
