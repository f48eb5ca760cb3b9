"""Assignments: put people into positions, transfer them, change the days, rescind (ORG-07)."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import existing
from services.kit.periods import Period
from services.kit.work.unit_of_work import UnitOfWork
from services.org.people.domain import placement
from services.org.people.domain.assignment import Assignment
from services.org.people.domain.career import AssignmentUnknown, Career
from services.org.people.domain.directory import AssignmentEntry, AssignmentFilter
from services.org.people.store import assignments as rows
from services.org.people.usecases import careers
from services.org.people.usecases.scope import require_hr_over_changes
from services.org.structure.domain.occupancy import AssignmentKind


async def assign(uow: UnitOfWork, *, employee_id: UUID, assignment: Assignment) -> None:
    """Assign a person to a position. A rotation interrupts the primary assignment, which resumes afterwards.

    Raises:
        EmployeeUnknown, OutOfScope, what ``placement.assign`` refuses, ReferenceNotInForce, HeadcountExceeded.
    """
    career = await careers.for_update(uow, employee_id)
    changed = placement.assign(career, assignment, new_id())
    await _save(uow, career, changed)


async def transfer(
    uow: UnitOfWork,
    *,
    employee_id: UUID,
    revision: int,
    position_id: UUID,
    valid_from: date,
    note: str | None = None,
    overfill_reason: str | None = None,
) -> UUID:
    """Transfers a person to another primary assignment from a day on; the present one ends the
    day before.

    Raises:
        EmployeeUnknown, Stale, OutOfScope, NoPrimaryAssignment, AssignmentsOverlap, ReferenceNotInForce,
        HeadcountExceeded.
    """
    career = await careers.for_update(uow, employee_id, revision)
    valid = Period(valid_from)
    to = Assignment(new_id(), position_id, AssignmentKind.PRIMARY, valid, note, overfill_reason)
    changed = placement.transfer(career, to)
    await _save(uow, career, changed)
    return to.id


async def change(
    uow: UnitOfWork,
    *,
    assignment_id: UUID,
    revision: int,
    valid_to: date | None,
    note: str | None,
    valid_from: date | None = None,
    overfill_reason: str | None = None,
) -> None:
    """Give an assignment another last day (None: open) and note; another first day as well while that lies ahead.

    Raises:
        AssignmentUnknown, Stale, OutOfScope, what ``placement.change_assignment`` refuses, ReferenceNotInForce,
        HeadcountExceeded.
    """
    career, assignment = await careers.with_assignment(uow, assignment_id, revision)
    changed = placement.change_assignment(
        career,
        replace(
            assignment,
            valid=Period.closed(valid_from or assignment.valid.start, valid_to),
            note=note,
            overfill_reason=overfill_reason or assignment.overfill_reason,
        ),
        today=uow.today,
    )
    await _save(uow, career, changed)


async def end(uow: UnitOfWork, *, assignment_id: UUID, revision: int, valid_to: date) -> None:
    """End an assignment; a return from a rotation follows.

    Raises:
        As ``change``.
    """
    career, assignment = await careers.with_assignment(uow, assignment_id, revision)
    ended = replace(assignment, valid=Period.closed(assignment.valid.start, valid_to))
    await _save(uow, career, placement.change_assignment(career, ended, today=uow.today))


async def rescind(
    uow: UnitOfWork, *, assignment_id: UUID, revision: int, reason: str, overfill_reason: str | None = None
) -> None:
    """Take back a future assignment; the main assignment that it would have ended continues instead.

    Raises:
        AssignmentUnknown, Stale, OutOfScope, AlreadyBegun, AssignmentsOverlap, ReferenceNotInForce, HeadcountExceeded.
    """
    career, _ = await careers.with_assignment(uow, assignment_id, revision)
    changed = placement.rescind_assignment(career, assignment_id, today=uow.today, overfill_reason=overfill_reason)
    await _save(uow, career, changed, reason=reason)


async def _save(uow: UnitOfWork, career: Career, changed: Career, *, reason: str | None = None) -> None:
    await require_hr_over_changes(uow, career, changed)
    await careers.save(uow, career, changed, reason=reason)


async def one(session: ReadSession, *, assignment_id: UUID) -> AssignmentEntry:
    """An assignment with person and position.

    Raises:
        AssignmentUnknown: there is none of this id.
    """
    return existing(await rows.one(session, assignment_id), AssignmentUnknown)


async def listed(session: ReadSession, *, paging: Paging, wanted: AssignmentFilter) -> Rows[AssignmentEntry]:
    """The assignments that are asked for, past and future ones among them."""
    return await rows.listed(session, paging, wanted)
