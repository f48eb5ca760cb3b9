"""Parties outside the organisation that take part in cycles beside its people and units (APR-03)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.appraisal.cycles.domain.goal import Goal, completed, goal_items
from services.appraisal.library.domain.indicators.rule import TargetUnusable
from services.appraisal.library.domain.scheme import Item, Scheme


@dataclass(frozen=True)
class Promise:
    """A level that an agreement promises for an indicator, in its unit; ``source`` names the agreement."""

    target: Decimal
    source: str


@dataclass(frozen=True)
class OutsideParty:
    """A supplier to be appraised. ``unit_code``: the unit that works with it, whose head answers for its form.

    ``category`` is what schemes cover, the supplier's class; None where nobody has classified it yet. ``promises`` are
    what its framework agreement says, by indicator.
    """

    id: UUID
    code: str
    name: str
    unit_code: str
    category: str | None
    promises: Mapping[str, Promise] = field(default_factory=dict)


def promised_goals(scheme: Scheme, promises: Mapping[str, Promise], last: date) -> tuple[Goal, ...]:
    """The goals that an agreement sets on a form that ends on ``last``: for items that take one and are promised."""
    return tuple(
        completed(item, Goal(item.key, promise.target, "", promise.source, None), last)
        for item in goal_items(scheme)
        if (promise := promises.get(item.indicator)) is not None and _usable(item, promise.target)
    )


def _usable(item: Item, target: Decimal) -> bool:
    """Whether the item can be scored by a target; one that cannot be used is left to both sides."""
    try:
        item.rule.check_target(target, pointer="/target")
    except TargetUnusable:
        return False
    return True
