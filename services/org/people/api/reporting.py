"""Reporting lines (ORG-08)."""

from typing import Annotated

from fastapi import Query
from pydantic import Field

from services.kit.fields import Model
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.web import PageAsked, Read
from services.org.people.api.employees import Employee
from services.org.people.api.fields import EmployeeId
from services.org.people.usecases import reporting
from services.org.permissions import Reader
from services.org.schemas import AsOf, PersonRef, person_ref

routes = router("/v1/org/employees", tag="reporting")


class Managers(Model):
    """Who manages a person."""

    manager: Annotated[PersonRef | None, Field(description="The direct manager; null at the top.")]
    skip_level: Annotated[PersonRef | None, Field(description="The manager's manager.")]
    chain: Annotated[list[PersonRef], Field(description="Everybody above, the nearest first.")]
    dotted: Annotated[list[PersonRef], Field(description="Explicit second superiors.")]


@routes.get(
    "/{employee_id}/manager", operation_id="get_manager", summary="Get somebody's managers", response_model=Managers
)
async def get_manager(employee_id: EmployeeId, session: Read, _caller: Reader, day: AsOf) -> Managers:
    """Who manages a person as of a day; vacant positions are passed over upwards."""
    line = await reporting.managers(session, employee_id=employee_id, day=day)
    chain = [person_ref(each) for each in line.chain]
    return Managers(
        manager=chain[0] if chain else None,
        skip_level=chain[1] if len(chain) > 1 else None,
        chain=chain,
        dotted=[person_ref(each) for each in line.dotted],
    )


@routes.get(
    "/{employee_id}/reports", operation_id="list_reports", summary="List reports", response_model=Page[Employee]
)
async def list_reports(
    employee_id: EmployeeId,
    session: Read,
    _caller: Reader,
    day: AsOf,
    paging: PageAsked,
    direct: Annotated[bool, Query(description="false: also those who report over others.")] = True,  # noqa: FBT002 - a query parameter, named in every call
) -> Page[Employee]:
    """Who reports to a person as of a day, directly or also over others."""
    found = await reporting.reports(session, employee_id=employee_id, day=day, direct=direct, paging=paging)
    return Page[Employee](**found.written(Employee.model_validate))


@routes.get("/{employee_id}/peers", operation_id="list_peers", summary="List peers", response_model=Page[Employee])
async def list_peers(
    employee_id: EmployeeId, session: Read, _caller: Reader, day: AsOf, paging: PageAsked
) -> Page[Employee]:
    """Who has the same manager as a person as of a day."""
    found = await reporting.peers(session, employee_id=employee_id, day=day, paging=paging)
    return Page[Employee](**found.written(Employee.model_validate))
