"""Leavings that lie ahead (ORG-07)."""

from datetime import date
from uuid import UUID

from services.kit.fields import Model, Prose
from services.kit.routing import router
from services.kit.web import IfMatch
from services.org.people.usecases import terminations
from services.org.permissions import HrUnitOfWork
from services.org.schemas import Made

routes = router("/v1/org/employees", tag="employees")


class LeavingWithdrawal(Model):
    """Why somebody stays. ``overfill_reason``: why seats come back beyond the headcount."""

    reason: Prose
    resume_seats: bool = True
    overfill_reason: Prose | None = None


class LeavingPostponement(LeavingWithdrawal):
    """And until when."""

    last_day: date


@routes.post("/{employee_id}/withdraw_leaving")
async def withdraw_leaving(employee_id: UUID, body: LeavingWithdrawal, uow: HrUnitOfWork, revision: IfMatch) -> Made:
    """Take back a leaving until its last day is over; the seats that it ended go on as they did, if still free."""
    await _stay(employee_id, body, None, uow, revision)
    return Made(id=employee_id)


@routes.post("/{employee_id}/postpone_leaving")
async def postpone_leaving(employee_id: UUID, body: LeavingPostponement, uow: HrUnitOfWork, revision: IfMatch) -> Made:
    """Let somebody leave later than was recorded; the seats that the leaving ended go on until then, if still free."""
    await _stay(employee_id, body, body.last_day, uow, revision)
    return Made(id=employee_id)


async def _stay(
    employee_id: UUID,
    body: LeavingWithdrawal,
    last_day: date | None,
    uow: HrUnitOfWork,
    revision: IfMatch,
) -> None:
    await terminations.stay(
        uow,
        employee_id=employee_id,
        expected_revision=revision,
        last_day=last_day,
        reason=body.reason,
        resume_seats=body.resume_seats,
        overfill_reason=body.overfill_reason,
    )
