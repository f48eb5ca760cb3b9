"""Assignments (ORG-07)."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy import Row

from services.kit.fields import Id, Model, Prose
from services.kit.identity import Caller, Role
from services.kit.pages import Page
from services.kit.periods import Period
from services.kit.routing import router
from services.kit.web import IfMatch, PageAsked, Read, tag
from services.org.people.usecases import assignments
from services.org.people.usecases.seats import Placing
from services.org.permissions import HrUnitOfWork, Reader
from services.org.schemas import Days, Made, PersonRef, PositionRef, days_of, person_ref, position_ref
from services.org.structure.domain.occupancy import AssignmentKind

routes = router("/v1/org/assignments", tag="assignments")


class NewAssignment(Model):
    """Somebody into a position; ``last_day`` null is open. ``overfill_reason``: why beyond the headcount."""

    employee_id: Id
    position_id: Id
    kind: AssignmentKind
    first_day: date
    last_day: date | None = None
    note: Prose | None = None
    overfill_reason: Prose | None = None


class Rescheduling(Model):
    """Another last day, null for open, and note; ``first_day`` moves the beginning of what has not begun."""

    first_day: date | None = None
    last_day: date | None
    note: Prose | None = None
    overfill_reason: Prose | None = None


class Ending(Model):
    """The last day of the assignment."""

    last_day: date


class Withdrawal(Model):
    """Why it does not come about. ``overfill_reason``: why the seat before goes on beyond the headcount."""

    reason: Prose
    overfill_reason: Prose | None = None


class Assignment(Model):
    """Who sits where, how and when. Notes and reasons are told to HR and auditors only."""

    id: Id
    employee: PersonRef
    position: PositionRef
    kind: AssignmentKind
    valid: Days
    note: str | None
    overfill_reason: str | None
    revision: int


@routes.post("", status_code=201)
async def place(body: NewAssignment, uow: HrUnitOfWork) -> Made:
    """Put somebody into a position; a rotation interrupts the primary post, which goes on by itself afterwards."""
    placing = Placing(
        body.employee_id,
        body.position_id,
        body.kind,
        Period.closed(body.first_day, body.last_day),
        body.note,
        body.overfill_reason,
    )
    return Made(id=await assignments.place(uow, placing=placing))


@routes.get("")
async def listed(
    session: Read,
    caller: Reader,
    paging: PageAsked,
    as_of: Annotated[date | None, Query(description="only those of this day; all there ever were if left out")] = None,
    employee_id: UUID | None = None,
    position_id: UUID | None = None,
    kind: AssignmentKind | None = None,
) -> Page[Assignment]:
    """Assignments in the order in which they were recorded."""
    found = await assignments.listed(
        session, paging=paging, day=as_of, employee_id=employee_id, position_id=position_id, kind=kind
    )
    return Page[Assignment](**found.written(lambda row: _assignment(row, caller)))


@routes.get("/{assignment_id}")
async def one(assignment_id: UUID, session: Read, caller: Reader, response: Response) -> Assignment:
    """One assignment."""
    found = _assignment(await assignments.one(session, assignment_id=assignment_id), caller)
    tag(response, found.revision)
    return found


@routes.patch("/{assignment_id}")
async def reschedule(assignment_id: UUID, body: Rescheduling, uow: HrUnitOfWork, revision: IfMatch) -> Made:
    """Give it another last day and note, and another first day from today on while it has not begun.

    The main seat before, and the return from a rotation, move along so that no gap opens.
    """
    await assignments.reschedule(
        uow,
        assignment_id=assignment_id,
        expected_revision=revision,
        first_day=body.first_day,
        last_day=body.last_day,
        note=body.note,
        overfill_reason=body.overfill_reason,
    )
    return Made(id=assignment_id)


@routes.post("/{assignment_id}/withdraw")
async def withdraw(assignment_id: UUID, body: Withdrawal, uow: HrUnitOfWork, revision: IfMatch) -> Made:
    """Take back what has not begun; the main seat that it would have ended goes on instead."""
    await assignments.withdraw(
        uow,
        assignment_id=assignment_id,
        expected_revision=revision,
        reason=body.reason,
        overfill_reason=body.overfill_reason,
    )
    return Made(id=assignment_id)


@routes.post("/{assignment_id}/end")
async def end(assignment_id: UUID, body: Ending, uow: HrUnitOfWork, revision: IfMatch) -> Made:
    """End it."""
    kept = await assignments.one(uow.session, assignment_id=assignment_id)
    await assignments.reschedule(
        uow,
        assignment_id=assignment_id,
        expected_revision=revision,
        last_day=body.last_day,
        note=kept.AssignmentRow.note,
    )
    return Made(id=assignment_id)


def _assignment(row: Row[Any], caller: Caller) -> Assignment:
    privy = caller.has(Role.HR, Role.AUDITOR)
    return Assignment(
        id=row.AssignmentRow.id,
        employee=person_ref(row.EmployeeRow),
        position=position_ref(row.PositionRow),
        kind=row.AssignmentRow.kind,
        valid=days_of(row.AssignmentRow.valid),
        note=row.AssignmentRow.note if privy else None,
        overfill_reason=row.AssignmentRow.overfill_reason if privy else None,
        revision=row.AssignmentRow.revision,
    )
