"""Employees, their careers and reporting lines."""
