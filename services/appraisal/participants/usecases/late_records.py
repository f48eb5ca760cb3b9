"""People whom org recorded after a cycle opened: listed until HR decides, then added or left out (APR-04)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from services.appraisal.clients.org import AssignmentLine, EmployeeLine, PositionLine, Snapshot, UnitLine
from services.appraisal.cycles.domain.cycle import EXCLUSION_NAMES, Cycle
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store.tables import (
    SnapshotAssignmentRow,
    SnapshotEmployeeRow,
    SnapshotPositionRow,
    SnapshotUnitRow,
)
from services.appraisal.cycles.usecases.access import OwnMatter, demand_revision, locked_cycle
from services.appraisal.cycles.usecases.goal_tasks import ask_for_proposals
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.participants.store import exclusions as exclusion_store
from services.appraisal.participants.store import late_records as store
from services.appraisal.participants.usecases import opening
from services.appraisal.participants.usecases.exclusions import RUNNING, SubjectNotInCycle
from services.appraisal.schema import Base
from services.kit.database.sessions import WriteSession, days
from services.kit.database.sessions import period as stored_period
from services.kit.errors import Conflict
from services.kit.identity import Role
from services.kit.jobs.queue import defer
from services.kit.periods import Period
from services.kit.work.inbox import EventData
from services.kit.work.unit_of_work import UnitOfWork

FIND_LATE_RECORDS: Final = "find_late_records"


class NotAppraisable(Conflict):
    """The cycle's policy or schemes do not cover the person or supplier."""

    code = "not_appraisable"
    zh = "不能加入本次考核：{reason}。"
    en = "This subject cannot be added to the cycle: {reason}."


class EmployeeHired(EventData):
    """The data of ``org.employee.hired``."""

    employee_id: UUID
    hired_on: date


async def follow_hire(uow: UnitOfWork, data: EmployeeHired) -> None:
    """Have a job look who was recorded late in every running cycle that reaches beyond the day of a hire."""
    for cycle_id in await store.running_after(uow.session, data.hired_on):
        await _look(uow, cycle_id)


async def refresh_cycle(uow: UnitOfWork, *, cycle_id: UUID) -> Cycle:
    """Have a job ask org who was recorded after the cycle opened.

    Raises:
        NotNow, NoCycle, CycleNotYours: as they say.
    """
    cycle = await locked_cycle(uow, cycle_id)
    demand_state(cycle.state, *RUNNING)
    await _look(uow, cycle_id)
    await uow.audit("appraisal.cycle.refreshed", subject=("cycle", cycle_id))
    return cycle.value


async def list_late_records(uow: UnitOfWork, *, cycle_id: UUID, snapshot: Snapshot) -> None:
    """List who is in a fresh snapshot and not in the cycle's own; done again it finds nobody."""
    cycle = await cycle_store.locked(uow.session, cycle_id)
    if cycle.state not in {state.value for state in RUNNING}:
        return
    arrived = [line for line in snapshot.lines() if isinstance(line, EmployeeLine)]
    known = await store.known(uow.session, cycle_id)
    late = {line.id: line for line in arrived if line.id not in known}
    if not late:
        return
    held = [line for line in snapshot.lines() if isinstance(line, AssignmentLine) and line.employee_id in late]
    period = stored_period(cycle.period)
    cut = [(line, days) for line in held if (days := _days(line, period)) is not None]
    await _take_over(uow.session, cycle_id, snapshot, late.values(), cut)
    for employee_id, path in _last_paths(cut).items():
        if cycle.unit_id is None or cycle.unit_id in path:
            person = late[employee_id]
            await store.list_late(uow.session, cycle_id, (employee_id, person.number, person.name), path)
            subject = ("cycle", cycle_id)
            data = {"subject_kind": SubjectKind.EMPLOYEE, "subject_id": employee_id}
            await uow.record("appraisal.cycle.late_record_found", subject=subject, data=data)


async def add_subject(uow: UnitOfWork, *, cycle_id: UUID, revision: int, employee_id: UUID, reason: str) -> list[UUID]:
    """Appraise a person listed as recorded after opening, from the first day of the assignment; returns the new forms.

    Raises:
        SubjectNotInCycle: they are not so listed, or lie outside the caller's scope.
        NotAppraisable: the cycle's policy or schemes do not cover them.
        OwnMatter, NotNow, Stale, NoCycle: as they say.
    """
    cycle = await cycle_store.locked(uow.session, cycle_id)
    demand_revision(cycle.revision, revision)
    demand_state(cycle.state, *RUNNING)
    listed = await exclusion_store.find(uow.session, cycle_id, SubjectKind.EMPLOYEE, employee_id)
    if listed is None or listed.reason != exclusion_store.AFTER_OPENING:
        raise SubjectNotInCycle
    if not uow.caller.has_over(listed.unit_path, Role.HR):
        raise SubjectNotInCycle
    if uow.caller.employee_id == employee_id:
        raise OwnMatter
    made = await opening.add_forms(uow.session, cycle, employee_id)
    if isinstance(made, str):
        raise NotAppraisable(reason=EXCLUSION_NAMES[made])
    await uow.session.delete(listed)
    await uow.session.flush()
    await ask_for_proposals(uow, cycle, form_ids=made)
    after = {"subject_id": employee_id, "name": listed.name, "reason": reason, "form_ids": made}
    data = {"subject_kind": SubjectKind.EMPLOYEE, "subject_id": employee_id}
    await uow.record("appraisal.cycle.subject_added", subject=("cycle", cycle_id), after=after, data=data)
    return made


async def _take_over(
    session: WriteSession,
    cycle_id: UUID,
    snapshot: Snapshot,
    people: Iterable[EmployeeLine],
    held: Sequence[tuple[AssignmentLine, Period]],
) -> None:
    """Add people, their assignments, and the units and positions that the cycle's snapshot does not have yet."""
    lines = [line for line in snapshot.lines() if isinstance(line, UnitLine | PositionLine)]
    units = [line for line in lines if isinstance(line, UnitLine)]
    positions = [line for line in lines if isinstance(line, PositionLine)]
    rows: dict[type[Base], list[Sequence[object]]] = {
        SnapshotUnitRow: [(cycle_id, u.id, u.code, *u.text, u.unit_kind, u.path, u.head_employee_id) for u in units],
        SnapshotPositionRow: [(cycle_id, p.id, p.code, *p.text) for p in positions],
        SnapshotEmployeeRow: [(cycle_id, p.id, p.number, p.name, p.left_on) for p in people],
        SnapshotAssignmentRow: [
            (cycle_id, a.id, a.employee_id, a.position_id, a.unit_id, a.unit_path, a.assignment_kind, days(span),
             a.manager_id, a.manager_chain)
            for a, span in held
        ],
    }  # fmt: skip
    for table, values in rows.items():
        await store.add_rows(session, table, values)


async def _look(uow: UnitOfWork, cycle_id: UUID) -> None:
    await defer(
        uow.session,
        FIND_LATE_RECORDS,
        lock=f"cycle:{cycle_id}",
        queueing_lock=f"late:{cycle_id}",
        cycle_id=str(cycle_id),
    )


def _days(line: AssignmentLine, period: Period) -> Period | None:
    days = Period.closed(line.valid_from, line.valid_to).overlap(period)
    return days if line.unit_id is not None else None


def _last_paths(assignments: Sequence[tuple[AssignmentLine, Period]]) -> dict[UUID, Sequence[UUID]]:
    """The unit path of each person's last assignment."""
    ordered = sorted(assignments, key=lambda pair: pair[1].start)
    return {line.employee_id: line.unit_path for line, _ in ordered}
