"""/v1/incentive/journal/month_closings: closing the books of a month, and opening them again (INC-12)."""

from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field

from services.incentive.journal.api.journal import SeesBooks
from services.incentive.journal.domain.month_closing import ClosingFilter, ClosingKind
from services.incentive.journal.domain.month_closing import MonthClosing as Closing
from services.incentive.journal.usecases import month_closings as usecases
from services.incentive.permissions import PayerUnitOfWork
from services.kit.database.pages import Page
from services.kit.fields import Id, Model, MonthLabel, Prose
from services.kit.release import ReleaseAction, ReleaseState
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.released import ReleasedRecord
from services.kit.web.routing import router

routes = router("/v1/incentive/journal", tag="journal")

ClosingId = Annotated[Id, Path(description="Id of the request.")]
Kind = Annotated[
    ClosingKind,
    Field(
        description="Kind of request. close: no more entries are booked in the month or any before it; reopen: the "
        "newest closed month is opened again.",
        examples=["close"],
    ),
]


class MonthClosingRequest(Model):
    """A month to close or reopen."""

    kind: Kind
    month: MonthLabel = Field(description="Month, as YYYY-MM.")
    reason: Prose = Field(description="Reason, shown to the person who releases it.", examples=["三月奖金已全部入账"])


class MonthClosing(ReleasedRecord):
    """A request to close or reopen a month, and its outcome. Requests are kept for ever."""

    kind: Kind
    month: str = Field(description="Month, as YYYY-MM.", examples=["2026-03"])
    reason: str = Field(description="Reason for the request.", examples=["三月奖金已全部入账"])


class MonthClosingRefusal(Model):
    """The reason for refusing a request."""

    reason: Prose = Field(description="Reason, shown to the person who asked.", examples=["尚有凭证未入账"])


@routes.post("/month_closings", status_code=201, response_model=MonthClosing, summary="Ask to close or reopen a month")
async def propose_month_closing(uow: PayerUnitOfWork, body: MonthClosingRequest) -> dict[str, Any]:
    """Finance asks to close or reopen a month; a second person in finance decides. A month can be closed from its
    last day on.
    """
    found = await usecases.propose(uow, kind=body.kind, month=body.month, reason=body.reason)
    return _closing(found)


@routes.get("/month_closings", response_model=Page[MonthClosing], summary="List requests to close or reopen months")
async def list_month_closings(
    session: Read,
    caller: SeesBooks,
    paging: PageAsked,
    month: Annotated[MonthLabel | None, Query(description="Only requests about this month.")] = None,
    state: Annotated[ReleaseState | None, Query(description="Only requests in this state.")] = None,
) -> dict[str, Any]:
    """Requests in the order in which they were made."""
    wanted = ClosingFilter(month, state)
    return (await usecases.list_closings(session, caller=caller, wanted=wanted, paging=paging)).written(_closing)


@routes.get(
    "/month_closings/{closing_id}", response_model=MonthClosing, summary="Read one request to close or reopen a month"
)
async def get_month_closing(session: Read, caller: SeesBooks, closing_id: ClosingId) -> dict[str, Any]:
    """The request with its author and outcome."""
    return _closing(await usecases.read(session, caller=caller, closing_id=closing_id))


@routes.post("/month_closings/{closing_id}/release", response_model=MonthClosing, summary="Close or reopen the month")
async def release_month_closing(uow: PayerUnitOfWork, closing_id: ClosingId, revision: IfMatch) -> dict[str, Any]:
    """A second person in finance releases the request."""
    found = await usecases.decide_closing(uow, closing_id=closing_id, action=ReleaseAction.RELEASE, revision=revision)
    return _closing(found)


@routes.post(
    "/month_closings/{closing_id}/refuse",
    response_model=MonthClosing,
    summary="Refuse a request to close or reopen a month",
)
async def refuse_month_closing(
    uow: PayerUnitOfWork, closing_id: ClosingId, body: MonthClosingRefusal, revision: IfMatch
) -> dict[str, Any]:
    """The person who asked withdraws the request in the same way."""
    found = await usecases.decide_closing(
        uow, closing_id=closing_id, action=ReleaseAction.REFUSE, revision=revision, reason=body.reason
    )
    return _closing(found)


def _closing(found: Closing) -> dict[str, Any]:
    record = vars(found.record)
    return {"id": found.id, "kind": found.kind, "month": found.month, "reason": found.reason, **record}
