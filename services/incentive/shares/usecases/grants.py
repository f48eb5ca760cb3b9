"""Granting virtual shares: proposed with what makes the person eligible, released by another person (INC-07)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.incentive.pay.store import pay_profiles as people_store
from services.incentive.pay.store.tables import PersonRow
from services.incentive.plans.domain.plan import PlanVersion, in_force
from services.incentive.plans.domain.rules.virtual_shares import VirtualShares
from services.incentive.plans.store import plans as plan_store
from services.incentive.plans.usecases.plans import PlanUnknown
from services.incentive.shares.domain.grant import (
    SHARE_GRANT,
    Goal,
    Grant,
    GrantExists,
    GrantUnsound,
    Holding,
    OwnGrant,
    check_goals,
)
from services.incentive.shares.store import revocations
from services.incentive.shares.store import shares as store
from services.incentive.shares.store.tables import ShareGrantRow, ShareRevocationRow
from services.incentive.shares.usecases.sharing_again import ask_to_share_out_again
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import FieldError, NotFound, Text, existing
from services.kit.identity import Caller, Role
from services.kit.periods import Period, day_in_words
from services.kit.release import ReleaseAction, ReleaseState, Signature
from services.kit.work.assignees import whoever_may
from services.kit.work.releasing import decide, entered, release_trail
from services.kit.work.tasks import open_task
from services.kit.work.unit_of_work import UnitOfWork

READERS: Final = (Role.COMPENSATION, Role.FINANCE, Role.EXECUTIVE)


class GrantUnknown(NotFound):
    """No such grant, or none that the caller may see."""

    code = "share_grant_unknown"
    zh = "找不到该虚拟股票授予，或您无权查看。"
    en = "There is no such grant of virtual shares, or you may not see it."


@dataclass(frozen=True)
class GrantProposal:
    """What is to be granted to whom, and why."""

    plan_code: str
    employee_number: str
    units: int
    granted_on: date
    reason: str
    goals: Sequence[Goal]


@dataclass(frozen=True)
class GrantDetails:
    """A grant with its person, its terms, what is vested and forfeited today, and its revocation if that counts."""

    row: ShareGrantRow
    person: PersonRow
    grant: Grant
    holding: Holding
    revocation: ShareRevocationRow | None


async def propose_grant(uow: UnitOfWork, asked: GrantProposal) -> GrantDetails:
    """Propose a grant, with the years in which strategic goals were met and where that can be read.

    Raises:
        PlanUnknown, NoPlanInForce, GrantUnsound, OwnGrant, GrantExists.
    """
    plan, rule = await share_plan(uow.session, asked.plan_code, asked.granted_on)
    faults = check_goals(asked.goals, rule.goal_years, asked.granted_on)
    person = (await people_store.people(uow.session, [asked.employee_number])).get(asked.employee_number)
    if asked.granted_on > uow.today:
        faults.append(FieldError("/granted_on", str(asked.granted_on), Text("不晚于今天", "not after today")))
    if person is None:
        expected = Text("在册员工工号", "a known employee")
        faults.append(FieldError("/employee_number", asked.employee_number, expected))
    if person is None or faults:
        raise GrantUnsound(field_errors=faults)
    require_other(uow.caller, person.employee_id)
    row = ShareGrantRow(
        id=new_id(),
        plan_version_id=plan.id,
        plan_code=plan.code,
        employee_id=person.employee_id,
        units=asked.units,
        granted_on=asked.granted_on,
        reason=asked.reason,
        goals=[{**vars(each), "attainment": str(each.attainment)} for each in asked.goals],
        **entered(uow),
    )
    try:
        async with uow.session.begin_nested():
            await store.add(uow.session, row)
    except IntegrityError as clash:
        raise GrantExists(day=asked.granted_on) from clash
    after = {"employee_number": person.number, "units": asked.units, "granted_on": asked.granted_on}
    await uow.audit("incentive.share_grant.proposed", subject=("share_grant", row.id), after=after)
    day = day_in_words(asked.granted_on)
    barred = {*Signature.of(uow.caller).ids, person.employee_id}
    await open_task(
        uow,
        "share_grant.release",
        subject=("share_grant", row.id),
        assignee=whoever_may(SHARE_GRANT, ReleaseAction.RELEASE, excluded_ids=barred),
        title=Text(
            f"确认 {day.zh}授予{person.name}的虚拟股票 {asked.units:,} 份",
            f"Release the grant of {asked.units:,} virtual shares to {person.name} on {day.en}",
        ),
        link=f"/v1/incentive/share_grants/{row.id}",
    )
    return await _details(uow.session, row, person, uow.today)


async def decide_grant(
    uow: UnitOfWork, *, grant_id: UUID, action: ReleaseAction, revision: int, reason: str | None = None
) -> GrantDetails:
    """Release what another person proposed, or refuse it. Dividends of years in which it vests are shared out again.

    Raises:
        GrantUnknown, OwnGrant, Stale, SecondPersonNeeded, TransitionNotPossible, TransitionForbidden.
    """
    found = existing(await store.grant(uow.session, grant_id, lock_row=True), GrantUnknown)
    row = found[0]
    require_other(uow.caller, row.employee_id)
    await store.lock(uow.session, row.plan_code)
    state = await decide(uow, SHARE_GRANT, row, action, revision=revision, reason=reason)
    await uow.record(
        f"incentive.share_grant.{state.value}",
        subject=("share_grant", grant_id),
        **release_trail(
            state,
            revision=revision,
            employee_id=row.employee_id,
            units=row.units,
            granted_on=row.granted_on,
            reason=reason,
        ),
        data={"employee_id": row.employee_id},
    )
    details = await read_grant(uow.session, caller=uow.caller, grant_id=grant_id, today=uow.today)
    first = next((day for day, units in details.grant.schedule() if units), None)
    if state is ReleaseState.RELEASED and first is not None:
        why = Text(f"{details.person.name}获授虚拟股票", f"Shares were granted to {details.person.name}")
        await ask_to_share_out_again(uow, [row.plan_code], first.year, why)
    return details


async def read_grant(session: ReadSession, *, caller: Caller, grant_id: UUID, today: date) -> GrantDetails:
    """A grant, for the person once it is released, and for those who decide over the whole organisation.

    Raises:
        GrantUnknown.
    """
    found = existing(await store.grant(session, grant_id), GrantUnknown)
    row, person = found
    own = caller.employee_id == row.employee_id and row.state == ReleaseState.RELEASED
    if not own and not caller.has_over((), *READERS):
        raise GrantUnknown
    return await _details(session, row, person, today)


async def list_grants(
    session: ReadSession, *, employee_id: UUID | None, state: ReleaseState | None, today: date, paging: Paging
) -> Rows[GrantDetails]:
    """Grants in the order in which they were proposed."""
    rows = await store.grants(session, employee_id=employee_id, state=state, paging=paging)
    left = await store.departures(session, [row.employee_id for row, _ in rows.items])
    rules = await _rules(session, [row for row, _ in rows.items])
    revoked = await revocations.released_of(session, [row.id for row, _ in rows.items])
    details = []
    for row, person in rows.items:
        grant = grant_of(row, person, rules[row.plan_version_id])
        holding = grant.holding_on(today, left.get(row.employee_id, ()))
        details.append(GrantDetails(row, person, grant, holding, revoked.get(row.id)))
    return Rows(details, rows.next)


async def list_own_grants(session: ReadSession, *, caller: Caller, today: date, paging: Paging) -> Rows[GrantDetails]:
    """The caller's own, as far as they are released."""
    if caller.employee_id is None:
        return Rows([], None)
    return await list_grants(
        session, employee_id=caller.employee_id, state=ReleaseState.RELEASED, today=today, paging=paging
    )


