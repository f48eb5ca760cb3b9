"""Adopting the starter catalogue: positions and draft role documents in one go (ORG-11)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.kit.unit_of_work import UnitOfWork
from services.org.documents.usecases import role_documents
from services.org.documents.usecases.document_subjects import Subject
from services.org.structure.domain.position import PositionFacts
from services.org.structure.store import units as unit_rows
from services.org.structure.usecases import positions
from services.org.structure.usecases.scope import require_hr
from services.org.structure.usecases.units import UnitUnknown
from services.org.templates.domain.templates import CatalogueEntry
from services.org.templates.store.templates import starter_catalogue


@dataclass(frozen=True)
class Adopted:
    """What an adoption made."""

    position_ids: list[UUID]
    document_ids: list[UUID]


async def adopt(
    uow: UnitOfWork,
    *,
    unit_id: UUID,
    code: str,
    valid_from: date,
) -> Adopted:
    """Take an entry or a bundle into a unit: its positions from a day on, and a draft document for each.

    A position's code is the unit's and the entry's; superiors within the bundle are kept, the others report to the
    head of the unit.

    Raises:
        EntryUnknown, UnitUnknown, OutOfScope, PositionCodeTaken, DocumentExists, ReferenceNotInForce.
    """
    adoption = starter_catalogue().adoption(code)
    unit = await unit_rows.find(uow.session, unit_id)
    if unit is None:
        raise UnitUnknown
    require_hr(uow.caller, await unit_rows.path(uow.session, unit_id, valid_from))
    made = Adopted([], [])
    if adoption.charter is not None:
        subject = Subject(None, unit_id)
        made.document_ids.append(await _draft(uow, subject, adoption.charter))
    ids: dict[str, UUID] = {}
    for entry in adoption.positions:
        if entry.seat is None:
            continue
        facts = PositionFacts(
            title=entry.document.title.zh,
            title_en=entry.document.title.en,
            unit_id=unit_id,
            track=entry.seat.track,
            grade=entry.seat.grade,
            headcount=entry.seat.headcount,
            reports_to_id=ids.get(entry.seat.reports_to) if entry.seat.reports_to else None,
        )
        ids[entry.code] = await positions.create(
            uow,
            code=f"{unit.code}-{entry.code}"[:64],
            facts=facts,
            valid_from=valid_from,
        )
        made.position_ids.append(ids[entry.code])
        made.document_ids.append(await _draft(uow, Subject(ids[entry.code], None), entry))
    await uow.audit(
        "org.catalogue.applied",
        subject=("unit", unit_id),
        after={"code": code, "valid_from": valid_from, "positions": list(ids)},
    )
    return made


async def _draft(uow: UnitOfWork, subject: Subject, entry: CatalogueEntry) -> UUID:
    version = await role_documents.draft(uow, subject=subject, parent_id=None, content=entry.document)
    return version.document_id
