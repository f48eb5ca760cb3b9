"""What a file of employees and assignments would make of the organisation, and what is wrong with it (ORG-14).

An employment is known by number and first day, an assignment by number, position, kind and first day: such a row
changes what is there or adds to it; nothing is deleted.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from uuid import UUID

from services.kit.errors import Text
from services.kit.periods import Period
from services.kit.spreadsheets import Line
from services.org.domain.assignment import MAIN, AssignmentKind, RotationLength, check_rotation, first_overfull
from services.org.domain.position import PositionFacts
from services.org.domain.roster import ASSIGNMENTS, EMPLOYEES, AssignmentLine, EmployeeLine, Findings, overlapping
from services.org.domain.timeline import Version, gaps

NUMBER, NAME, HIRED, PROBATION, LEFT = "工号", "姓名", "入职日期", "试用期截止", "离职日期"
POSITION, KIND, FIRST, LAST = "岗位编码", "任职类型", "开始日期", "结束日期"


@dataclass(frozen=True)
class Employment:
    """A period of work."""

    valid: Period
    probation_until: date | None = None
    leaving_reason: str | None = None


@dataclass(frozen=True)
class Person:
    """A person with all periods of work."""

    number: str
    name: str
    email: str | None
    employments: tuple[Employment, ...]


@dataclass(frozen=True)
class Held:
    """An assignment as it is or would be. ``id`` None: new."""

    id: UUID | None
    employee_id: UUID
    position_id: UUID
    kind: AssignmentKind
    valid: Period
    note: str | None = None
    overfill_reason: str | None = None
    version: int = 1

    @property
    def key(self) -> tuple[UUID, UUID, AssignmentKind, date]:
        """By what a row of the file finds it."""
        return self.employee_id, self.position_id, self.kind, self.valid.start


@dataclass
class People:
    """All people and assignments as they would be, and the rows of the file that speak of them."""

    people: dict[UUID, Person]
    held: dict[tuple[UUID, UUID, AssignmentKind, date], Held]
    employee_rows: dict[UUID, int] = field(default_factory=dict)
    seat_rows: dict[tuple[UUID, UUID, AssignmentKind, date], int] = field(default_factory=dict)
    touched: set[UUID] = field(default_factory=set)
    """Positions whose holders change."""


def planned(
    employees: Sequence[Line[EmployeeLine]],
    assignments: Sequence[Line[AssignmentLine]],
    *,
    employee_ids: Mapping[str, UUID],
    position_ids: Mapping[str, UUID],
    present_people: Mapping[UUID, Person],
    present_held: Iterable[Held],
    findings: Findings,
) -> People:
    """People and assignments with the file laid over them; what is wrong goes to ``findings``."""
    result = People(dict(present_people), {held.key: held for held in present_held})
    _lay_employees(employees, employee_ids, result, findings)
    for line in assignments:
        days = findings.period(ASSIGNMENTS, line, LAST)
        employee_id = findings.known(ASSIGNMENTS, line.row, NUMBER, line.value.number, employee_ids)
        position_id = findings.known(ASSIGNMENTS, line.row, POSITION, line.value.position, position_ids)
        if days is None or employee_id is None or position_id is None:
            continue
        _lay_assignment(
            line, Held(None, employee_id, position_id, line.value.kind, days, line.value.note), result, findings
        )
    return result


def check(
    people: People,
    *,
    positions: Mapping[UUID, Sequence[Version[PositionFacts]]],
    forced: bool,
    findings: Findings,
) -> None:
    """Find assignments outside an employment or a position, overlaps, and headcounts exceeded unless ``forced``."""
    by_person: dict[UUID, list[Held]] = defaultdict(list)
    for held in people.held.values():
        by_person[held.employee_id].append(held)
    for employee_id, seats in by_person.items():
        _check_person(people, employee_id, seats, positions, findings)
    if not forced:
        _check_headcounts(people, positions, findings)


def _lay_employees(
    lines: Sequence[Line[EmployeeLine]], ids: Mapping[str, UUID], result: People, findings: Findings
) -> None:
    rows: dict[UUID, list[tuple[Period, int]]] = defaultdict(list)
    told: dict[UUID, list[Line[EmployeeLine]]] = defaultdict(list)
    for line in lines:
        days = findings.period(EMPLOYEES, line, LEFT)
        if days is None:
            continue
        until = line.value.probation_until
        if until is not None and not days.contains(until):
            findings.add(EMPLOYEES, line.row, PROBATION, until, Text("在职期间内的日期", "a day within the employment"))
        employee_id = ids[line.value.number]
        first = told[employee_id][0] if told[employee_id] else line
        if (line.value.name, line.value.email) != (first.value.name, first.value.email):
            expected = Text(f"与第 {first.row} 行相同的姓名和邮箱", f"name and mail as in row {first.row}")
            findings.add(EMPLOYEES, line.row, NAME, line.value.name, expected)
        told[employee_id].append(line)
        rows[employee_id].append((days, line.row))
    for employee_id, its_lines in told.items():
        for row, other in overlapping(rows[employee_id]):
            until_day = other.last or "…"
            expected = Text(f"不在 {other.start} 至 {until_day} 之间", f"not between {other.start} and {until_day}")
            findings.add(EMPLOYEES, row, HIRED, next(p.start for p, r in rows[employee_id] if r == row), expected)
        _lay_person(employee_id, its_lines, result, findings)


def _lay_person(employee_id: UUID, lines: Sequence[Line[EmployeeLine]], result: People, findings: Findings) -> None:
    said = lines[-1].value
    present = result.people.get(employee_id)
    employments = {job.valid.start: job for job in (present.employments if present else ())}
    for line in lines:
        known = employments.get(line.value.first)
        employments[line.value.first] = Employment(
            Period.closed(line.value.first, line.value.last),
            line.value.probation_until,
            known.leaving_reason if known and line.value.last else None,
        )
    ordered = tuple(sorted(employments.values(), key=lambda job: job.valid.start))
    for earlier, later in pairwise(ordered):
        if earlier.valid.overlap(later.valid):
            row = next((line.row for line in lines if line.value.first == later.valid.start), lines[-1].row)
            expected = Text(
                f"不与 {earlier.valid.start} 起的任职期重叠",
                f"no overlap with the employment from {earlier.valid.start}",
            )
            findings.add(EMPLOYEES, row, HIRED, later.valid.start, expected)
    result.people[employee_id] = Person(said.number, said.name, said.email, ordered)
    result.employee_rows[employee_id] = lines[-1].row


def _lay_assignment(line: Line[AssignmentLine], held: Held, result: People, findings: Findings) -> None:
    if held.key in result.seat_rows:
        row = result.seat_rows[held.key]
        findings.add(
            ASSIGNMENTS, line.row, FIRST, held.valid.start, Text(f"不与第 {row} 行重复", f"not the same as row {row}")
        )
        return
    if held.kind is AssignmentKind.ROTATION:
        try:
            check_rotation(held.valid)
        except RotationLength as refused:
            findings.add(ASSIGNMENTS, line.row, LAST, line.value.last, refused.faults[0].expected)
    present = result.held.get(held.key)
    result.seat_rows[held.key] = line.row
    if present is None or (present.valid, present.note) != (held.valid, held.note):
        result.touched.add(held.position_id)
        if present is not None:
            held = replace(present, valid=held.valid, note=held.note, version=present.version + 1)
        result.held[held.key] = held


def _check_person(
    people: People,
    employee_id: UUID,
    seats: Sequence[Held],
    positions: Mapping[UUID, Sequence[Version[PositionFacts]]],
    findings: Findings,
) -> None:
    employed = [job.valid for job in people.people[employee_id].employments]
    for held in seats:
        row = people.seat_rows.get(held.key)
        if missing := gaps(held.valid, employed):
            _outside(people, held, row, missing[0].start, findings)
        in_force = [version.valid for version in positions.get(held.position_id, ())]
        if row is not None and (missing := gaps(held.valid, in_force)):
            day = missing[0].start
            expected = Text(f"在 {day} 有效的岗位", f"a position in force on {day}")
            findings.add(ASSIGNMENTS, row, POSITION, None, expected)
    groups: dict[object, list[Held]] = defaultdict(list)
    for held in seats:
        groups[held.position_id].append(held)
        if held.kind in MAIN:
            groups["main"].append(held)
    told: set[int] = set()
    for group in groups.values():
        # Rows of the file count as later than what is stored, so that the finding falls on them.
        spans = [(held.valid, people.seat_rows.get(held.key, 0)) for held in group]
        for row, other in _clashes(spans):
            if row not in told:
                told.add(row)
                until = other.last or "…"
                expected = Text(
                    f"不与 {other.start} 至 {until} 的任职重叠",
                    f"no overlap with the assignment {other.start} to {until}",
                )
                start = next(held.valid.start for held in group if people.seat_rows.get(held.key, 0) == row)
                findings.add(ASSIGNMENTS, row, FIRST, start, expected)


def _clashes(spans: Sequence[tuple[Period, int]]) -> list[tuple[int, Period]]:
    """Rows of the file that overlap another assignment of the group, with the days of that one."""
    found = []
    ordered = sorted(spans, key=lambda item: (item[0].start, item[1]))
    for place, (days, row) in enumerate(ordered):
        for other, other_row in ordered[:place]:
            if other.overlap(days) and (row or other_row):
                found.append((row or other_row, other if row else days))
    return found


def _outside(people: People, held: Held, row: int | None, day: date, findings: Findings) -> None:
    if row is not None:
        column = FIRST if day == held.valid.start else LAST
        found = held.valid.start if day == held.valid.start else held.valid.last
        findings.add(ASSIGNMENTS, row, column, found, Text(f"{day} 当日须在职", f"employed on {day}"))
        return
    employee_row = people.employee_rows.get(held.employee_id)
    if employee_row is not None:
        expected = Text(f"{day} 仍有任职，请先结束", f"a later day: an assignment still runs on {day}")
        findings.add(EMPLOYEES, employee_row, LEFT, None, expected)


def _check_headcounts(
    people: People, positions: Mapping[UUID, Sequence[Version[PositionFacts]]], findings: Findings
) -> None:
    main: dict[UUID, list[Held]] = defaultdict(list)
    for held in people.held.values():
        if held.position_id in people.touched and held.kind in MAIN:
            main[held.position_id].append(held)
    for position_id, seats in main.items():
        limits = [(version.valid, version.facts.headcount) for version in positions.get(position_id, ())]
        worst = first_overfull(limits, [held.valid for held in seats])
        rows = [people.seat_rows.get(held.key, 0) for held in seats if worst and held.valid.contains(worst[0])]
        if worst is not None and any(rows):
            day, count, headcount = worst
            expected = Text(
                f"{day} 不超过编制 {headcount} 人（现为 {count} 人）",
                f"at most {headcount} people on {day} (now {count})",
            )
            findings.add(ASSIGNMENTS, max(rows), POSITION, None, expected)