async def share_plan(session: ReadSession, code: str, day: date) -> tuple[PlanVersion, VirtualShares]:
    """The version of a plan of virtual shares in force on a day.

    Raises:
        PlanUnknown, NoPlanInForce, GrantUnsound: it is a plan of something else.
    """
    versions = await plan_store.versions(session, code)
    if not versions:
        raise PlanUnknown
    plan = in_force(versions, code, Period.closed(day, day))
    if not isinstance(plan.rule, VirtualShares):
        expected = Text("虚拟股票方案", "a plan of virtual shares")
        raise GrantUnsound(field_errors=[FieldError("/plan_code", code, expected)])
    return plan, plan.rule


async def grants_until(session: ReadSession, plan_code: str, day: date) -> list[tuple[Grant, int]]:
    """The released grants of a plan with what is vested at the end of a day."""
    rows = await store.granted(session, plan_code, day)
    left = await store.departures(session, [row.employee_id for row, _ in rows])
    rules = await _rules(session, [row for row, _ in rows])
    grants = [grant_of(row, person, rules[row.plan_version_id]) for row, person in rows]
    return [(each, each.holding_on(day, left.get(each.employee_id, ())).vested) for each in grants]


def grant_of(row: ShareGrantRow, person: PersonRow, rule: VirtualShares) -> Grant:
    """The grant that a row holds, on the terms of its plan's version."""
    terms = (row.units, row.granted_on, rule.vesting, rule.keeps_vested, row.revoked_on)
    return Grant(row.id, row.employee_id, person.number, person.name, *terms)


async def _rules(session: ReadSession, rows: Sequence[ShareGrantRow]) -> Mapping[UUID, VirtualShares]:
    found = {}
    for version_id in {row.plan_version_id for row in rows}:
        kept = await plan_store.one(session, version_id)
        if kept is not None and isinstance(kept.version.rule, VirtualShares):
            found[version_id] = kept.version.rule
    return found


async def _details(session: ReadSession, row: ShareGrantRow, person: PersonRow, today: date) -> GrantDetails:
    left = await store.departures(session, [row.employee_id])
    grant = grant_of(row, person, (await _rules(session, [row]))[row.plan_version_id])
    revoked = await revocations.released_of(session, [row.id])
    holding = grant.holding_on(today, left.get(row.employee_id, ()))
    return GrantDetails(row, person, grant, holding, revoked.get(row.id))


def require_other(caller: Caller, employee_id: UUID) -> None:
    """Refuse the person concerned.

    Raises:
        OwnGrant.
    """
    if caller.employee_id == employee_id:
        raise OwnGrant
