"""Reading the journal and undoing an entry by a counter-entry (INC-12)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.incentive.journal.domain.journal import (
    NAMELESS,
    AccountKind,
    AlreadyRecovered,
    AlreadyReversed,
    Entry,
    EntryFilter,
    EntryKind,
    EntryName,
    Posting,
    Source,
    check_after,
    check_nothing_rests_on,
    reversal,
)
from services.incentive.journal.store import balances, month_closings
from services.incentive.journal.store import journal as store
from services.incentive.journal.store.balances import Balance
from services.incentive.journal.store.entry_chain import JOURNAL
from services.incentive.journal.store.tables import EntryRow
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession
from services.kit.errors import NotFound, Stale, existing
from services.kit.identity import Caller, Role
from services.kit.scope import require_whole
from services.kit.work.unit_of_work import UnitOfWork

__all__ = ["JOURNAL"]

SEES_BOOKS: Final = (Role.FINANCE, Role.COMPENSATION, Role.AUDITOR)
UNTOUCHED: Final = 1
"""The revision of an entry that was not reversed."""


class EntryUnknown(NotFound):
    """There is no such entry."""

    code = "entry_unknown"
    zh = "找不到该凭证，或您无权查看。"
    en = "There is no such entry, or you may not see it."


@dataclass(frozen=True)
class EntryDetails:
    """An entry with its postings, and its counter-entry if it has one."""

    entry: EntryRow
    postings: Sequence[Posting]
    reversed_by_id: UUID | None
    name: EntryName = NAMELESS

    @property
    def revision(self) -> int:
        """An entry never changes; all that can happen to it is that it is reversed, once."""
        return UNTOUCHED if self.reversed_by_id is None else UNTOUCHED + 1


EntryNames = Callable[[ReadSession, Sequence[EntryRow]], Awaitable[Mapping[UUID, EntryName]]]
"""How entries get their names: from areas of which the journal knows nothing."""


@dataclass(frozen=True)
class TrialBalance:
    """The sums of each kind of account by currency, and the sum of all of them, which is zero."""

    as_of: date
    closed_through: date | None
    kinds: Sequence[tuple[AccountKind, str, Decimal]]

    @property
    def total(self) -> Decimal:
        """The sum of everything."""
        return sum((amount for _, _, amount in self.kinds), Decimal("0.00"))


async def require_reversible(
    uow: UnitOfWork, *, entry_id: UUID, revision: int, booked_on: date | None
) -> tuple[EntryRow, Entry]:
    """Lock an entry that can be undone on that day; the entry and its counter-entry.

    Raises:
        EntryUnknown, Stale, AlreadyReversed, ReversalNotReversible, PaymentStands, RecoveryStands,
        MonthClosed, BookedAhead, BookedBeforeOriginal.
    """
    row = existing(await store.entry(uow.session, entry_id, lock=True), EntryUnknown)
    kind, source = EntryKind(row.kind), Source(row.source_type, row.source_id)
    postings = (await store.postings(uow.session, [entry_id]))[entry_id]
    counter = reversal(kind, postings)
    if await store.counter_entries(uow.session, [entry_id]):
        raise AlreadyReversed
    if revision != UNTOUCHED:
        raise Stale
    if kind is EntryKind.ACCRUAL:
        check_nothing_rests_on(await store.standing(uow.session, source))
    check_after(row.effective_on, await store.day_of_booking(uow, booked_on))
    return row, counter


async def reverse_entry(
    uow: UnitOfWork, *, entry_id: UUID, revision: int, reason: str, booked_on: date | None = None
) -> EntryDetails:
    """Undo an entry by its counter-entry, once; the counter-entry.

    Raises:
        AlreadyRecovered, and what ``require_reversible`` raises.
    """
    row, counter = await require_reversible(uow, entry_id=entry_id, revision=revision, booked_on=booked_on)
    source = Source(row.source_type, row.source_id)
    booking = store.Booking(counter, source, row.batch_id, reverses_id=entry_id, reason=reason)
    (counter_id,) = await store.write(uow, [booking], booked_on=booked_on)
    owing = await balances.open_balances(uow.session, AccountKind.RECEIVABLE)
    if any(owing.get(each.account, 0) < 0 for each in counter.postings):
        raise AlreadyRecovered
    await uow.record(
        "incentive.entry.reversed",
        subject=("entry", entry_id),
        after={"counter_entry_id": counter_id, "reason": reason},
        data={"counter_entry_id": counter_id, "batch_id": row.batch_id},
        about=("batch", row.batch_id),
    )
    return await _details(uow.session, counter_id)


async def read_entry(session: ReadSession, *, caller: Caller, entry_id: UUID, names: EntryNames) -> EntryDetails:
    """One entry.

    Raises:
        EntryUnknown, WholeOrganisationOnly.
    """
    require_whole(caller, *SEES_BOOKS)
    details = await _details(session, entry_id)
    return replace(details, name=(await names(session, [details.entry]))[entry_id])


async def list_entries(
    session: ReadSession, *, caller: Caller, wanted: EntryFilter, names: EntryNames, paging: Paging
) -> Rows[EntryDetails]:
    """Entries in the order in which they were written.

    Raises:
        WholeOrganisationOnly.
    """
    require_whole(caller, *SEES_BOOKS)
    rows = await store.listed(session, wanted, paging)
    ids = [row.id for row in rows.items]
    postings, counters = await store.postings(session, ids), await store.counter_entries(session, ids)
    named = await names(session, rows.items)
    details = [EntryDetails(row, postings[row.id], counters.get(row.id), named[row.id]) for row in rows.items]
    return Rows(details, rows.next)


async def list_balances(
    session: ReadSession, *, caller: Caller, as_of: date, kind: str | None, reference: str | None, paging: Paging
) -> Rows[Balance]:
    """The balance of every account on a day, what happened on it included.

    Raises:
        WholeOrganisationOnly.
    """
    require_whole(caller, *SEES_BOOKS)
    return await balances.balances(session, as_of=as_of, kind=kind, reference=reference, paging=paging)


async def read_trial_balance(session: ReadSession, *, caller: Caller, as_of: date) -> TrialBalance:
    """The sums by kind of account on a day.

    Raises:
        WholeOrganisationOnly.
    """
    require_whole(caller, *SEES_BOOKS)
    closed = await month_closings.closed_through(session)
    return TrialBalance(as_of, closed, await balances.totals(session, as_of=as_of))


async def _details(session: ReadSession, entry_id: UUID) -> EntryDetails:
    row = existing(await store.entry(session, entry_id), EntryUnknown)
    postings, counters = await store.postings(session, [entry_id]), await store.counter_entries(session, [entry_id])
    return EntryDetails(row, postings[entry_id], counters.get(entry_id))
