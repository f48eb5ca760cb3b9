"""Bonus rules, one frozen dataclass a file. The union below is the only list of them.

A rule declares its kind, its parameters with their names in both languages, their validation, what it needs, and what
days earn with the explanation; see ``BonusRule``. A new kind is its file, its place in the union and its cases.
"""

from typing import TypeAlias, get_args

from services.incentive.plans.domain.rules.annual_bonus import AnnualBonus
from services.incentive.plans.domain.rules.quarterly_bonus import QuarterlyBonus

Rule: TypeAlias = QuarterlyBonus | AnnualBonus
"""Every kind of bonus rule, told apart by ``kind``."""


def rule_types() -> tuple[type[Rule], ...]:
    """The dataclasses of the union."""
    return get_args(Rule)
