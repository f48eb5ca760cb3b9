"""/v1/incentive/journal: the double-entry books (INC-12)."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Path, Query, Response
from pydantic import Field

from services.incentive.journal.domain.journal import AccountKind, EntryFilter, EntryKind, Posting
from services.incentive.journal.usecases import bookkeeping as usecases
from services.kit.callers import permit
from services.kit.chain_answers import HashChain, verified
from services.kit.fields import Id, Label, Model, Money
from services.kit.identity import Caller
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.scope import require_whole
from services.kit.web import Context, PageAsked, Read, Today, tag

routes = router("/v1/incentive/journal", tag="journal")

SeesBooks = Annotated[Caller, permit(*usecases.SEES_BOOKS)]
EntryId = Annotated[Id, Path(description="Id of the entry.")]
Reference = Annotated[
    str,
    Field(
        description="The cost centre of an expense, the employee id of a payable or receivable, the paying account, "
        "or the code of a fund.",
        examples=["CC-1"],
    ),
]
Kind = Annotated[AccountKind, Field(description="What the account keeps.", examples=["expense"])]
BookedOn = Annotated[
    date | None,
    Field(
        description="The business day to book on, in a month that is not closed; null: today, or the first "
        "open day where today's month is closed.",
        examples=["2026-04-24"],
    ),
]
Currency = Annotated[str, Field(description="ISO 4217 code.", examples=["CNY"])]


class JournalPosting(Model):
    """One side of an entry."""

    kind: Kind
    reference: Reference
    currency: Currency
    amount: Money = Field(description="Debits positive, credits negative, as text.", examples=["54000.00"])


class JournalEntry(Model):
    """What happened on which business day; its postings sum to zero. Entries are never changed."""

    id: Id = Field(description="Id of the entry.", examples=["01980000-0000-7000-8000-0000000000e1"])
    kind: EntryKind = Field(description="What the entry records.", examples=["accrual"])
    effective_on: date = Field(description="Business day on which it happened.", examples=["2026-04-24"])
    source_type: str = Field(description="Kind of record that the entry is about.", examples=["line"])
    source_id: Id = Field(description="Id of that record.", examples=["01980000-0000-7000-8000-0000000000a1"])
    batch_id: Id = Field(
        description="What was booked together: the id of the run.", examples=["01980000-0000-7000-8000-0000000000b1"]
    )
    reverses_id: Id | None = Field(description="Of a counter-entry: the entry that it reverses.", examples=[None])
    reversed_by_id: Id | None = Field(description="The counter-entry by which it was reversed.", examples=[None])
    reason: str | None = Field(description="Of a counter-entry: why.", examples=["重复发放"])
    recorded_by_name: str = Field(description="Who booked it.", examples=["秦国栋"])
    recorded_at: datetime = Field(description="When it was booked.", examples=["2026-04-24T09:00:00+08:00"])
    revision: int = Field(description="For If-Match when it is reversed: 1, after that 2.", examples=[1])
    postings: list[JournalPosting] = Field(description="The sides of the entry, in their order.")


class AccountBalance(Model):
    """What an account stood at."""

    kind: Kind
    reference: Reference
    currency: Currency
    balance: Money = Field(description="Debits less credits, as text.", examples=["-54000.00"])


class KindTotal(Model):
    """The sum of all accounts of a kind in a currency."""

    kind: Kind
    currency: Currency
    balance: Money = Field(description="Debits less credits, as text.", examples=["137520.00"])


class TrialBalance(Model):
    """The books in short on a day, what happened on it included."""

    as_of: date = Field(description="The day.", examples=["2026-04-24"])
    closed_through: date | None = Field(
        description="Last day of the months that are closed: nothing is booked until then any more; null: none is.",
        examples=["2026-03-31"],
    )
    kinds: list[KindTotal] = Field(description="By currency and kind of account.")
    total: Money = Field(description="The sum of everything: zero.", examples=["0.00"])


@routes.get("/entries", response_model=Page[JournalEntry], summary="List entries of the journal")
async def list_entries(
    session: Read,
    caller: SeesBooks,
    paging: PageAsked,
    batch_id: Annotated[Id | None, Query(description="Only what was booked together: the id of a run.")] = None,
    source_id: Annotated[Id | None, Query(description="Only entries about this record: the id of a line.")] = None,
    kind: Annotated[EntryKind | None, Query(description="Only entries of this kind.")] = None,
    as_of: Annotated[date | None, Query(description="Only entries until this day, included.")] = None,
) -> dict[str, Any]:
    """In the order in which they were written."""
    wanted = EntryFilter(batch_id, source_id, kind, as_of)
    rows = await usecases.list_entries(session, caller=caller, wanted=wanted, paging=paging)
    return rows.written(write_entry)


@routes.get("/entries/{entry_id}", response_model=JournalEntry, summary="Read one entry")
async def get_entry(session: Read, caller: SeesBooks, entry_id: EntryId, response: Response) -> dict[str, Any]:
    """With its postings."""
    details = await usecases.read_entry(session, caller=caller, entry_id=entry_id)
    tag(response, details.revision)
    return write_entry(details)


@routes.get("/balances", response_model=Page[AccountBalance], summary="List balances of accounts on a day")
async def list_balances(
    session: Read,
    caller: SeesBooks,
    today: Today,
    paging: PageAsked,
    as_of: Annotated[date | None, Query(description="The day, what happened on it included; by default today.")] = None,
    kind: Annotated[AccountKind | None, Query(description="Only accounts of this kind.")] = None,
    reference: Annotated[
        Label | None, Query(description="Only accounts of this cost centre, employee id or paying account.")
    ] = None,
) -> dict[str, Any]:
    """Of every account moved until then."""
    rows = await usecases.list_balances(
        session, caller=caller, as_of=as_of or today, kind=kind, reference=reference, paging=paging
    )
    return rows.written(vars)


@routes.get("/trial_balance", response_model=TrialBalance, summary="Read the books in short on a day")
async def get_trial_balance(
    session: Read,
    caller: SeesBooks,
    today: Today,
    as_of: Annotated[date | None, Query(description="The day, what happened on it included; by default today.")] = None,
) -> dict[str, Any]:
    """By kind of account and currency."""
    found = await usecases.read_trial_balance(session, caller=caller, as_of=as_of or today)
    kinds = [{"kind": kind, "currency": currency, "balance": amount} for kind, currency, amount in found.kinds]
    return {"as_of": found.as_of, "closed_through": found.closed_through, "kinds": kinds, "total": found.total}


@routes.get("/chain", response_model=HashChain, summary="Verify the journal's chain")
async def verify_journal_chain(caller: SeesBooks, context: Context) -> dict[str, Any]:
    """Whether an entry, one of its postings or an account was changed, is missing or was slipped in.

    Where there are millions of entries: `verify_journal` on the host.
    """
    require_whole(caller, *usecases.SEES_BOOKS)
    return await verified(context.sessions, usecases.JOURNAL)


_OWN = (
    "id",
    "kind",
    "effective_on",
    "source_type",
    "source_id",
    "batch_id",
    "reverses_id",
    "reason",
    "recorded_by_name",
    "recorded_at",
)


def write_entry(details: usecases.EntryDetails) -> dict[str, Any]:
    """What ``JournalEntry`` holds."""
    own = {name: getattr(details.entry, name) for name in _OWN}
    more = {"reversed_by_id": details.reversed_by_id, "revision": details.revision}
    return {**own, **more, "postings": [_posting(posting) for posting in details.postings]}


def _posting(posting: Posting) -> dict[str, Any]:
    return {**vars(posting.account), "amount": posting.amount}
