"""Obligations as stored, and the codec between rows and values."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from services.appraisal.cycles.store.cycles import within
from services.appraisal.cycles.store.tables import DepartureRow, SnapshotAssignmentRow, SnapshotEmployeeRow
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.tracking.domain.obligation import Demand, Obligation, ObligationState, Owner
from services.appraisal.tracking.store.tables import ObligationRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.deadlines import Term, TimeUnit
from services.kit.errors import Text
from services.kit.work.tasks import task

NOUN = "obligation"


@dataclass(frozen=True)
class ObligationFilter:
    """Which obligations are asked for; None leaves a field open. ``overdue``: open after the deadline."""

    state: ObligationState | None = None
    origin: str | None = None
    owner_id: UUID | None = None
    unit_id: UUID | None = None
    overdue: bool | None = None


async def add(session: WriteSession, each: Obligation) -> bool:
    """Store an obligation; False where the same occasion has one already."""
    owner = each.owner
    values = {
        "id": each.id, "origin": each.origin, "occasion": each.occasion, "demand": each.demand.value,
        "title_zh": each.title.zh, "title_en": each.title.en, "reason_zh": each.reason.zh, "reason_en": each.reason.en,
        "subject_kind": each.subject_kind, "subject_code": each.subject_code, "owner_id": owner.employee_id,
        "owner_name": owner.name, "chain": list(owner.chain), "unit_path": list(owner.unit_path),
        "due_at": each.due_at,
        "term_amount": each.term and each.term.amount, "term_unit": each.term and each.term.unit.value,
        "state": each.state.value, "revision": each.revision, "opened_at": each.opened_at,
    }  # fmt: skip
    made = insert(ObligationRow).values(values).on_conflict_do_nothing(index_elements=["occasion"])
    return (await session.execute(made.returning(ObligationRow.id))).first() is not None


async def locked(session: WriteSession, obligation_id: UUID) -> ObligationRow | None:
    """An obligation's row, for deciding about it."""
    query = select(ObligationRow).where(ObligationRow.id == obligation_id).with_for_update()
    row: ObligationRow | None = await session.scalar(query.execution_options(populate_existing=True))
    return row


async def find(session: ReadSession, obligation_id: UUID) -> Obligation | None:
    """An obligation as it is now."""
    row = await session.get(ObligationRow, obligation_id, populate_existing=True)
    return None if row is None else obligation_of(row)


async def of_occasions(session: WriteSession, occasions: Collection[str]) -> dict[str, ObligationRow]:
    """The obligations of some occasions, locked, by occasion."""
    query = select(ObligationRow).where(ObligationRow.occasion.in_(occasions)).order_by(ObligationRow.id)
    rows = await session.execute(query.with_for_update().execution_options(populate_existing=True))
    return {row.occasion: row for row in rows.scalars()}


async def listed(
    session: ReadSession,
    paging: Paging,
    *,
    wanted: ObligationFilter,
    units: tuple[UUID, ...] | None,
    employee_id: UUID | None,
    now: datetime,
) -> Rows[Obligation]:
    """Obligations of the subtrees of ``units`` (None: all), and those of an employee and of everybody below them."""
    row = ObligationRow
    seen: ColumnElement[bool] = within(row.unit_path, units)
    if employee_id is not None:
        seen = or_(seen, row.owner_id == employee_id, row.chain.contains([employee_id]))
    equal = {row.state: wanted.state, row.origin: wanted.origin, row.owner_id: wanted.owner_id}
    query = select(row).where(seen, *(column == value for column, value in equal.items() if value is not None))
    if wanted.unit_id is not None:
        query = query.where(within(row.unit_path, (wanted.unit_id,)))
    if wanted.overdue is not None:
        late = and_(row.state == ObligationState.OPEN.value, row.due_at <= now)
        query = query.where(late if wanted.overdue else ~late)
    return await page(session, query, lambda each: obligation_of(each[0]), keys=[row.due_at, row.id], paging=paging)


