"""Units (ORG-01)."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy import Row

from services.kit.fields import CodeText, Id, Label, Model
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.web import IfMatch, PageAsked, Read, tag
from services.org.documents.usecases import reorganisations
from services.org.people.usecases import reporting
from services.org.permissions import HrUnitOfWork, Reader
from services.org.schemas import AsOf, Days, Made, PersonRef, PositionRef, changes_of, days_of, person_ref, position_ref
from services.org.structure.domain.unit import UnitFacts, UnitKind
from services.org.structure.usecases import units

routes = router("/v1/org/units", tag="units")


class NewUnit(Model):
    """A unit from a day on. ``head_position_id`` names the position whose holder heads it."""

    code: CodeText
    name: Label
    name_en: Label
    kind: UnitKind
    parent_id: Id | None = None
    head_position_id: Id | None = None
    special: bool = False
    effective_from: date


class UnitChange(Model):
    """What changes from a day on; what is left out stays."""

    effective_from: date
    name: Label | None = None
    name_en: Label | None = None
    kind: UnitKind | None = None
    head_position_id: Id | None = None
    special: bool | None = None


class UnitMove(Model):
    """Another parent from a day on; null makes it a root."""

    effective_from: date
    parent_id: Id | None


class Closing(Model):
    """The last day on which it exists."""

    last_day: date


class Unit(Model):
    """A unit as of a day. ``path`` runs from the root to the unit itself; ``valid`` is how long all of this holds."""

    id: Id
    code: str
    name: str
    name_en: str
    kind: UnitKind
    parent_id: Id | None
    path: list[Id]
    head_position_id: Id | None
    special: bool
    valid: Days
    revision: int


class UnitVersion(Model):
    """What is true of a unit over some days."""

    valid: Days
    name: str
    name_en: str
    kind: UnitKind
    parent_id: Id | None
    head_position_id: Id | None
    special: bool


class Head(Model):
    """The head of a unit; ``employee`` null while the seat is vacant."""

    position: PositionRef | None
    employee: PersonRef | None


@routes.post("", status_code=201)
async def create(body: NewUnit, uow: HrUnitOfWork) -> Made:
    """Set up a unit; for HR over its parent."""
    facts = UnitFacts(**body.model_dump(exclude={"code", "effective_from"}))
    unit_id = await units.create(uow, code=body.code, facts=facts, effective_from=body.effective_from)
    return Made(id=unit_id)


@routes.get("")
async def listed(
    session: Read,
    _caller: Reader,
    day: AsOf,
    paging: PageAsked,
    code: Annotated[str | None, Query(max_length=64)] = None,
    kind: UnitKind | None = None,
    parent_id: UUID | None = None,
) -> Page[Unit]:
    """Units as of a day, by code."""
    found = await units.listed(session, day=day, paging=paging, code=code, kind=kind, parent_id=parent_id)
    return Page[Unit](**found.written(_unit))


@routes.get("/{unit_id}")
async def one(unit_id: UUID, session: Read, _caller: Reader, day: AsOf, response: Response) -> Unit:
    """A unit as of a day."""
    found = _unit(await units.one(session, unit_id=unit_id, day=day))
    tag(response, found.revision)
    return found


@routes.get("/{unit_id}/versions")
async def versions(unit_id: UUID, session: Read, _caller: Reader) -> list[UnitVersion]:
    """Everything that was, is and will be true of a unit."""
    history = await units.history(session, unit_id=unit_id)
    return [
        UnitVersion(
            valid=Days(first_day=version.valid.start, last_day=version.valid.last),
            **{name: getattr(version.facts, name) for name in UnitVersion.model_fields if name != "valid"},
        )
        for version in history
    ]


@routes.patch("/{unit_id}")
async def change(unit_id: UUID, body: UnitChange, uow: HrUnitOfWork, revision: IfMatch) -> Made:
    """Rename a unit, give it another kind or head from a day on."""
    await units.change(
        uow,
        unit_id=unit_id,
        expected_revision=revision,
        effective_from=body.effective_from,
        changes=changes_of(body, besides=["effective_from"], nullable=["head_position_id"]),
    )
    return Made(id=unit_id)


@routes.post("/{unit_id}/move")
async def move(unit_id: UUID, body: UnitMove, uow: HrUnitOfWork) -> Made:
    """Hang a unit with all beneath it elsewhere from a day on; makes a review due. For HR over both places."""
    await reorganisations.move(
        uow,
        unit_id=unit_id,
        parent_id=body.parent_id,
        effective_from=body.effective_from,
    )
    return Made(id=unit_id)


@routes.post("/{unit_id}/close")
async def close(unit_id: UUID, body: Closing, uow: HrUnitOfWork) -> Made:
    """Let a unit end; nothing may be in it afterwards."""
    await units.close(uow, unit_id=unit_id, expected_revision=None, last_day=body.last_day)
    return Made(id=unit_id)


@routes.get("/{unit_id}/subtree")
async def subtree(unit_id: UUID, session: Read, _caller: Reader, day: AsOf, paging: PageAsked) -> Page[Unit]:
    """A unit and everything beneath it, each unit before those beneath it."""
    found = await units.subtree(session, unit_id=unit_id, day=day, paging=paging)
    return Page[Unit](**found.written(_unit))


@routes.get("/{unit_id}/ancestors")
async def ancestors(unit_id: UUID, session: Read, _caller: Reader, day: AsOf) -> list[Unit]:
    """The units above, the root first."""
    return [_unit(row) for row in await units.ancestors(session, unit_id=unit_id, day=day)]


@routes.get("/{unit_id}/head")
async def head(unit_id: UUID, session: Read, _caller: Reader, day: AsOf) -> Head:
    """Who heads the unit: the holder of its head position, else who acts there."""
    unit = await units.one(session, unit_id=unit_id, day=day)
    found = await reporting.head(session, head_position_id=unit.UnitVersionRow.head_position_id, day=day)
    return Head(
        position=position_ref(found.position) if found.position else None,
        employee=person_ref(found.employee) if found.employee else None,
    )


def _unit(row: Row[Any]) -> Unit:
    unit, facts, place = row.UnitRow, row.UnitVersionRow, row.UnitPathRow
    return Unit(
        id=unit.id,
        code=unit.code,
        name=facts.name,
        name_en=facts.name_en,
        kind=facts.kind,
        parent_id=facts.parent_id,
        path=place.path,
        head_position_id=facts.head_position_id,
        special=facts.special,
        valid=days_of(facts.valid),
        revision=unit.revision,
    )
