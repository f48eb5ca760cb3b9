"""Commitments in the database. What is taken of a budget is the sum of its commitments, read under its row's lock."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import case, delete, func, insert, select, update

from services.incentive.budgets.domain.budget import CommitmentState, Use
from services.incentive.budgets.domain.spending import CommitmentFilter, Spending
from services.incentive.budgets.store.tables import BudgetRow, CommitmentRow
from services.incentive.pay.store.tables import UnitRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession, new_id
from services.kit.money import FEN
from services.kit.work.unit_of_work import UnitOfWork

_TREE: Final = func.hashtextextended("budgets:tree", 0)
_PLANNED: Final = CommitmentState.PLANNED.value


CommitmentOfUnit = tuple[CommitmentRow, UnitRow | None]


async def keep_tree(session: WriteSession) -> None:
    """Let no budget come into force until our transaction ends; any number of us at once."""
    await session.execute(select(func.pg_advisory_xact_lock_shared(_TREE)))


async def lock_tree(session: WriteSession) -> None:
    """Let nobody look for a budget until our transaction ends: one is about to come into force."""
    await session.execute(select(func.pg_advisory_xact_lock(_TREE)))


async def uses(session: ReadSession, budget_ids: Sequence[UUID]) -> Mapping[UUID, Use]:
    """What is taken of each of these budgets."""
    planned = CommitmentRow.state == _PLANNED
    query = (
        select(
            CommitmentRow.budget_id,
            func.coalesce(func.sum(CommitmentRow.amount).filter(planned), 0),
            func.coalesce(func.sum(CommitmentRow.amount - CommitmentRow.posted).filter(~planned), 0),
            func.sum(CommitmentRow.posted),
        )
        .where(CommitmentRow.budget_id.in_(budget_ids))
        .group_by(CommitmentRow.budget_id)
    )
    found = {row[0]: Use(*(sum_.quantize(FEN) for sum_ in row[1:])) for row in await session.execute(query)}
    return {each: found.get(each, Use()) for each in budget_ids}


async def taken_by(session: ReadSession, source_type: str, source_id: UUID) -> Mapping[UUID, Decimal]:
    """What a source itself takes of each budget, without what it plans alone."""
    query = select(CommitmentRow.budget_id, func.sum(CommitmentRow.amount)).where(
        *_of(source_type, source_id), CommitmentRow.state != _PLANNED, CommitmentRow.budget_id.is_not(None)
    )
    found = await session.execute(query.group_by(CommitmentRow.budget_id))
    return {budget: amount.quantize(FEN) for budget, amount in found if budget is not None}


async def drop_planned(session: WriteSession, source_type: str, source_id: UUID) -> None:
    """What a source planned is not planned any more."""
    await session.execute(delete(CommitmentRow).where(*_of(source_type, source_id), CommitmentRow.state == _PLANNED))


async def add(
    uow: UnitOfWork, spending: Spending, budgets: Mapping[tuple[UUID, str], UUID | None], state: CommitmentState
) -> None:
    """Write what a source takes; ``budgets`` are ids by unit and currency."""
    rows = [
        {
            "id": new_id(),
            "source_type": spending.source_type,
            "source_id": spending.source_id,
            "unit_id": each.unit_id,
            "year": spending.year,
            "currency": each.currency,
            "budget_id": budgets[each.unit_id, each.currency],
            "state": state.value,
            "amount": each.amount,
            "posted": Decimal("0.00"),
            "name": spending.name.zh[:400],
            "name_en": spending.name.en[:400],
            "link": spending.link,
            **_changed(uow),
        }
        for each in spending.parts
        if each.amount
    ]
    if rows:
        await uow.session.execute(insert(CommitmentRow), rows)


async def release(uow: UnitOfWork, source_type: str, source_id: UUID) -> None:
    """Nothing is due any more; what is posted comes back once that is posted."""
    await _move(uow, _of(source_type, source_id), amount=-CommitmentRow.amount)


async def post(uow: UnitOfWork, source_type: str, source_id: UUID, amount: Decimal | None = None) -> None:
    """Book ``amount`` of what a source committed, everything without one."""
    booked = CommitmentRow.amount - CommitmentRow.posted if amount is None else amount
    await _move(uow, (*_of(source_type, source_id), CommitmentRow.state != _PLANNED), posted=booked)


async def take_back(
    uow: UnitOfWork, source_type: str, source_id: UUID, unit_id: UUID, currency: str, amount: Decimal
) -> None:
    """What was booked for a unit is neither booked nor due any more."""
    of_unit = (CommitmentRow.unit_id == unit_id, CommitmentRow.currency == currency)
    await _move(uow, (*_of(source_type, source_id), *of_unit), amount=-amount, posted=-amount)


async def attach(session: WriteSession, budget: BudgetRow) -> None:
    """Let what was spent in and below the unit without any budget count in the one that has just come into force."""
    below = select(UnitRow.id).where(UnitRow.path.contains([budget.unit_id]))
    loose = (CommitmentRow.budget_id.is_(None), CommitmentRow.year == budget.year)
    query = update(CommitmentRow).where(*loose, CommitmentRow.currency == budget.currency)
    query = query.where(CommitmentRow.unit_id.in_(below)).values(budget_id=budget.id)
    await session.execute(query.execution_options(synchronize_session=False))


async def listed(session: ReadSession, wanted: CommitmentFilter, paging: Paging) -> Rows[CommitmentOfUnit]:
    """Commitments in the order in which they were made."""
    query: Any = select(CommitmentRow, UnitRow).outerjoin(UnitRow, UnitRow.id == CommitmentRow.unit_id)
    for name in ("budget_id", "source_id", "year"):
        if getattr(wanted, name) is not None:
            query = query.where(getattr(CommitmentRow, name) == getattr(wanted, name))
    if wanted.budgeted is not None:
        query = query.where(CommitmentRow.budget_id.is_not(None) == wanted.budgeted)
    return await page(session, query, itemgetter(0, 1), keys=(CommitmentRow.id,), paging=paging)


def _of(source_type: str, source_id: UUID) -> tuple[Any, Any]:
    return CommitmentRow.source_type == source_type, CommitmentRow.source_id == source_id


async def _move(uow: UnitOfWork, which: Sequence[Any], *, amount: Any = 0, posted: Any = 0) -> None:
    """Change both figures; the state follows from them."""
    due, booked = CommitmentRow.amount + amount, CommitmentRow.posted + posted
    state = case(
        ((due == 0) & (booked == 0), CommitmentState.RELEASED.value),
        (due == booked, CommitmentState.POSTED.value),
        else_=CommitmentState.COMMITTED.value,
    )
    query = update(CommitmentRow).where(*which).values(amount=due, posted=booked, state=state, **_changed(uow))
    await uow.session.execute(query.execution_options(synchronize_session=False))


def _changed(uow: UnitOfWork) -> dict[str, Any]:
    return {"changed_at": uow.now, "changed_by_name": uow.caller.name}
