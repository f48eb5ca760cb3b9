"""Requests to amend role documents, and reviews that are due (ORG-05)."""

from datetime import date
from uuid import UUID

from sqlalchemy import Select, select

from services.kit.database import ReadSession, WriteSession
from services.org.documents.store.tables import AmendmentRow, ReviewTaskRow
from services.org.structure.store.structure import in_force
from services.org.structure.store.tables import UnitPathRow, UnitRow
from services.org.structure.store.units import beneath


async def find_for_update(session: WriteSession, amendment_id: UUID) -> AmendmentRow | None:
    """A request, locked until the transaction ends."""
    return await session.get(AmendmentRow, amendment_id, with_for_update=True)


async def find(session: ReadSession, amendment_id: UUID) -> AmendmentRow | None:
    """A request."""
    return await session.get(AmendmentRow, amendment_id)


def listed(document_id: UUID | None, state: str | None) -> Select[*tuple[object, ...]]:
    """Requests, of one document or in one state."""
    query: Select[*tuple[object, ...]] = select(AmendmentRow)
    if document_id is not None:
        query = query.where(AmendmentRow.document_id == document_id)
    return query if state is None else query.where(AmendmentRow.state == state)


async def review_for_update(session: WriteSession, review_id: UUID) -> ReviewTaskRow | None:
    """A review, locked until the transaction ends."""
    return await session.get(ReviewTaskRow, review_id, with_for_update=True)


def reviews(
    today: date, path: list[UUID] | None, *, only_open: bool, only_overdue: bool
) -> Select[*tuple[object, ...]]:
    """Reviews with their units; of the units at or beneath ``path`` today, open ones, or those that are late."""
    query: Select[*tuple[object, ...]] = select(ReviewTaskRow, UnitRow).join(
        UnitRow, UnitRow.id == ReviewTaskRow.unit_id
    )
    if path is not None:
        query = query.join(UnitPathRow, UnitPathRow.unit_id == UnitRow.id)
        query = query.where(beneath(path), in_force(UnitPathRow.valid, today))
    if only_open or only_overdue:
        query = query.where(ReviewTaskRow.closed_on.is_(None))
    return query.where(ReviewTaskRow.due_on < today) if only_overdue else query
