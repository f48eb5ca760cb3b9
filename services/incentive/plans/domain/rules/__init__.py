"""Bonus rules, one frozen dataclass a file. The union below is the only list of them.

A rule declares its kind, its parameters with their names in both languages, their validation and what it needs. One
that weighs days says what they earn with the explanation (``WeighingRule``); one that pays claims has nothing more to
say (``ClaimsRule``). A new kind is its file, its place in the union and its cases.
"""

from typing import TypeAlias, get_args

from services.incentive.plans.domain.rules.annual_bonus import AnnualBonus
from services.incentive.plans.domain.rules.claims import ClaimsRule
from services.incentive.plans.domain.rules.quarterly_bonus import QuarterlyBonus
from services.incentive.plans.domain.rules.referral_bonus import ReferralBonus
from services.incentive.plans.domain.rules.special_award import SpecialAward
from services.incentive.plans.domain.rules.team_pool import TeamPool
from services.incentive.plans.domain.rules.virtual_shares import VirtualShares
from services.incentive.plans.domain.rules.weight import WeighingRule

Rule: TypeAlias = QuarterlyBonus | AnnualBonus | SpecialAward | ReferralBonus | TeamPool | VirtualShares
"""Every kind of bonus rule, distinguished by ``kind``."""


def rule_types() -> tuple[type[Rule], ...]:
    """The dataclasses of the union."""
    return get_args(Rule)


def weighing(rule: Rule) -> WeighingRule:
    """The rule as one that weighs days.

    Raises:
        TypeError: it pays claims; to ask it for weights is a fault of the program.
    """
    if isinstance(rule, ClaimsRule):
        raise TypeError(f"{rule.kind} weighs no days")
    return rule
