"""Weights: exactly 100 at each level, and spread in proportion where something is left out."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from services.kit.errors import FieldError, Invalid, Text
from services.kit.money import plain

WHOLE = Decimal(100)


class WeightsNotHundred(Invalid):
    """The weights of one level of a scheme do not sum to exactly 100 (APR-02)."""

    code = "weights_not_100"
    zh = "{level}的权重合计为 {found}，须为 100。"
    en = "The weights of {level} sum to {found}; they must sum to 100."


def demand_hundred(weights: Sequence[Decimal], *, level: Text, pointer: str) -> None:
    """Refuse weights unless they sum to exactly 100 percent.

    Raises:
        WeightsNotHundred: naming the level and the sum.
    """
    found = sum(weights, Decimal(0))
    if found != WHOLE or any(weight < 0 for weight in weights):
        text = plain(found)
        fault = FieldError(pointer, text, Text("合计为 100，且均不小于 0", "a sum of 100, none negative"))
        raise WeightsNotHundred(level=level, found=text, field_errors=[fault])


def spread(weights: Mapping[str, Decimal], kept: Sequence[str]) -> dict[str, Fraction]:
    """The weights of those ``kept``, raised in proportion so that they sum to 100 again; empty if none has weight."""
    return dict(_spread(tuple((key, weights[key]) for key in kept)))


@lru_cache(maxsize=4096)  # a cycle asks for the same few again and again
def _spread(kept: tuple[tuple[str, Decimal], ...]) -> tuple[tuple[str, Fraction], ...]:
    left = sum((weight for _, weight in kept), Decimal(0))
    if left == 0:
        return ()
    return tuple((key, Fraction(weight) * 100 / Fraction(left)) for key, weight in kept)