async def overdue(session: WriteSession, now: datetime, most: int) -> list[ObligationRow]:
    """Open obligations whose deadline has passed and was not announced, locked; those that others hold are left out."""
    row = ObligationRow
    late = (row.state == ObligationState.OPEN.value, row.due_at <= now, row.overdue_announced.is_(False))
    query = select(row).where(*late).order_by(row.id).limit(most).with_for_update(skip_locked=True)
    return list((await session.execute(query)).scalars())


async def left_behind(session: WriteSession, today: Any, most: int) -> list[ObligationRow]:
    """Open obligations whose owner has left, locked."""
    row = ObligationRow
    query = (
        select(row)
        .join(DepartureRow, DepartureRow.employee_id == row.owner_id)
        .where(row.state == ObligationState.OPEN.value, DepartureRow.last_day < today)
        .order_by(row.id)
        .limit(most)
        .with_for_update(of=row, skip_locked=True)
    )
    return list((await session.execute(query)).scalars())


async def names(session: ReadSession, people: Collection[UUID]) -> dict[UUID, str]:
    """The names of employees as the newest cycle that knows them froze them."""
    row = SnapshotEmployeeRow
    query = select(row.employee_id, row.name).where(row.employee_id.in_(people))
    newest = query.ext(distinct_on(row.employee_id)).order_by(row.employee_id, row.cycle_id.desc())
    return {found.employee_id: found.name for found in await session.execute(newest)}


async def named(session: ReadSession, employee_id: UUID, unit_path: Sequence[UUID]) -> Owner | None:
    """An employee as owner, with those above them as the newest cycle that knows them froze it."""
    person, seat = SnapshotEmployeeRow, SnapshotAssignmentRow
    query = (
        select(person.name, seat.manager_chain)
        .outerjoin(seat, (seat.cycle_id == person.cycle_id) & (seat.employee_id == person.employee_id))
        .where(person.employee_id == employee_id)
        .order_by(person.cycle_id.desc(), func.upper(seat.days).desc())
        .limit(1)
    )
    row = (await session.execute(query)).first()
    return None if row is None else Owner(employee_id, row.name, tuple(row.manager_chain or ()), tuple(unit_path))


async def follow_tasks(session: WriteSession) -> None:
    """Take over the deadlines of open tasks that moved with the calendar."""
    row = ObligationRow
    moved = (task.c.subject_type == NOUN, task.c.subject_id == row.id, task.c.due_at != row.due_at)
    open_ = row.state == ObligationState.OPEN.value
    await session.execute(
        update(row)
        .where(*moved, open_, task.c.due_at.is_not(None))
        .values(due_at=task.c.due_at)
        .execution_options(synchronize_session=False)
    )


def owner_of(row: ObligationRow) -> Owner:
    """Who owes it."""
    return Owner(row.owner_id, row.owner_name, tuple(row.chain), tuple(row.unit_path))


def obligation_of(row: ObligationRow) -> Obligation:
    """An obligation from its row."""
    origin: Any = row.origin
    return Obligation(
        id=row.id,
        origin=origin,
        occasion=row.occasion,
        demand=Demand(row.demand),
        title=Text(row.title_zh, row.title_en),
        reason=Text(row.reason_zh, row.reason_en),
        subject_kind=None if row.subject_kind is None else SubjectKind(row.subject_kind),
        subject_code=row.subject_code,
        owner=owner_of(row),
        term=_term(row.term_amount, row.term_unit),
        due_at=row.due_at,
        state=ObligationState(row.state),
        revision=row.revision,
        opened_at=row.opened_at,
        submission=row.submission,
        submitted_by_name=row.submitted_by_name,
        submitted_at=row.submitted_at,
        decision=row.decision,
        decided_by_name=row.decided_by_name,
        decided_at=row.decided_at,
        withdrawn_by_system=row.withdrawn_by_system,
    )


def _term(amount: int | None, unit: str | None) -> Term | None:
    return None if amount is None or unit is None else Term(amount, TimeUnit(unit))
