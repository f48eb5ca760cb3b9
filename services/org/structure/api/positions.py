"""Counts for positions."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.kit.database.pages import Page
from services.kit.fields import CodeText, Id, Label, Model, Prose
from services.kit.patterns import NO_SPACES
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.routing import router
from services.org.permissions import HrUnitOfWork, Reader
from services.org.schemas import (
    AppliesFrom,
    AppliesTo,
    AsOf,
    CodeFilter,
    PositionId,
    RevisionNumber,
    Search,
    UnitId,
    ValidFrom,
    changes_of,
)
from services.org.structure.api.units import ChangeFrom, Closing
from services.org.structure.domain.position import Filling, PositionFacts, Track
from services.org.structure.usecases import positions

PATH = "/v1/org/positions"
routes = router(PATH, tag="positions")

PositionCode = Annotated[CodeText, Field(description="Code of the position, unique for ever.", examples=["SALES-MGR"])]
Title = Annotated[Label, Field(description="Title in Chinese.", examples=["销售经理"])]
TitleEn = Annotated[Label, Field(description="Title in English.", examples=["Sales manager"])]
PositionTrack = Annotated[Track, Field(description="Track of the career ladder.", examples=["management"])]
Grade = Annotated[
    str, Field(min_length=1, max_length=16, pattern=NO_SPACES, description="Grade within the track.", examples=["M3"])
]
PeopleAllowed = Annotated[
    int, Field(ge=0, le=100_000, description="Number of people who may have it as their main assignment.", examples=[1])
]
ReportsToId = Annotated[
    Id | None, Field(description="Id of the position to which it reports; null: the head of its unit.")
]
CoreTalent = Annotated[
    bool, Field(description="Whether its holders count among the company's core talent.", examples=[False])
]


class PositionCreation(Model):
    """A new position."""

    code: PositionCode
    title: Title
    title_en: TitleEn
    unit_id: UnitId
    track: PositionTrack
    grade: Grade
    headcount: PeopleAllowed
    reports_to_id: ReportsToId = None
    core_talent: CoreTalent = False
    valid_from: ValidFrom


class PositionChange(Model):
    """The changes from a day on; fields left out are unchanged."""

    valid_from: ChangeFrom
    title: Title | None = None
    title_en: TitleEn | None = None
    unit_id: UnitId | None = None
    track: PositionTrack | None = None
    grade: Grade | None = None
    headcount: PeopleAllowed | None = None
    reports_to_id: ReportsToId = None
    core_talent: CoreTalent | None = None
    overfill_reason: Prose | None = Field(
        default=None,
        description="Reason why the headcount may be lower than the number of people.",
        examples=["编制缩减过渡期"],
    )


class Position(Model):
    """A position as of a day, with the days on which these values apply."""

    id: PositionId
    code: PositionCode
    title: Title
    title_en: TitleEn
    unit_id: UnitId
    unit_code: str = Field(description="Code of the unit.", examples=["SALES"])
    unit_name: str = Field(description="Name of the unit, in Chinese.", examples=["销售部"])
    unit_name_en: str = Field(description="Name of the unit, in English.", examples=["Sales"])
    unit_path: list[Id] = Field(description="Ids of the units from the root down to the position's own.")
    track: PositionTrack
    grade: Grade
    headcount: PeopleAllowed
    filled: int = Field(description="Number of people whose main assignment it is.", examples=[1])
    vacant: int = Field(description="Number of vacancies within the headcount.", examples=[0])
    over_headcount: int = Field(description="Number of people beyond the headcount.", examples=[0])
    reports_to_id: ReportsToId
    reports_to_code: str | None = Field(description="Code of the position to which it reports.", examples=["CMO"])
    reports_to_title: str | None = Field(
        description="Title of the position to which it reports, in Chinese.", examples=["营销总监"]
    )
    reports_to_title_en: str | None = Field(
        description="Title of the position to which it reports, in English.", examples=["Marketing director"]
    )
    core_talent: CoreTalent
    valid_from: AppliesFrom
    valid_to: AppliesTo
    revision: RevisionNumber


@routes.post("", status_code=201, summary="Create a position")
async def create_position(body: PositionCreation, uow: HrUnitOfWork) -> Position:
    """Creates a position from a day on. For HR over its unit. The response shows the position as of that day."""
    facts = PositionFacts(**body.model_dump(exclude={"code", "valid_from"}))
    position_id = await positions.create(uow, code=body.code, facts=facts, valid_from=body.valid_from)
    return Position.model_validate(await positions.one(uow.session, position_id=position_id, day=body.valid_from))


@routes.get("", summary="List positions")
async def list_positions(
    session: Read,
    _caller: Reader,
    day: AsOf,
    paging: PageAsked,
    q: Search = None,
    code: CodeFilter = None,
    unit_id: Annotated[UUID | None, Query(description="Only positions of this unit.")] = None,
    whole_subtree: Annotated[bool, Query(description="Include the positions of the units below ``unit_id``.")] = False,
    track: Annotated[Track | None, Query(description="Only positions of this track.")] = None,
    state: Annotated[
        Filling | None, Query(description="Only positions in this state: vacant, filled or overfilled.")
    ] = None,
) -> Page[Position]:
    """List positions as of a day, by code."""
    found = await positions.listed(
        session,
        day=day,
        paging=paging,
        q=q,
        code=code,
        unit_id=unit_id,
        whole_subtree=whole_subtree,
        track=track,
        state=state,
    )
    return Page[Position](**found.written(Position.model_validate))


@routes.get("/{position_id}", summary="Get a position")
async def get_position(position_id: UUID, session: Read, _caller: Reader, day: AsOf) -> Position:
    """Get a position as of a day."""
    return Position.model_validate(await positions.one(session, position_id=position_id, day=day))


@routes.patch("/{position_id}", summary="Change a position")
async def update_position(position_id: UUID, body: PositionChange, uow: HrUnitOfWork, revision: IfMatch) -> Position:
    """Changes a position from a day on.

    For HR over its unit, and over the other unit if the position moves. The response shows the position as of that
    day.
    """
    await positions.change(
        uow,
        position_id=position_id,
        expected_revision=revision,
        valid_from=body.valid_from,
        changes=changes_of(body, besides=["valid_from", "overfill_reason"], nullable=["reports_to_id"]),
        overfill_reason=body.overfill_reason,
    )
    return Position.model_validate(await positions.one(uow.session, position_id=position_id, day=body.valid_from))


@routes.post("/{position_id}/close", summary="Close a position")
async def close_position(position_id: UUID, body: Closing, uow: HrUnitOfWork, revision: IfMatch) -> Position:
    """Closes a position. It is refused if someone is in the position or something refers to it after its last day.
    The response shows the position as of its last day.
    """
    await positions.close(uow, position_id=position_id, expected_revision=revision, valid_to=body.valid_to)
    return Position.model_validate(await positions.one(uow.session, position_id=position_id, day=body.valid_to))
