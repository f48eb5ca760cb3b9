"""Suppliers: agreements, class, and what two weak quarters in a row lead to (APR-03)."""
