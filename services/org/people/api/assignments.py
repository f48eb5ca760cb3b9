"""Counts for assignments."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.kit.database.pages import Page
from services.kit.database.sessions import new_id
from services.kit.fields import Day, Id, Model, Prose
from services.kit.identity import Caller, Role
from services.kit.periods import Period
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.routing import located, router
from services.kit.work.unit_of_work import UnitOfWork
from services.org.people.api.fields import (
    EXAMPLE_ID,
    AppliesFrom,
    AppliesTo,
    AssignmentId,
    EmployeeField,
    EmployeeId,
    Ending,
    Note,
    OverfillReason,
    PositionField,
    Reason,
    RevisionField,
    ValidFrom,
    ValidTo,
)
from services.org.people.domain.assignment import Assignment as Assigned
from services.org.people.domain.directory import AssignmentEntry, AssignmentFilter
from services.org.people.usecases import assignments
from services.org.permissions import HrUnitOfWork, Reader
from services.org.schemas import PersonRef, person_ref
from services.org.structure.domain.occupancy import AssignmentKind

routes = router("/v1/org/assignments", tag="assignments")
transfers = router("/v1/org/employees", tag="employees")

Kind = Annotated[AssignmentKind, Field(description="Kind of the assignment.", examples=["concurrent"])]


class NewAssignment(Model):
    """An assignment of an employee to a position."""

    employee_id: EmployeeField
    position_id: PositionField
    kind: Kind
    valid_from: ValidFrom
    valid_to: ValidTo = None
    note: Note = None
    overfill_reason: OverfillReason = None


class AssignmentChange(Model):
    """A change of last day and note; ``valid_from`` only for an assignment that has not begun."""

    valid_from: Annotated[ValidFrom | None, Field(description="First day; unchanged if left out.")] = None
    valid_to: ValidTo
    note: Note = None
    overfill_reason: OverfillReason = None


class AssignmentRescission(Model):
    """The rescission of an assignment."""

    reason: Reason
    overfill_reason: OverfillReason = None


class TransferRequest(Model):
    """A new primary assignment from a day on."""

    position_id: PositionField
    valid_from: Annotated[Day, Field(description="First day of the new assignment.", examples=["2026-02-10"])]
    note: Note = None
    overfill_reason: OverfillReason = None


class AssignedPosition(Model):
    """A position by code and title."""

    id: PositionField
    code: Annotated[str, Field(description="Code of the position.", examples=["S2"])]
    title: Annotated[
        str | None, Field(description="Last title within these days, in Chinese.", examples=["区域销售经理"])
    ]
    title_en: Annotated[
        str | None, Field(description="Last title within these days, in English.", examples=["Regional sales manager"])
    ]


class Assignment(Model):
    """An assignment: who holds which position, in what way and when."""

    id: Annotated[Id, Field(description="Id of the assignment.", examples=[EXAMPLE_ID])]
    employee: Annotated[PersonRef, Field(description="Person.")]
    position: Annotated[AssignedPosition, Field(description="Position.")]
    kind: Kind
    valid_from: AppliesFrom
    valid_to: AppliesTo
    note: Annotated[Prose | None, Field(description="Note; only HR and auditors see it, others null.")]
    overfill_reason: Annotated[
        Prose | None, Field(description="Reason for exceeding the headcount; only HR and auditors see it, others null.")
    ]
    revision: RevisionField


@routes.post("", status_code=201, summary="Assign a position")
async def create_assignment(body: NewAssignment, uow: HrUnitOfWork) -> Assignment:
    """Assigns an employee to a position. A rotation interrupts the primary assignment, which resumes afterwards."""
    valid = Period.closed(body.valid_from, body.valid_to)
    made = Assigned(new_id(), body.position_id, body.kind, valid, body.note, body.overfill_reason)
    await assignments.assign(uow, employee_id=body.employee_id, assignment=made)
    return await _written(uow, made.id)


@transfers.post("/{employee_id}/transfer", status_code=201, summary="Transfer an employee")
@located("/v1/org/assignments/{id}")
async def transfer_employee(
    employee_id: EmployeeId, body: TransferRequest, uow: HrUnitOfWork, revision: IfMatch
) -> Assignment:
    """Transfers a person to another primary assignment from a day on; the present one ends the day before."""
    assignment_id = await assignments.transfer(
        uow,
        employee_id=employee_id,
        revision=revision,
        position_id=body.position_id,
        valid_from=body.valid_from,
        note=body.note,
        overfill_reason=body.overfill_reason,
    )
    return await _written(uow, assignment_id)


@routes.get("", summary="List assignments")
async def list_assignments(
    session: Read,
    caller: Reader,
    paging: PageAsked,
    as_of: Annotated[Day | None, Query(description="Only those of this day; all, past and future, by default.")] = None,
    employee_id: Annotated[UUID | None, Query(description="Only those of this employee.")] = None,
    position_id: Annotated[UUID | None, Query(description="Only assignments to this position.")] = None,
    kind: Annotated[AssignmentKind | None, Query(description="Only assignments of this kind.")] = None,
    unit_id: Annotated[
        UUID | None,
        Query(description="Only those whose position was in this unit, or below it, on one of their days."),
    ] = None,
    valid_from: Annotated[Day | None, Query(description="Only those that hold on this day or later.")] = None,
    valid_to: Annotated[Day | None, Query(description="Only those that hold on this day or earlier.")] = None,
) -> Page[Assignment]:
    """Assignments in the order in which they were recorded. With `unit_id`, the day on which the position was in the
    unit lies between `valid_from` and `valid_to` as well.
    """
    span = Period.closed(valid_from or date.min, valid_to) if valid_from or valid_to else None
    wanted = AssignmentFilter(as_of, span, employee_id, position_id, kind, unit_id)
    found = await assignments.listed(session, paging=paging, wanted=wanted)
    return Page[Assignment](**found.written(lambda entry: _assignment(entry, caller)))


@routes.get("/{assignment_id}", summary="Get an assignment")
async def get_assignment(assignment_id: AssignmentId, session: Read, caller: Reader) -> Assignment:
    """An assignment."""
    return _assignment(await assignments.one(session, assignment_id=assignment_id), caller)


@routes.patch("/{assignment_id}", summary="Change an assignment")
async def update_assignment(
    assignment_id: AssignmentId, body: AssignmentChange, uow: HrUnitOfWork, revision: IfMatch
) -> Assignment:
    """Changes the last day and the note of an assignment, and its first day, from today on, if it has not begun.

    The previous main assignment, and the return from a rotation, move along so that no gap opens.
    """
    await assignments.change(
        uow,
        assignment_id=assignment_id,
        revision=revision,
        valid_from=body.valid_from,
        valid_to=body.valid_to,
        note=body.note,
        overfill_reason=body.overfill_reason,
    )
    return await _written(uow, assignment_id)


@routes.post("/{assignment_id}/end", summary="End an assignment")
async def end_assignment(assignment_id: AssignmentId, body: Ending, uow: HrUnitOfWork, revision: IfMatch) -> Assignment:
    """Sets the last day of an assignment; its note is unchanged."""
    await assignments.end(uow, assignment_id=assignment_id, revision=revision, valid_to=body.valid_to)
    return await _written(uow, assignment_id)


@routes.post("/{assignment_id}/rescind", summary="Rescind an assignment")
async def rescind_assignment(
    assignment_id: AssignmentId, body: AssignmentRescission, uow: HrUnitOfWork, revision: IfMatch
) -> Assignment:
    """Takes back a future assignment and returns it as it was; the main assignment that it would have ended
    continues.
    """
    rescinded = _assignment(await assignments.one(uow.session, assignment_id=assignment_id), uow.caller)
    await assignments.rescind(
        uow,
        assignment_id=assignment_id,
        revision=revision,
        reason=body.reason,
        overfill_reason=body.overfill_reason,
    )
    return rescinded


async def _written(uow: UnitOfWork, assignment_id: UUID) -> Assignment:
    return _assignment(await assignments.one(uow.session, assignment_id=assignment_id), uow.caller)


def _assignment(entry: AssignmentEntry, caller: Caller) -> Assignment:
    is_privy = caller.has(Role.HR, Role.AUDITOR)
    return Assignment(
        id=entry.id,
        employee=person_ref(entry.employee),
        position=AssignedPosition.model_validate(entry.position),
        kind=entry.kind,
        valid_from=entry.valid.start,
        valid_to=entry.valid.last,
        note=entry.note if is_privy else None,
        overfill_reason=entry.overfill_reason if is_privy else None,
        revision=entry.revision,
    )
