"""How measured figures are written for people; data and calculations keep the exact ones."""

from collections.abc import Iterable
from decimal import Decimal

from services.kit.money import grouped, round_half_up

_PLACES = 2
_PLACES_BELOW_ONE = 4
"""A rate such as 0.0347 would say nothing with two places."""


def figure(value: Decimal, beside: Iterable[Decimal | None] = ()) -> str:
    """A figure for sentences, pages and pictures: ``75.87`` of 75.8667, with thousands separated.

    ``beside``: the figures that it stands with; a gap of 0.9933 between 5.9933 and 5 is ``0.99``, as fine as they are.
    """
    largest = max(abs(each) for each in (value, *beside) if each is not None)
    rounded = round_half_up(value, _PLACES if largest >= 1 else _PLACES_BELOW_ONE)
    return grouped(rounded.normalize()) if rounded else "0"
