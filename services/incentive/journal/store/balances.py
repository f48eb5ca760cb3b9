"""Totals of the journal: the balances of accounts on any day (INC-12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from services.incentive.journal.domain.journal import Account, AccountKind
from services.incentive.journal.store.tables import AccountRow, EntryRow, PostingRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession
from services.kit.money import FEN


@dataclass(frozen=True)
class Balance:
    """An account with its balance."""

    kind: AccountKind
    reference: str
    currency: str
    balance: Decimal


@dataclass(frozen=True)
class Expense:
    """What a cost centre bears of a batch: booked, and reversed since (two places, the reversed one negated)."""

    cost_centre: str
    currency: str
    booked: Decimal
    reversed: Decimal


async def expenses(session: ReadSession, batch_id: UUID, *, until: datetime) -> Sequence[Expense]:
    """What cost centres bear of a batch by what was recorded ``until`` then, that moment included."""
    is_reversal = EntryRow.reverses_id.is_not(None)
    sums = (
        func.coalesce(func.sum(PostingRow.amount).filter(condition), 0) for condition in (~is_reversal, is_reversal)
    )
    query = (
        select(AccountRow.reference, AccountRow.currency, *sums)
        .join(PostingRow, PostingRow.account_id == AccountRow.id)
        .join(EntryRow, EntryRow.id == PostingRow.entry_id)
        .where(EntryRow.batch_id == batch_id, EntryRow.recorded_at <= until)
        .where(AccountRow.kind == AccountKind.EXPENSE.value)
        .group_by(AccountRow.reference, AccountRow.currency)
        .order_by(AccountRow.reference, AccountRow.currency)
    )
    found = (await session.execute(query)).all()
    return [Expense(row[0], row[1], row[2].quantize(FEN), row[3].quantize(FEN)) for row in found]


async def open_balances(session: ReadSession, kind: AccountKind) -> Mapping[Account, Decimal]:
    """The accounts of a kind whose debits and credits do not balance, today."""
    query = (
        select(AccountRow.reference, AccountRow.currency, func.sum(PostingRow.amount))
        .join(PostingRow, PostingRow.account_id == AccountRow.id)
        .where(AccountRow.kind == kind.value)
        .group_by(AccountRow.id)
        .having(func.sum(PostingRow.amount) != 0)
    )
    return {Account(kind, reference, currency): amount for reference, currency, amount in await session.execute(query)}


async def settlement(session: ReadSession, batch_id: UUID) -> Sequence[tuple[str, Decimal, Decimal]]:
    """Of a batch by currency: what is still owed to people, and what was paid out; reversals taken into account."""
    owed, paid = (
        -func.coalesce(func.sum(PostingRow.amount).filter(AccountRow.kind == kind.value), 0)
        for kind in (AccountKind.PAYABLE, AccountKind.PAID)
    )
    query = (
        select(AccountRow.currency, owed, paid)
        .join(PostingRow, PostingRow.account_id == AccountRow.id)
        .join(EntryRow, EntryRow.id == PostingRow.entry_id)
        .where(EntryRow.batch_id == batch_id)
        .group_by(AccountRow.currency)
        .order_by(AccountRow.currency)
    )
    return [(row[0], row[1].quantize(FEN), row[2].quantize(FEN)) for row in await session.execute(query)]


async def balances(
    session: ReadSession, *, as_of: date, kind: str | None, reference: str | None, paging: Paging
) -> Rows[Balance]:
    """The balance of every account that was moved until a day, that day included."""
    sums = (
        select(PostingRow.account_id, func.sum(PostingRow.amount).label("balance"))
        .join(EntryRow, EntryRow.id == PostingRow.entry_id)
        .where(EntryRow.effective_on <= as_of)
        .group_by(PostingRow.account_id)
        .subquery()
    )
    query: Any = select(AccountRow.kind, AccountRow.reference, AccountRow.currency, sums.c.balance).join(
        sums, sums.c.account_id == AccountRow.id
    )
    if kind is not None:
        query = query.where(AccountRow.kind == kind)
    if reference is not None:
        query = query.where(AccountRow.reference == reference)
    keys = (AccountRow.kind, AccountRow.reference, AccountRow.currency)
    return await page(
        session, query, lambda row: Balance(AccountKind(row[0]), row[1], row[2], row[3]), keys=keys, paging=paging
    )


async def totals(session: ReadSession, *, as_of: date) -> Sequence[tuple[AccountKind, str, Decimal]]:
    """The sum of all balances of a kind and currency; together they are zero for each currency."""
    query = (
        select(AccountRow.kind, AccountRow.currency, func.sum(PostingRow.amount))
        .join(PostingRow, PostingRow.account_id == AccountRow.id)
        .join(EntryRow, EntryRow.id == PostingRow.entry_id)
        .where(EntryRow.effective_on <= as_of)
        .group_by(AccountRow.kind, AccountRow.currency)
        .order_by(AccountRow.currency, AccountRow.kind)
    )
    return [(AccountKind(kind), currency, total) for kind, currency, total in await session.execute(query)]
