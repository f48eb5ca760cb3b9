"""Counts by unit as a report shows them: a unit's own children, small groups hidden (APR-20, design §7).

What is hidden does not follow from what is shown, whichever units are asked about: a unit is shown or hidden once for
the whole tree, and what its shown children leave of it is nothing or at least as many people as the minimum.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from services.kit.errors import Text

LEAST_SHOWN: Final = 3
"""Fewer people than this are never shown by themselves (APR-10)."""
PEOPLE: Final = "people"
"""The number of people behind the other figures."""

DIRECT: Final = Text("本级直属", "directly in it")
MERGED: Final = Text("人数较少的单元（合并）", "small units together")
WHOLE: Final = Text("全部单元", "all units")

Counts = Counter[str]


@dataclass(frozen=True)
class Unit:
    """A unit as the cycle froze it; ``path`` runs from the root to it."""

    id: UUID
    code: str
    name: str
    path: tuple[UUID, ...]


@dataclass(frozen=True)
class UnitRow:
    """A line of a report: a unit with everything below it, people directly in it, or small units together.

    ``counts`` None: too few people to be shown.
    """

    kind: Literal["unit", "direct", "merged"]
    unit_id: UUID | None
    code: str
    name: Text
    counts: Mapping[str, int] | None


@dataclass(frozen=True)
class UnitRows:
    """A unit, or everything, and what it consists of."""

    whole: UnitRow
    parts: Sequence[UnitRow]


@dataclass(frozen=True)
class _Node:
    row: UnitRow
    counts: Counts
    children: tuple["_Node", ...] = ()

    @property
    def people(self) -> int:
        return self.counts[PEOPLE]


def unit_rows(
    units: Sequence[Unit], counts: Mapping[UUID, Counts], *, top: UUID | None, minimum: int = LEAST_SHOWN
) -> UnitRows | None:
    """The counts of ``top`` (None: of everything) and of its children; None where there is no such unit.

    ``counts`` are those of the people directly in each unit.
    """
    root = _tree(units, counts)
    shown = {id(node) for node in _disclosed(root, minimum)}
    node = next((each for each in _all(root) if each.row.unit_id == top and each.row.kind == "unit"), None)
    if top is None:
        node = root.children[0] if len(root.children) == 1 else root
    if node is None:
        return None
    parts = [_shown(child, shown) for child in node.children]
    left = sum((child.counts for child in node.children if id(child) not in shown), Counter())
    if id(node) not in shown:
        return UnitRows(_shown(node, shown), [])
    if left[PEOPLE]:
        parts = [part for part in parts if part.counts is not None]
        parts.append(UnitRow("merged", None, "", MERGED, left))
    return UnitRows(_shown(node, shown), parts)


def _shown(node: _Node, shown: set[int]) -> UnitRow:
    row = node.row
    return UnitRow(row.kind, row.unit_id, row.code, row.name, node.counts if id(node) in shown else None)


def _all(node: _Node) -> Iterator[_Node]:
    yield node
    for child in node.children:
        yield from _all(child)


def _disclosed(node: _Node, minimum: int) -> Iterator[_Node]:
    """The nodes whose counts may be shown; nothing below a hidden one may be shown."""
    if 0 < node.people < minimum:
        return
    yield node
    hidden = [child for child in node.children if 0 < child.people < minimum]
    large = sorted((child for child in node.children if child.people >= minimum), key=_smallest_first)
    while large and 0 < sum(child.people for child in hidden) < minimum:
        hidden.append(large.pop(0))
    for child in node.children:
        if child not in hidden:
            yield from _disclosed(child, minimum)


def _smallest_first(node: _Node) -> tuple[int, str]:
    return node.people, node.row.code


def _tree(units: Sequence[Unit], counts: Mapping[UUID, Counts]) -> _Node:
    known = {unit.id for unit in units}
    beneath: dict[UUID | None, list[Unit]] = defaultdict(list)
    for unit in sorted(units, key=lambda each: each.code):
        above = [each for each in unit.path[:-1] if each in known]
        beneath[above[-1] if above else None].append(unit)

    def node(unit: Unit) -> _Node:
        own = counts.get(unit.id, Counter())
        children = tuple(node(child) for child in beneath[unit.id])
        direct = UnitRow("direct", unit.id, unit.code, DIRECT, None)
        if children and own[PEOPLE]:
            children = (_Node(direct, own), *children)
            own = Counter()
        row = UnitRow("unit", unit.id, unit.code, Text(unit.name, unit.name), None)
        return _Node(row, sum((child.counts for child in children), Counter(own)), children)

    roots = tuple(node(unit) for unit in beneath[None])
    whole = UnitRow("unit", None, "", WHOLE, None)
    return _Node(whole, sum((root.counts for root in roots), Counter()), roots)
