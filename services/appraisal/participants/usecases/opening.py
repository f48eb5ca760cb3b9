"""Opening a cycle: freeze the organisation, make the forms, say who is excluded (APR-04)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.appraisal.clients.org import AssignmentLine, EmployeeLine, Line, PositionLine, Snapshot, UnitLine
from services.appraisal.cycles.domain.cycle import CYCLE, CycleAction, CyclePolicy, CycleState
from services.appraisal.cycles.domain.goal import GoalState
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store.tables import (
    POLICIES,
    CycleRow,
    FormRow,
    SnapshotAssignmentRow,
    SnapshotEmployeeRow,
    SnapshotPositionRow,
    SnapshotUnitRow,
)
from services.appraisal.cycles.usecases.goal_tasks import ask_for_proposals
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.library.store import schemes as scheme_store
from services.appraisal.participants.domain.assignment import (
    Assignment,
    department_of,
    last_assignment_only,
    left_within,
    main_assignments,
)
from services.appraisal.participants.store import snapshots as store
from services.appraisal.participants.store.snapshots import Intake
from services.appraisal.participants.store.tables import ExclusionRow
from services.kit.bulk import copy_rows
from services.kit.database import WriteSession, new_id
from services.kit.database import period as stored_period
from services.kit.history import advance
from services.kit.identity import Role
from services.kit.periods import Period
from services.kit.unit_of_work import UnitOfWork

FORM_COLUMNS = (
    "id", "cycle_id", "scheme_id", "subject_kind", "subject_id", "subject_code", "subject_name", "unit_id", "unit_name",
    "department_id", "unit_path", "position_code", "position_title", "assignment_id", "days", "owner_id", "manager_id",
    "manager_chain", "state", "revision", "goal_revision", "agreed_revision",
)  # fmt: skip
EXCLUSION_COLUMNS = ("id", "cycle_id", "subject_kind", "subject_id", "code", "name", "unit_path", "reason")


@dataclass
class _Opening:
    """What is needed to make the forms; units, positions and schemes are few enough to be held in memory."""

    cycle: CycleRow
    period: Period
    policy: CyclePolicy
    units: dict[UUID, SnapshotUnitRow]
    positions: dict[UUID, tuple[str, str]]
    schemes: dict[tuple[str, str], UUID]
    forms: list[Sequence[Any]] = field(default_factory=list)
    exclusions: list[Sequence[Any]] = field(default_factory=list)

    def in_scope(self, path: Sequence[UUID]) -> bool:
        """Whether a unit belongs to the cycle's part of the organisation."""
        return self.cycle.unit_id is None or self.cycle.unit_id in path

    def department(self, path: Sequence[UUID]) -> UUID:
        """Where results of this unit's people are shown."""
        return department_of(path, {unit: self.units[unit].kind for unit in path if unit in self.units})


async def fill(uow: UnitOfWork, *, cycle_id: UUID, snapshot: Snapshot) -> bool:
    """Make the snapshot and the forms of a cycle in one transaction; False for one that is not opening, left alone."""
    session = uow.session
    cycle = await cycle_store.locked(session, cycle_id)
    if cycle.state != CycleState.OPENING.value:
        return False
    await store.clear(session, cycle_id)
    await _freeze(session, cycle_id, snapshot, stored_period(cycle.period))
    opening = await _prepared(session, cycle)
    await _people(session, opening)
    await _unit_forms(session, opening)
    await ask_for_proposals(uow, await cycle_store.find(session, cycle_id))
    move = CYCLE.next(CycleState(cycle.state), CycleAction.COMPLETE_OPENING, {Role.SERVICE})
    unit = opening.units.get(cycle.unit_id) if cycle.unit_id else None
    values = {"snapshot_hash": snapshot.hash, "failure": None, "unit_name": unit.name if unit else None}
    await advance(uow, CycleRow, cycle_id, move, values=values)
    await uow.record("appraisal.cycle.opened", subject=("cycle", cycle_id), data={"code": cycle.code})
    return True


