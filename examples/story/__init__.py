"""The quarter 2026-Q1 of the example company, lived through the gateway's public API as the people concerned."""
