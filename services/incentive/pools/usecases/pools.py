"""Team pools: figures entered by one person of finance, released by another, then shared out (INC-05)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.incentive.pay.store.units import units
from services.incentive.plans.domain.plan import PlanVersion, in_force
from services.incentive.plans.domain.rules.team_pool import TeamPool
from services.incentive.plans.store import plans as plan_store
from services.incentive.plans.usecases.plan_names import PlanName, plan_names
from services.incentive.plans.usecases.plans import PlanUnknown
from services.incentive.pools.domain.pool import POOL, check_reached, pool_amount
from services.incentive.pools.store import pools as store
from services.incentive.pools.store.tables import PoolMemberRow, TeamPoolRow
from services.incentive.pools.usecases.releasers import FIND_RELEASERS, Membership
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, Stale, Text, existing
from services.kit.jobs.queue import defer
from services.kit.money import FEN
from services.kit.periods import calendar_period
from services.kit.release import ReleaseAction, ReleaseState
from services.kit.work.releasing import decide, entered, release_trail
from services.kit.work.unit_of_work import UnitOfWork

SHARE_OUT: Final = "share_out_pool"
"""The job that asks org and appraisal who the members are and shares out; the jobs floor registers it."""


class PoolUnknown(NotFound):
    """There is no such team pool."""

    code = "team_pool_unknown"
    zh = "找不到该团队奖金池，或您无权查看。"
    en = "There is no such team pool, or you may not see it."


class PoolUnsound(Invalid):
    """The unit is not known, or the plan's rule pays no team pools."""

    code = "team_pool_unsound"
    zh = "团队奖金池的数据有误，请按下列提示修改。"
    en = "The team pool is not valid; correct it as follows."


class PoolProposed(Conflict):
    """Figures of the unit and year wait for release already."""

    code = "team_pool_proposed"
    zh = "该单元该年度已有待确认的团队奖金池数据，请先确认或退回。"
    en = "Figures for this unit and year are already waiting for release; release or refuse them first."


class PoolNotReleased(Conflict):
    """Only what is released, and no newer figures have replaced, is shared out."""

    code = "team_pool_not_released"
    zh = "该团队奖金池尚未确认，或已被更新的数据取代，不能分配。"
    en = "The team pool is not released, or newer figures have replaced it; it cannot be shared out."


class PoolOfOwnUnit(Forbidden):
    """Whoever has worked in the unit, or below it, since the pool's year began may get a share of it."""

    code = "team_pool_of_own_unit"
    zh = "您自该年度起在该单元或其下级单元任职或曾任职，不能确认其团队奖金池，请转交单元以外的财务人员。"
    en = (
        "You have worked in this unit or below it since that year began, so you cannot release its team pool; ask "
        "somebody of finance outside it."
    )


@dataclass(frozen=True)
class PoolDetails:
    """A pool in its present state, with the name of its plan."""

    row: TeamPoolRow
    plan: PlanName | None


async def propose_pool(
    uow: UnitOfWork, *, unit_id: UUID, year: int, plan_code: str, cycle_id: UUID, attainment: Decimal, profit: Decimal
) -> PoolDetails:
    """Enter a unit's figures of a year; the plan in force on its last day says whether and how much they release.

    Raises:
        PlanUnknown, NoPlanInForce, PoolUnsound, PoolNotReached, PoolProposed.
    """
    plan, rule = await _plan(uow.session, plan_code, year)
    unit = (await units(uow.session, [unit_id])).get(unit_id)
    if unit is None:
        raise PoolUnsound(field_errors=[FieldError("/unit_id", str(unit_id), Text("在册的组织单元", "a known unit"))])
    check_reached(rule, attainment, profit)
    row = TeamPoolRow(
        id=new_id(),
        unit_id=unit_id,
        unit_code=unit.code,
        unit_name=unit.name,
        unit_name_en=unit.name_en,
        year=year,
        plan_version_id=plan.id,
        cycle_id=cycle_id,
        attainment=attainment,
        profit=profit.quantize(FEN),
        amount=pool_amount(rule, profit),
        attempt=0,
        **entered(uow),
    )
    try:
        async with uow.session.begin_nested():
            await store.add(uow.session, row)
    except IntegrityError as clash:
        raise PoolProposed from clash
    after = {"unit_id": unit_id, "year": year, "attainment": attainment, "profit": profit}
    await uow.audit("incentive.team_pool.proposed", subject=("team_pool", row.id), after=after)
    await defer(uow.session, FIND_RELEASERS, pool_id=str(row.id))
    return PoolDetails(row, PlanName(plan.code, plan.version, plan.name))


