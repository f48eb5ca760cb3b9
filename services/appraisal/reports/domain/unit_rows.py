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
ROW_KIND_NAMES: Final = {"unit": Text("单元", "unit"), "direct": DIRECT, "merged": MERGED}

Counts = Counter[str]


@dataclass(frozen=True)
class Unit:
    """A unit as the cycle froze it; ``path`` runs from the root to it."""

    id: UUID
    code: str
    name: Text
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
    node = next((each for each in _all(root) if each.row.unit_id == top), None)  # before the people directly in it
    if top is None:
        node = root.children[0] if len(root.children) == 1 else root
    if node is None:
        return None
    if id(node) not in shown:
        return UnitRows(_shown(node, shown), [])
    children = _branches(node) if top is None else _beneath(node, minimum)
    parts = [_shown(child, shown) for child in children]
    left = sum((child.counts for child in children if id(child) not in shown), Counter())
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


def _branches(node: _Node) -> Sequence[_Node]:
    """What a node consists of, below units that have no other unit beside them: where it first branches."""
    children = node.children
    while (only := _only_unit(children)) is not None:
        children = (*(each for each in children if each is not only), *only.children)
    return children


def _beneath(node: _Node, minimum: int) -> Sequence[_Node]:
    """A node's children. With few people directly in it beside one unit, that unit's children take its place: the
    unit's own counts would give those people away, those of its children do not.
    """
    children = node.children
    while (only := _only_unit(children)) is not None:
        others = tuple(each for each in children if each is not only)
        if not 0 < sum(each.people for each in others) < minimum:
            break
        children = (*others, *only.children)
    return children


def _only_unit(children: Sequence[_Node]) -> _Node | None:
    """The only unit among some children, if it has children of its own."""
    found = [child for child in children if child.row.kind == "unit"]
    return found[0] if len(found) == 1 and found[0].children else None


def _disclosed(node: _Node, minimum: int) -> Iterator[_Node]:
    """The nodes whose counts may be shown; nothing below a hidden one may be shown."""
    if 0 < node.people < minimum:
        return
    yield node
    children = _beneath(node, minimum)
    hidden = [child for child in children if 0 < child.people < minimum]
    large = sorted((child for child in children if child.people >= minimum), key=_smallest_first)
    while large and 0 < sum(child.people for child in hidden) < minimum:
        hidden.append(large.pop(0))
    for child in children:
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
        row = UnitRow("unit", unit.id, unit.code, unit.name, None)
        return _Node(row, sum((child.counts for child in children), Counter(own)), children)

    roots = tuple(node(unit) for unit in beneath[None])
    whole = UnitRow("unit", None, "", WHOLE, None)
    return _Node(whole, sum((root.counts for root in roots), Counter()), roots)
