"""Probation reviews, with the people whom they concern (ORG-15)."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import aliased

from services.kit.database.pages import Listing, Paging, Rows
from services.kit.database.sessions import ReadSession, WriteSession
from services.org.employment.domain.probation_review import ProbationReview
from services.org.people.domain.directory import PersonName
from services.org.people.domain.probation import ProbationState
from services.org.people.store import employees
from services.org.people.store.tables import EmployeeRow, EmploymentRow, ProbationReviewRow
from services.org.structure.store.structure import in_force
from services.org.structure.store.tables import UnitPathRow

_SUPERIOR = aliased(EmployeeRow)


async def find_for_update(session: WriteSession, review_id: UUID) -> ProbationReviewRow | None:
    """A review, locked until the transaction ends."""
    return await session.get(ProbationReviewRow, review_id, with_for_update=True, populate_existing=True)


async def employee_of(session: ReadSession, review_id: UUID) -> UUID | None:
    """Whose review it is."""
    return await session.scalar(select(ProbationReviewRow.employee_id).where(ProbationReviewRow.id == review_id))


async def unfinished(session: WriteSession, employee_id: UUID) -> list[ProbationReviewRow]:
    """The reviews of a person that are open, or failed and perhaps without a termination."""
    row = ProbationReviewRow
    query = select(row).where(row.employee_id == employee_id, row.state.in_(employees.NOT_PASSED)).order_by(row.id)
    return list((await session.scalars(query)).all())


async def people_with_open(session: ReadSession) -> list[UUID]:
    """All people with an open review."""
    row = ProbationReviewRow
    query = select(row.employee_id).where(row.state == ProbationState.OPEN.value).distinct()
    return list((await session.scalars(query)).all())


async def due(
    session: ReadSession, today: date, *, since: date, until: date, employee_id: UUID | None = None
) -> list[tuple[UUID, UUID, date]]:
    """Employments, of one person where named, whose probation ends after ``since`` and by ``until``; the person stays.

    By employee, id and last day of probation; those of which that probation is under review or was decided are left
    out.
    """
    row, work = ProbationReviewRow, EmploymentRow
    known = exists().where(
        row.employment_id == work.id,
        or_(row.state == ProbationState.OPEN.value, row.due_on >= work.probation_until),
        row.state != ProbationState.CANCELLED.value,
    )
    stays = or_(func.upper_inf(work.valid), func.upper(work.valid) > work.probation_until + 1)
    query = select(work.employee_id, work.id, work.probation_until).where(
        work.probation_until > since,
        work.probation_until <= until,
        in_force(work.valid, today),
        stays,
        ~known,
    )
    if employee_id is not None:
        query = query.where(work.employee_id == employee_id)
    found = await session.execute(query.order_by(work.probation_until, work.id))
    return [(employee_id, row_id, until) for employee_id, row_id, until in found if until is not None]


def _reviews(today: date) -> Select[*tuple[Any, ...]]:
    """All reviews: who is concerned as of today, who decides, and the review itself."""
    row = ProbationReviewRow
    return (
        employees.as_of(today, employed=False)
        .join(row, row.employee_id == EmployeeRow.id)
        .outerjoin(_SUPERIOR, _SUPERIOR.id == row.superior_id)
        .add_columns(
            _SUPERIOR.id.label("superior_id"),
            _SUPERIOR.number.label("superior_number"),
            _SUPERIOR.name.label("superior_name"),
            *(column.label(f"review_{column.key}") for column in _OWN),
        )
    )


_OWN = (
    ProbationReviewRow.id,
    ProbationReviewRow.state,
    ProbationReviewRow.opened_on,
    ProbationReviewRow.due_on,
    ProbationReviewRow.decided_on,
    ProbationReviewRow.decided_by_name,
    ProbationReviewRow.reason,
    ProbationReviewRow.effective_on,
    ProbationReviewRow.probation_until,
    ProbationReviewRow.contract_months,
    ProbationReviewRow.revision,
)
_PERSON, _ASKED = 15, 18
"""So many columns are the person's, and then the superior's."""


def _review(today: date, found: Sequence[Any]) -> ProbationReview:
    person, superior, own = found[:_PERSON], found[_PERSON:_ASKED], found[_ASKED : _ASKED + len(_OWN)]
    review_id, state, opened_on, due_on, decided_on, *rest = own
    return ProbationReview(
        review_id,
        employees.summary_of(person),
        None if superior[0] is None else PersonName(*superior),
        ProbationState(state),
        opened_on,
        due_on,
        max(0, ((decided_on or today) - due_on).days),
        decided_on,
        *rest,
    )


async def one(session: ReadSession, review_id: UUID, today: date) -> ProbationReview | None:
    """A document review."""
    found = (await session.execute(_reviews(today).where(ProbationReviewRow.id == review_id))).first()
    return None if found is None else _review(today, found)


async def listed(
    session: ReadSession,
    paging: Paging,
    *,
    today: date,
    units: Sequence[UUID] | None,
    reader_id: UUID | None,
    state: ProbationState | None,
    overdue: bool,
    employee_id: UUID | None,
) -> Rows[ProbationReview]:
    """Reviews by the day on which they are due, as far as a reader may see them.

    Those of people in ``units`` and beneath them (None: of everybody) and those that ``reader_id`` decides; never the
    reader's own while it is open.
    """
    row = ProbationReviewRow
    query = _reviews(today)
    if units is not None:
        within = UnitPathRow.path.overlap(list(units))
        query = query.where(within if reader_id is None else or_(within, row.superior_id == reader_id))
    if reader_id is not None:
        query = query.where(or_(row.employee_id != reader_id, row.state != ProbationState.OPEN.value))
    if state is not None:
        query = query.where(row.state == state.value)
    if overdue:
        query = query.where(row.state == ProbationState.OPEN.value, row.due_on < today)
    if employee_id is not None:
        query = query.where(row.employee_id == employee_id)
    listing = Listing(query, [row.due_on, row.id], lambda found: _review(today, found))
    return await listing.page(session, paging)
