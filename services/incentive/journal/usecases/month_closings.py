"""Closing a month of the books and opening it again: one person asks, another releases (INC-12)."""

from uuid import UUID

from services.incentive.journal.domain.month_closing import (
    KINDS,
    MONTH_CLOSING,
    ClosingFilter,
    ClosingKind,
    MonthClosing,
    check_request,
    closed_after,
)
from services.incentive.journal.store import month_closings as store
from services.incentive.journal.usecases.bookkeeping import SEES_BOOKS
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession
from services.kit.errors import NotFound, Text, existing
from services.kit.identity import Caller
from services.kit.periods import calendar_period, period_in_words
from services.kit.release import ReleaseAction, Signature
from services.kit.scope import require_whole
from services.kit.work.assignees import whoever_may
from services.kit.work.releasing import decide, release_trail
from services.kit.work.tasks import open_task
from services.kit.work.unit_of_work import UnitOfWork


class ClosingUnknown(NotFound):
    """There is no such request."""

    code = "month_closing_unknown"
    zh = "找不到该结账或反结账申请，或您无权查看。"
    en = "There is no such request to close or reopen a month, or you may not see it."


async def propose(uow: UnitOfWork, *, kind: ClosingKind, month: str, reason: str) -> MonthClosing:
    """Ask to close a month, with all before it, or to open the newest closed one again.

    Raises:
        PeriodMalformed, MonthNotOver, MonthAlreadyClosed, NotTheNewestClosed, ClosingWaits.
    """
    days = calendar_period(month)
    await store.lock(uow.session)
    closed = await store.closed_through(uow.session)
    check_request(kind, month, days, closed=closed, today=uow.today)
    row = await store.add(uow, kind=kind, month=month, closed_through=closed_after(kind, days), reason=reason)
    about = {"kind": kind.value, "month": month}
    await uow.record(
        "incentive.month_closing.proposed",
        subject=("month_closing", row.id),
        after={**about, "reason": reason},
        data=about,
    )
    name, verb = period_in_words(month), KINDS[kind]
    await open_task(
        uow,
        "month_closing.release",
        subject=("month_closing", row.id),
        assignee=whoever_may(MONTH_CLOSING, ReleaseAction.RELEASE, excluded_ids=Signature.of(uow.caller).ids),
        title=Text(f"确认 {name.zh}{verb.zh}", f"Release: {verb.en} the books of {name.en}"),
        link=f"/v1/incentive/journal/month_closings/{row.id}",
    )
    return store.read(row)


async def decide_closing(
    uow: UnitOfWork, *, closing_id: UUID, action: ReleaseAction, revision: int, reason: str | None = None
) -> MonthClosing:
    """Release or refuse what another person asked for; who asked may take it back.

    Entries in progress are waited for, so that none is booked into the month while it closes.

    Raises:
        ClosingUnknown, Stale, SecondPersonNeeded, TransitionNotPossible.
    """
    await store.lock(uow.session)
    row = existing(await store.locked(uow.session, closing_id), ClosingUnknown)
    state = await decide(uow, MONTH_CLOSING, row, action, revision=revision, reason=reason)
    if action is ReleaseAction.RELEASE:
        await store.take_effect(uow.session, closing_id)
    about = {"kind": row.kind, "month": row.month}
    await uow.record(
        f"incentive.month_closing.{state.value}",
        subject=("month_closing", closing_id),
        **release_trail(state, revision=revision, reason=reason, **about),
        data=about,
    )
    return await _one(uow.session, closing_id)


async def read(session: ReadSession, *, caller: Caller, closing_id: UUID) -> MonthClosing:
    """One request.

    Raises:
        ClosingUnknown, WholeOrganisationOnly.
    """
    require_whole(caller, *SEES_BOOKS)
    return await _one(session, closing_id)


async def list_closings(
    session: ReadSession, *, caller: Caller, wanted: ClosingFilter, paging: Paging
) -> Rows[MonthClosing]:
    """Every request there was, in order: the trace of what was closed and opened, by whom and why.

    Raises:
        WholeOrganisationOnly.
    """
    require_whole(caller, *SEES_BOOKS)
    return await store.listed(session, wanted, paging)


async def _one(session: ReadSession, closing_id: UUID) -> MonthClosing:
    return existing(await store.one(session, closing_id), ClosingUnknown)
