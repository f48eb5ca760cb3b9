"""The yearly dividend on virtual shares: figures of finance, released by another, shared out and claimed (INC-07)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.incentive.claims.store import claims as claim_store
from services.incentive.claims.usecases.claims import Origin, state_claims
from services.incentive.currencies import YUAN, amount_text
from services.incentive.journal.domain.journal import EntryKind, Source, declaration, distribution, reversal
from services.incentive.journal.store import journal
from services.incentive.journal.store.journal import Booking
from services.incentive.plans.domain.rules.virtual_shares import VirtualShares
from services.incentive.plans.store import plans as plan_store
from services.incentive.shares.domain.dividend import (
    KIND,
    SHARE_DIVIDEND,
    Figures,
    OwnDividend,
    Part,
    check_year,
    claims_of,
    last_day,
    pool,
    share_out,
    source_of,
)
from services.incentive.shares.domain.grant import Grant
from services.incentive.shares.store import shares as store
from services.incentive.shares.store.tables import DividendPartRow, ShareDividendRow
from services.incentive.shares.usecases.grants import grants_until, share_plan
from services.incentive.shares.usecases.sharing_again import SHARE_TASK, SUBJECT
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import Conflict, NotFound, Stale, Text, existing
from services.kit.money import FEN
from services.kit.release import ReleaseAction, ReleaseState, Signature
from services.kit.work.assignees import whoever_may
from services.kit.work.releasing import decide, entered, release_trail
from services.kit.work.tasks import close_tasks, open_task
from services.kit.work.unit_of_work import UnitOfWork


class DividendUnknown(NotFound):
    """There is no such dividend."""

    code = "share_dividend_unknown"
    zh = "找不到该年度分红，或您无权查看。"
    en = "There is no such dividend, or you may not see it."


class DividendProposed(Conflict):
    """Figures of the plan and year wait for release already."""

    code = "share_dividend_proposed"
    zh = "该方案本年度已有待确认的分红数据，请先办理。"
    en = "Figures of this plan and year wait to be released; decide about those first."


class DividendNotReleased(Conflict):
    """Only the figures that count are shared out again."""

    code = "share_dividend_not_released"
    zh = "该分红数据未生效，或已被后来的数据取代，不能重新分配。"
    en = "These figures were not released, or later ones took their place; they cannot be shared out again."


@dataclass(frozen=True)
class DividendDetails:
    """A dividend as it stands."""

    row: ShareDividendRow


async def propose_dividend(
    uow: UnitOfWork, *, plan_code: str, year: int, profit: Decimal, target: Decimal
) -> DividendDetails:
    """Enter profit and target of a year; the plan in force on its last day says how much is shared.

    Raises:
        PlanUnknown, NoPlanInForce, GrantUnsound, YearNotOver, NoExcessProfit, DividendProposed.
    """
    check_year(year, uow.today)
    plan, rule = await share_plan(uow.session, plan_code, last_day(year))
    row = ShareDividendRow(
        id=new_id(),
        plan_version_id=plan.id,
        plan_code=plan.code,
        year=year,
        profit=profit.quantize(FEN),
        target=target.quantize(FEN),
        amount=pool(rule, profit, target),
        attempt=0,
        **entered(uow),
    )
    try:
        async with uow.session.begin_nested():
            await store.add(uow.session, row)
    except IntegrityError as clash:
        raise DividendProposed from clash
    after = {"plan_code": plan.code, "year": year, "profit": profit, "target": target}
    total, holders = amount_text(row.amount, YUAN), await _holders(uow.session, row)
    await uow.audit("incentive.share_dividend.proposed", subject=(SUBJECT, row.id), after=after)
    await open_task(
        uow,
        "share_dividend.release",
        subject=(SUBJECT, row.id),
        assignee=whoever_may(
            SHARE_DIVIDEND, ReleaseAction.RELEASE, excluded_ids=holders | {*Signature.of(uow.caller).ids}
        ),
        title=Text(
            f"确认 {year} 年度虚拟股票分红数据（{plan.code}，{total.zh}）",
            f"Release the dividend on virtual shares for {year} ({plan.code}, {total.en})",
        ),
        link=f"/v1/incentive/share_dividends/{row.id}",
    )
    return DividendDetails(row)


async def decide_dividend(
    uow: UnitOfWork, *, dividend_id: UUID, action: ReleaseAction, revision: int, reason: str | None = None
) -> DividendDetails:
    """Release what another person entered, which shares it out at once in place of earlier figures; or refuse it.

    Raises:
        DividendUnknown, Stale, SecondPersonNeeded, TransitionNotPossible, TransitionForbidden, NobodyVested,
        MonthClosed.
        OwnDividend: the caller would release what pays themselves.
    """
    row = existing(await store.dividend(uow.session, dividend_id, lock_row=True), DividendUnknown)
    await store.lock(uow.session, row.plan_code)
    earlier = await store.newest_dividend(uow.session, row.plan_code, row.year)
    state = await decide(uow, SHARE_DIVIDEND, row, action, revision=revision, reason=reason)
    about = {"plan_code": row.plan_code, "year": row.year}
    trail = release_trail(state, revision=revision, profit=row.profit, target=row.target, reason=reason, **about)
    await uow.record(f"incentive.share_dividend.{state.value}", subject=(SUBJECT, dividend_id), **trail, data=about)
    if state is ReleaseState.RELEASED:
        if uow.caller.employee_id in await _holders(uow.session, row):
            raise OwnDividend
        if earlier is not None:
            await _take_back(uow, earlier, f"{row.year} 年度分红数据已更正")
        figures = await _figures(uow.session, row)
        await _share(uow, figures, share_out(figures, await _holdings(uow.session, figures)), attempt=1)
        await _book(uow, figures)
    return await read_dividend(uow.session, dividend_id=dividend_id)


async def share_out_again(uow: UnitOfWork, *, dividend_id: UUID, revision: int) -> DividendDetails:
    """Share out anew by the grants and exits that are known now; the next run books the differences.

    Where nobody holds a vested unit any more, nobody is owed anything, and what was declared is booked back.

    Raises:
        DividendUnknown, DividendNotReleased, Stale, MonthClosed.
    """
    row = existing(await store.dividend(uow.session, dividend_id, lock_row=True), DividendUnknown)
    await store.lock(uow.session, row.plan_code)
    newest = await store.newest_dividend(uow.session, row.plan_code, row.year)
    if newest is None or newest.id != dividend_id:
        raise DividendNotReleased
    if row.revision != revision:
        raise Stale
    await store.set_values(uow.session, dividend_id, revision=ShareDividendRow.revision + 1)
    figures = await _figures(uow.session, row)
    holdings = await _holdings(uow.session, figures)
    is_held, attempt = any(vested for _, vested in holdings), row.attempt + 1
    await _share(uow, figures, share_out(figures, holdings) if is_held else [], attempt=attempt)
    if not is_held:
        await _take_back(uow, row, f"{row.year} 年末已没有归属份额")
    elif not await journal.standing(uow.session, Source(SUBJECT, row.id)):
        await _book(uow, figures)
    before, after = {"attempt": attempt - 1}, {"attempt": attempt}
    await uow.record(
        "incentive.share_dividend.shared_out_again", subject=(SUBJECT, dividend_id), before=before, after=after
    )
    return await read_dividend(uow.session, dividend_id=dividend_id)


async def read_dividend(session: ReadSession, *, dividend_id: UUID) -> DividendDetails:
    """A dividend.

    Raises:
        DividendUnknown.
    """
    row = existing(await store.dividend(session, dividend_id), DividendUnknown)
    return DividendDetails(row)


async def list_dividends(
    session: ReadSession, *, year: int | None, plan_code: str | None, paging: Paging
) -> Rows[DividendDetails]:
    """Dividends in the order in which they were entered."""
    rows = await store.dividends(session, year=year, plan_code=plan_code, paging=paging)
    return Rows([DividendDetails(row) for row in rows.items], rows.next)


async def list_parts(session: ReadSession, *, dividend_id: UUID, paging: Paging) -> Rows[DividendPartRow]:
    """What everybody got when it was last shared out, by employee number.

    Raises:
        DividendUnknown.
    """
    row = (await read_dividend(session, dividend_id=dividend_id)).row
    return await store.parts(session, dividend_id, row.attempt, paging)


async def _figures(session: ReadSession, row: ShareDividendRow) -> Figures:
    kept = await plan_store.one(session, row.plan_version_id)
    if kept is None or not isinstance(kept.version.rule, VirtualShares):
        raise DividendUnknown
    return Figures(row.id, kept.version, kept.version.rule, row.year, row.profit, row.target)


async def _holders(session: ReadSession, row: ShareDividendRow) -> set[UUID]:
    """Whom the dividend would pay."""
    holdings = await grants_until(session, row.plan_code, last_day(row.year))
    return {grant.employee_id for grant, vested in holdings if vested}


async def _holdings(session: ReadSession, figures: Figures) -> list[tuple[Grant, int]]:
    return await grants_until(session, figures.plan.code, last_day(figures.year))


async def _share(uow: UnitOfWork, figures: Figures, parts: Sequence[Part], *, attempt: int) -> None:
    """State what every holder is owed now; whoever was one and is none any more is owed nothing."""
    await store.add_parts(uow.session, figures.id, attempt, parts)
    await store.set_values(uow.session, figures.id, attempt=attempt, shared_at=uow.now)
    await close_tasks(uow, SHARE_TASK, subject=(SUBJECT, figures.id))
    await _claim(uow, figures, parts, str(attempt))


async def _claim(uow: UnitOfWork, figures: Figures, parts: Sequence[Part], version: str) -> None:
    claims, source = claims_of(figures, parts, uow.today, version), source_of(figures, version)
    holders = {each.employee_id for each in claims}
    reason = Text("年末没有已归属份额", "no vested units at the end of the year")
    gone = [
        replace(each.claim.withdrawn(reason), source=source)
        for each in await claim_store.of_occasion(uow.session, KIND, figures.occasion)
        if each.claim.employee_id not in holders and each.claim.amount
    ]
    name = Text(f"虚拟股票 {figures.year} 年度分红", f"the dividend on virtual shares for {figures.year}")
    await state_claims(uow, [*claims, *gone], Origin(name, f"/v1/incentive/share_dividends/{figures.id}"))


async def _book(uow: UnitOfWork, figures: Figures) -> None:
    """What is declared enters the equity of the plan and leaves it again with what is shared out."""
    times = (await journal.times(uow.session, EntryKind.DECLARATION, batch_id=figures.id)).get(figures.id, 0)
    source = Source(SUBJECT, figures.id)
    terms = (figures.plan.code, figures.rule.cost_centre, YUAN, figures.pool)
    entries = [declaration(*terms), distribution(*terms)]
    await journal.write(uow, [Booking(each, source, figures.id, sequence=times) for each in entries])


async def _take_back(uow: UnitOfWork, row: ShareDividendRow, reason: str) -> None:
    """Undo the entries of figures that do not count any more."""
    source = Source(SUBJECT, row.id)
    bookings = []
    for kind in (EntryKind.DECLARATION, EntryKind.DISTRIBUTION):
        for entry_id, postings in (await journal.standing_postings(uow.session, source, kind)).items():
            counter = reversal(kind, postings)
            bookings.append(Booking(counter, source, row.id, reverses_id=entry_id, reason=reason))
    await journal.write(uow, bookings)
    await close_tasks(uow, SHARE_TASK, subject=(SUBJECT, row.id))
