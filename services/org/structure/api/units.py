"""Counts for units."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Query
from fastapi.responses import StreamingResponse
from pydantic import Field, TypeAdapter

from services.kit import json_lines
from services.kit.database.pages import Page
from services.kit.fields import CodeText, Day, Id, Label, Model
from services.kit.web.application import Context, IfMatch, PageAsked, Read
from services.kit.web.routing import router
from services.kit.web.streaming import stream
from services.org.permissions import HrUnitOfWork, Reader
from services.org.schemas import (
    AppliesFrom,
    AppliesTo,
    AsOf,
    CodeFilter,
    RevisionNumber,
    Search,
    UnitId,
    ValidFrom,
    changes_of,
)
from services.org.structure.domain.unit import UnitAsOf, UnitFacts, UnitKind
from services.org.structure.usecases import units

PATH = "/v1/org/units"
routes = router(PATH, tag="units")

UnitCode = Annotated[CodeText, Field(description="Code of the unit, unique for ever.", examples=["SALES"])]
UnitName = Annotated[Label, Field(description="Name in Chinese.", examples=["销售部"])]
UnitNameEn = Annotated[Label, Field(description="Name in English.", examples=["Sales"])]
Kind = Annotated[UnitKind, Field(description="Kind of unit.", examples=["department"])]
ParentId = Annotated[Id | None, Field(description="Id of the unit above; null for a root.")]
HeadPositionId = Annotated[Id | None, Field(description="Id of the position whose holder heads the unit.")]
Special = Annotated[bool, Field(description="Whether the unit may have its own rules.", examples=[False])]
ChangeFrom = Annotated[Day, Field(description="Day from which the change applies.", examples=["2026-04-01"])]


class UnitCreation(Model):
    """A new unit."""

    code: UnitCode
    name: UnitName
    name_en: UnitNameEn
    kind: Kind
    parent_id: ParentId = None
    head_position_id: HeadPositionId = None
    special: Special = False
    valid_from: ValidFrom


class UnitChange(Model):
    """The changes from a day on; fields left out are unchanged."""

    valid_from: ChangeFrom
    name: UnitName | None = None
    name_en: UnitNameEn | None = None
    kind: Kind | None = None
    head_position_id: HeadPositionId = None
    special: Special | None = None


class Closing(Model):
    """The end of a unit or position."""

    valid_to: Day = Field(description="Last day, included.", examples=["2026-12-31"])


class UnitVersion(Model):
    """A version of a unit, with the days on which it applies."""

    valid_from: AppliesFrom
    valid_to: AppliesTo
    name: UnitName
    name_en: UnitNameEn
    kind: Kind
    parent_id: ParentId
    parent_name: str | None = Field(description="Name of the unit above, in Chinese.", examples=["营销中心"])
    parent_name_en: str | None = Field(description="Name of the unit above, in English.", examples=["Marketing Centre"])
    head_position_id: HeadPositionId
    head_position_code: str | None = Field(description="Code of the head position.", examples=["SALES-MGR"])
    head_position_title: str | None = Field(
        description="Title of the head position, in Chinese.", examples=["销售经理"]
    )
    head_position_title_en: str | None = Field(
        description="Title of the head position, in English.", examples=["Sales manager"]
    )
    special: Special


class Unit(UnitVersion):
    """A unit as of a day, with the days on which these values apply."""

    id: UnitId
    code: UnitCode
    path: list[Id] = Field(description="Ids of the units from the root down to this one, which comes last.")
    revision: RevisionNumber


def unit_of(found: UnitAsOf) -> Unit:
    """A unit as the API shows it."""
    return Unit.model_validate(found)


_UNIT: Final = TypeAdapter(Unit)


@routes.post("", status_code=201, summary="Create a unit")
async def create_unit(body: UnitCreation, uow: HrUnitOfWork) -> Unit:
    """Creates a unit from a day on. For HR over its parent. The response shows the unit as of that day."""
    facts = UnitFacts(**body.model_dump(exclude={"code", "valid_from"}))
    unit_id = await units.create(uow, code=body.code, facts=facts, valid_from=body.valid_from)
    return unit_of(await units.one(uow.session, unit_id=unit_id, day=body.valid_from))


@routes.get("", summary="List units")
async def list_units(
    session: Read,
    _caller: Reader,
    day: AsOf,
    paging: PageAsked,
    q: Search = None,
    code: CodeFilter = None,
    kind: Annotated[UnitKind | None, Query(description="Only units of this kind.")] = None,
    parent_id: Annotated[UUID | None, Query(description="Only units directly below this unit.")] = None,
    root: Annotated[bool | None, Query(description="Only units that are below no other, or only others.")] = None,
) -> Page[Unit]:
    """List units as of a day, by code."""
    found = await units.listed(
        session, day=day, paging=paging, q=q, code=code, kind=kind, parent_id=parent_id, root=root
    )
    return Page[Unit](**found.written(unit_of))


@routes.get("/{unit_id}", summary="Get a unit")
async def get_unit(unit_id: UUID, session: Read, _caller: Reader, day: AsOf) -> Unit:
    """Get a unit as of a day."""
    return unit_of(await units.one(session, unit_id=unit_id, day=day))


@routes.get("/{unit_id}/versions", summary="List a unit's versions")
async def list_unit_versions(unit_id: UUID, session: Read, _caller: Reader) -> list[UnitVersion]:
    """Lists the past, present and future versions of a unit, in order of time. The unit above and the head position
    are named as on the first day of the version.
    """
    return [UnitVersion.model_validate(version) for version in await units.history(session, unit_id=unit_id)]


@routes.patch("/{unit_id}", summary="Change a unit")
async def update_unit(unit_id: UUID, body: UnitChange, uow: HrUnitOfWork, revision: IfMatch) -> Unit:
    """Changes the name, kind or head of a unit from a day on. The response shows the unit as of that day."""
    await units.change(
        uow,
        unit_id=unit_id,
        expected_revision=revision,
        valid_from=body.valid_from,
        changes=changes_of(body, besides=["valid_from"], nullable=["head_position_id"]),
    )
    return unit_of(await units.one(uow.session, unit_id=unit_id, day=body.valid_from))


@routes.post("/{unit_id}/close", summary="Close a unit")
async def close_unit(unit_id: UUID, body: Closing, uow: HrUnitOfWork, revision: IfMatch) -> Unit:
    """Closes a unit. It is refused if the unit contains anything after its last day. The response shows the unit as
    of its last day.
    """
    await units.close(uow, unit_id=unit_id, expected_revision=revision, valid_to=body.valid_to)
    return unit_of(await units.one(uow.session, unit_id=unit_id, day=body.valid_to))


@routes.get("/{unit_id}/subtree", summary="List a unit's subtree")
async def list_subtree(unit_id: UUID, session: Read, _caller: Reader, day: AsOf, paging: PageAsked) -> Page[Unit]:
    """Lists a unit and everything below it; each unit comes before those below it."""
    found = await units.subtree(session, unit_id=unit_id, day=day, paging=paging)
    return Page[Unit](**found.written(unit_of))


@routes.get(
    "/{unit_id}/whole_subtree",
    summary="Stream a unit's subtree",
    response_class=StreamingResponse,
    responses={200: {"content": {json_lines.MEDIA_TYPE: {}}}},
)
async def stream_subtree(unit_id: UnitId, context: Context, _caller: Reader, day: AsOf) -> StreamingResponse:
    """A unit and everything below it as of a day, as JSON lines in one response.

    Each line is a unit in the form of `GET /v1/org/units`, before those below it, all read at one moment. The last
    line has `kind` "end", the number of lines before it and their SHA-256; without it the response is incomplete.
    """
    return await stream(
        context.sessions,
        lambda session: units.whole_subtree(session, unit_id=unit_id, day=day),
        lambda found: _UNIT.dump_json(unit_of(found)),
    )


@routes.get("/{unit_id}/ancestors", summary="List the units above")
async def list_ancestors(unit_id: UUID, session: Read, _caller: Reader, day: AsOf) -> list[Unit]:
    """Lists the units above a unit, the root first."""
    return [unit_of(found) for found in await units.ancestors(session, unit_id=unit_id, day=day)]