async def add_forms(session: WriteSession, cycle: CycleRow, employee_id: UUID) -> list[UUID] | str:
    """Make the forms of a person who was added to the snapshot later; returns their ids, or a key of
    ``EXCLUSION_NAMES``.
    """
    opening = await _prepared(session, cycle)
    held = await store.assignments_of(session, cycle.id, [employee_id])
    _person(opening, await store.employee(session, cycle.id, employee_id), held[employee_id])
    if not opening.forms:
        return str(opening.exclusions[0][-1]) if opening.exclusions else "no_main_assignment"
    made: list[UUID] = [form[0] for form in opening.forms]
    await _write(session, opening)
    return made


async def give_up(uow: UnitOfWork, *, cycle_id: UUID, failure: str, final: bool) -> None:
    """Note why opening has not succeeded; if trying again would not help, put the cycle back to draft."""
    cycle = await cycle_store.locked(uow.session, cycle_id)
    if cycle.state != CycleState.OPENING.value:
        return
    cycle.failure = failure
    await uow.session.flush()
    if final:
        move = CYCLE.next(CycleState.OPENING, CycleAction.CANCEL_OPENING, {Role.SERVICE})
        await advance(uow, CycleRow, cycle_id, move, note=failure)


async def _prepared(session: WriteSession, cycle: CycleRow) -> _Opening:
    period = stored_period(cycle.period)
    return _Opening(
        cycle,
        period,
        POLICIES.load(cycle.policy),
        await store.units(session, cycle.id),
        await store.positions(session, cycle.id),
        await scheme_store.by_subject(session, frequency=cycle.frequency, on=period.start),
    )


async def _freeze(session: WriteSession, cycle_id: UUID, snapshot: Snapshot, period: Period) -> None:
    intake = Intake(session)
    rehired: dict[UUID, EmployeeLine] = {}
    seen: set[UUID] = set()
    for line in snapshot.lines():
        if isinstance(line, EmployeeLine) and line.id in seen:
            rehired[line.id] = line  # a second employment in the period: the last one tells when somebody left
            continue
        if isinstance(line, EmployeeLine):
            seen.add(line.id)
        await _take(intake, cycle_id, line, period)
    await intake.finish()
    for line in rehired.values():
        await store.set_leaving(session, cycle_id, line.id, line.left_on)


async def _take(intake: Intake, cycle_id: UUID, line: Line, period: Period) -> None:
    match line:
        case UnitLine():
            row = (cycle_id, line.id, line.code, line.name, line.unit_kind, line.path, line.head_employee_id)
            await intake.add(SnapshotUnitRow, row)
        case PositionLine():
            await intake.add(SnapshotPositionRow, (cycle_id, line.id, line.code, line.title))
        case EmployeeLine():
            await intake.add(SnapshotEmployeeRow, (cycle_id, line.id, line.number, line.name, line.left_on))
        case AssignmentLine():
            days = Period.closed(line.valid_from, line.valid_to).overlap(period)
            if days is not None and line.unit_id is not None:
                place = (line.position_id, line.unit_id, line.unit_path, line.assignment_kind)
                span = days
                assignment = (cycle_id, line.id, line.employee_id, *place, span, line.manager_id, line.manager_chain)
                await intake.add(SnapshotAssignmentRow, assignment)


async def _people(session: WriteSession, opening: _Opening) -> None:
    after: UUID | None = None
    while batch := await store.employees_after(session, opening.cycle.id, after):
        after = batch[-1].employee_id
        assignments = await store.assignments_of(session, opening.cycle.id, [person.employee_id for person in batch])
        for person in batch:
            _person(opening, person, assignments[person.employee_id])
        session.expunge_all()  # memory stays flat however many people there are
        opening.cycle = await cycle_store.find(session, opening.cycle.id)
        await _write(session, opening)


