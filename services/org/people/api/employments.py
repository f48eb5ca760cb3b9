"""Employments that lie ahead (ORG-07)."""

from datetime import date
from uuid import UUID

from services.kit.fields import Model, Prose
from services.kit.routing import router
from services.kit.web import IfMatch
from services.org.people.usecases import employments
from services.org.people.usecases.employees import Hire
from services.org.permissions import HrUnitOfWork
from services.org.schemas import Made

routes = router("/v1/org/employees", tag="employees")


class AnotherStart(Model):
    """Another first day, and the last day of probation that goes with it. ``overfill_reason``: of the first seat."""

    hired_on: date
    probation_until: date | None
    overfill_reason: Prose | None = None


class HireWithdrawal(Model):
    """Why somebody does not come after all."""

    reason: Prose


@routes.post("/{employee_id}/move_start")
async def move_start(employee_id: UUID, body: AnotherStart, uow: HrUnitOfWork, revision: IfMatch) -> Made:
    """Let an employment that has not begun begin earlier or later, from today on; its first seat goes with it."""
    await employments.move_start(
        uow,
        employee_id=employee_id,
        expected_revision=revision,
        start=Hire(body.hired_on, body.probation_until),
        overfill_reason=body.overfill_reason,
    )
    return Made(id=employee_id)


@routes.post("/{employee_id}/withdraw_hire")
async def withdraw_hire(employee_id: UUID, body: HireWithdrawal, uow: HrUnitOfWork, revision: IfMatch) -> Made:
    """Take back an employment that has not begun, with its seats; the person keeps the number and may be rehired."""
    await employments.withdraw(
        uow,
        employee_id=employee_id,
        expected_revision=revision,
        reason=body.reason,
    )
    return Made(id=employee_id)
