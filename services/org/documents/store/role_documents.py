"""Role documents and their versions (ORG-03, ORG-04, ORG-06)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from services.kit.audit import audit
from services.kit.database import ReadSession, WriteSession, days, period
from services.kit.periods import Period
from services.org.documents.domain.role_document_life import DATED, DocumentState, Issued
from services.org.documents.store.tables import RoleDocumentRow, RoleDocumentVersionRow, SupplementRow
from services.org.people.store.tables import AssignmentRow
from services.org.structure.store.structure import in_force
from services.org.structure.store.tables import UnitVersionRow

VERSION = RoleDocumentVersionRow


async def find(session: ReadSession, document_id: UUID) -> RoleDocumentRow | None:
    """A document."""
    return await session.get(RoleDocumentRow, document_id)


async def find_for_update(session: WriteSession, document_id: UUID) -> RoleDocumentRow | None:
    """A document, locked: whoever signs or adds versions takes this lock."""
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


async def counting(session: ReadSession, document_id: UUID, day: date) -> RoleDocumentVersionRow | None:
    """The version that counts on ``day``."""
    query = select(VERSION).where(VERSION.document_id == document_id, in_force(VERSION.valid, day))
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


def listed(*, position_id: UUID | None, unit_id: UUID | None, parent_id: UUID | None) -> Select[*tuple[object, ...]]:
    """Documents, of one subject or derived from one document."""
    row = RoleDocumentRow
    query: Select[*tuple[object, ...]] = select(row)
    if position_id is not None:
        query = query.where(row.position_id == position_id)
    if unit_id is not None:
        query = query.where(row.unit_id == unit_id)
    return query if parent_id is None else query.where(row.parent_id == parent_id)


async def supplements(session: ReadSession, document_id: UUID, day: date | None = None) -> list[SupplementRow]:
    """The supplements of a document, all or those of ``day``."""
    query = select(SupplementRow).where(SupplementRow.document_id == document_id)
    if day is not None:
        query = query.where(in_force(SupplementRow.valid, day))
    return list((await session.execute(query.order_by(func.lower(SupplementRow.valid), SupplementRow.id))).scalars())


async def heads_one_of(session: ReadSession, employee_id: UUID, path: Sequence[UUID], day: date) -> bool:
    """Whether a person holds the head position of one of the units of ``path``, in whatever kind."""
    query = (
        select(AssignmentRow.id)
        .join(UnitVersionRow, UnitVersionRow.head_position_id == AssignmentRow.position_id)
        .where(
            AssignmentRow.employee_id == employee_id,
            in_force(AssignmentRow.valid, day),
            UnitVersionRow.unit_id.in_(list(path)),
            in_force(UnitVersionRow.valid, day),
        )
    )
    return (await session.execute(query.limit(1))).first() is not None


async def lies_in_special_unit(session: ReadSession, path: Sequence[UUID], day: date) -> bool:
    """Whether one of the units of ``path`` is a special business unit on ``day``."""
    row = UnitVersionRow
    query = select(row.id).where(row.unit_id.in_(list(path)), in_force(row.valid, day), row.special)
    return (await session.execute(query.limit(1))).first() is not None


async def requested_by(session: ReadSession, amendment_id: UUID) -> UUID | None:
    """The account that asked for an amendment, by the audit trail."""
    table = audit.c
    query = select(table.actor_id).where(table.resource == "amendment", table.resource_id == amendment_id)
    found: UUID | None = (await session.execute(query.order_by(table.at, table.id).limit(1))).scalar()
    return found


def shown(state: str) -> bool:
    """Whether everybody may read a version in this state."""
    return DocumentState(state) in DATED


def _length_first(valid: Period) -> tuple[bool, date]:
    return (valid.end is None, valid.start)
