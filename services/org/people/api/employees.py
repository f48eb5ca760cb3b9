"""People (ORG-07)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from services.kit.database import period
from services.kit.fields import CodeText, Id, Label, Model, Prose
from services.kit.pages import Page
from services.kit.periods import Period
from services.kit.routing import router
from services.kit.web import IfMatch, PageAsked, Read, Today, tag
from services.org.people.store.tables import EmploymentRow
from services.org.people.usecases import assignments, employees, terminations
from services.org.people.usecases.seats import Placing
from services.org.permissions import HrUnitOfWork, Reader
from services.org.schemas import AsOf, Made, UnitRef, changes_of
from services.org.structure.domain.occupancy import AssignmentKind

routes = router("/v1/org/employees", tag="employees")

Email = Annotated[str, Field(max_length=200, pattern=r"^[^@\s]+@[^@\s]+$", examples=["zhang.wei@example.com"])]


class NewEmployee(Model):
    """Somebody who never worked here. ``position_id`` names the first primary post, from the first day on."""

    number: CodeText
    name: Label
    email: Email | None = None
    hired_on: date
    probation_until: date | None = None
    position_id: Id | None = None
    overfill_reason: Prose | None = None


class EmployeeChange(Model):
    """What is set; what is left out stays. ``probation_until`` is that of the present employment."""

    name: Label | None = None
    email: Email | None = None
    probation_until: date | None = None


class Leaving(Model):
    """The last day of an employment."""

    last_day: date
    reason: Prose | None = None


class Rehire(Model):
    """The first day of a further employment."""

    hired_on: date
    probation_until: date | None = None


class Transfer(Model):
    """Another primary post from a day on."""

    position_id: Id
    valid_from: date
    note: Prose | None = None
    overfill_reason: Prose | None = None


class MainSeat(Model):
    """The seat that a person mainly sits in on the day asked about."""

    assignment_id: Id
    kind: AssignmentKind
    position_id: Id
    position_code: str
    title: str | None
    unit: UnitRef | None
    unit_path: list[Id]


class Employment(Model):
    """A period of work; ``probation_until`` is the last day of probation."""

    hired_on: date
    left_on: date | None
    probation_until: date | None
    reason: str | None


class Employee(Model):
    """A person as everybody sees it."""

    id: Id
    number: str
    name: str
    email: str | None
    main_seat: MainSeat | None
    revision: int


class EmployeeDetail(Employee):
    """``employments`` is null for those who are neither the person, nor HR over the unit, nor auditor."""

    employments: list[Employment] | None


@routes.post("", status_code=201)
async def hire(body: NewEmployee, uow: HrUnitOfWork) -> Made:
    """Take on somebody who never worked here."""
    employee_id = await employees.hire(
        uow,
        number=body.number,
        name=body.name,
        email=body.email,
        start=employees.Hire(body.hired_on, body.probation_until),
    )
    if body.position_id is not None:
        placing = Placing(
            employee_id,
            body.position_id,
            AssignmentKind.PRIMARY,
            Period(body.hired_on),
            overfill_reason=body.overfill_reason,
        )
        await assignments.place(uow, placing=placing)
    return Made(id=employee_id)


@routes.get("")
async def listed(
    session: Read,
    _caller: Reader,
    day: AsOf,
    paging: PageAsked,
    number: Annotated[str | None, Query(max_length=64)] = None,
    unit_id: Annotated[UUID | None, Query(description="main seat in this unit or beneath it")] = None,
) -> Page[Employee]:
    """People employed on a day, by number."""
    found = await employees.listed(session, day=day, paging=paging, number=number, unit_id=unit_id)
    return Page[Employee](**found.written(Employee.model_validate))


@routes.get("/{employee_id}")
async def one(
    employee_id: UUID, session: Read, caller: Reader, day: AsOf, today: Today, response: Response
) -> EmployeeDetail:
    """A person as of a day."""
    found = Employee.model_validate(await employees.one(session, employee_id=employee_id, day=day))
    told = await employees.employments(session, caller=caller, employee_id=employee_id, today=today)
    tag(response, found.revision)
    return EmployeeDetail(
        **found.model_dump(), employments=None if told is None else [_employment(row) for row in told]
    )


@routes.patch("/{employee_id}")
async def correct(employee_id: UUID, body: EmployeeChange, uow: HrUnitOfWork, revision: IfMatch) -> Made:
    """Correct name, email or probation; for HR over the person's unit."""
    await employees.correct(
        uow,
        employee_id=employee_id,
        expected_revision=revision,
        changes=changes_of(body, nullable=["email", "probation_until"]),
    )
    return Made(id=employee_id)


@routes.post("/{employee_id}/leave")
async def leave(employee_id: UUID, body: Leaving, uow: HrUnitOfWork) -> Made:
    """End an employment and with it every assignment; afterwards the person cannot sign in."""
    await terminations.leave(
        uow,
        employee_id=employee_id,
        expected_revision=None,
        last_day=body.last_day,
        reason=body.reason,
    )
    return Made(id=employee_id)


@routes.post("/{employee_id}/rehire")
async def rehire(employee_id: UUID, body: Rehire, uow: HrUnitOfWork) -> Made:
    """Take somebody on again."""
    start = employees.Hire(body.hired_on, body.probation_until)
    await employees.rehire(uow, employee_id=employee_id, expected_revision=None, start=start)
    return Made(id=employee_id)


@routes.post("/{employee_id}/transfer", status_code=201)
async def transfer(employee_id: UUID, body: Transfer, uow: HrUnitOfWork) -> Made:
    """Move somebody to another primary post; answers the new assignment."""
    assignment_id = await assignments.transfer(
        uow,
        employee_id=employee_id,
        position_id=body.position_id,
        valid_from=body.valid_from,
        note=body.note,
        overfill_reason=body.overfill_reason,
    )
    return Made(id=assignment_id)


def _employment(row: EmploymentRow) -> Employment:
    valid = period(row.valid)
    return Employment(
        hired_on=valid.start, left_on=valid.last, probation_until=row.probation_until, reason=row.leaving_reason
    )
