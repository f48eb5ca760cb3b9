"""Accounts, sign-in, role assignments and service clients."""
