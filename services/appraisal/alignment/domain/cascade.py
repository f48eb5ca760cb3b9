"""How goals break down: from a longer cycle into a shorter one, from a unit to its people, and back up (APR-05)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID

from services.appraisal.library.domain.indicators.rule import Facts
from services.appraisal.library.domain.scheme import Aggregation, Item, SubjectKind
from services.kit.periods import Period


class GoalKey(NamedTuple):
    """One goal: an item of a form."""

    form_id: UUID
    item: str

    @property
    def written(self) -> str:
        """The goal in the audit trail."""
        return f"{self.form_id}/{self.item}"


@dataclass(frozen=True)
class FormPlace:
    """Where a form stands: whose it is, in which units, in which cycle's days."""

    subject_kind: SubjectKind
    subject_id: UUID
    unit_path: tuple[UUID, ...]
    cycle: Period


@dataclass(frozen=True)
class GoalNode:
    """A goal with what is known of it. ``actual`` is that of its own measurements, None without any."""

    key: GoalKey
    subject_id: UUID
    item: Item
    target: Decimal | None
    actual: Fraction | None
    parent: GoalKey | None


@dataclass(frozen=True)
class GoalProgress:
    """How far a goal is.

    ``actual`` is its own, or else the sum of what is aligned to it; ``percent`` the achieved ratio, or else the mean of
    the goals aligned to it; None where nothing is known. ``broken_down`` is the sum of their targets, where they sum.
    """

    actual: Fraction | None
    percent: Fraction | None
    broken_down: Decimal | None
    aligned: int


def may_align(child: FormPlace, parent: FormPlace) -> bool:
    """Whether goals of one form can serve those of another.

    That is the same subject over a longer time, or a unit above the subject over at least as long. So there is never a
    circle: each step leads to a longer time or, in the same time, further up.
    """
    longer = child.cycle.overlap(parent.cycle) == child.cycle
    same_time = longer and parent.cycle == child.cycle
    if child.subject_id == parent.subject_id:
        return longer and not same_time
    return longer and parent.subject_kind is SubjectKind.UNIT and parent.subject_id in child.unit_path


def roll_up(nodes: Iterable[GoalNode]) -> dict[GoalKey, GoalProgress]:
    """The progress of every goal, from the lowest up. A goal may be broken down by time, or among others.

    Where it is both, the parts of its own subject count: the same sales would be counted twice otherwise.
    """
    known = {node.key: node for node in nodes}
    children: dict[GoalKey, list[GoalNode]] = defaultdict(list)
    for node in known.values():
        if node.parent is not None and node.parent in known:
            children[node.parent].append(node)
    found: dict[GoalKey, GoalProgress] = {}
    for node in _lowest_first(known, children):
        found[node.key] = _progress(node, children[node.key], found)
    return found


def _lowest_first(
    known: Mapping[GoalKey, GoalNode], children: Mapping[GoalKey, Sequence[GoalNode]]
) -> Iterable[GoalNode]:
    ordered = [node for node in known.values() if node.parent not in known]
    for node in ordered:
        ordered += children.get(node.key, ())
    return reversed(ordered)


def _progress(node: GoalNode, aligned: Sequence[GoalNode], found: Mapping[GoalKey, GoalProgress]) -> GoalProgress:
    own = [each for each in aligned if each.subject_id == node.subject_id]
    parts = own or list(aligned)
    alike = all(each.item.indicator == node.item.indicator for each in parts)
    sums = alike and node.item.aggregation is Aggregation.SUM
    actual, broken_down = node.actual, None
    if parts and sums:
        broken_down = sum((each.target or Decimal(0) for each in parts), Decimal(0))
        reached = [value for each in parts if (value := found[each.key].actual) is not None]
        if actual is None and reached:
            actual = sum(reached, Fraction(0))
    percent = _ratio(node, actual)
    if percent is None:
        known = [value for each in parts if (value := found[each.key].percent) is not None]
        percent = sum(known, Fraction(0)) / len(known) if known else None
    return GoalProgress(actual, percent, broken_down, len(aligned))


def _ratio(node: GoalNode, actual: Fraction | None) -> Fraction | None:
    if actual is None or not node.target:  # a ratio to nothing says nothing
        return None
    facts = Facts(target=node.target, actual=actual)
    ratio = node.item.rule.ratio(facts, node.item.rule.raw(facts))
    return None if ratio is None else ratio.value
