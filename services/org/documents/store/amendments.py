"""Requests to amend role documents, and document reviews (ORG-05)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select

from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.identity import Caller
from services.kit.release import Signature
from services.kit.work.history import decision_shown, last_decisions
from services.org.documents.domain.amendment import DECISIONS, AmendmentState, Trigger, days_overdue
from services.org.documents.store.tables import AmendmentRow, DocumentReviewRow, RoleDocumentRow
from services.org.structure.store.structure import in_force
from services.org.structure.store.tables import PositionRow, PositionVersionRow, UnitPathRow, UnitRow, UnitVersionRow
from services.org.structure.store.units import beneath


@dataclass(frozen=True)
class Amendment:
    """A request to amend a document, with the code of the position or unit that the document describes."""

    id: UUID
    document_id: UUID
    subject_code: str
    state: AmendmentState
    reason: str
    benchmark: str
    business_need: str
    requested_on: date
    requested_by: UUID
    requested_by_person: UUID | None
    requested_by_name: str
    revision: int
    decided_at: datetime | None = None
    decided_by_name: str | None = None
    decision: str | None = None

    @property
    def requester(self) -> Signature:
        """Who asked for it."""
        return Signature(self.requested_by, self.requested_by_person)


@dataclass(frozen=True)
class DocumentReview:
    """A review of the role documents of a unit. ``days_overdue`` is 0 while it is in time."""

    id: UUID
    unit_id: UUID
    unit_code: str
    unit_name: str | None
    unit_name_en: str | None
    trigger: Trigger
    note: str | None
    recorded_on: date
    due_on: date
    closed_on: date | None
    outcome: str | None
    days_overdue: int
    revision: int


def amendments() -> Select[*tuple[Any, ...]]:
    """Requests with the codes of what their documents describe."""
    document = RoleDocumentRow
    return (
        select(AmendmentRow, PositionRow.code.label("position_code"), UnitRow.code.label("unit_code"))
        .join(document, document.id == AmendmentRow.document_id)
        .outerjoin(PositionRow, PositionRow.id == document.position_id)
        .outerjoin(UnitRow, UnitRow.id == document.unit_id)
    )


def in_unit(path: list[UUID], today: date) -> ColumnElement[bool]:
    """The condition that a request is about a document of the unit of ``path`` or of one below it today."""
    return _about(beneath(path), today)


def readable(units: Sequence[UUID], reader: Caller, today: date) -> ColumnElement[bool]:
    """The condition that a request is about a document of ``units`` and those below them today, or the reader's own."""
    own = [AmendmentRow.requested_by == reader.account_id]
    if reader.employee_id is not None:
        own.append(AmendmentRow.requested_by_person == reader.employee_id)
    return or_(_about(UnitPathRow.path.overlap(list(units)), today), *own)


def _about(within: ColumnElement[bool], today: date) -> ColumnElement[bool]:
    """The condition that the document describes a unit, or a position in a unit, whose path today is ``within``."""
    position, document = PositionVersionRow, RoleDocumentRow
    documents = (
        select(document.id)
        .outerjoin(position, and_(position.position_id == document.position_id, in_force(position.valid, today)))
        .join(UnitPathRow, or_(UnitPathRow.unit_id == document.unit_id, UnitPathRow.unit_id == position.unit_id))
        .where(in_force(UnitPathRow.valid, today), within)
        .correlate(None)
    )
    return AmendmentRow.document_id.in_(documents)


def amendment_of(found: Row[*tuple[Any, ...]]) -> Amendment:
    """A request from a row of ``amendments``."""
    row = found.AmendmentRow
    return Amendment(
        id=row.id,
        document_id=row.document_id,
        subject_code=found.position_code or found.unit_code,
        state=AmendmentState(row.state),
        reason=row.reason,
        benchmark=row.benchmark,
        business_need=row.business_need,
        requested_on=row.requested_on,
        requested_by=row.requested_by,
        requested_by_person=row.requested_by_person,
        requested_by_name=row.requested_by_name,
        revision=row.revision,
    )


async def find(session: ReadSession, amendment_id: UUID) -> Amendment | None:
    """A request."""
    query = amendments().where(AmendmentRow.id == amendment_id).execution_options(populate_existing=True)
    found = (await session.execute(query)).first()
    return None if found is None else (await with_decisions(session, [amendment_of(found)]))[0]


async def with_decisions(session: ReadSession, found: Sequence[Amendment]) -> list[Amendment]:
    """These requests with who decided about them last, when and why."""
    by_id = await last_decisions(session, AmendmentRow, [each.id for each in found], *DECISIONS)
    return [replace(each, **decision_shown(by_id.get(each.id))) for each in found]


async def lock(session: WriteSession, amendment_id: UUID) -> None:
    """Lock a request until the transaction ends."""
    await session.get(AmendmentRow, amendment_id, with_for_update=True)


async def review_for_update(session: WriteSession, review_id: UUID) -> DocumentReviewRow | None:
    """A review, locked until the transaction ends."""
    return await session.get(DocumentReviewRow, review_id, with_for_update=True)


def reviews(today: date, path: list[UUID] | None, *, is_open: bool | None, overdue: bool) -> Select[*tuple[Any, ...]]:
    """Reviews with their units: at or below ``path`` today, open or closed, or overdue."""
    row, unit = DocumentReviewRow, UnitVersionRow
    query: Select[*tuple[Any, ...]] = (
        select(row, UnitRow.code, unit.name, unit.name_en)
        .join(UnitRow, UnitRow.id == row.unit_id)
        .outerjoin(unit, and_(unit.unit_id == row.unit_id, in_force(unit.valid, today)))
    )
    if path is not None:
        query = query.join(UnitPathRow, UnitPathRow.unit_id == UnitRow.id)
        query = query.where(beneath(path), in_force(UnitPathRow.valid, today))
    if overdue or is_open is not None:
        query = query.where(row.closed_on.is_(None) if overdue or is_open else row.closed_on.is_not(None))
    return query.where(row.due_on < today) if overdue else query


def within(units: Sequence[UUID], today: date) -> ColumnElement[bool]:
    """The condition that a review is about one of ``units`` or a unit below them today."""
    paths = select(UnitPathRow.unit_id).where(UnitPathRow.path.overlap(list(units)), in_force(UnitPathRow.valid, today))
    return DocumentReviewRow.unit_id.in_(paths.correlate(None))


def review_of(found: Row[*tuple[Any, ...]], today: date) -> DocumentReview:
    """A review from a row of ``reviews``."""
    row = found.DocumentReviewRow
    return DocumentReview(
        id=row.id,
        unit_id=row.unit_id,
        unit_code=found.code,
        unit_name=found.name,
        unit_name_en=found.name_en,
        trigger=Trigger(row.trigger),
        note=row.note,
        recorded_on=row.recorded_on,
        due_on=row.due_on,
        closed_on=row.closed_on,
        outcome=row.outcome,
        days_overdue=days_overdue(row.due_on, today, row.closed_on),
        revision=row.revision,
    )


async def reviews_of(session: ReadSession, review_ids: list[UUID], today: date) -> list[DocumentReview]:
    """These reviews, in the order of ``review_ids``."""
    query = reviews(today, None, is_open=None, overdue=False).where(DocumentReviewRow.id.in_(review_ids))
    found = {row.DocumentReviewRow.id: review_of(row, today) for row in await session.execute(query)}
    return [found[review_id] for review_id in review_ids]
