"""Opening a cycle: freeze the organisation, make the forms, say who is excluded (APR-04)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.appraisal.clients.org import AssignmentLine, EmployeeLine, Line, PositionLine, Snapshot, UnitLine
from services.appraisal.cycles.domain.cycle import CYCLE, CycleAction, CycleState
from services.appraisal.cycles.domain.goal import GoalState
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store.tables import (
    CycleRow,
    SnapshotAssignmentRow,
    SnapshotEmployeeRow,
    SnapshotPositionRow,
    SnapshotUnitRow,
)
from services.appraisal.cycles.usecases.goal_tasks import ask_for_proposals
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.participants.domain.assignment import (
    Assignment,
    last_assignment_only,
    left_within,
    main_assignments,
)
from services.appraisal.participants.domain.outside_party import OutsideParty
from services.appraisal.participants.store import snapshots as store
from services.appraisal.participants.store.snapshots import Intake
from services.appraisal.participants.usecases.headed_forms import add_supplier_forms, add_unit_forms
from services.appraisal.participants.usecases.opening_work import Opening, prepared, write
from services.kit.database.sessions import WriteSession, new_id
from services.kit.database.sessions import period as stored_period
from services.kit.identity import Role
from services.kit.periods import Period
from services.kit.work.history import advance, trail_of
from services.kit.work.unit_of_work import UnitOfWork


async def fill(uow: UnitOfWork, *, cycle_id: UUID, snapshot: Snapshot, suppliers: Sequence[OutsideParty] = ()) -> bool:
    """Make the snapshot and the forms of a cycle in one transaction; False for one that is not opening, left alone."""
    session = uow.session
    cycle = await cycle_store.locked(session, cycle_id)
    if cycle.state != CycleState.OPENING.value:
        return False
    await store.clear(session, cycle_id)
    await _freeze(session, cycle_id, snapshot, stored_period(cycle.period))
    opening = await prepared(session, cycle)
    await _people(session, opening)
    await add_unit_forms(session, opening)
    await add_supplier_forms(uow, opening, suppliers)
    await ask_for_proposals(uow, await cycle_store.find(session, cycle_id))
    move = CYCLE.next(CycleState(cycle.state), CycleAction.COMPLETE_OPENING, {Role.SERVICE})
    unit = opening.units.get(cycle.unit_id) if cycle.unit_id else None
    names = {"unit_name": unit.name if unit else None, "unit_name_en": unit.name_en if unit else None}
    values = {"snapshot_hash": snapshot.hash, "failure": None, **names}
    trail = trail_of(move.source.value, move.target.value, revision=cycle.revision, snapshot_hash=snapshot.hash)
    await advance(uow, CycleRow, cycle_id, move, values=values)
    await uow.record("appraisal.cycle.opened", subject=("cycle", cycle_id), data={"code": cycle.code}, **trail)
    return True


async def add_forms(session: WriteSession, cycle: CycleRow, employee_id: UUID) -> list[UUID] | str:
    """Make the forms of a person who was added to the snapshot later; returns their ids, or a key of
    ``EXCLUSION_NAMES``.
    """
    opening = await prepared(session, cycle)
    held = await store.assignments_of(session, cycle.id, [employee_id])
    _person(opening, await store.employee(session, cycle.id, employee_id), held[employee_id])
    if not opening.forms:
        return str(opening.exclusions[0][-1]) if opening.exclusions else "no_main_assignment"
    made: list[UUID] = [form[0] for form in opening.forms]
    await write(session, opening)
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
        trail = trail_of(move.source.value, move.target.value, revision=cycle.revision, reason=failure)
        await advance(uow, CycleRow, cycle_id, move, note=failure)
        await uow.audit("appraisal.cycle.opening_cancelled", subject=("cycle", cycle_id), **trail)


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
            row = (cycle_id, line.id, line.code, *line.text, line.unit_kind, line.path, line.head_employee_id)
            await intake.add(SnapshotUnitRow, row)
        case PositionLine():
            await intake.add(SnapshotPositionRow, (cycle_id, line.id, line.code, *line.text))
        case EmployeeLine():
            await intake.add(SnapshotEmployeeRow, (cycle_id, line.id, line.number, line.name, line.left_on))
        case AssignmentLine():
            days = Period.closed(line.valid_from, line.valid_to).overlap(period)
            if days is not None and line.unit_id is not None:
                place = (line.position_id, line.unit_id, line.unit_path, line.assignment_kind)
                span = days
                assignment = (cycle_id, line.id, line.employee_id, *place, span, line.manager_id, line.manager_chain)
                await intake.add(SnapshotAssignmentRow, assignment)


async def _people(session: WriteSession, opening: Opening) -> None:
    after: UUID | None = None
    while batch := await store.employees_after(session, opening.cycle.id, after):
        after = batch[-1].employee_id
        assignments = await store.assignments_of(session, opening.cycle.id, [person.employee_id for person in batch])
        for person in batch:
            _person(opening, person, assignments[person.employee_id])
        session.expunge_all()  # memory stays flat however many people there are
        opening.cycle = await cycle_store.find(session, opening.cycle.id)
        await write(session, opening)


def _person(opening: Opening, person: SnapshotEmployeeRow, held: Sequence[Assignment]) -> None:
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


def _scheme_for(opening: Opening, assignment: Assignment) -> UUID | None:
    code = opening.positions[assignment.position_id][0] if assignment.position_id in opening.positions else ""
    return opening.schemes.get((SubjectKind.EMPLOYEE.value, code))


def _exclude(opening: Opening, person: SnapshotEmployeeRow, path: Sequence[UUID], reason: str) -> None:
    subject = (SubjectKind.EMPLOYEE.value, person.employee_id, person.number, person.name)
    opening.exclusions.append((new_id(), opening.cycle.id, *subject, list(path), reason))


def _employee_form(
    opening: Opening, person: SnapshotEmployeeRow, assignment: Assignment, scheme: UUID
) -> Sequence[Any]:
    position = opening.positions[assignment.position_id]
    unit = opening.units.get(assignment.unit_id)
    subject = (SubjectKind.EMPLOYEE.value, person.employee_id, person.number, person.name, person.name)
    place = (
        assignment.unit_id,
        *((unit.name, unit.name_en) if unit else ("", "")),
        opening.department(assignment.unit_path),
        list(assignment.unit_path),
    )
    span = assignment.days
    line = (person.employee_id, assignment.manager_id, list(assignment.manager_chain))
    head = (new_id(), opening.cycle.id, scheme, *subject, *place, *position, assignment.assignment_id, span)
    return (*head, *line, GoalState.EMPTY.value, 1, 0, None)
