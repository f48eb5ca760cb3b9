"""Hiring people, again, on another day, or not at all (ORG-07)."""

from typing import Annotated

from pydantic import Field

from services.kit.database.sessions import new_id
from services.kit.fields import Id, Model
from services.kit.periods import Period
from services.kit.web.application import IfMatch
from services.kit.web.routing import router
from services.org.employment.usecases import hiring
from services.org.people.api.employees import EmployeeDetail, Name, Number, OptionalEmail, written
from services.org.people.api.fields import EXAMPLE_ID, EmployeeId, HiredOn, OverfillReason, ProbationUntil, Reason
from services.org.people.domain.assignment import Assignment
from services.org.people.usecases import assignments
from services.org.permissions import HrUnitOfWork
from services.org.structure.domain.occupancy import AssignmentKind

routes = router("/v1/org/employees", tag="employees")


class NewEmployee(Model):
    """A new employee who was never employed here."""

    number: Number
    name: Name
    email: OptionalEmail = None
    hired_on: HiredOn
    probation_until: ProbationUntil = None
    position_id: Annotated[
        Id | None,
        Field(description="Position of the primary assignment from the first day on.", examples=[EXAMPLE_ID]),
    ] = None
    overfill_reason: OverfillReason = None


class RehireRequest(Model):
    """A new employment of a person who left."""

    hired_on: HiredOn
    probation_until: ProbationUntil = None


class HireDateChange(Model):
    """A new first day of a future employment, and the matching end of probation."""

    hired_on: HiredOn
    probation_until: ProbationUntil
    overfill_reason: OverfillReason = None


class HireRescission(Model):
    """The rescission of a hire."""

    reason: Reason


@routes.post("", status_code=201, summary="Hire an employee")
async def create_employee(body: NewEmployee, uow: HrUnitOfWork) -> EmployeeDetail:
    """Hires a person who was never employed here."""
    employee_id = await hiring.hire(
        uow,
        number=body.number,
        name=body.name,
        email=body.email,
        hired_on=body.hired_on,
        probation_until=body.probation_until,
    )
    if body.position_id is not None:
        valid, reason = Period(body.hired_on), body.overfill_reason
        first = Assignment(new_id(), body.position_id, AssignmentKind.PRIMARY, valid, overfill_reason=reason)
        await assignments.assign(uow, employee_id=employee_id, assignment=first)
    return await written(uow, employee_id, as_of=body.hired_on)


@routes.post("/{employee_id}/rehire", summary="Rehire an employee")
async def rehire_employee(
    employee_id: EmployeeId, body: RehireRequest, uow: HrUnitOfWork, revision: IfMatch
) -> EmployeeDetail:
    """Hires a former employee again, under the same number."""
    await hiring.rehire(
        uow,
        employee_id=employee_id,
        revision=revision,
        hired_on=body.hired_on,
        probation_until=body.probation_until,
    )
    return await written(uow, employee_id, as_of=body.hired_on)


@routes.post("/{employee_id}/change_hire_date", summary="Change a hire date")
async def change_hire_date(
    employee_id: EmployeeId, body: HireDateChange, uow: HrUnitOfWork, revision: IfMatch
) -> EmployeeDetail:
    """Moves the first day of a future employment, to today at the earliest; assignments that begin with it move
    along.
    """
    await hiring.change_hire_date(
        uow,
        employee_id=employee_id,
        revision=revision,
        hired_on=body.hired_on,
        probation_until=body.probation_until,
        overfill_reason=body.overfill_reason,
    )
    return await written(uow, employee_id, as_of=body.hired_on)


@routes.post("/{employee_id}/rescind_hire", summary="Rescind a hire")
async def rescind_hire(
    employee_id: EmployeeId, body: HireRescission, uow: HrUnitOfWork, revision: IfMatch
) -> EmployeeDetail:
    """Takes back a future employment with its assignments; the person keeps the number and can be rehired."""
    await hiring.rescind_hire(uow, employee_id=employee_id, revision=revision, reason=body.reason)
    return await written(uow, employee_id)