def _person(opening: _Opening, person: SnapshotEmployeeRow, held: Sequence[Assignment]) -> None:
    assignments = main_assignments(held)
    if opening.policy.transfers == "last_assignment":
        assignments = last_assignment_only(assignments)
    assignments = [assignment for assignment in assignments if opening.in_scope(assignment.unit_path)]
    if not assignments:
        if opening.cycle.unit_id is None:
            _exclude(opening, person, (), "no_main_assignment")
        return
    path = assignments[-1].unit_path
    if opening.policy.leavers == "exclude" and left_within(opening.period, person.left_on):
        _exclude(opening, person, path, "left_in_the_period")
    elif sum(assignment.days.days for assignment in assignments) < opening.policy.minimum_days:
        _exclude(opening, person, path, "too_few_days")
    else:
        covered = [(assignment, scheme) for assignment in assignments if (scheme := _scheme_for(opening, assignment))]
        for assignment, scheme in covered:
            opening.forms.append(_employee_form(opening, person, assignment, scheme))
        if not covered:
            _exclude(opening, person, path, "no_scheme")


def _scheme_for(opening: _Opening, assignment: Assignment) -> UUID | None:
    code, _ = opening.positions.get(assignment.position_id, ("", ""))
    return opening.schemes.get((SubjectKind.EMPLOYEE.value, code))


def _exclude(opening: _Opening, person: SnapshotEmployeeRow, path: Sequence[UUID], reason: str) -> None:
    subject = (SubjectKind.EMPLOYEE.value, person.employee_id, person.number, person.name)
    opening.exclusions.append((new_id(), opening.cycle.id, *subject, list(path), reason))


def _employee_form(
    opening: _Opening, person: SnapshotEmployeeRow, assignment: Assignment, scheme: UUID
) -> Sequence[Any]:
    code, title = opening.positions[assignment.position_id]
    unit = opening.units.get(assignment.unit_id)
    subject = (SubjectKind.EMPLOYEE.value, person.employee_id, person.number, person.name)
    place = (
        assignment.unit_id,
        unit.name if unit else "",
        opening.department(assignment.unit_path),
        list(assignment.unit_path),
    )
    span = assignment.days
    line = (person.employee_id, assignment.manager_id, list(assignment.manager_chain))
    head = (new_id(), opening.cycle.id, scheme, *subject, *place, code, title, assignment.assignment_id, span)
    return (*head, *line, GoalState.EMPTY.value, 1, 0, None)


async def _unit_forms(session: WriteSession, opening: _Opening) -> None:
    last = opening.period.last or opening.period.start
    for unit in opening.units.values():
        scheme = opening.schemes.get((SubjectKind.UNIT.value, unit.code))
        if scheme is None or not opening.in_scope(unit.path):
            continue
        head = unit.head_employee_id
        above = await store.superior_of(session, opening.cycle.id, head, last) if head else None
        manager, chain = above or _heads_above(opening, unit)
        subject = (SubjectKind.UNIT.value, unit.unit_id, unit.code, unit.name)
        place = (unit.unit_id, unit.name, opening.department(unit.path), unit.path)
        span = opening.period
        form = (new_id(), opening.cycle.id, scheme, *subject, *place, None, None, None, span)
        opening.forms.append((*form, head, manager, chain, GoalState.EMPTY.value, 1, 0, None))
    await _write(session, opening)


def _heads_above(opening: _Opening, unit: SnapshotUnitRow) -> tuple[UUID | None, list[UUID]]:
    """For a unit without a head: the heads of the units above it, nearest first."""
    above = [opening.units[each] for each in reversed(unit.path[:-1]) if each in opening.units]
    heads = [row.head_employee_id for row in above if row.head_employee_id]
    return (heads[0] if heads else None), heads


async def _write(session: WriteSession, opening: _Opening) -> None:
    await copy_rows(session, FormRow.__tablename__, FORM_COLUMNS, opening.forms)
    await copy_rows(session, ExclusionRow.__tablename__, EXCLUSION_COLUMNS, opening.exclusions)
    opening.forms.clear()
    opening.exclusions.clear()
