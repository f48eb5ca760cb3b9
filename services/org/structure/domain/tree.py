"""Whether paths upwards end at a top on every day, and soon enough (ORG-01, ORG-02)."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from services.kit.errors import Conflict, Invalid
from services.kit.periods import Period
from services.kit.timeline import gaps

DEEPEST = 100
"""The most levels that a tree may have, the top being the first; what finds things by their path takes about 160."""


class TooDeep(Invalid):
    """A unit or position would be too many levels below the top."""

    code = "too_deep"
    zh = "组织层级最多 {deepest} 级。"
    en = "An organisation can have at most {deepest} levels."


class UnitCircle(Conflict):
    """A unit would be below itself."""

    code = "unit_circle"
    zh = "自 {day} 起，单元“{unit}”将成为自己下级的下级，请另选上级单元。"
    en = "From {day} the unit '{unit}' would be below itself; choose another parent unit."


class ReportingCircle(Conflict):
    """A position would report to itself through others."""

    code = "reporting_circle"
    zh = "自 {day} 起，岗位“{position}”的汇报关系会绕回自身，请另选上级岗位。"
    en = "From {day} the position '{position}' would indirectly report to itself; choose another superior position."


class Edge(NamedTuple):
    """Over ``valid``, the thing hangs beneath ``above``; None at the top."""

    valid: Period
    above: UUID | None


def loose(edges: Mapping[UUID, Sequence[Edge]]) -> dict[UUID, list[Period]]:
    """The things and days without a path to a top: in a circle, beneath one, or beneath nothing."""
    reached: dict[UUID, list[Period]] = defaultdict(list)
    for thing, days, _ in _downwards(edges):
        reached[thing].append(days)
    missing = {
        thing: [gap for edge in rows for gap in gaps(edge.valid, reached[thing])] for thing, rows in edges.items()
    }
    return {thing: days for thing, days in missing.items() if days}


def too_deep(edges: Mapping[UUID, Sequence[Edge]]) -> dict[UUID, Period]:
    """The topmost things that stand more than ``DEEPEST`` levels below a top, each with days on which it does."""
    return {thing: days for thing, days, level in _downwards(edges) if level == DEEPEST + 1}


def _downwards(edges: Mapping[UUID, Sequence[Edge]]) -> Iterator[tuple[UUID, Period, int]]:
    """Everything that is reached from a top, with the days on which each step holds, so that it ends in any case."""
    beneath: dict[UUID, list[tuple[UUID, Period]]] = defaultdict(list)
    waiting: deque[tuple[UUID, Period, int]] = deque()
    for thing, its_edges in edges.items():
        for edge in its_edges:
            if edge.above is None:
                waiting.append((thing, edge.valid, 1))
            else:
                beneath[edge.above].append((thing, edge.valid))
    while waiting:
        thing, days, level = waiting.popleft()
        yield thing, days, level
        for child, valid in beneath[thing]:
            shared = valid.overlap(days)
            if shared:
                waiting.append((child, shared, level + 1))


def in_circles(edges: Mapping[UUID, Sequence[Edge]]) -> dict[UUID, Period]:
    """The things that lie on a circle themselves, each with days on which it does."""
    candidates = loose(edges)
    found: dict[UUID, Period] = {}
    for thing, spans in candidates.items():
        for span in spans:
            days = _circle_through(thing, span, edges)
            if days:
                found[thing] = days
                break
    return found


def _circle_through(thing: UUID, days: Period, edges: Mapping[UUID, Sequence[Edge]]) -> Period | None:
    waiting = [(thing, days)]
    seen: set[tuple[UUID, Period]] = set()
    while waiting:
        place, span = waiting.pop()
        for edge in edges.get(place, ()):
            shared = edge.valid.overlap(span)
            if shared is None or edge.above is None:
                continue
            if edge.above == thing:
                return shared
            if (edge.above, shared) not in seen:
                seen.add((edge.above, shared))
                waiting.append((edge.above, shared))
    return None
