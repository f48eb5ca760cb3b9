"""/v1/incentive/journal: the double-entry books (INC-12)."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request
from pydantic import Field

from services.incentive.answers import InCurrency
from services.incentive.journal.domain.journal import AccountKind, EntryFilter, EntryKind, Posting
from services.incentive.journal.usecases import bookkeeping as usecases
from services.kit.access.callers import permit
from services.kit.database.pages import Page
from services.kit.fields import Day, Id, Label, Model, Money
from services.kit.identity import Caller
from services.kit.routes.chain_answers import HashChain, verified
from services.kit.scope import require_whole
from services.kit.web.application import Context, PageAsked, Read, Today
from services.kit.web.routing import router

routes = router("/v1/incentive/journal", tag="journal")


def _names(request: Request) -> usecases.EntryNames:
    """What the composition gave: the areas that book know what their entries are about."""
    found: usecases.EntryNames = request.app.state.entry_names
    return found


Names = Annotated[usecases.EntryNames, Depends(_names)]

SeesBooks = Annotated[Caller, permit(*usecases.SEES_BOOKS)]
EntryId = Annotated[Id, Path(description="Id of the entry.")]
Reference = Annotated[
    str,
    Field(
        description="Cost centre of an expense, employee id of a payable or receivable, paying account, code of a "
        "fund, or code of a plan of virtual shares.",
        examples=["CC-1"],
    ),
]
Kind = Annotated[AccountKind, Field(description="Kind of the account.", examples=["expense"])]
BookedOn = Annotated[
    Day | None,
    Field(
        description="Business day of the booking, in an open month; null: today, or the first open day if the "
        "present month is closed.",
        examples=["2026-04-24"],
    ),
]
Currency = Annotated[str, Field(description="Currency code (ISO 4217).", examples=["CNY"])]


class JournalPosting(InCurrency):
    """One posting of an entry."""

    kind: Kind
    reference: Reference
    currency: Currency
    amount: Money = Field(description="Amount as text: debits positive, credits negative.", examples=["54000.00"])


class JournalEntry(Model):
    """A business event on one day; its postings sum to zero. Entries are never changed."""

    id: Id = Field(description="Id of the entry.", examples=["01980000-0000-7000-8000-0000000000e1"])
    kind: EntryKind = Field(description="Kind of the entry.", examples=["accrual"])
    effective_on: date = Field(description="Business day of the event.", examples=["2026-04-24"])
    source_type: str = Field(description="Kind of the record that the entry is about.", examples=["line"])
    source_id: Id = Field(description="Id of that record.", examples=["01980000-0000-7000-8000-0000000000a1"])
    source_name: str | None = Field(description="Name of that record in Chinese.", examples=["苏曼青（E002）"])
    source_name_en: str | None = Field(description="Name of that record in English.", examples=["苏曼青 (E002)"])
    batch_id: Id = Field(
        description="Batch in which it was booked: the id of the run, of the fund or of the dividend.",
        examples=["01980000-0000-7000-8000-0000000000b1"],
    )
    batch_name: str | None = Field(
        description="Name of the batch in Chinese.", examples=["2026 年第一季度奖金核算（季度奖金）"]
    )
    batch_name_en: str | None = Field(
        description="Name of the batch in English.", examples=["the bonus run: Quarterly bonus, first quarter of 2026"]
    )
    reverses_id: Id | None = Field(description="Entry that is reversed, on a counter-entry.", examples=[None])
    reversed_by_id: Id | None = Field(description="Counter-entry by which it was reversed.", examples=[None])
    reason: str | None = Field(description="Reason, on a counter-entry.", examples=["重复发放"])
    recorded_by_name: str = Field(description="Name of the person who booked it.", examples=["秦国栋"])
    recorded_at: datetime = Field(description="Time of booking.", examples=["2026-04-24T09:00:00+08:00"])
    revision: int = Field(description="Revision for `If-Match` on a reversal: 1, and 2 once reversed.", examples=[1])
    postings: list[JournalPosting] = Field(description="Postings of the entry, in order.")


class AccountBalance(InCurrency):
    """An account with its balance."""

    kind: Kind
    reference: Reference
    currency: Currency
    balance: Money = Field(description="Debits less credits, as text.", examples=["-54000.00"])


class KindTotal(InCurrency):
    """The total of all accounts of one kind in one currency."""

    kind: Kind
    currency: Currency
    balance: Money = Field(description="Debits less credits, as text.", examples=["137520.00"])


class TrialBalance(Model):
    """A trial balance as of a day, including that day's entries."""

    as_of: date = Field(description="The day.", examples=["2026-04-24"])
    closed_through: date | None = Field(
        description="Last day of the closed months, until which nothing can be booked; null if no month is closed.",
        examples=["2026-03-31"],
    )
    kinds: list[KindTotal] = Field(description="Totals by currency and kind of account.")
    total: Money = Field(description="Total of all accounts: zero.", examples=["0.00"])


