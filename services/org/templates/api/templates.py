"""The starter catalogue and its adoption (ORG-11)."""

from datetime import date
from uuid import UUID

from services.kit.fields import CodeText, Id, Model
from services.kit.routing import router
from services.org.documents.api.role_documents import Content
from services.org.documents.domain.role_document import SubjectKind
from services.org.permissions import HrUnitOfWork, Reader
from services.org.schemas import Bilingual
from services.org.structure.domain.position import Track
from services.org.templates.domain.templates import CatalogueEntry, Group
from services.org.templates.store.templates import starter_catalogue
from services.org.templates.usecases import templates

routes = router("/v1/org/catalogue", tag="catalogue")
adoption = router("/v1/org/units", tag="catalogue")


class Seat(Model):
    """What a position of the catalogue needs besides its document."""

    track: Track
    grade: str
    headcount: int
    reports_to: str | None


class EntryHead(Model):
    """An entry without its document; ``seat`` null for charters of units."""

    code: str
    group: Group
    subject: SubjectKind
    title: Bilingual
    seat: Seat | None


class Entry(EntryHead):
    """An entry with its document."""

    document: Content


class Bundle(Model):
    """A department with its positions, adopted in one call."""

    code: str
    name: Bilingual
    summary: Bilingual
    charter: str | None
    positions: list[str]


class Catalogue(Model):
    """Everything that can be adopted."""

    entries: list[EntryHead]
    bundles: list[Bundle]


class Adopting(Model):
    """Which entry or bundle, from which day on."""

    code: CodeText
    valid_from: date


class Adopted(Model):
    """The positions and draft documents made."""

    position_ids: list[Id]
    document_ids: list[Id]


@routes.get("")
async def listed(_caller: Reader) -> Catalogue:
    """All entries and bundles."""
    found = starter_catalogue()
    return Catalogue(
        entries=[_head(entry) for entry in found.entries],
        bundles=[
            Bundle(
                code=each.code,
                name=Bilingual(zh=each.name.zh, en=each.name.en),
                summary=Bilingual(zh=each.summary.zh, en=each.summary.en),
                charter=each.charter,
                positions=list(each.positions),
            )
            for each in found.bundles
        ],
    )


@routes.get("/{code}")
async def one(code: str, _caller: Reader) -> Entry:
    """An entry with its document, in both languages."""
    entry = starter_catalogue().entry(code)
    return Entry(**_head(entry).model_dump(), document=entry.document)


@adoption.post("/{unit_id}/adopt", status_code=201)
async def adopt(unit_id: UUID, body: Adopting, uow: HrUnitOfWork) -> Adopted:
    """Take an entry or a bundle into a unit: positions, and a draft role document for each."""
    made = await templates.adopt(
        uow,
        unit_id=unit_id,
        code=body.code,
        valid_from=body.valid_from,
    )
    return Adopted(position_ids=made.position_ids, document_ids=made.document_ids)


def _head(entry: CatalogueEntry) -> EntryHead:
    seat = entry.seat
    return EntryHead(
        code=entry.code,
        group=entry.group,
        subject=entry.document.subject,
        title=Bilingual(zh=entry.document.title.zh, en=entry.document.title.en),
        seat=Seat(track=seat.track, grade=seat.grade, headcount=seat.headcount, reports_to=seat.reports_to)
        if seat
        else None,
    )
