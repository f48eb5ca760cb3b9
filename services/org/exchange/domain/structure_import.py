"""What a file of units and positions would make of the organisation, and what is wrong with it (ORG-14).

For a record named in the file, its rows say everything from their first day on; earlier days stay as they are. An
empty cell leaves what is in force on the first day of its row.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TypeVar
from uuid import UUID

from services.kit.errors import Text
from services.kit.files.clearing import kept
from services.kit.files.sheets import Line
from services.kit.periods import Period, span_in_words
from services.kit.timeline import Facts, Version, at, gaps, merged, overlaid
from services.org.exchange.domain.roster import (
    POSITIONS,
    UNITS,
    Findings,
    Origin,
    PositionLine,
    UnitLine,
    overlapping,
)
from services.org.people.domain.reporting import Positions, Units, superiors
from services.org.structure.domain.position import PositionFacts
from services.org.structure.domain.tree import DEEPEST, Edge, in_circles, too_deep
from services.org.structure.domain.unit import UnitFacts

PARENT, HEAD, UNIT, SUPERIOR, HEADCOUNT, FIRST, LAST = (
    "上级单元编码",
    "负责人岗位编码",
    "单元编码",
    "上级岗位编码",
    "编制",
    "生效日期",
    "失效日期",
)


Coded = TypeVar("Coded", UnitLine, PositionLine)


@dataclass(frozen=True)
class Structure:
    """All units and positions as they would be, and where the file mentions them."""

    units: dict[UUID, list[Version[UnitFacts]]]
    positions: dict[UUID, list[Version[PositionFacts]]]
    unit_origins: dict[UUID, Origin]
    position_origins: dict[UUID, Origin]


def planned(
    units: Sequence[Line[UnitLine]],
    positions: Sequence[Line[PositionLine]],
    *,
    unit_ids: Mapping[str, UUID],
    position_ids: Mapping[str, UUID],
    present_units: Units,
    present_positions: Positions,
    findings: Findings,
) -> Structure:
    """The structure with the file laid over it; what is wrong goes to ``findings``."""
    unit = partial(_unit, unit_ids=unit_ids, position_ids=position_ids, findings=findings)
    position = partial(_position, unit_ids=unit_ids, position_ids=position_ids, findings=findings)
    new_units, unit_origins = _laid(UNITS, units, unit_ids, present_units, unit, findings)
    new_positions, position_origins = _laid(POSITIONS, positions, position_ids, present_positions, position, findings)
    return Structure(
        units=_over(present_units, new_units),
        positions=_over(present_positions, new_positions),
        unit_origins=unit_origins,
        position_origins=position_origins,
    )


def _unit(
    line: Line[UnitLine],
    was: UnitFacts | None,
    *,
    unit_ids: Mapping[str, UUID],
    position_ids: Mapping[str, UUID],
    findings: Findings,
) -> UnitFacts:
    said = line.value
    parent = findings.named(UNITS, line.row, PARENT, said.parent, unit_ids, was.parent_id if was else None)
    head = findings.named(UNITS, line.row, HEAD, said.head, position_ids, was.head_position_id if was else None)
    return UnitFacts(
        name=said.name,
        name_en=kept(said.name_en, was.name_en if was else None) or said.name,
        kind=said.kind,
        parent_id=parent,
        head_position_id=head,
        special=bool(kept(said.special, was.special if was else None)),
    )


def _position(
    line: Line[PositionLine],
    was: PositionFacts | None,
    *,
    unit_ids: Mapping[str, UUID],
    position_ids: Mapping[str, UUID],
    findings: Findings,
) -> PositionFacts | None:
    said = line.value
    unit_id = findings.known(POSITIONS, line.row, UNIT, said.unit, unit_ids)
    superior_id = was.reports_to_id if was else None
    superior_id = findings.named(POSITIONS, line.row, SUPERIOR, said.reports_to, position_ids, superior_id)
    if unit_id is None:
        return None
    return PositionFacts(
        title=said.title,
        title_en=kept(said.title_en, was.title_en if was else None) or said.title,
        unit_id=unit_id,
        track=said.track,
        grade=said.grade,
        headcount=said.headcount,
        reports_to_id=superior_id,
        core_talent=bool(kept(said.core_talent, was.core_talent if was else None)),
    )


def check(
    structure: Structure, *, unit_codes: Mapping[UUID, str], position_codes: Mapping[UUID, str], findings: Findings
) -> None:
    """Find inconsistencies: records that depend on something not in force, and circles."""
    unit_days = {unit_id: [v.valid for v in versions] for unit_id, versions in structure.units.items()}
    position_days = {position_id: [v.valid for v in versions] for position_id, versions in structure.positions.items()}
    report = _Reporter(structure, findings)
    for unit_id, unit_versions in structure.units.items():
        for unit in unit_versions:
            parent, head = unit.facts.parent_id, unit.facts.head_position_id
            if parent is not None and (missing := gaps(unit.valid, unit_days.get(parent, ()))):
                report.unit(unit_id, PARENT, parent, unit_codes.get(parent), missing[0].start)
            if head is not None and (missing := gaps(unit.valid, position_days.get(head, ()))):
                report.unit_head(unit_id, head, position_codes.get(head), missing[0].start)
    for position_id, position_versions in structure.positions.items():
        for position in position_versions:
            within, superior = position.facts.unit_id, position.facts.reports_to_id
            if missing := gaps(position.valid, unit_days.get(within, ())):
                report.position_unit(position_id, within, unit_codes.get(within), missing[0].start)
            if superior is not None and (missing := gaps(position.valid, position_days.get(superior, ()))):
                report.position(position_id, superior, position_codes.get(superior), missing[0].start)
    _check_circles(structure, unit_codes, position_codes, findings)


def _check_circles(
    structure: Structure, unit_codes: Mapping[UUID, str], position_codes: Mapping[UUID, str], findings: Findings
) -> None:
    parents = {
        unit_id: [Edge(version.valid, version.facts.parent_id) for version in versions]
        for unit_id, versions in structure.units.items()
    }
    circles = in_circles(parents)
    _check_depth(UNITS, PARENT, parents, (structure.unit_origins, unit_codes), findings)
    expected = Text("不是自身下级的上级", "a superior that is not below it")
    for unit_id, days in circles.items():
        if unit_id in structure.unit_origins:
            row = structure.unit_origins[unit_id].row(days.start)
            findings.add(UNITS, row, PARENT, unit_codes.get(unit_id), expected)
    if circles:
        return  # without a tree there is no telling who reports to whom
    lines = superiors(structure.units, structure.positions)
    _check_depth(POSITIONS, SUPERIOR, lines, (structure.position_origins, position_codes), findings)
    for position_id, days in in_circles(lines).items():
        if position_id in structure.position_origins:
            row = structure.position_origins[position_id].row(days.start)
            findings.add(POSITIONS, row, SUPERIOR, position_codes.get(position_id), expected)
        for unit_id, origin in structure.unit_origins.items():
            versions = structure.units.get(unit_id, [])
            if any(v.facts.head_position_id == position_id and v.valid.overlap(days) for v in versions):
                findings.add(UNITS, origin.row(days.start), HEAD, position_codes.get(position_id), expected)


def _check_depth(
    sheet: str,
    column: str,
    edges: Mapping[UUID, Sequence[Edge]],
    known: tuple[Mapping[UUID, Origin], Mapping[UUID, str]],
    findings: Findings,
) -> None:
    origins, codes = known
    expected = Text(f"组织层级最多 {DEEPEST} 级", f"at most {DEEPEST} levels")
    for thing, days in too_deep(edges).items():
        if thing in origins:
            findings.add(sheet, origins[thing].row(days.start), column, codes.get(thing), expected)


class _Reporter:
    """Reports a finding at the right row of the file: the one that refers, otherwise the one that ends too early."""

    def __init__(self, structure: Structure, findings: Findings) -> None:
        self._structure = structure
        self._findings = findings

    def unit(self, unit_id: UUID, column: str, parent_id: UUID, parent: str | None, day: date) -> None:
        expected = Text(f"在 {day} 有效的单元", f"a unit in force on {day}")
        self._put((UNITS, unit_id, column), (UNITS, parent_id), parent, day, expected)

    def unit_head(self, unit_id: UUID, head_id: UUID, head: str | None, day: date) -> None:
        expected = Text(f"在 {day} 有效的岗位", f"a position in force on {day}")
        self._put((UNITS, unit_id, HEAD), (POSITIONS, head_id), head, day, expected)

    def position_unit(self, position_id: UUID, unit_id: UUID, unit: str | None, day: date) -> None:
        expected = Text(f"在 {day} 有效的单元", f"a unit in force on {day}")
        self._put((POSITIONS, position_id, UNIT), (UNITS, unit_id), unit, day, expected)

    def position(self, position_id: UUID, superior_id: UUID, superior: str | None, day: date) -> None:
        expected = Text(f"在 {day} 有效的岗位", f"a position in force on {day}")
        self._put((POSITIONS, position_id, SUPERIOR), (POSITIONS, superior_id), superior, day, expected)

    def _put(
        self, user: tuple[str, UUID, str], used: tuple[str, UUID], found: str | None, day: date, expected: Text
    ) -> None:
        sheet, record, column = user
        origin = self._origins(sheet).get(record)
        if origin is not None:
            self._findings.add(sheet, origin.row(day), column, found, expected)
            return
        origin = self._origins(used[0]).get(used[1])
        if origin is not None:
            still = Text(f"更晚的日期：{day} 之后仍被引用", f"a later day: it is still used on {day}")
            self._findings.add(used[0], origin.last_row, LAST, found, still)

    def _origins(self, sheet: str) -> Mapping[UUID, Origin]:
        return self._structure.unit_origins if sheet == UNITS else self._structure.position_origins


def _laid(
    sheet: str,
    lines: Sequence[Line[Coded]],
    ids: Mapping[str, UUID],
    present: Mapping[UUID, Sequence[Version[Facts]]],
    facts_of: Callable[[Line[Coded], Facts | None], Facts | None],
    findings: Findings,
) -> tuple[dict[UUID, list[Version[Facts]]], dict[UUID, Origin]]:
    """The timelines that a sheet states, and its rows by record."""
    versions: dict[UUID, list[Version[Facts]]] = defaultdict(list)
    rows: dict[UUID, list[tuple[Period, int]]] = defaultdict(list)
    for line in lines:
        record, first = ids[line.value.code], line.value.first
        timeline = present.get(record, ())
        closed = timeline[-1].valid.last if timeline else None
        last = kept(line.value.last, None if closed is None or closed < first else closed)
        days = findings.period(sheet, line.row, first, last, LAST)
        was = at(timeline, first)
        facts = facts_of(line, was.facts if was else None)
        if days is None or facts is None:
            continue
        versions[record].append(Version(days, facts))
        rows[record].append((days, line.row))
    for record, its_rows in rows.items():
        for row, other in overlapping(its_rows):
            span = span_in_words(other)
            expected = Text(
                f"不与同一编码 {span.zh}的记录重叠",
                f"days outside those of the same code from {span.en}",
            )
            findings.add(sheet, row, FIRST, next(p.start for p, r in its_rows if r == row), expected)
            versions.pop(record, None)
    return {record: merged(its) for record, its in versions.items()}, {r: Origin(its) for r, its in rows.items()}


def _over(
    present: Mapping[UUID, Sequence[Version[Facts]]], stated: Mapping[UUID, Sequence[Version[Facts]]]
) -> dict[UUID, list[Version[Facts]]]:
    result = {record: list(versions) for record, versions in present.items()}
    for record, versions in stated.items():
        result[record] = overlaid(result.get(record, []), versions)
    return result
