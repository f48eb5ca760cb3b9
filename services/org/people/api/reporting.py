"""Reporting lines (ORG-08)."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query
from fastapi.responses import StreamingResponse
from pydantic import Field, TypeAdapter

from services.kit import json_lines
from services.kit.database.pages import Page
from services.kit.fields import Model
from services.kit.web.application import Context, PageAsked, Read
from services.kit.web.routing import router
from services.kit.web.streaming import stream
from services.org.people.api.employees import Employee
from services.org.people.api.fields import EmployeeId
from services.org.people.usecases import reporting
from services.org.permissions import Reader
from services.org.schemas import AsOf, PersonRef, PositionRef, person_ref, position_ref
from services.org.structure.usecases import units

routes = router("/v1/org/employees", tag="reporting")
_EMPLOYEE: Final = TypeAdapter(Employee)
unit_heads = router("/v1/org/units", tag="units")

UnitId = Annotated[UUID, Path(description="Id of the unit.")]


class Managers(Model):
    """The managers of a person."""

    manager: Annotated[PersonRef | None, Field(description="Direct manager; null at the top.")]
    skip_level: Annotated[PersonRef | None, Field(description="Manager of the manager.")]
    chain: Annotated[list[PersonRef], Field(description="All superiors, the nearest first.")]
    dotted: Annotated[list[PersonRef], Field(description="Superiors by dotted lines.")]


@routes.get("/{employee_id}/manager", summary="Get the managers of an employee")
async def get_manager(employee_id: EmployeeId, session: Read, _caller: Reader, day: AsOf) -> Managers:
    """The manager of a person as of a day; if a position is vacant, the next one above counts."""
    line = await reporting.managers(session, employee_id=employee_id, day=day)
    chain = [person_ref(each) for each in line.chain]
    return Managers(
        manager=chain[0] if chain else None,
        skip_level=chain[1] if len(chain) > 1 else None,
        chain=chain,
        dotted=[person_ref(each) for each in line.dotted],
    )


@routes.get("/{employee_id}/reports", summary="List reports")
async def list_reports(
    employee_id: EmployeeId,
    session: Read,
    _caller: Reader,
    day: AsOf,
    paging: PageAsked,
    direct: Annotated[bool, Query(description="false: include indirect reports.")] = True,
) -> Page[Employee]:
    """The people who report to a person as of a day, directly or also indirectly."""
    found = await reporting.reports(session, employee_id=employee_id, day=day, direct=direct, paging=paging)
    return Page[Employee](**found.written(Employee.model_validate))


@routes.get(
    "/{employee_id}/all_reports",
    summary="Stream all reports",
    response_class=StreamingResponse,
    responses={200: {"content": {json_lines.MEDIA_TYPE: {}}}},
)
async def stream_all_reports(
    employee_id: EmployeeId, context: Context, _caller: Reader, day: AsOf
) -> StreamingResponse:
    """All direct and indirect reports of a person as of a day, as JSON lines in one response.

    Each line is an employee in the form of `GET /v1/org/employees`, managers first, all read at one moment. The last
    line has `kind` "end", the number of lines before it and their SHA-256; without it the response is incomplete.
    """
    return await stream(
        context.sessions,
        lambda session: reporting.all_reports(session, employee_id=employee_id, day=day),
        lambda found: _EMPLOYEE.dump_json(Employee.model_validate(found)),
    )


@routes.get("/{employee_id}/peers", summary="List peers")
async def list_peers(
    employee_id: EmployeeId, session: Read, _caller: Reader, day: AsOf, paging: PageAsked
) -> Page[Employee]:
    """People with the same manager as of a day."""
    found = await reporting.peers(session, employee_id=employee_id, day=day, paging=paging)
    return Page[Employee](**found.written(Employee.model_validate))


class UnitHead(Model):
    """The head of a unit."""

    position: PositionRef | None = Field(description="Head position; null if the unit has none.")
    employee: PersonRef | None = Field(
        description="Person who counts as the holder; null while the position is vacant."
    )


@unit_heads.get("/{unit_id}/head", summary="Get a unit's head")
async def get_unit_head(unit_id: UnitId, session: Read, _caller: Reader, day: AsOf) -> UnitHead:
    """The head of a unit as of a day: the holder of its head position, otherwise the acting head."""
    unit = await units.one(session, unit_id=unit_id, day=day)
    found = await reporting.head(session, head_position_id=unit.head_position_id, day=day)
    return UnitHead(
        position=position_ref(found.position) if found.position else None,
        employee=person_ref(found.employee) if found.employee else None,
    )
