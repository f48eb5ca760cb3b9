"""Rows of the schema ``incentive`` and the queries over them."""
