"""Award funds: set up, endowed by one person of finance and released by another (INC-04)."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.incentive.awards.domain.fund import FUND_ENDOWMENT
from services.incentive.awards.store import funds as store
from services.incentive.awards.store.tables import AwardFundRow, FundEndowmentRow
from services.incentive.currencies import YUAN
from services.incentive.journal.domain.journal import Source, endowment
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import Conflict, NotFound, Text, existing
from services.kit.money import FEN, grouped
from services.kit.release import ReleaseAction, ReleaseState, Signature
from services.kit.work.assignees import whoever_may
from services.kit.work.releasing import decide, entered, release_trail
from services.kit.work.tasks import open_task, shortened
from services.kit.work.unit_of_work import UnitOfWork


class FundUnknown(NotFound):
    """There is no such fund."""

    code = "award_fund_unknown"
    zh = "找不到该奖励基金，或您无权查看。"
    en = "There is no such award fund, or you may not see it."


class EndowmentUnknown(NotFound):
    """There is no such endowment."""

    code = "fund_endowment_unknown"
    zh = "找不到该笔拨款，或您无权查看。"
    en = "There is no such endowment, or you may not see it."


class FundExists(Conflict):
    """Another fund has this code."""

    code = "award_fund_exists"
    zh = "已有编码为 {fund} 的奖励基金，请更换编码。"
    en = "An award fund with the code {fund} already exists; choose another code."


@dataclass(frozen=True)
class FundDetails:
    """A fund in its present state."""

    row: AwardFundRow


@dataclass(frozen=True)
class EndowmentDetails:
    """An endowment with its fund in its present state."""

    row: FundEndowmentRow
    fund: AwardFundRow


async def create_fund(uow: UnitOfWork, *, code: str, year: int, name: Text, cost_centre: str) -> FundDetails:
    """An empty fund; money comes in by endowments.

    Raises:
        FundExists.
    """
    row = AwardFundRow(
        id=new_id(),
        code=code,
        year=year,
        name=name.zh,
        name_en=name.en,
        currency=YUAN,
        cost_centre=cost_centre,
        balance=Decimal("0.00"),
        created_at=uow.now,
        created_by=uow.caller.account_id,
        created_by_name=uow.caller.name,
    )
    try:
        async with uow.session.begin_nested():
            await store.add(uow.session, row)
    except IntegrityError as clash:
        raise FundExists(fund=code) from clash
    about = {"code": code, "year": year}
    await uow.record("incentive.award_fund.created", subject=("award_fund", row.id), after=about, data=about)
    return FundDetails(row)


async def propose_endowment(uow: UnitOfWork, *, fund_id: UUID, amount: Decimal, purpose: str) -> EndowmentDetails:
    """Money for the fund, or out of it, that another person has to release.

    Raises:
        FundUnknown.
    """
    fund = existing(await store.one(uow.session, fund_id), FundUnknown)
    row = FundEndowmentRow(id=new_id(), fund_id=fund_id, amount=amount.quantize(FEN), purpose=purpose, **entered(uow))
    await store.add(uow.session, row)
    await uow.audit("incentive.fund_endowment.proposed", subject=("fund_endowment", row.id), after={"amount": amount})
    await open_task(
        uow,
        "fund_endowment.release",
        subject=("fund_endowment", row.id),
        assignee=whoever_may(FUND_ENDOWMENT, ReleaseAction.RELEASE, excluded_ids=Signature.of(uow.caller).ids),
        title=_title(fund, amount, purpose),
        link=f"/v1/incentive/fund_endowments/{row.id}",
    )
    return EndowmentDetails(row, fund)


def _title(fund: AwardFundRow, amount: Decimal, purpose: str) -> Text:
    what, why = grouped(amount), shortened(purpose)
    return Text(
        f"确认向{fund.name}（{fund.code}）拨款 {what} 元：{why}",
        f"Release {what} yuan into {fund.name_en} ({fund.code}): {why}",
    )


async def decide_endowment(
    uow: UnitOfWork, *, endowment_id: UUID, action: ReleaseAction, revision: int, reason: str | None = None
) -> EndowmentDetails:
    """Release what another person proposed, which books it, or refuse it.

    Raises:
        EndowmentUnknown, Stale, SecondPersonNeeded, TransitionNotPossible, FundOverdrawn, MonthClosed.
    """
    row = existing(await store.endowment(uow.session, endowment_id), EndowmentUnknown)
    state = await decide(uow, FUND_ENDOWMENT, row, action, revision=revision, reason=reason)
    if state is ReleaseState.RELEASED:
        fund = await store.locked(uow.session, row.fund_id)
        entry = endowment(fund.code, fund.cost_centre, fund.currency, row.amount)
        await store.spend(uow, fund, Source("fund_endowment", row.id), entry)
    await uow.record(
        f"incentive.fund_endowment.{state.value}",
        subject=("fund_endowment", endowment_id),
        **release_trail(state, revision=revision, fund_id=row.fund_id, amount=row.amount, reason=reason),
        data={"fund_id": row.fund_id},
    )
    return await read_endowment(uow.session, endowment_id=endowment_id)


async def read_fund(session: ReadSession, *, fund_id: UUID) -> FundDetails:
    """A fund with its balance.

    Raises:
        FundUnknown.
    """
    row = existing(await store.one(session, fund_id), FundUnknown)
    return FundDetails(row)


async def list_funds(session: ReadSession, *, year: int | None, paging: Paging) -> Rows[FundDetails]:
    """Funds by year and code."""
    rows = await store.listed(session, year=year, paging=paging)
    return Rows([FundDetails(row) for row in rows.items], rows.next)


async def read_endowment(session: ReadSession, *, endowment_id: UUID) -> EndowmentDetails:
    """An endowment.

    Raises:
        EndowmentUnknown.
    """
    found = existing(await store.endowment_read(session, endowment_id), EndowmentUnknown)
    return EndowmentDetails(*found)


async def list_endowments(session: ReadSession, *, fund_id: UUID, paging: Paging) -> Rows[EndowmentDetails]:
    """What was proposed for a fund, in order.

    Raises:
        FundUnknown.
    """
    await read_fund(session, fund_id=fund_id)
    rows = await store.endowments(session, fund_id, paging)
    return Rows([EndowmentDetails(*each) for each in rows.items], rows.next)
