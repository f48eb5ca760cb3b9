"""Positions, headcount and vacancies (ORG-02)."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field
from sqlalchemy import Row

from services.kit.fields import CodeText, Id, Label, Model, Prose
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.web import IfMatch, PageAsked, Read, tag
from services.org.charts.domain import org_chart
from services.org.charts.usecases import org_charts
from services.org.permissions import HrUnitOfWork, Reader
from services.org.schemas import AsOf, Days, Made, Seats, UnitRef, changes_of, days_of
from services.org.structure.api.units import Closing
from services.org.structure.domain.position import PositionFacts, Track
from services.org.structure.usecases import positions

routes = router("/v1/org/positions", tag="positions")
report = router("/v1/org/headcount", tag="headcount")

Headcount = Annotated[int, Field(ge=0, le=100_000)]
Grade = Annotated[str, Field(min_length=1, max_length=16, pattern=r"^\S+$")]


class NewPosition(Model):
    """A position from a day on. Without ``reports_to_id`` it reports to the head of its unit."""

    code: CodeText
    title: Label
    title_en: Label
    unit_id: Id
    track: Track
    grade: Grade
    headcount: Headcount
    reports_to_id: Id | None = None
    effective_from: date


class PositionChange(Model):
    """What changes from a day on; what is left out stays. ``overfill_reason``: why fewer seats than people."""

    effective_from: date
    title: Label | None = None
    title_en: Label | None = None
    unit_id: Id | None = None
    track: Track | None = None
    grade: Grade | None = None
    headcount: Headcount | None = None
    reports_to_id: Id | None = None
    overfill_reason: Prose | None = None


class Position(Model):
    """A position as of a day. ``held`` people have their main seat there, ``vacant`` seats are free."""

    id: Id
    code: str
    title: str
    title_en: str
    unit_id: Id
    unit_path: list[Id]
    track: Track
    grade: str
    headcount: int
    held: int
    vacant: int
    reports_to_id: Id | None
    valid: Days
    revision: int


class UnitHeadcount(Model):
    """A unit's own positions as of a day: seats, people in them, vacancies, people beyond the headcount.

    ``total`` is the same with everything beneath the unit.
    """

    unit: UnitRef
    path: list[Id]
    headcount: int
    held: int
    vacant: int
    over: int
    total: Seats


@routes.post("", status_code=201)
async def create(body: NewPosition, uow: HrUnitOfWork) -> Made:
    """Set up a position; for HR over its unit."""
    facts = PositionFacts(**body.model_dump(exclude={"code", "effective_from"}))
    position_id = await positions.create(uow, code=body.code, facts=facts, effective_from=body.effective_from)
    return Made(id=position_id)


@routes.get("")
async def listed(
    session: Read,
    _caller: Reader,
    day: AsOf,
    paging: PageAsked,
    code: Annotated[str | None, Query(max_length=64)] = None,
    unit_id: UUID | None = None,
    whole_subtree: Annotated[bool, Query(description="also those of units beneath")] = False,  # noqa: FBT002 - a query parameter
) -> Page[Position]:
    """Positions as of a day, by code."""
    found = await positions.listed(
        session, day=day, paging=paging, code=code, unit_id=unit_id, whole_subtree=whole_subtree
    )
    return Page[Position](**found.written(_position))


@routes.get("/{position_id}")
async def one(position_id: UUID, session: Read, _caller: Reader, day: AsOf, response: Response) -> Position:
    """A position as of a day."""
    found = _position(await positions.one(session, position_id=position_id, day=day))
    tag(response, found.revision)
    return found


@routes.patch("/{position_id}")
async def change(position_id: UUID, body: PositionChange, uow: HrUnitOfWork, revision: IfMatch) -> Made:
    """Change a position from a day on; for HR over the unit, and over the other one if it moves."""
    await positions.change(
        uow,
        position_id=position_id,
        expected_revision=revision,
        effective_from=body.effective_from,
        changes=changes_of(body, besides=["effective_from", "overfill_reason"], nullable=["reports_to_id"]),
        overfill_reason=body.overfill_reason,
    )
    return Made(id=position_id)


@routes.post("/{position_id}/close")
async def close(position_id: UUID, body: Closing, uow: HrUnitOfWork) -> Made:
    """Let a position end; nobody may hold it and nothing refer to it afterwards."""
    await positions.close(
        uow,
        position_id=position_id,
        expected_revision=None,
        last_day=body.last_day,
    )
    return Made(id=position_id)


@report.get("")
async def headcount(
    session: Read, _caller: Reader, day: AsOf, paging: PageAsked, unit_id: UUID | None = None
) -> Page[UnitHeadcount]:
    """Headcount and vacancies per unit as of a day, of everything or of a subtree."""
    found = await positions.headcount(session, day=day, unit_id=unit_id, paging=paging)
    totals = await org_charts.totals(session, day=day, unit_ids=[row.UnitRow.id for row in found.items])
    return Page[UnitHeadcount](**found.written(lambda row: _headcount(row, totals[row.UnitRow.id])))


def _position(row: Row[Any]) -> Position:
    position, facts = row.PositionRow, row.PositionVersionRow
    return Position(
        id=position.id,
        code=position.code,
        title=facts.title,
        title_en=facts.title_en,
        unit_id=facts.unit_id,
        unit_path=row.UnitPathRow.path,
        track=facts.track,
        grade=facts.grade,
        headcount=facts.headcount,
        held=row.held,
        vacant=max(0, facts.headcount - row.held),
        reports_to_id=facts.reports_to_id,
        valid=days_of(facts.valid),
        revision=position.revision,
    )


def _headcount(row: Row[Any], total: org_chart.Headcount) -> UnitHeadcount:
    return UnitHeadcount(
        unit=UnitRef(id=row.UnitRow.id, code=row.UnitRow.code, name=row.UnitVersionRow.name),
        path=row.UnitPathRow.path,
        headcount=row.headcount or 0,
        held=row.held or 0,
        vacant=row.vacant or 0,
        over=row.over or 0,
        total=Seats.model_validate(total),
    )
