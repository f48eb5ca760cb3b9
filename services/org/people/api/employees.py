"""People: find them, correct their data (ORG-07)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.kit.database.pages import Page
from services.kit.fields import CodeText, Id, Label, Model
from services.kit.patterns import EMAIL
from services.kit.web.application import IfMatch, PageAsked, Read, Today
from services.kit.web.routing import router
from services.kit.work.unit_of_work import UnitOfWork
from services.org.people.api.fields import (
    EXAMPLE_ID,
    EmployedFrom,
    EmployeeId,
    OnProbationUntil,
    ProbationUntil,
    RevisionField,
)
from services.org.people.domain.employee import EmployeeFilter, EmployeeSummary, EmploymentState
from services.org.people.domain.employment import Employment as Employed
from services.org.people.usecases import employees
from services.org.permissions import HrUnitOfWork, Reader
from services.org.schemas import AsOf, UnitRef, changes_of
from services.org.structure.domain.occupancy import AssignmentKind

routes = router("/v1/org/employees", tag="employees")

Email = Annotated[
    str,
    Field(max_length=200, pattern=EMAIL, description="Email address.", examples=["zhang.wei@example.com"]),
]
OptionalEmail = Annotated[
    Email | None, Field(description="Email address; null if none.", examples=["zhang.wei@example.com"])
]
Number = Annotated[CodeText, Field(description="Employee number, unique for ever.", examples=["E1024"])]
Name = Annotated[Label, Field(description="Full name as commonly written.", examples=["张伟"])]


class EmployeeChange(Model):
    """The fields to set; fields left out are unchanged."""

    name: Annotated[Name | None, Field(description="Full name as commonly written.", examples=["张伟"])] = None
    email: OptionalEmail = None
    probation_until: ProbationUntil = None


class MainAssignment(Model):
    """The assignment in which a person mainly works on the day requested: primary, or a rotation while it runs."""

    assignment_id: Annotated[Id, Field(description="Id of the assignment.", examples=[EXAMPLE_ID])]
    kind: Annotated[AssignmentKind, Field(description="Kind of assignment: primary or rotation.", examples=["primary"])]
    position_id: Annotated[Id, Field(description="Id of the position.", examples=[EXAMPLE_ID])]
    position_code: Annotated[str, Field(description="Code of the position.", examples=["S2"])]
    title: Annotated[
        str | None, Field(description="Title of the position on that day, in Chinese.", examples=["区域销售经理"])
    ]
    title_en: Annotated[
        str | None,
        Field(description="Title of the position on that day, in English.", examples=["Regional sales manager"]),
    ]
    unit: Annotated[UnitRef | None, Field(description="Unit of the position on that day.")]
    unit_path: Annotated[list[Id], Field(description="Ids of the units from the root down to that unit.")]


class Employment(Model):
    """An employment: one period of work."""

    hired_on: EmployedFrom
    last_day: Annotated[date | None, Field(description="Last day; null while no termination is recorded.")]
    probation_until: OnProbationUntil
    termination_reason: Annotated[str | None, Field(description="Reason for the termination.", examples=["个人原因"])]


class Employee(Model):
    """An employee, as visible to everyone."""

    id: Annotated[Id, Field(description="Id of the employee.", examples=[EXAMPLE_ID])]
    number: Number
    name: Name
    email: OptionalEmail
    main_assignment: Annotated[MainAssignment | None, Field(description="Main assignment on the day; null if none.")]
    revision: RevisionField


class EmployeeDetail(Employee):
    """An employee with their employments."""

    employments: Annotated[
        list[Employment] | None,
        Field(description="Employments; null unless the caller is the person, HR over their unit or an auditor."),
    ]


@routes.get("", summary="List employees")
async def list_employees(
    session: Read,
    _caller: Reader,
    day: AsOf,
    paging: PageAsked,
    q: Annotated[
        str | None, Query(max_length=64, description="Part of the name, or the start of the employee number.")
    ] = None,
    number: Annotated[
        str | None, Query(max_length=64, description="Only the employee with exactly this number.")
    ] = None,
    state: Annotated[
        EmploymentState, Query(description="Only employees in this state on the day.")
    ] = EmploymentState.EMPLOYED,
    unit_id: Annotated[
        UUID | None, Query(description="Only employees with a main assignment in this unit or below it.")
    ] = None,
    position_id: Annotated[
        UUID | None, Query(description="Only employees with a main assignment to this position.")
    ] = None,
    manager_id: Annotated[UUID | None, Query(description="Only direct reports of this person.")] = None,
) -> Page[Employee]:
    """Employees as of a day, by number: employed, on probation or left."""
    filters = EmployeeFilter(state, q or None, number, unit_id, position_id, manager_id)
    found = await employees.listed(session, day=day, paging=paging, filters=filters)
    return Page[Employee](**found.written(Employee.model_validate))


@routes.get("/{employee_id}", summary="Get an employee")
async def get_employee(
    employee_id: EmployeeId, session: Read, caller: Reader, day: AsOf, today: Today
) -> EmployeeDetail:
    """An employee as of a day, if employed on that day."""
    found = await employees.detailed(session, caller=caller, employee_id=employee_id, day=day, today=today)
    return _detail(*found)


@routes.patch("/{employee_id}", summary="Correct the data of an employee")
async def update_employee(
    employee_id: EmployeeId, body: EmployeeChange, uow: HrUnitOfWork, revision: IfMatch
) -> EmployeeDetail:
    """Corrects name, email or the end of the present probation. For HR over the person's unit."""
    changes = changes_of(body, nullable=["email", "probation_until"])
    await employees.correct(uow, employee_id=employee_id, revision=revision, changes=changes)
    return await written(uow, employee_id)


async def written(uow: UnitOfWork, employee_id: UUID, *, as_of: date | None = None) -> EmployeeDetail:
    """A person just written, as of ``as_of`` if that is in the future, otherwise as of today."""
    day = max(as_of or uow.today, uow.today)
    return _detail(*await employees.written(uow, employee_id=employee_id, day=day))


def _detail(found: EmployeeSummary, employed: list[Employed] | None) -> EmployeeDetail:
    seen = Employee.model_validate(found).model_dump()
    return EmployeeDetail(**seen, employments=None if employed is None else [_employment(each) for each in employed])


def _employment(employed: Employed) -> Employment:
    return Employment(
        hired_on=employed.valid.start,
        last_day=employed.valid.last,
        probation_until=employed.probation_until,
        termination_reason=employed.termination_reason,
    )
