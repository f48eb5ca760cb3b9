"""Merging and splitting units (ORG-01)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.kit.fields import CodeText, Id, Label, Model
from services.kit.routing import router
from services.kit.web import IfMatch, Read, tag
from services.org.documents.usecases import reorganisations
from services.org.permissions import HrUnitOfWork, Reader
from services.org.schemas import Made
from services.org.structure.api.units import ChangeFrom, ParentId, Unit, unit_of
from services.org.structure.domain.unit import UnitKind
from services.org.structure.usecases import units

routes = router("/v1/org/units", tag="units")

Ids = Annotated[list[Id], Field(max_length=500)]


class UnitMove(Model):
    """Another parent from a day on."""

    valid_from: ChangeFrom
    parent_id: ParentId


class Merging(Model):
    """In which unit it goes on, from which day."""

    into_id: Id
    valid_from: date


class NewPart(Model):
    """A new unit, with the positions and units that go to it."""

    code: CodeText
    name: Label
    name_en: Label
    kind: UnitKind
    position_ids: Ids = Field(default_factory=list)
    unit_ids: Ids = Field(default_factory=list)


class Splitting(Model):
    """What is split off, from which day."""

    parts: Annotated[list[NewPart], Field(min_length=1, max_length=20)]
    valid_from: date


class MadeUnits(Model):
    """The ids of the new units, in the order of the parts."""

    ids: list[Id]


class Succession(Model):
    """A unit and the one in which it, or a part of it, went on."""

    unit_id: Id
    successor_id: Id
    kind: str
    valid_from: date


@routes.post("/{unit_id}/move", operation_id="move_unit", summary="Move a unit", response_model=Unit)
async def move_unit(unit_id: UUID, body: UnitMove, uow: HrUnitOfWork, revision: IfMatch, response: Response) -> Unit:
    """Move a unit with everything beneath it to another parent from a day on; for HR over both.

    A review of its role documents becomes due. The answer shows the unit as of that day.
    """
    await reorganisations.move(
        uow, unit_id=unit_id, expected_revision=revision, parent_id=body.parent_id, valid_from=body.valid_from
    )
    found = unit_of(await units.one(uow.session, unit_id=unit_id, day=body.valid_from))
    tag(response, found.revision)
    return found


@routes.post("/{unit_id}/merge")
async def merge(unit_id: UUID, body: Merging, uow: HrUnitOfWork) -> Made:
    """Merge a unit into another; reviews of the role documents concerned become due in three months."""
    await reorganisations.merge(
        uow,
        unit_id=unit_id,
        into_id=body.into_id,
        valid_from=body.valid_from,
    )
    return Made(id=body.into_id)


@routes.post("/{unit_id}/split", status_code=201)
async def split(unit_id: UUID, body: Splitting, uow: HrUnitOfWork) -> MadeUnits:
    """Split new units off a unit, beside it."""
    parts = [
        reorganisations.Part(part.code, part.name, part.name_en, part.kind, part.position_ids, part.unit_ids)
        for part in body.parts
    ]
    made = await reorganisations.split(uow, unit_id=unit_id, parts=parts, valid_from=body.valid_from)
    return MadeUnits(ids=made)


@routes.get("/{unit_id}/successions")
async def successions(unit_id: UUID, session: Read, _caller: Reader) -> list[Succession]:
    """In which units it went on, and out of which it came."""
    found = await reorganisations.successors(session, unit_id=unit_id)
    return [Succession(**each._asdict()) for each in found]
