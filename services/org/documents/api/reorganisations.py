"""Moving, merging and splitting units (ORG-01); the role documents concerned become due for review (ORG-05)."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path
from pydantic import Field

from services.kit.fields import CodeText, Day, Id, Label, Model
from services.kit.web.application import IfMatch, Read
from services.kit.web.routing import router
from services.org.documents.usecases import reorganisations
from services.org.permissions import HrUnitOfWork, Reader
from services.org.structure.api.units import ChangeFrom, ParentId, Unit, unit_of
from services.org.structure.domain.unit import UnitKind
from services.org.structure.usecases import units

routes = router("/v1/org/units", tag="units")

UnitId = Annotated[UUID, Path(description="The unit.")]
Ids = Annotated[list[Id], Field(max_length=500)]
DAY = "First day of the change."


class UnitMove(Model):
    """A new parent unit from a day on."""

    valid_from: ChangeFrom
    parent_id: ParentId


class UnitMerger(Model):
    """The unit into which a unit is merged."""

    into_id: Id = Field(description="Unit that takes over its positions and the units below it.")
    valid_from: Day = Field(description=DAY, examples=["2026-04-01"])


class UnitPart(Model):
    """A new unit, with the positions and units that move to it."""

    code: CodeText = Field(description="Code of the new unit.", examples=["KA"])
    name: Label = Field(description="Name in Chinese.", examples=["大客户部"])
    name_en: Label = Field(description="Name in English.", examples=["Key Accounts"])
    kind: UnitKind = Field(description="Kind of unit.", examples=["department"])
    position_ids: Ids = Field(
        default_factory=list, description="Positions that move from the divided unit to the new one."
    )
    unit_ids: Ids = Field(
        default_factory=list, description="Units that move from below the divided unit to the new one."
    )


class UnitSplit(Model):
    """The new units that are split off."""

    parts: Annotated[list[UnitPart], Field(min_length=1, max_length=20)] = Field(description="The new units.")
    valid_from: Day = Field(description=DAY, examples=["2026-04-01"])


class UnitSuccession(Model):
    """A succession: a unit, and the unit in which all or a part of it continues."""

    unit_id: Id = Field(description="Id of the preceding unit.")
    unit_code: str = Field(description="Code of the preceding unit.", examples=["B"])
    successor_id: Id = Field(description="Id of the succeeding unit.")
    successor_code: str = Field(description="Code of the succeeding unit.", examples=["S"])
    kind: Literal["merge", "split"] = Field(description="Kind of succession: merged or split off.", examples=["merge"])
    valid_from: date = Field(description=DAY, examples=["2026-04-01"])


class Reorganisation(Model):
    """The reorganisation of a unit."""

    unit_id: Id = Field(description="The unit.")
    valid_from: date = Field(description=DAY, examples=["2026-04-01"])
    successor_ids: list[Id] = Field(description="Units into which it was merged, or that were split off.")
    document_review_ids: list[Id] = Field(description="Ids of the document reviews that were opened.")


@routes.post("/{unit_id}/move", summary="Move a unit")
async def move_unit(unit_id: UnitId, body: UnitMove, uow: HrUnitOfWork, revision: IfMatch) -> Unit:
    """Moves a unit with everything below it to another parent from a day on, and makes a review of its role
    documents due. For HR over both. The response shows the unit as of that day.
    """
    await reorganisations.move(
        uow, unit_id=unit_id, expected_revision=revision, parent_id=body.parent_id, valid_from=body.valid_from
    )
    return unit_of(await units.one(uow.session, unit_id=unit_id, day=body.valid_from))


@routes.post("/{unit_id}/merge", summary="Merge a unit into another")
async def merge_unit(unit_id: UnitId, body: UnitMerger, uow: HrUnitOfWork, revision: IfMatch) -> Reorganisation:
    """Merges a unit into another from a day on. For HR over both."""
    done = await reorganisations.merge(
        uow, unit_id=unit_id, expected_revision=revision, into_id=body.into_id, valid_from=body.valid_from
    )
    return Reorganisation.model_validate(done)


@routes.post("/{unit_id}/split", summary="Split a unit")
async def split_unit(unit_id: UnitId, body: UnitSplit, uow: HrUnitOfWork, revision: IfMatch) -> Reorganisation:
    """Splits off new units beside a unit, which itself continues."""
    parts = [reorganisations.Part(**dict(part)) for part in body.parts]
    done = await reorganisations.split(
        uow, unit_id=unit_id, expected_revision=revision, parts=parts, valid_from=body.valid_from
    )
    return Reorganisation.model_validate(done)


@routes.get("/{unit_id}/successions", summary="List the successions of a unit")
async def list_unit_successions(unit_id: UnitId, session: Read, _caller: Reader) -> list[UnitSuccession]:
    """The units in which it continued, and those from which it came."""
    found = await reorganisations.successions(session, unit_id=unit_id)
    return [UnitSuccession.model_validate(each) for each in found]
