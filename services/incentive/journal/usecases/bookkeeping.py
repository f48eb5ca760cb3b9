"""Reading the journal and undoing an entry by a counter-entry (INC-12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.incentive.journal.domain.journal import AlreadyReversed, EntryKind, PaymentStands, Posting, reversal
from services.incentive.journal.store import journal as store
from services.incentive.journal.store.tables import EntryRow
from services.incentive.runs.usecases.runs import require_whole
from services.kit.database import ReadSession
from services.kit.errors import NotFound, Stale
from services.kit.events import publish
from services.kit.identity import Caller, Role
from services.kit.pages import Paging, Rows
from services.kit.unit_of_work import UnitOfWork

SEES_BOOKS = (Role.FINANCE, Role.COMPENSATION, Role.AUDITOR)


class EntryUnknown(NotFound):
    """There is no such entry."""

    code = "entry_unknown"
    zh = "找不到该凭证，或您无权查看。"
    en = "There is no such entry, or you may not see it."


@dataclass(frozen=True)
class Booked:
    """An entry with its postings, and its counter-entry if it has one."""

    row: EntryRow
    postings: Sequence[Posting]
    reversed_by_id: UUID | None

    @property
    def revision(self) -> int:
        """An entry never changes; all that can happen to it is that it is reversed, once."""
        return 1 if self.reversed_by_id is None else 2


@dataclass(frozen=True)
class TrialBalance:
    """The sums of each kind of account by currency, and the sum of all of them, which is zero."""

    as_of: date
    kinds: Sequence[tuple[str, str, Decimal]]

    @property
    def total(self) -> Decimal:
        """The sum of everything."""
        return sum((amount for _, _, amount in self.kinds), Decimal("0.00"))


async def reverse_entry(uow: UnitOfWork, *, entry_id: UUID, revision: int, reason: str) -> Booked:
    """Undo an entry by its counter-entry, once.

    Raises:
        EntryUnknown, Stale, AlreadyReversed, ReversalNotReversible, PaymentStands, WholeOrganisationOnly.
    """
    require_whole(uow.caller, Role.FINANCE)
    row = await store.entry(uow.session, entry_id, lock=True)
    if row is None:
        raise EntryUnknown
    kind = EntryKind(row.kind)
    postings = (await store.postings(uow.session, [entry_id]))[entry_id]
    counter = reversal(kind, postings)
    if await store.counter_entries(uow.session, [entry_id]):
        raise AlreadyReversed
    if revision != 1:
        raise Stale
    if kind is EntryKind.ACCRUAL and await store.standing_payment(uow.session, row.line_id) is not None:
        raise PaymentStands
    booking = store.Booking(counter, row.run_id, row.line_id, reverses_id=entry_id, reason=reason)
    (counter_id,) = await store.write(uow.session, [booking], on=uow.today, caller=uow.caller, now=uow.now)
    await uow.audit(
        "incentive.entry.reversed",
        subject=("entry", entry_id),
        after={"counter_entry_id": str(counter_id), "reason": reason},
    )
    data = {"entry_id": str(entry_id), "counter_entry_id": str(counter_id), "run_id": str(row.run_id)}
    await publish(uow.session, type="incentive.entry.reversed", subject=f"run/{row.run_id}", data=data, now=uow.now)
    return await read_entry(uow.session, caller=uow.caller, entry_id=counter_id)


async def read_entry(session: ReadSession, *, caller: Caller, entry_id: UUID) -> Booked:
    """One entry.

    Raises:
        EntryUnknown, WholeOrganisationOnly.
    """
    require_whole(caller, *SEES_BOOKS)
    row = await store.entry(session, entry_id)
    if row is None:
        raise EntryUnknown
    counters = await store.counter_entries(session, [entry_id])
    return Booked(row, (await store.postings(session, [entry_id]))[entry_id], counters.get(entry_id))


async def list_entries(
    session: ReadSession, *, caller: Caller, run_id: UUID | None, kind: str | None, as_of: date | None, paging: Paging
) -> Rows[Booked]:
    """Entries in the order in which they were written.

    Raises:
        WholeOrganisationOnly.
    """
    require_whole(caller, *SEES_BOOKS)
    rows = await store.listed(session, run_id=run_id, kind=kind, as_of=as_of, paging=paging)
    ids = [row[0].id for row in rows.items]
    postings, counters = await store.postings(session, ids), await store.counter_entries(session, ids)
    return Rows([Booked(row[0], postings[row[0].id], counters.get(row[0].id)) for row in rows.items], rows.next)


async def list_balances(
    session: ReadSession, *, caller: Caller, as_of: date, kind: str | None, reference: str | None, paging: Paging
) -> Rows[Any]:
    """The balance of every account on a day, what happened on it included.

    Raises:
        WholeOrganisationOnly.
    """
    require_whole(caller, *SEES_BOOKS)
    return await store.balances(session, as_of=as_of, kind=kind, reference=reference, paging=paging)


async def trial_balance(session: ReadSession, *, caller: Caller, as_of: date) -> TrialBalance:
    """The sums by kind of account on a day.

    Raises:
        WholeOrganisationOnly.
    """
    require_whole(caller, *SEES_BOOKS)
    return TrialBalance(as_of, await store.totals(session, as_of=as_of))
