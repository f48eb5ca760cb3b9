"""/v1/incentive/journal: the double-entry books (INC-12)."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Response

from services.incentive.journal.domain.journal import AccountKind, EntryKind, Posting
from services.incentive.journal.usecases import bookkeeping as usecases
from services.kit.callers import permit, permit_work
from services.kit.fields import Id, Label, Model, Money, Prose
from services.kit.identity import Caller, Role
from services.kit.pages import Page
from services.kit.routing import moves_money, router
from services.kit.unit_of_work import UnitOfWork
from services.kit.web import IfMatch, PageAsked, Read, Today, tag

routes = router("/v1/incentive/journal", tag="journal")

SeesBooks = Annotated[Caller, permit(Role.FINANCE, Role.COMPENSATION, Role.AUDITOR)]
Payer = Annotated[Caller, permit(Role.FINANCE, fresh=True)]
PayerUnitOfWork = Annotated[UnitOfWork, permit_work(Role.FINANCE, fresh=True)]


class PostingView(Model):
    """One side of an entry: debits positive, credits negative.

    ``reference``: the cost centre of an expense, the employee id of a payable, the paying account.
    """

    kind: AccountKind
    reference: str
    currency: str
    amount: Money


class Entry(Model):
    """What happened on which business day; the postings sum to zero. ``reverses_id``: a counter-entry, of which one."""

    id: Id
    kind: EntryKind
    effective_on: date
    run_id: Id
    line_id: Id
    reverses_id: Id | None
    reversed_by_id: Id | None
    revision: int
    reason: str | None
    actor: str
    recorded_at: datetime
    postings: list[PostingView]


class Balance(Model):
    """What an account stood at."""

    kind: AccountKind
    reference: str
    currency: str
    balance: Money


class KindTotal(Model):
    """The sum of all accounts of a kind in a currency."""

    kind: AccountKind
    currency: str
    balance: Money


class TrialBalance(Model):
    """The books in short on a day, what happened on it included. ``total`` is zero."""

    as_of: date
    kinds: list[KindTotal]
    total: Money


class ReverseEntry(Model):
    """Why an entry is undone."""

    reason: Prose


@routes.get("/entries", response_model=Page[Entry], summary="Entries of the journal")
async def list_entries(
    session: Read,
    caller: SeesBooks,
    paging: PageAsked,
    run_id: Id | None = None,
    kind: EntryKind | None = None,
    as_of: date | None = None,
) -> dict[str, Any]:
    """In the order in which they were written; with ``as_of``, those until that day."""
    rows = await usecases.list_entries(session, caller=caller, run_id=run_id, kind=kind, as_of=as_of, paging=paging)
    return rows.written(_written)


@routes.get("/entries/{entry_id}", response_model=Entry, summary="One entry")
async def read_entry(session: Read, caller: SeesBooks, entry_id: Id, response: Response) -> dict[str, Any]:
    """With its postings."""
    booked = await usecases.read_entry(session, caller=caller, entry_id=entry_id)
    tag(response, booked.revision)
    return _written(booked)


@routes.post("/entries/{entry_id}/reverse", status_code=201, response_model=Entry, summary="Undo an entry")
@moves_money
async def reverse(
    uow: PayerUnitOfWork, entry_id: Id, body: ReverseEntry, revision: IfMatch, response: Response
) -> dict[str, Any]:
    """By its counter-entry, once; entries are never changed. An accrual can be undone while nothing is paid on it."""
    booked = await usecases.reverse_entry(uow, entry_id=entry_id, revision=revision, reason=body.reason)
    tag(response, booked.revision)
    return _written(booked)


@routes.get("/balances", response_model=Page[Balance], summary="Balances of accounts on a day")
async def list_balances(
    session: Read,
    caller: SeesBooks,
    today: Today,
    paging: PageAsked,
    as_of: date | None = None,
    kind: AccountKind | None = None,
    reference: Label | None = None,
) -> dict[str, Any]:
    """Of every account moved until then; today if no day is given."""
    rows = await usecases.list_balances(
        session, caller=caller, as_of=as_of or today, kind=kind, reference=reference, paging=paging
    )
    return rows.written(lambda row: {name: getattr(row, name) for name in Balance.model_fields})


@routes.get("/trial_balance", response_model=TrialBalance, summary="The books in short on a day")
async def trial_balance(session: Read, caller: SeesBooks, today: Today, as_of: date | None = None) -> dict[str, Any]:
    """By kind of account and currency; today if no day is given."""
    found = await usecases.trial_balance(session, caller=caller, as_of=as_of or today)
    kinds = [{"kind": kind, "currency": currency, "balance": amount} for kind, currency, amount in found.kinds]
    return {"as_of": found.as_of, "kinds": kinds, "total": found.total}


def _written(booked: usecases.Booked) -> dict[str, Any]:
    names = ("id", "kind", "effective_on", "run_id", "line_id", "reverses_id", "reason", "recorded_at")
    own = {name: getattr(booked.row, name) for name in names}
    return {
        **own,
        **{name: getattr(booked, name) for name in ("reversed_by_id", "revision")},
        "actor": booked.row.actor_name,
        "postings": [_posting(posting) for posting in booked.postings],
    }


def _posting(posting: Posting) -> dict[str, Any]:
    account = posting.account
    return {
        "kind": account.kind,
        "reference": account.reference,
        "currency": account.currency,
        "amount": posting.amount,
    }
