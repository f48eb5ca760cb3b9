"""Reporting lines (ORG-08)."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query
from fastapi.responses import StreamingResponse
from pydantic import Field, TypeAdapter

from services.kit import json_lines
from services.kit.fields import Model
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.streaming import stream
from services.kit.web import Context, PageAsked, Read
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
    """Who manages a person."""

    manager: Annotated[PersonRef | None, Field(description="The direct manager; null at the top.")]
    skip_level: Annotated[PersonRef | None, Field(description="The manager's manager.")]
    chain: Annotated[list[PersonRef], Field(description="Everybody above, the nearest first.")]
    dotted: Annotated[list[PersonRef], Field(description="Explicit second superiors.")]


@routes.get("/{employee_id}/manager", summary="Get somebody's managers")
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


@routes.get("/{employee_id}/reports", summary="List reports")
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


@routes.get(
    "/{employee_id}/all_reports",
    summary="Stream all reports",
    response_class=StreamingResponse,
    responses={200: {"content": {json_lines.MEDIA_TYPE: {}}}},
)
async def stream_all_reports(
    employee_id: EmployeeId, context: Context, _caller: Reader, day: AsOf
) -> StreamingResponse:
    """Everybody who reports to a person as of a day, directly and over others, as JSON lines in one answer.

    Each line is an employee as `GET /v1/org/employees` lists them, managers first; all of one moment. The last line has
    `kind` "end", the number of lines before it and their SHA-256; without it the answer is incomplete.
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
    """Who has the same manager as a person as of a day."""
    found = await reporting.peers(session, employee_id=employee_id, day=day, paging=paging)
    return Page[Employee](**found.written(Employee.model_validate))


class UnitHead(Model):
    """Who heads a unit."""

    position: PositionRef | None = Field(description="The head position; null if the unit has none.")
    employee: PersonRef | None = Field(description="Who counts as its holder; null while the position is vacant.")


@unit_heads.get("/{unit_id}/head", summary="Get a unit's head")
async def get_unit_head(unit_id: UnitId, session: Read, _caller: Reader, day: AsOf) -> UnitHead:
    """Get who heads a unit as of a day: the holder of its head position, else who acts there."""
    unit = await units.one(session, unit_id=unit_id, day=day)
    found = await reporting.head(session, head_position_id=unit.head_position_id, day=day)
    return UnitHead(
        position=position_ref(found.position) if found.position else None,
        employee=person_ref(found.employee) if found.employee else None,
    )
