"""Moving, merging and splitting units (ORG-01); the role documents concerned become due for review (ORG-05)."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path, Response
from pydantic import Field

from services.kit.fields import CodeText, Id, Label, Model
from services.kit.routing import router
from services.kit.web import IfMatch, Read, tag
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
    """Another parent from a day on."""

    valid_from: ChangeFrom
    parent_id: ParentId


class UnitMerger(Model):
    """The unit into which a unit is merged."""

    into_id: Id = Field(description="The unit that takes over its positions and the units below it.")
    valid_from: date = Field(description=DAY, examples=["2026-04-01"])


class UnitPart(Model):
    """A new unit, with the positions and units that go to it."""

    code: CodeText = Field(description="Code of the new unit.", examples=["KA"])
    name: Label = Field(description="Its name in Chinese.", examples=["大客户部"])
    name_en: Label = Field(description="Its name in English.", examples=["Key Accounts"])
    kind: UnitKind = Field(description="What kind of unit it is.", examples=["department"])
    position_ids: Ids = Field(default_factory=list, description="Positions of the divided unit that go to it.")
    unit_ids: Ids = Field(default_factory=list, description="Units below the divided unit that go to it.")


class UnitSplit(Model):
    """The new units that are split off."""

    parts: Annotated[list[UnitPart], Field(min_length=1, max_length=20)] = Field(description="The new units.")
    valid_from: date = Field(description=DAY, examples=["2026-04-01"])


class UnitSuccession(Model):
    """A unit and the one in which it, or a part of it, continues."""

    unit_id: Id = Field(description="The unit before.")
    unit_code: str = Field(description="Code of the unit before.", examples=["B"])
    successor_id: Id = Field(description="The unit after.")
    successor_code: str = Field(description="Code of the unit after.", examples=["S"])
    kind: Literal["merge", "split"] = Field(description="Merged into it, or split off.", examples=["merge"])
    valid_from: date = Field(description=DAY, examples=["2026-04-01"])


class Reorganisation(Model):
    """What was done to a unit."""

    unit_id: Id = Field(description="The unit.")
    valid_from: date = Field(description=DAY, examples=["2026-04-01"])
    successor_ids: list[Id] = Field(description="The units into which it was merged, or that were split off.")
    document_review_ids: list[Id] = Field(description="The document reviews that were opened.")


@routes.post("/{unit_id}/move", summary="Move a unit")
async def move_unit(unit_id: UnitId, body: UnitMove, uow: HrUnitOfWork, revision: IfMatch, response: Response) -> Unit:
    """Move a unit with everything beneath it to another parent from a day on; for HR over both.

    A review of its role documents becomes due. The answer shows the unit as of that day.
    """
    await reorganisations.move(
        uow, unit_id=unit_id, expected_revision=revision, parent_id=body.parent_id, valid_from=body.valid_from
    )
    found = unit_of(await units.one(uow.session, unit_id=unit_id, day=body.valid_from))
    tag(response, found.revision)
    return found


@routes.post("/{unit_id}/merge", summary="Merge a unit into another")
async def merge_unit(unit_id: UnitId, body: UnitMerger, uow: HrUnitOfWork, revision: IfMatch) -> Reorganisation:
    """Merge a unit into another from a day; for HR over both."""
    done = await reorganisations.merge(
        uow, unit_id=unit_id, expected_revision=revision, into_id=body.into_id, valid_from=body.valid_from
    )
    return Reorganisation.model_validate(done)


@routes.post("/{unit_id}/split", summary="Split a unit")
async def split_unit(unit_id: UnitId, body: UnitSplit, uow: HrUnitOfWork, revision: IfMatch) -> Reorganisation:
    """Split new units off a unit, beside it; the unit itself continues."""
    parts = [reorganisations.Part(**dict(part)) for part in body.parts]
    done = await reorganisations.split(
        uow, unit_id=unit_id, expected_revision=revision, parts=parts, valid_from=body.valid_from
    )
    return Reorganisation.model_validate(done)


@routes.get("/{unit_id}/successions", summary="List the successions of a unit")
async def list_unit_successions(unit_id: UnitId, session: Read, _caller: Reader) -> list[UnitSuccession]:
    """In which units it continued, and from which it came."""
    found = await reorganisations.successions(session, unit_id=unit_id)
    return [UnitSuccession.model_validate(each) for each in found]
