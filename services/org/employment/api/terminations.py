"""Terminations, and taking them back or putting them off (ORG-07)."""

from typing import Annotated

from pydantic import Field

from services.kit.fields import Model, Prose
from services.kit.web.application import IfMatch
from services.kit.web.routing import router
from services.org.employment.usecases import terminations
from services.org.people.api.employees import EmployeeDetail, written
from services.org.people.api.fields import EmployeeId, LastDay, OverfillReason, Reason
from services.org.permissions import HrUnitOfWork

routes = router("/v1/org/employees", tag="employees")


class TerminationRequest(Model):
    """The end of an employment."""

    last_day: LastDay
    reason: Annotated[
        Prose | None, Field(description="Reason, kept for the person, HR and auditors.", examples=["个人原因"])
    ] = None


class TerminationRescission(Model):
    """The rescission of a termination."""

    reason: Reason
    restore_assignments: Annotated[
        bool, Field(description="Whether assignments truncated by the termination are restored.", examples=[True])
    ] = True
    overfill_reason: OverfillReason = None


class TerminationRescheduling(TerminationRescission):
    """A later termination: its new last day and the reason."""

    last_day: LastDay


@routes.post("/{employee_id}/terminate", summary="Terminate an employment")
async def terminate_employee(
    employee_id: EmployeeId, body: TerminationRequest, uow: HrUnitOfWork, revision: IfMatch
) -> EmployeeDetail:
    """Ends an employment with all its assignments; afterwards the person cannot sign in.

    Until its last day, a termination can be rescinded or rescheduled.
    """
    await terminations.terminate(
        uow, employee_id=employee_id, revision=revision, last_day=body.last_day, reason=body.reason
    )
    return await written(uow, employee_id)


@routes.post("/{employee_id}/rescind_termination", summary="Rescind a termination")
async def rescind_termination(
    employee_id: EmployeeId, body: TerminationRescission, uow: HrUnitOfWork, revision: IfMatch
) -> EmployeeDetail:
    """Takes back a termination, until the end of its last day; assignments continue as before
    if there is still room.
    """
    await terminations.rescind(
        uow,
        employee_id=employee_id,
        revision=revision,
        reason=body.reason,
        restore=body.restore_assignments,
        overfill_reason=body.overfill_reason,
    )
    return await written(uow, employee_id)


@routes.post("/{employee_id}/reschedule_termination", summary="Reschedule a termination")
async def reschedule_termination(
    employee_id: EmployeeId, body: TerminationRescheduling, uow: HrUnitOfWork, revision: IfMatch
) -> EmployeeDetail:
    """Moves a termination to a later day; assignments continue until then if there is still room."""
    await terminations.reschedule(
        uow,
        employee_id=employee_id,
        revision=revision,
        last_day=body.last_day,
        reason=body.reason,
        restore=body.restore_assignments,
        overfill_reason=body.overfill_reason,
    )
    return await written(uow, employee_id)
