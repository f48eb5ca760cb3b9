"""Role documents and their versions (ORG-03, ORG-04, ORG-06)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from services.kit.database.codec import Codec
from services.kit.database.sessions import ReadSession, WriteSession, days, period
from services.kit.errors import Text
from services.kit.periods import Period
from services.kit.work.history import decision_shown, last_decisions
from services.org.documents.domain.amendment import Supplement
from services.org.documents.domain.role_document import Duty, RoleDocument, SubjectKind
from services.org.documents.domain.role_document_life import BY_PEOPLE, DATED, DocumentState, Issued
from services.org.documents.store.tables import RoleDocumentRow, RoleDocumentVersionRow, SupplementRow
from services.org.people.store.tables import AssignmentRow
from services.org.structure.store.structure import in_force as valid_on
from services.org.structure.store.tables import PositionRow, PositionVersionRow, UnitRow, UnitVersionRow

VERSION = RoleDocumentVersionRow
CONTENT: Codec[RoleDocument] = Codec(RoleDocument)
DUTIES: Codec[tuple[Duty, ...]] = Codec(tuple[Duty, ...])
TEXT: Codec[Text] = Codec(Text)


@dataclass(frozen=True)
class DocumentHead:
    """A document without its versions; the names are those of its position or unit on the day asked about."""

    id: UUID
    position_id: UUID | None
    position_code: str | None
    position_title: str | None
    position_title_en: str | None
    unit_id: UUID | None
    unit_code: str | None
    unit_name: str | None
    unit_name_en: str | None
    parent_id: UUID | None
    parent_name: str | None
    parent_name_en: str | None
    registered_at: datetime | None
    revision: int

    @property
    def subject(self) -> SubjectKind:
        """Kind of subject: a position or a unit."""
        return SubjectKind.POSITION if self.position_id else SubjectKind.UNIT


@dataclass(frozen=True)
class Version:
    """One version of a document; ``valid`` None until it is signed.

    ``decision``: why it was returned or withdrawn last, where that brought it into its state.
    """

    document_id: UUID
    number: int
    state: DocumentState
    content: RoleDocument
    valid: Period | None
    amendment_id: UUID | None
    revision: int
    decided_at: datetime | None = None
    decided_by_name: str | None = None
    decision: str | None = None

    @property
    def valid_from(self) -> date | None:
        """The first day on which it is in force."""
        return None if self.valid is None else self.valid.start

    @property
    def valid_to(self) -> date | None:
        """The last day on which it is in force."""
        return None if self.valid is None else self.valid.last


@dataclass(frozen=True)
class StoredSupplement:
    """Duties for a time, as stored."""

    id: UUID
    document_id: UUID
    reason: Text
    duties: tuple[Duty, ...]
    valid_from: date
    valid_to: date | None

    @property
    def supplement(self) -> Supplement:
        """The same for the domain."""
        return Supplement(self.reason, self.duties, Period.closed(self.valid_from, self.valid_to))


def heads(day: date) -> Select[*tuple[Any, ...]]:
    """Documents with the names on ``day`` of their subjects, and of those of the documents that they derive from."""
    row, position, unit = RoleDocumentRow, PositionVersionRow, UnitVersionRow
    parent, its_position, its_unit = aliased(row), aliased(position), aliased(unit)
    return (
        select(
            row.id,
            row.position_id,
            PositionRow.code.label("position_code"),
            position.title.label("position_title"),
            position.title_en.label("position_title_en"),
            row.unit_id,
            UnitRow.code.label("unit_code"),
            unit.name.label("unit_name"),
            unit.name_en.label("unit_name_en"),
            row.parent_id,
            func.coalesce(its_position.title, its_unit.name).label("parent_name"),
            func.coalesce(its_position.title_en, its_unit.name_en).label("parent_name_en"),
            row.registered_at,
            row.revision,
        )
        .outerjoin(PositionRow, PositionRow.id == row.position_id)
        .outerjoin(position, and_(position.position_id == row.position_id, valid_on(position.valid, day)))
        .outerjoin(UnitRow, UnitRow.id == row.unit_id)
        .outerjoin(unit, and_(unit.unit_id == row.unit_id, valid_on(unit.valid, day)))
        .outerjoin(parent, parent.id == row.parent_id)
        .outerjoin(
            its_position,
            and_(its_position.position_id == parent.position_id, valid_on(its_position.valid, day)),
        )
        .outerjoin(its_unit, and_(its_unit.unit_id == parent.unit_id, valid_on(its_unit.valid, day)))
    )


def head_of(found: Row[*tuple[Any, ...]]) -> DocumentHead:
    """A document from a row of ``heads``."""
    return DocumentHead(**{field.name: getattr(found, field.name) for field in fields(DocumentHead)})


def version_of(row: RoleDocumentVersionRow) -> Version:
    """A version from its row."""
    return Version(
        document_id=row.document_id,
        number=row.number,
        state=DocumentState(row.state),
        content=CONTENT.load(row.content),
        valid=None if row.valid is None else period(row.valid),
        amendment_id=row.amendment_id,
        revision=row.revision,
    )


async def described(session: ReadSession, rows: Sequence[RoleDocumentVersionRow]) -> list[Version]:
    """Versions with who took the last step with them, when, and their note or reason."""
    last = await last_decisions(session, RoleDocumentVersionRow, [row.id for row in rows], *BY_PEOPLE)
    return [replace(version_of(row), **decision_shown(last.get(row.id))) for row in rows]


def supplement_of(row: SupplementRow) -> StoredSupplement:
    """A supplement from its row."""
    valid = period(row.valid)
    return StoredSupplement(
        row.id, row.document_id, TEXT.load(row.reason), DUTIES.load(row.duties), valid.start, valid.last
    )


async def head(session: ReadSession, document_id: UUID, day: date) -> DocumentHead | None:
    """A document with the name of its subject on ``day``."""
    found = (await session.execute(heads(day).where(RoleDocumentRow.id == document_id))).first()
    return None if found is None else head_of(found)


async def find(session: ReadSession, document_id: UUID) -> RoleDocumentRow | None:
    """A document."""
    return await session.get(RoleDocumentRow, document_id)


async def find_for_update(session: WriteSession, document_id: UUID) -> RoleDocumentRow | None:
    """A document, locked: everyone who signs or adds versions takes this lock."""
    return await session.get(RoleDocumentRow, document_id, with_for_update=True)


async def of_subject(session: ReadSession, *, position_id: UUID | None, unit_id: UUID | None) -> RoleDocumentRow | None:
    """The document of a position or unit."""
    row = RoleDocumentRow
    same = row.position_id == position_id if position_id else row.unit_id == unit_id
    return (await session.execute(select(row).where(same))).scalar()


async def version(session: ReadSession, document_id: UUID, number: int) -> RoleDocumentVersionRow | None:
    """One version of a document."""
    query = select(VERSION).where(VERSION.document_id == document_id, VERSION.number == number)
    return (await session.execute(query)).scalar()


async def versions(session: ReadSession, document_id: UUID) -> list[RoleDocumentVersionRow]:
    """All versions of a document, the first first."""
    query = select(VERSION).where(VERSION.document_id == document_id).order_by(VERSION.number)
    return list((await session.execute(query)).scalars())


async def in_force(session: ReadSession, document_id: UUID, day: date) -> RoleDocumentVersionRow | None:
    """The version in force on ``day``."""
    query = select(VERSION).where(VERSION.document_id == document_id, valid_on(VERSION.valid, day))
    return (await session.execute(query)).scalar()


async def issued(session: ReadSession, document_id: UUID) -> list[Issued]:
    """The versions of a document that have days, the first first."""
    query = select(VERSION.number, VERSION.valid).where(VERSION.document_id == document_id, VERSION.valid.is_not(None))
    found = [Issued(number, period(valid)) for number, valid in await session.execute(query) if valid is not None]
    return sorted(found, key=lambda one: one.valid.start)


async def date_versions(
    session: WriteSession, document_id: UUID, before: Sequence[Issued], after: Sequence[Issued]
) -> None:
    """Give the versions their days, shortening before lengthening so that no two ever overlap."""
    rows = {row.number: row for row in await versions(session, document_id)}
    new = {one.version: one.valid for one in after}
    for one in before:
        if one.version not in new:
            rows[one.version].valid = None
    await session.flush()
    for number, valid in sorted(new.items(), key=lambda item: _length_first(item[1])):
        rows[number].valid = days(valid)
        await session.flush()


async def due(session: ReadSession, today: date) -> list[RoleDocumentVersionRow]:
    """The versions with which the daily job has something to do."""
    starts = (VERSION.state == DocumentState.SIGNED.value) & (func.lower(VERSION.valid) <= today)
    ends = (VERSION.state == DocumentState.EFFECTIVE.value) & (func.upper(VERSION.valid) <= today)
    query = select(VERSION).where(or_(starts, ends)).order_by(VERSION.document_id, VERSION.number)
    return list((await session.execute(query)).scalars())


async def supplements(session: ReadSession, document_id: UUID, day: date) -> list[StoredSupplement]:
    """The supplements of a document that hold on ``day``."""
    row = SupplementRow
    query = select(row).where(row.document_id == document_id, valid_on(row.valid, day))
    found = (await session.execute(query.order_by(func.lower(row.valid), row.id))).scalars()
    return [supplement_of(each) for each in found]


async def heads_one_of(session: ReadSession, employee_id: UUID, path: Sequence[UUID], day: date) -> bool:
    """Whether a person holds the head position of one of the units of ``path``, in whatever kind."""
    query = (
        select(AssignmentRow.id)
        .join(UnitVersionRow, UnitVersionRow.head_position_id == AssignmentRow.position_id)
        .where(
            AssignmentRow.employee_id == employee_id,
            valid_on(AssignmentRow.valid, day),
            UnitVersionRow.unit_id.in_(list(path)),
            valid_on(UnitVersionRow.valid, day),
        )
    )
    return (await session.execute(query.limit(1))).first() is not None


async def lies_in_special_unit(session: ReadSession, path: Sequence[UUID], day: date) -> bool:
    """Whether one of the units of ``path`` is a special business unit on ``day``."""
    row = UnitVersionRow
    query = select(row.id).where(row.unit_id.in_(list(path)), valid_on(row.valid, day), row.special)
    return (await session.execute(query.limit(1))).first() is not None


def shown(state: str) -> bool:
    """Whether everyone may read a version in this state."""
    return DocumentState(state) in DATED


def _length_first(valid: Period) -> tuple[bool, date]:
    return (valid.end is None, valid.start)
