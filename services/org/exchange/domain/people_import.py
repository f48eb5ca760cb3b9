"""What a file of employees and assignments would make of the organisation, and what is wrong with it (ORG-14).

An employment is known by number and first day, an assignment by number, position, kind and first day: such a row
changes what is there or adds to it; nothing is deleted.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, pairwise
from uuid import UUID

from services.kit.errors import Text
from services.kit.periods import Period
from services.kit.spreadsheets import Line
from services.kit.timeline import Version, gaps
from services.org.exchange.domain.assignment_import import (
    FIRST,
    LAST,
    POSITION,
    Held,
    Seat,
    check_headcounts,
    check_overlaps,
    lay_seats,
)
from services.org.exchange.domain.roster import (
    ASSIGNMENTS,
    EMPLOYEES,
    AssignmentLine,
    EmployeeLine,
    Findings,
    covered,
    overlapping,
)
from services.org.structure.domain.occupancy import MAIN
from services.org.structure.domain.position import PositionFacts

NUMBER, NAME, HIRED, PROBATION, LEFT = "工号", "姓名", "入职日期", "试用期截止", "离职日期"


@dataclass(frozen=True)
class Employment:
    """A period of work."""

    valid: Period
    probation_until: date | None = None
    termination_reason: str | None = None


@dataclass(frozen=True)
class Person:
    """A person with all periods of work."""

    number: str
    name: str
    email: str | None
    employments: tuple[Employment, ...]


@dataclass
class People:
    """People and assignments of whom the file speaks, as they would be with it."""

    people: dict[UUID, Person] = field(default_factory=dict)
    """Those in the sheet of employees, changed or not."""
    employee_rows: dict[UUID, int] = field(default_factory=dict)
    seats: dict[UUID, list[Seat]] = field(default_factory=dict)
    """Every assignment, stored or told, of everybody in either sheet."""
    changed: list[Held] = field(default_factory=list)


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
    result = People()
    stored: dict[UUID, list[Held]] = defaultdict(list)
    for held in present_held:
        stored[held.employee_id].append(held)
    employments: dict[str, list[tuple[Line[EmployeeLine], Period]]] = defaultdict(list)
    for line in employees:
        days = findings.period(EMPLOYEES, line, LEFT)
        if days is not None:
            employments[line.value.number].append((line, days))
    for number, told in employments.items():
        employee_id = employee_ids[number]
        result.people[employee_id] = _person(told, present_people.get(employee_id), findings)
        result.employee_rows[employee_id] = told[-1][0].row
        if employee_id in stored:
            result.seats[employee_id] = [Seat(held, 0) for held in stored[employee_id]]
    by_number: dict[str, list[Line[AssignmentLine]]] = defaultdict(list)
    for seat_line in assignments:
        by_number[seat_line.value.number].append(seat_line)
    for number, lines in by_number.items():
        known_id = findings.known(ASSIGNMENTS, lines[0].row, NUMBER, number, employee_ids)
        before = stored.get(known_id, ()) if known_id else ()
        person = result.people.get(known_id) or present_people.get(known_id) if known_id else None
        left = {job.valid.end for job in person.employments} if person else set()
        seats, changed = lay_seats(lines, known_id, before, position_ids, left, findings)
        result.changed += changed
        if known_id:
            result.seats[known_id] = seats
    return result


def check(
    people: People,
    *,
    positions: Mapping[UUID, Sequence[Version[PositionFacts]]],
    present_people: Mapping[UUID, Person],
    present_held: Iterable[Held],
    forced: bool,
    findings: Findings,
) -> None:
    """Find assignments outside an employment or a position, overlaps, and headcounts exceeded unless ``forced``."""
    in_force = {position_id: [version.valid for version in its] for position_id, its in positions.items()}
    for employee_id, seats in people.seats.items():
        person = people.people.get(employee_id) or present_people[employee_id]
        employed = [job.valid for job in person.employments]
        for seat in seats:
            if not covered(seat.held.valid, employed):
                _outside(people, seat, gaps(seat.held.valid, employed)[0].start, findings)
            if seat.row and not covered(seat.held.valid, in_force.get(seat.held.position_id, ())):
                day = gaps(seat.held.valid, in_force.get(seat.held.position_id, ()))[0].start
                expected = Text(f"在 {day} 有效的岗位", f"a position in force on {day}")
                findings.add(ASSIGNMENTS, seat.row, POSITION, None, expected)
        if len(seats) > 1:
            check_overlaps(seats, findings)
    if not forced:
        touched = {held.position_id for held in people.changed if held.kind in MAIN}
        check_headcounts(everybody(people, present_held), touched, positions, findings)


def everybody(people: People, present_held: Iterable[Held]) -> Iterator[Seat]:
    """All assignments as they would be, also of those of whom the file says nothing."""
    others = (Seat(held, 0) for held in present_held if held.employee_id not in people.seats)
    return chain(chain.from_iterable(people.seats.values()), others)


def _person(told: Sequence[tuple[Line[EmployeeLine], Period]], present: Person | None, findings: Findings) -> Person:
    first, said = told[0][0], told[-1][0].value
    employments = {job.valid.start: job for job in (present.employments if present else ())}
    for line, days in told:
        until = line.value.probation_until
        if until is not None and not days.contains(until):
            findings.add(EMPLOYEES, line.row, PROBATION, until, Text("在职期间内的日期", "a day within the employment"))
        if (line.value.name, line.value.email) != (first.value.name, first.value.email):
            expected = Text(f"与第 {first.row} 行相同的姓名和邮箱", f"the name and e-mail of row {first.row}")
            findings.add(EMPLOYEES, line.row, NAME, line.value.name, expected)
        known = employments.get(days.start)
        reason = known.termination_reason if known and days.end else None
        employments[days.start] = Employment(days, until, reason)
    if len(told) > 1 or len(employments) > 1:
        _check_employments([(days, line.row) for line, days in told], employments, findings)
    ordered = sorted(employments.values(), key=lambda job: job.valid.start)
    return Person(said.number, said.name, said.email, tuple(ordered))


def _check_employments(
    told: Sequence[tuple[Period, int]], employments: Mapping[date, Employment], findings: Findings
) -> None:
    starts = {row: days.start for days, row in told}
    for row, other in overlapping(told):
        until = other.last or "…"
        expected = Text(f"不在 {other.start} 至 {until} 之间", f"not between {other.start} and {until}")
        findings.add(EMPLOYEES, row, HIRED, starts[row], expected)
    rows = {days.start: row for days, row in told}
    for earlier, later in pairwise(sorted((job.valid for job in employments.values()), key=lambda days: days.start)):
        if earlier.overlap(later) and not (earlier.start in rows and later.start in rows):
            row = rows.get(later.start) or rows.get(earlier.start) or told[-1][1]
            expected = Text(
                f"不与 {earlier.start} 起的在职期间重叠", f"no overlap with the employment from {earlier.start}"
            )
            findings.add(EMPLOYEES, row, HIRED, later.start, expected)


def _outside(people: People, seat: Seat, day: date, findings: Findings) -> None:
    held = seat.held
    if seat.row:
        column = FIRST if day == held.valid.start else LAST
        found = held.valid.start if day == held.valid.start else held.valid.last
        findings.add(ASSIGNMENTS, seat.row, column, found, Text(f"{day} 在职", f"employed on {day}"))
        return
    employee_row = people.employee_rows.get(held.employee_id)
    if employee_row is not None:
        expected = Text(f"更晚的日期：{day} 仍有任职", f"a later day: an assignment still runs on {day}")
        findings.add(EMPLOYEES, employee_row, LEFT, None, expected)
