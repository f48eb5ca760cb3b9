"""Terminations, and taking them back or putting them off (ORG-07)."""

from typing import Annotated

from fastapi import Response
from pydantic import Field

from services.kit.fields import Model, Prose
from services.kit.routing import router
from services.kit.web import IfMatch
from services.org.employment.usecases import terminations
from services.org.people.api.employees import EmployeeDetail, written
from services.org.people.api.fields import EmployeeId, LastDay, OverfillReason, Reason
from services.org.permissions import HrUnitOfWork

routes = router("/v1/org/employees", tag="employees")


class TerminationRequest(Model):
    """The end of an employment."""

    last_day: LastDay
    reason: Annotated[
        Prose | None, Field(description="Kept for the person, HR and auditors.", examples=["个人原因"])
    ] = None


class TerminationRescission(Model):
    """Why somebody stays."""

    reason: Reason
    restore_assignments: Annotated[
        bool, Field(description="Whether assignments that the termination truncated go on.", examples=[True])
    ] = True
    overfill_reason: OverfillReason = None


class TerminationRescheduling(TerminationRescission):
    """Why and until when somebody stays longer."""

    last_day: LastDay


@routes.post("/{employee_id}/terminate", summary="Terminate an employment")
async def terminate_employee(
    employee_id: EmployeeId, body: TerminationRequest, uow: HrUnitOfWork, revision: IfMatch, response: Response
) -> EmployeeDetail:
    """End an employment and every assignment with it; afterwards the person cannot sign in.

    While its day lies ahead, a termination can be rescinded or rescheduled.
    """
    await terminations.terminate(
        uow, employee_id=employee_id, revision=revision, last_day=body.last_day, reason=body.reason
    )
    return await written(uow, employee_id, response)


@routes.post("/{employee_id}/rescind_termination", summary="Rescind a termination")
async def rescind_termination(
    employee_id: EmployeeId, body: TerminationRescission, uow: HrUnitOfWork, revision: IfMatch, response: Response
) -> EmployeeDetail:
    """Take back a termination until its last day is over; assignments go on as before if there is still room."""
    await terminations.rescind(
        uow,
        employee_id=employee_id,
        revision=revision,
        reason=body.reason,
        restore=body.restore_assignments,
        overfill_reason=body.overfill_reason,
    )
    return await written(uow, employee_id, response)


@routes.post("/{employee_id}/reschedule_termination", summary="Reschedule a termination")
async def reschedule_termination(
    employee_id: EmployeeId, body: TerminationRescheduling, uow: HrUnitOfWork, revision: IfMatch, response: Response
) -> EmployeeDetail:
    """Put a termination off to a later day; assignments go on until then if there is still room."""
    await terminations.reschedule(
        uow,
        employee_id=employee_id,
        revision=revision,
        last_day=body.last_day,
        reason=body.reason,
        restore=body.restore_assignments,
        overfill_reason=body.overfill_reason,
    )
    return await written(uow, employee_id, response)
