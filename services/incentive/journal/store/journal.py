"""The double-entry journal in the database: entries come in whole, by COPY, and are never touched again (INC-12)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from services.incentive.journal.domain.journal import (
    Account,
    AccountKind,
    Entry,
    EntryFilter,
    EntryKind,
    Posting,
    Source,
)
from services.incentive.journal.domain.month_closing import booking_day
from services.incentive.journal.store import month_closings
from services.incentive.journal.store.tables import AccountRow, EntryRow, PostingRow, entry_unsealed
from services.kit.database.bulk import copy_rows
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession, driver_connection, new_id
from services.kit.money import FEN
from services.kit.work.unit_of_work import UnitOfWork

_ENTRY_COLUMNS = (
    "id",
    "kind",
    "effective_on",
    "source_type",
    "source_id",
    "batch_id",
    "reverses_id",
    "reason",
    "recorded_by",
    "recorded_by_name",
    "recorded_at",
    "sequence",
)
_POSTING_COLUMNS = ("entry_id", "position", "account_id", "amount")
_OPEN_ACCOUNTS = """
INSERT INTO account (id, kind, reference, currency)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[])
ON CONFLICT (kind, reference, currency) DO NOTHING
"""
_FIND_ACCOUNTS = """
SELECT account.kind, account.reference, account.currency, account.id
FROM account JOIN unnest(%s::text[], %s::text[], %s::text[]) AS wanted (kind, reference, currency)
USING (kind, reference, currency)
"""


@dataclass(frozen=True)
class Booking:
    """An entry about a source, ready to be written in a batch.

    ``sequence`` counts the earlier entries of its kind about the same source, all of them reversed.
    """

    entry: Entry
    source: Source
    batch_id: UUID
    reverses_id: UUID | None = None
    reason: str | None = None
    sequence: int = 0


async def day_of_booking(uow: UnitOfWork, asked: date | None) -> date:
    """The day on which entries are booked; no month is closed or opened until our transaction ends.

    Raises:
        MonthClosed, BookedAhead.
    """
    await month_closings.keep_open(uow.session)
    closed = await month_closings.closed_through(uow.session)
    return booking_day(asked, closed=closed, today=uow.today)


async def write(uow: UnitOfWork, bookings: Sequence[Booking], *, booked_on: date | None = None) -> list[UUID]:
    """Write entries with their postings, opening accounts as needed; their ids.

    They are booked on ``booked_on``; otherwise today, or on the first open day if today's month is closed.

    Raises:
        MonthClosed, BookedAhead: not on that day.
        IntegrityError: a source is accrued or paid, or an entry reversed, a second time.
    """
    if not bookings:
        return []
    day = await day_of_booking(uow, booked_on)
    accounts = await _accounts(uow.session, {posting.account for each in bookings for posting in each.entry.postings})
    ids = [new_id() for _ in bookings]
    by = (uow.caller.account_id, uow.caller.name, uow.now)
    entries = (
        (
            *(entry_id, each.entry.kind.value, day, each.source.type, each.source.id),
            *(each.batch_id, each.reverses_id, each.reason, *by, each.sequence),
        )
        for entry_id, each in zip(ids, bookings, strict=True)
    )
    await copy_rows(uow.session, "entry", _ENTRY_COLUMNS, entries)
    # One statement for all postings: the trigger looks at whole entries.
    postings = (
        (entry_id, position, accounts[posting.account], posting.amount)
        for entry_id, each in zip(ids, bookings, strict=True)
        for position, posting in enumerate(each.entry.postings)
    )
    await copy_rows(uow.session, "posting", _POSTING_COLUMNS, postings)
    await copy_rows(uow.session, entry_unsealed.name, ["entry_id"], ((entry_id,) for entry_id in ids))
    return ids


async def _accounts(session: WriteSession, wanted: Iterable[Account]) -> Mapping[Account, UUID]:
    ordered = sorted(wanted)  # in one order everywhere, so that two postings at once do not lock each other out
    kinds = [account.kind.value for account in ordered]
    references = [account.reference for account in ordered]
    currencies = [account.currency for account in ordered]
    connection = await driver_connection(session)
    await connection.execute(_OPEN_ACCOUNTS, ([new_id() for _ in ordered], kinds, references, currencies))
    found = await (await connection.execute(_FIND_ACCOUNTS, (kinds, references, currencies))).fetchall()
    return {Account(AccountKind(kind), reference, currency): id_ for kind, reference, currency, id_ in found}


async def entry(session: ReadSession, entry_id: UUID, *, lock: bool = False) -> EntryRow | None:
    """One entry; entries cannot change, ``lock`` keeps a second reversal waiting."""
    if lock:
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(entry_id), 0))))
    found: EntryRow | None = await session.get(EntryRow, entry_id)
    return found


async def entries(session: ReadSession, entry_ids: Collection[UUID]) -> Sequence[EntryRow]:
    """Several entries."""
    return (await session.execute(select(EntryRow).where(EntryRow.id.in_(set(entry_ids))))).scalars().all()


async def postings(session: ReadSession, entry_ids: Sequence[UUID]) -> Mapping[UUID, list[Posting]]:
    """The postings of these entries, in their order."""
    query = (
        select(PostingRow.entry_id, AccountRow.kind, AccountRow.reference, AccountRow.currency, PostingRow.amount)
        .join(AccountRow, AccountRow.id == PostingRow.account_id)
        .where(PostingRow.entry_id.in_(entry_ids))
        .order_by(PostingRow.entry_id, PostingRow.position)
    )
    found: dict[UUID, list[Posting]] = {entry_id: [] for entry_id in entry_ids}
    for row in await session.execute(query):
        account = Account(AccountKind(row.kind), row.reference, row.currency)
        found[row.entry_id].append(Posting(account, row.amount))
    return found


async def counter_entries(session: ReadSession, entry_ids: Sequence[UUID]) -> Mapping[UUID, UUID]:
    """Which of these entries were reversed, and by which."""
    query = select(EntryRow.reverses_id, EntryRow.id).where(EntryRow.reverses_id.in_(entry_ids))
    return {entry: counter for entry, counter in await session.execute(query) if entry is not None}


_counter = aliased(EntryRow)
_STANDS: Final = ~select(_counter.id).where(_counter.reverses_id == EntryRow.id).exists()
"""That an entry was not reversed."""


async def standing(session: ReadSession, source: Source) -> frozenset[EntryKind]:
    """The kinds of entries about a source that were not reversed."""
    query = select(EntryRow.kind).where(EntryRow.source_type == source.type, EntryRow.source_id == source.id)
    query = query.where(EntryRow.kind != EntryKind.REVERSAL.value, _STANDS)
    return frozenset(EntryKind(kind) for kind in (await session.execute(query)).scalars())


async def standing_postings(session: ReadSession, source: Source, kind: EntryKind) -> Mapping[UUID, list[Posting]]:
    """The entries of a kind about a source that were not reversed, with their postings."""
    query = select(EntryRow.id).where(EntryRow.source_type == source.type, EntryRow.source_id == source.id)
    query = query.where(EntryRow.kind == kind.value, _STANDS)
    return await postings(session, (await session.execute(query)).scalars().all())


async def reversed_accruals(session: ReadSession, batch_id: UUID) -> set[UUID]:
    """The ids of sources in a batch whose accrual was reversed: nothing is owed for them any more."""
    accruals = select(EntryRow.id).where(EntryRow.batch_id == batch_id, EntryRow.kind == EntryKind.ACCRUAL.value)
    query = select(EntryRow.source_id).where(EntryRow.batch_id == batch_id, EntryRow.reverses_id.in_(accruals))
    return set((await session.execute(query)).scalars())


async def moved(
    session: ReadSession, kind: EntryKind, account: AccountKind, *, batch_id: UUID
) -> Mapping[UUID, Decimal]:
    """What entries of a kind that stand moved on an account of a kind, by source, of one batch."""
    query = (
        select(EntryRow.source_id, func.sum(PostingRow.amount))
        .join(PostingRow, PostingRow.entry_id == EntryRow.id)
        .join(AccountRow, AccountRow.id == PostingRow.account_id)
        .where(EntryRow.batch_id == batch_id, EntryRow.kind == kind.value, AccountRow.kind == account.value, _STANDS)
        .group_by(EntryRow.source_id)
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def times(session: ReadSession, kind: EntryKind, *, batch_id: UUID) -> Mapping[UUID, int]:
    """How many entries of a kind there are of a batch by source, reversed ones among them."""
    query = select(EntryRow.source_id, func.count()).where(EntryRow.batch_id == batch_id, EntryRow.kind == kind.value)
    return {row[0]: row[1] for row in await session.execute(query.group_by(EntryRow.source_id))}


async def newest_day(session: ReadSession, kind: EntryKind, *, batch_id: UUID) -> date | None:
    """The last day on which an entry of a kind of a batch was booked; None where there is none."""
    query = select(func.max(EntryRow.effective_on)).where(EntryRow.batch_id == batch_id, EntryRow.kind == kind.value)
    found: date | None = await session.scalar(query)
    return found


async def recovered_of(session: ReadSession, source: Source) -> Decimal:
    """The amount withheld from a source for an earlier overpayment, two places; nothing if that was reversed."""
    query = (
        select(func.coalesce(func.sum(PostingRow.amount), 0))
        .join(EntryRow, EntryRow.id == PostingRow.entry_id)
        .where(EntryRow.source_type == source.type, EntryRow.source_id == source.id, PostingRow.amount > 0)
        .where(EntryRow.kind == EntryKind.RECOVERY.value, _STANDS)
    )
    found: Decimal = (await session.execute(query)).scalar_one()
    return found.quantize(FEN)


async def listed(session: ReadSession, wanted: EntryFilter, paging: Paging) -> Rows[EntryRow]:
    """Entries in the order in which they were written."""
    query: Any = select(EntryRow)
    for name in ("batch_id", "source_id", "kind"):
        if getattr(wanted, name) is not None:
            query = query.where(getattr(EntryRow, name) == getattr(wanted, name))
    if wanted.as_of is not None:
        query = query.where(EntryRow.effective_on <= wanted.as_of)
    return await page(session, query, itemgetter(0), keys=(EntryRow.id,), paging=paging)
