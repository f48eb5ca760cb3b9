"""/v1/incentive/journal/reversals: undoing an entry with everything that rests on it, by two people (INC-12)."""

from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field

from services.incentive.journal.api.journal import BookedOn, EntryId, SeesBooks
from services.incentive.payroll.usecases import reversing as usecases
from services.incentive.permissions import PayerUnitOfWork
from services.kit.database.pages import Page
from services.kit.fields import Id, Model, Prose
from services.kit.release import ReleaseAction, ReleaseState
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.released import ReleasedRecord
from services.kit.web.routing import located, moves_money, router

routes = router("/v1/incentive/journal", tag="journal")

ReversalId = Annotated[Id, Path(description="Id of the request.")]


class ReversalRequest(Model):
    """A request to reverse an entry."""

    reason: Prose = Field(description="Reason, kept with the counter-entry.", examples=["重复发放"])
    booked_on: BookedOn = None


class ReversalRefusal(Model):
    """The reason for refusing a request."""

    reason: Prose = Field(description="Reason, shown to the person who asked.", examples=["凭证无误"])


class EntryReversal(ReleasedRecord):
    """A request to reverse an entry, and its outcome. Requests are kept for ever."""

    entry_id: Id = Field(description="Entry to be reversed.", examples=["01980000-0000-7000-8000-0000000000e1"])
    entry_name: str = Field(
        description="That entry in Chinese: whose it is, its day, kind and amount.",
        examples=["2026-04-24 苏曼青（E002）的计提凭证（54,000 人民币元）"],
    )
    entry_name_en: str = Field(
        description="That entry in English: whose it is, its day, kind and amount.",
        examples=["the accrual of 苏曼青 (E002) on 2026-04-24 (54,000 yuan)"],
    )
    counter_entry_id: Id | None = Field(description="Counter-entry, once the request is released.", examples=[None])
    booked_on: BookedOn
    reason: str = Field(description="Reason for the request.", examples=["重复发放"])


@routes.post(
    "/entries/{entry_id}/reversals", status_code=201, response_model=EntryReversal, summary="Ask to reverse an entry"
)
@located("/v1/incentive/journal/reversals/{id}")
async def propose_entry_reversal(
    uow: PayerUnitOfWork, entry_id: EntryId, body: ReversalRequest, revision: IfMatch
) -> dict[str, Any]:
    """Finance asks to reverse an entry as it was seen; a second person in finance decides. An entry can be reversed
    only once, and an accrual only while nothing of it has been paid or withheld; not by the person whom it is about.
    """
    found = await usecases.propose_reversal(
        uow, entry_id=entry_id, revision=revision, reason=body.reason, booked_on=body.booked_on
    )
    return _reversal(found)


@routes.get("/reversals", response_model=Page[EntryReversal], summary="List requests to reverse entries")
async def list_entry_reversals(
    session: Read,
    caller: SeesBooks,
    paging: PageAsked,
    entry_id: Annotated[Id | None, Query(description="Only requests about this entry.")] = None,
    state: Annotated[ReleaseState | None, Query(description="Only requests in this state.")] = None,
) -> dict[str, Any]:
    """Requests in the order in which they were made."""
    rows = await usecases.list_reversals(session, caller=caller, state=state, entry_id=entry_id, paging=paging)
    return rows.written(_reversal)


@routes.get("/reversals/{reversal_id}", response_model=EntryReversal, summary="Read one request to reverse an entry")
async def get_entry_reversal(session: Read, caller: SeesBooks, reversal_id: ReversalId) -> dict[str, Any]:
    """The request with its author and outcome."""
    return _reversal(await usecases.read_reversal(session, caller=caller, reversal_id=reversal_id))


@routes.post("/reversals/{reversal_id}/release", response_model=EntryReversal, summary="Reverse the entry")
@moves_money
async def release_entry_reversal(uow: PayerUnitOfWork, reversal_id: ReversalId, revision: IfMatch) -> dict[str, Any]:
    """A second person in finance releases the request, which books the counter-entry; not the person whom the entry is
    about. The entitlement, the statement and the run's payroll file are updated.
    """
    action = ReleaseAction.RELEASE
    found = await usecases.decide_reversal(uow, reversal_id=reversal_id, action=action, revision=revision)
    return _reversal(found)


@routes.post(
    "/reversals/{reversal_id}/refuse", response_model=EntryReversal, summary="Refuse a request to reverse an entry"
)
async def refuse_entry_reversal(
    uow: PayerUnitOfWork, reversal_id: ReversalId, body: ReversalRefusal, revision: IfMatch
) -> dict[str, Any]:
    """The person who asked withdraws the request in the same way."""
    found = await usecases.decide_reversal(
        uow, reversal_id=reversal_id, action=ReleaseAction.REFUSE, revision=revision, reason=body.reason
    )
    return _reversal(found)


_OWN = ("id", "entry_id", "counter_entry_id", "booked_on", "reason")


def _reversal(found: usecases.ReversalDetails) -> dict[str, Any]:
    names = {"entry_name": found.entry.zh, "entry_name_en": found.entry.en}
    return {**{name: getattr(found.request, name) for name in _OWN}, **names, **vars(found.request.record)}
