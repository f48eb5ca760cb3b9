"""The starter catalogue and how it is applied."""
