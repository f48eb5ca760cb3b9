"""How measured figures are written for people; data and calculations keep the exact ones."""

from decimal import Decimal

from services.kit.money import grouped, round_half_up

_PLACES = 2
_PLACES_BELOW_ONE = 4
"""A rate such as 0.0347 would say nothing with two places."""


def figure(value: Decimal) -> str:
    """A figure for sentences, pages and pictures: ``75.87`` of 75.8667, with thousands separated."""
    rounded = round_half_up(value, _PLACES if abs(value) >= 1 else _PLACES_BELOW_ONE)
    return grouped(rounded.normalize()) if rounded else "0"