async def release_pool(uow: UnitOfWork, *, pool_id: UUID, revision: int, membership: Membership | None) -> PoolDetails:
    """Release what another person entered, which has a job share it out.

    Where everybody is a member, the trail says that the releaser is one. ``membership`` is what org has just said of
    the caller, None of an account that is nobody's.

    Raises:
        PoolUnknown, Stale, SecondPersonNeeded, TransitionNotPossible.
        PoolOfOwnUnit: the caller would release the pool of a unit where they work or worked, or above it.
    """
    row = existing(await store.one(uow.session, pool_id, lock=True), PoolUnknown)
    await decide(uow, POOL, row, ReleaseAction.RELEASE, revision=revision)
    if membership is not None and membership.worked_there and not membership.is_everybodys:
        raise PoolOfOwnUnit
    is_member = membership is not None and membership.worked_there
    await _record(uow, row, ReleaseState.RELEASED, revision=revision, decided_by_member=is_member)
    await _begin(uow, pool_id, attempt=1)
    return await read_pool(uow.session, pool_id=pool_id)


async def refuse_pool(uow: UnitOfWork, *, pool_id: UUID, revision: int, reason: str) -> PoolDetails:
    """Refuse what another person entered, or withdraw what the caller did.

    Raises:
        PoolUnknown, Stale, TransitionNotPossible.
    """
    row = existing(await store.one(uow.session, pool_id, lock=True), PoolUnknown)
    await decide(uow, POOL, row, ReleaseAction.REFUSE, revision=revision, reason=reason)
    await _record(uow, row, ReleaseState.REFUSED, revision=revision, reason=reason)
    return await read_pool(uow.session, pool_id=pool_id)


async def share_out_again(uow: UnitOfWork, *, pool_id: UUID, revision: int) -> PoolDetails:
    """Start a job that shares out again with present data; the next run books the differences.

    Raises:
        PoolUnknown, PoolNotReleased, Stale.
    """
    row = existing(await store.one(uow.session, pool_id, lock=True), PoolUnknown)
    if await store.newest_released(uow.session, row.unit_id, row.year) != pool_id:
        raise PoolNotReleased
    if row.revision != revision:
        raise Stale
    before, after = {"attempt": row.attempt}, {"attempt": row.attempt + 1}
    await uow.record("incentive.team_pool.shared_out_again", subject=("team_pool", pool_id), before=before, after=after)
    await _begin(uow, pool_id, attempt=row.attempt + 1)
    return await read_pool(uow.session, pool_id=pool_id)


async def read_pool(session: ReadSession, *, pool_id: UUID) -> PoolDetails:
    """A pool.

    Raises:
        PoolUnknown.
    """
    row = existing(await store.one(session, pool_id), PoolUnknown)
    return PoolDetails(row, (await plan_names(session, [row.plan_version_id])).get(row.plan_version_id))


async def list_pools(
    session: ReadSession, *, year: int | None, unit_id: UUID | None, paging: Paging
) -> Rows[PoolDetails]:
    """Pools in the order in which they were entered."""
    rows = await store.listed(session, year=year, unit_id=unit_id, paging=paging)
    plans = await plan_names(session, [row.plan_version_id for row in rows.items])
    return Rows([PoolDetails(row, plans.get(row.plan_version_id)) for row in rows.items], rows.next)


async def list_members(session: ReadSession, *, pool_id: UUID, paging: Paging) -> Rows[PoolMemberRow]:
    """Everyone's share from the last time the pool was shared out, by employee number.

    Raises:
        PoolUnknown.
    """
    row = (await read_pool(session, pool_id=pool_id)).row
    return await store.members(session, pool_id, row.attempt, paging)


async def _record(uow: UnitOfWork, row: TeamPoolRow, state: ReleaseState, *, revision: int, **decided: object) -> None:
    about = {"unit_id": row.unit_id, "year": row.year, "attainment": row.attainment, "profit": row.profit}
    await uow.record(
        f"incentive.team_pool.{state.value}",
        subject=("team_pool", row.id),
        **release_trail(state, revision=revision, **decided, **about),
        data={"year": row.year},
    )


async def _begin(uow: UnitOfWork, pool_id: UUID, *, attempt: int) -> None:
    values = {"attempt": attempt, "shared_at": None, "problem": None, "revision": TeamPoolRow.revision + 1}
    await store.set_values(uow.session, pool_id, **values)
    await defer(uow.session, SHARE_OUT, pool_id=str(pool_id), attempt=attempt)


async def _plan(session: ReadSession, code: str, year: int) -> tuple[PlanVersion, TeamPool]:
    versions = await plan_store.versions(session, code)
    if not versions:
        raise PlanUnknown
    plan = in_force(versions, code, calendar_period(str(year)))
    if not isinstance(plan.rule, TeamPool):
        expected = Text("团队奖金池方案", "a plan of team pools")
        raise PoolUnsound(field_errors=[FieldError("/plan_code", code, expected)])
    return plan, plan.rule
