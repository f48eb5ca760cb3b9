"""What a file of employees and assignments would make of the organisation, and what is wrong with it (ORG-14).

An employment is known by number and first day, an assignment by number, position, kind and first day: such a row
changes what is there or adds to it, by the commands that a change by hand runs; nothing is deleted. An empty cell
leaves a value as it is.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple
from uuid import UUID

from services.kit.errors import DomainError, Text
from services.kit.files.clearing import kept
from services.kit.files.sheets import Line
from services.kit.periods import Period
from services.kit.timeline import Version, gaps
from services.org.employment.domain.termination import extend, terminate
from services.org.exchange.domain.assignment_import import Occupant, check_headcounts
from services.org.exchange.domain.roster import (
    ASSIGNMENTS,
    EMPLOYEES,
    AssignmentLine,
    EmployeeLine,
    Findings,
    covered,
)
from services.org.people.domain.assignment import Assignment, RotationLength
from services.org.people.domain.career import AssignmentsOverlap, Career, gained
from services.org.people.domain.employment import Employment, ProbationOutside, StillEmployed
from services.org.people.domain.hiring import hire
from services.org.people.domain.probation import ProbationTooLong, require_lawful_change
from services.org.structure.domain.occupancy import MAIN
from services.org.structure.domain.position import PositionFacts

NUMBER, NAME, HIRED, PROBATION, LEFT = "工号", "姓名", "入职日期", "试用期截止", "离职日期"
POSITION, KIND, FIRST, LAST = "岗位编码", "任职类型", "开始日期", "结束日期"


class Person(NamedTuple):
    """A person with the whole career."""

    number: str
    name: str
    email: str | None
    career: Career

    @property
    def facts(self) -> tuple[object, ...]:
        """All but assignments and absences."""
        return self.number, self.name, self.email, self.career.employments


@dataclass
class People:
    """The people in the file, as they would be with it, and its rows by their content."""

    new_id: Callable[[], UUID]
    now: dict[UUID, Person] = field(default_factory=dict)
    employment_rows: dict[tuple[UUID, date], int] = field(default_factory=dict)
    assignment_rows: dict[UUID, int] = field(default_factory=dict)

    def occupants(self) -> Iterator[Occupant]:
        """Who would be in which position, and the row that says so."""
        for person in self.now.values():
            for each in person.career.assignments:
                yield Occupant(each.position_id, each.kind, each.valid, self.assignment_rows.get(each.id, 0))


def planned(
    employees: Sequence[Line[EmployeeLine]],
    assignments: Sequence[Line[AssignmentLine]],
    *,
    employee_ids: Mapping[str, UUID],
    position_ids: Mapping[str, UUID],
    present: Mapping[UUID, Person],
    overfill_reason: str | None,
    new_id: Callable[[], UUID],
    findings: Findings,
) -> People:
    """People with the file laid over them; what is wrong goes to ``findings``."""
    result = People(new_id)
    employments: dict[str, list[Line[EmployeeLine]]] = defaultdict(list)
    for employee in employees:
        employments[employee.value.number].append(employee)
    by_number: dict[str, list[Line[AssignmentLine]]] = defaultdict(list)
    for assignment in assignments:
        by_number[assignment.value.number].append(assignment)
    for number in employments | by_number:
        lines, posts = employments.get(number, ()), by_number.get(number, ())
        if posts:
            findings.known(ASSIGNMENTS, posts[0].row, NUMBER, number, employee_ids)
        employee_id = employee_ids.get(number)
        if employee_id is None:
            continue
        before = present.get(employee_id) or Person(number, "", None, Career(employee_id))
        lines = sorted(lines, key=lambda line: line.value.first) if len(lines) > 1 else lines
        person = _named(before, lines, findings)
        career = _employed(person.career, lines, result, findings)
        career = _assigned(career, posts, position_ids, overfill_reason, result, findings)
        career = _terminated(career, lines, result, findings)
        for at_fault, refusal in career.refusals(before.career):
            _report(at_fault, refusal, result, findings)
        result.now[employee_id] = person._replace(career=career)
    return result


def check(
    people: People,
    *,
    positions: Mapping[UUID, Sequence[Version[PositionFacts]]],
    present: Mapping[UUID, Person],
    others: Sequence[Occupant],
    forced: bool,
    findings: Findings,
) -> None:
    """Find assignments to positions that are not in force, and headcounts exceeded unless ``forced``."""
    in_force = {position_id: [version.valid for version in its] for position_id, its in positions.items()}
    touched = set()
    for employee_id, person in people.now.items():
        before = present[employee_id].career if employee_id in present else Career(employee_id)
        for each, _ in gained(before, person.career):
            row = people.assignment_rows.get(each.id, 0)
            if row and not covered(each.valid, in_force.get(each.position_id, ())):
                day = gaps(each.valid, in_force.get(each.position_id, ()))[0].start
                expected = Text(f"在 {day} 有效的岗位", f"a position in force on {day}")
                findings.add(ASSIGNMENTS, row, POSITION, None, expected)
            if each.kind in MAIN:
                touched.add(each.position_id)
    if not forced:
        check_headcounts([*people.occupants(), *others], touched, positions, findings)


def check_own(people: People, *, present: Mapping[UUID, Person], own_id: UUID | None, findings: Findings) -> None:
    """Find the rows that would change the career of ``own_id``, who imports the file and works here already."""
    if own_id is None or own_id not in people.now:
        return
    was, now = present[own_id].career, people.now[own_id].career
    known = {*was.employments, *was.assignments}
    expected = Text(
        "其他员工的工号；本人的记录请由其他有权限的人力资源同事导入",
        "the number of somebody else; an HR colleague has to import changes of your own record",
    )
    number = present[own_id].number
    for employment in now.employments:
        if employment not in known:
            row = people.employment_rows[own_id, employment.valid.start]
            findings.add(EMPLOYEES, row, NUMBER, number, expected)
    for assignment in now.assignments:
        if assignment not in known and assignment.id in people.assignment_rows:
            findings.add(ASSIGNMENTS, people.assignment_rows[assignment.id], NUMBER, number, expected)


def _named(before: Person, lines: Sequence[Line[EmployeeLine]], findings: Findings) -> Person:
    """A person with the name and e-mail of the rows, which must agree."""
    if not lines:
        return before
    first = lines[0]
    name, email = first.value.name, kept(first.value.email, before.email)
    for line in lines[1:]:
        if (line.value.name, kept(line.value.email, email)) != (name, email):
            expected = Text(f"与第 {first.row} 行相同的姓名和邮箱", f"the name and e-mail of row {first.row}")
            findings.add(EMPLOYEES, line.row, NAME, line.value.name, expected)
    return before._replace(name=name, email=email)


def _employed(career: Career, lines: Sequence[Line[EmployeeLine]], people: People, findings: Findings) -> Career:
    """The career with the employments of the rows, of which none ends earlier yet than it does now."""
    for line in lines:
        said, key = line.value, (career.employee_id, line.value.first)
        if key in people.employment_rows:
            row = people.employment_rows[key]
            findings.add(EMPLOYEES, line.row, HIRED, said.first, Text(f"不与第 {row} 行重复", f"not that of row {row}"))
            continue
        people.employment_rows[key] = line.row
        known = _employment_from(career, said.first)
        days = findings.period(
            EMPLOYEES, line.row, said.first, kept(said.last, known.valid.last if known else None), LEFT
        )
        if days is None:
            continue
        until = kept(said.probation_until, known.probation_until if known else None)
        try:
            if isinstance(until, date) and until is said.probation_until:
                require_lawful_change(Employment(career.employee_id, days, until), known)
        except (ProbationOutside, ProbationTooLong) as refused:
            findings.refused(EMPLOYEES, line.row, PROBATION, refused)
            continue
        try:
            if known is None:
                career = hire(career, Employment(people.new_id(), days, until))
                continue
            if days != known.valid and not _is_shorter(days, known.valid):
                career = extend(career, known, days.last)
                known = _employment_from(career, said.first) or known
            if until != known.probation_until:
                career = career.with_employment(replace(known, probation_until=until))
        except StillEmployed as refused:
            findings.refused(EMPLOYEES, line.row, HIRED if known is None else LEFT, refused)
    return career


def _assigned(
    career: Career,
    lines: Sequence[Line[AssignmentLine]],
    position_ids: Mapping[str, UUID],
    overfill_reason: str | None,
    people: People,
    findings: Findings,
) -> Career:
    """The career with the assignments of the rows, all at once: they may swap days."""
    known = {(each.position_id, each.kind, each.valid.start): each for each in career.assignments if lines}
    stated: dict[UUID, Assignment] = {}
    for line in lines:
        said = line.value
        position_id = findings.known(ASSIGNMENTS, line.row, POSITION, said.position, position_ids)
        if position_id is None:
            continue
        key = position_id, said.kind, said.first
        was = known.get(key)
        days = findings.period(
            ASSIGNMENTS, line.row, said.first, kept(said.last, was.valid.last if was else None), LAST
        )
        if days is None:
            continue
        now = was or Assignment(people.new_id(), position_id, said.kind, days, None, overfill_reason)
        if now.id in stated:
            row = people.assignment_rows[now.id]
            expected = Text(f"不与第 {row} 行重复", f"not the same as row {row}")
            findings.add(ASSIGNMENTS, line.row, FIRST, said.first, expected)
            continue
        note = kept(said.note, now.note)
        if (days, note) != (now.valid, now.note):
            now = replace(now, valid=days, note=note, overfill_reason=now.overfill_reason or overfill_reason)
        known[key] = stated[now.id] = now
        people.assignment_rows[now.id] = line.row
    return career.with_assignments(*stated.values()) if stated else career


def _terminated(career: Career, lines: Sequence[Line[EmployeeLine]], people: People, findings: Findings) -> Career:
    """The career with the employments that the rows end earlier; their assignments must end with them."""
    for line in lines:
        last = kept(line.value.last, None)
        known = _employment_from(career, line.value.first) if last else None
        if known is None or last is None or last < known.valid.start or last == known.valid.last:
            continue
        ended = terminate(career, last, known.termination_reason if known.valid.end else None)
        kept_days = {each.id: each.valid for each in ended.assignments}
        for each in career.assignments:
            if kept_days.get(each.id) != each.valid:
                _report_outlasting(each, line, last + date.resolution, people, findings)
        career = ended
    return career


def _employment_from(career: Career, first: date) -> Employment | None:
    return next((each for each in career.employments if each.valid.start == first), None)


def _is_shorter(days: Period, was: Period) -> bool:
    return days.overlap(was) == days


def _report_outlasting(
    assignment: Assignment, line: Line[EmployeeLine], day: date, people: People, findings: Findings
) -> None:
    row = people.assignment_rows.get(assignment.id)
    if row:
        findings.add(ASSIGNMENTS, row, LAST, assignment.valid.last, Text(f"{day} 在职", f"employed on {day}"))
        return
    expected = Text(f"更晚的日期：{day} 仍有任职", f"a later day: an assignment still runs on {day}")
    findings.add(EMPLOYEES, line.row, LEFT, None, expected)


def _report(at_fault: Assignment, refusal: DomainError, people: People, findings: Findings) -> None:
    row = people.assignment_rows.get(at_fault.id, 0)
    column = LAST if isinstance(refusal, RotationLength) else FIRST
    if isinstance(refusal, AssignmentsOverlap):
        findings.add(ASSIGNMENTS, row, FIRST, at_fault.valid.start, refusal.field_errors[0].expected)
        return
    if column == FIRST and refusal.context.get("day") != at_fault.valid.start:
        column = LAST
    findings.refused(ASSIGNMENTS, row, column, refusal)