@routes.get("/entries", response_model=Page[JournalEntry], summary="List entries of the journal")
async def list_entries(
    session: Read,
    caller: SeesBooks,
    names: Names,
    paging: PageAsked,
    batch_id: Annotated[Id | None, Query(description="Only entries of this batch: the id of a run.")] = None,
    source_id: Annotated[Id | None, Query(description="Only entries about this record: the id of a line.")] = None,
    kind: Annotated[EntryKind | None, Query(description="Only entries of this kind.")] = None,
    as_of: Annotated[Day | None, Query(description="Only entries up to this day, included.")] = None,
) -> dict[str, Any]:
    """Entries in the order in which they were written."""
    wanted = EntryFilter(batch_id, source_id, kind, as_of)
    rows = await usecases.list_entries(session, caller=caller, wanted=wanted, names=names, paging=paging)
    return rows.written(write_entry)


@routes.get("/entries/{entry_id}", response_model=JournalEntry, summary="Read one entry")
async def get_entry(session: Read, caller: SeesBooks, names: Names, entry_id: EntryId) -> dict[str, Any]:
    """The entry with its postings."""
    details = await usecases.read_entry(session, caller=caller, entry_id=entry_id, names=names)
    return write_entry(details)


@routes.get("/balances", response_model=Page[AccountBalance], summary="List balances of accounts on a day")
async def list_balances(
    session: Read,
    caller: SeesBooks,
    today: Today,
    paging: PageAsked,
    as_of: Annotated[
        Day | None, Query(description="Day of the balance, its entries included; today by default.")
    ] = None,
    kind: Annotated[AccountKind | None, Query(description="Only accounts of this kind.")] = None,
    reference: Annotated[
        Label | None, Query(description="Only accounts of this cost centre, employee id or paying account.")
    ] = None,
) -> dict[str, Any]:
    """Balances of every account with an entry until that day."""
    rows = await usecases.list_balances(
        session, caller=caller, as_of=as_of or today, kind=kind, reference=reference, paging=paging
    )
    return rows.written(vars)


@routes.get("/trial_balance", response_model=TrialBalance, summary="Read the trial balance on a day")
async def get_trial_balance(
    session: Read,
    caller: SeesBooks,
    today: Today,
    as_of: Annotated[
        Day | None, Query(description="Day of the balance, its entries included; today by default.")
    ] = None,
) -> dict[str, Any]:
    """Totals by kind of account and currency."""
    found = await usecases.read_trial_balance(session, caller=caller, as_of=as_of or today)
    kinds = [{"kind": kind, "currency": currency, "balance": amount} for kind, currency, amount in found.kinds]
    return {"as_of": found.as_of, "closed_through": found.closed_through, "kinds": kinds, "total": found.total}


@routes.get("/chain", response_model=HashChain, summary="Verify the journal's chain")
async def verify_journal_chain(caller: SeesBooks, context: Context) -> dict[str, Any]:
    """Reports whether an entry, one of its postings or an account was changed, removed or inserted.

    For millions of entries, run `verify_journal` on the host.
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
    more: dict[str, Any] = {"reversed_by_id": details.reversed_by_id, "revision": details.revision}
    for field, name in vars(details.name).items():
        more |= {f"{field}_name": name and name.zh, f"{field}_name_en": name and name.en}
    return {**own, **more, "postings": [_posting(posting) for posting in details.postings]}


def _posting(posting: Posting) -> dict[str, Any]:
    return {**vars(posting.account), "amount": posting.amount}
