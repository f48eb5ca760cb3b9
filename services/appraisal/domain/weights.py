"""Weights: exactly 100 at each level, and spread in proportion where something is left out."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from services.kit.errors import Fault, Invalid, Text
from services.kit.money import plain

WHOLE = Decimal(100)


class WeightsNotHundred(Invalid):
    """The weights of one level of a scheme do not sum to exactly 100 (APR-02)."""

    code = "weights_not_100"
    zh = "{level}的权重之和为 {found}，必须恰好为 100。"
    en = "The weights of {level} sum to {found}; they must sum to exactly 100."


def demand_hundred(weights: Sequence[Decimal], *, level: str, pointer: str) -> None:
    """Refuse weights unless they sum to exactly 100 percent.

    Raises:
        WeightsNotHundred: naming the level and the sum.
    """
    found = sum(weights, Decimal(0))
    if found != WHOLE or any(weight < 0 for weight in weights):
        text = plain(found)
        fault = Fault(pointer, text, Text("合计恰好 100，且均不为负", "a sum of exactly 100, none negative"))
        raise WeightsNotHundred(level=level, found=text, faults=[fault])


def spread(weights: Mapping[str, Decimal], kept: Sequence[str]) -> dict[str, Fraction]:
    """The weights of those ``kept``, raised in proportion so that they sum to 100 again; empty if none has weight."""
    left = sum((weights[key] for key in kept), Decimal(0))
    if left == 0:
        return {}
    return {key: Fraction(weights[key]) * 100 / Fraction(left) for key in kept}
