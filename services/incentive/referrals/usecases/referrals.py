"""Entering who referred whom, hearing of probations, and claiming the bonus once both are known (INC-06)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.incentive.claims.usecases.claims import Origin, state_claims, withdraw_claims
from services.incentive.pay.store import pay_profiles as people_store
from services.incentive.pay.store.tables import PersonRow
from services.incentive.pay.usecases.pay_profiles import OutsideYourUnits
from services.incentive.plans.domain.rules.referral_bonus import ReferralBonus
from services.incentive.plans.store import plans as plan_store
from services.incentive.referrals.domain.referral import (
    KIND,
    REFERRAL,
    Outcome,
    Referral,
    ReferralAction,
    ReferralState,
    Waiting,
    passed,
    plan_on,
    waiting,
)
from services.incentive.referrals.store import referrals as store
from services.incentive.referrals.store.tables import ReferralRow
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, Stale, Text, existing
from services.kit.identity import Caller, Role
from services.kit.work.history import Decision, advance, last_decisions, trail_of
from services.kit.work.inbox import Effect, EventData
from services.kit.work.unit_of_work import SystemWork, UnitOfWork

READERS: Final = (Role.HR, Role.COMPENSATION, Role.FINANCE, Role.AUDITOR)
SETTLE: Final = "settle_referrals"
"""The job that looks again at referrals without a claim; the jobs floor registers it."""


class ReferralUnknown(NotFound):
    """No such referral, or none that the caller may see."""

    code = "referral_unknown"
    zh = "找不到该推荐记录，或您无权查看。"
    en = "There is no such referral, or you may not see it."


class ReferralExists(Conflict):
    """Of each person hired one referral counts."""

    code = "referral_exists"
    zh = "员工 {number} 已登记推荐人；如有误，请先撤销原记录。"
    en = "A referral of {number} has already been entered; if it is wrong, withdraw it first."


class ReferralUnsound(Invalid):
    """Nobody refers themselves, and both are people whom org knows."""

    code = "referral_unsound"
    zh = "推荐记录有误，请按下列提示修改。"
    en = "The referral is not valid; correct it as follows."


class OwnReferral(Forbidden):
    """Nobody enters or withdraws what would pay themselves."""

    code = "own_referral"
    zh = "不能登记或撤销本人作为推荐人的记录，请由其他同事办理。"
    en = "You cannot enter or withdraw your own referral; ask a colleague."


@dataclass(frozen=True)
class ReferralDetails:
    """A referral with the people's names, what it waits for (None once withdrawn), and its withdrawal."""

    row: ReferralRow
    referrer: PersonRow | None
    hired: PersonRow | None
    waiting: Waiting | None
    withdrawal: Decision | None


async def enter_referral(uow: UnitOfWork, *, referrer: str, hired: str, note: str | None) -> ReferralDetails:
    """Note who referred whom, by employee numbers, before probation is decided or after.

    Raises:
        ReferralUnsound, OutsideYourUnits, OwnReferral, ReferralExists.
    """
    known = await people_store.people(uow.session, [referrer, hired])
    person = Text("在册员工工号", "the number of a known employee")
    faults = [
        FieldError(pointer, number, person)
        for pointer, number in (("/referrer_number", referrer), ("/hired_number", hired))
        if number not in known
    ]
    if referrer == hired:
        faults.append(FieldError("/referrer_number", referrer, Text("被推荐人以外的员工", "another person")))
    if faults:
        raise ReferralUnsound(field_errors=faults)
    _require_office(uow.caller, known[hired], known[referrer].employee_id)
    row = ReferralRow(
        id=new_id(),
        referrer_id=known[referrer].employee_id,
        hired_id=known[hired].employee_id,
        state=ReferralState.ENTERED.value,
        revision=1,
        note=note,
        entered_at=uow.now,
        entered_by=uow.caller.account_id,
        entered_by_name=uow.caller.name,
    )
    await store.lock(uow.session, row.hired_id)
    try:
        async with uow.session.begin_nested():
            await store.add(uow.session, row)
    except IntegrityError as clash:
        raise ReferralExists(number=hired) from clash
    await uow.record("incentive.referral.entered", subject=("referral", row.id), after={"numbers": [referrer, hired]})
    await _settle(uow, row.hired_id)
    return (await _detailed(uow.session, [row]))[0]


async def withdraw_referral(uow: UnitOfWork, *, referral_id: UUID, revision: int, reason: str) -> ReferralDetails:
    """The referral does not count any more; what was claimed for it is taken back.

    Raises:
        ReferralUnknown, TransitionNotPossible, Stale, OutsideYourUnits, OwnReferral.
    """
    row = existing(await store.one(uow.session, referral_id, lock_row=True), ReferralUnknown)
    hired = (await read_referral(uow.session, caller=uow.caller, referral_id=referral_id)).hired
    _require_office(uow.caller, hired, row.referrer_id)
    move = REFERRAL.next(ReferralState(row.state), ReferralAction.WITHDRAW, uow.caller.roles)
    if row.revision != revision:
        raise Stale
    await store.lock(uow.session, row.hired_id)
    await advance(uow, ReferralRow, referral_id, move, note=reason)
    await withdraw_claims(
        uow, source_type="referral", source_id=referral_id, reason=Text(reason, reason), origin=_origin(row, hired)
    )
    trail = trail_of(move.source.value, move.target.value, revision=revision, reason=reason)
    await uow.record("incentive.referral.withdrawn", subject=("referral", referral_id), **trail)
    return await read_referral(uow.session, caller=uow.caller, referral_id=referral_id)


class ProbationDecided(EventData):
    """org.probation_review.decided, as far as referrals go by it."""

    probation_review_id: UUID
    employee_id: UUID
    core_talent: bool
    outcome: Literal["passed", "extended", "failed"]
    effective_on: date | None = None


async def _hear(uow: UnitOfWork, decided: ProbationDecided) -> None:
    await store.lock(uow.session, decided.employee_id)
    outcome = Outcome(
        decided.probation_review_id, decided.outcome, decided.core_talent, decided.effective_on or uow.today
    )
    await store.tell(uow.session, decided.employee_id, outcome, uow.now)
    await _settle(uow, decided.employee_id)


HEAR_OF_PROBATION: Final = Effect(ProbationDecided, _hear)
"""What news of a decided probation does here; a repetition, or another outcome of the same review, is harmless."""


async def settle_referrals(system: SystemWork) -> None:
    """Look again at referrals without a claim: a plan may have been released since."""
    async with system.sessions.read() as session:
        waiting_for = await store.unclaimed(session)
    for hired_id in waiting_for:
        async with system.begin() as uow:
            await store.lock(uow.session, hired_id)
            await _settle(uow, hired_id)


async def read_referral(session: ReadSession, *, caller: Caller, referral_id: UUID) -> ReferralDetails:
    """A referral, for those over the unit of the person hired.

    Raises:
        ReferralUnknown.
    """
    row = existing(await store.one(session, referral_id), ReferralUnknown)
    (details,) = await _detailed(session, [row])
    if not caller.has_over(details.hired.unit_path if details.hired else (), *READERS):
        raise ReferralUnknown
    return details


async def list_referrals(
    session: ReadSession, *, caller: Caller, state: ReferralState | None, paging: Paging
) -> Rows[ReferralDetails]:
    """Referrals of people hired over whom the caller holds the role, in the order in which they were entered."""
    rows = await store.listed(session, state=state, within=caller.units_of(*READERS), paging=paging)
    return Rows(await _detailed(session, rows.items), rows.next)


async def _settle(uow: UnitOfWork, hired_id: UUID) -> None:
    """Claim the bonus for a person hired, or take back a claim that is no longer due."""
    row = await store.of_hired(uow.session, hired_id)
    people = await people_store.people_by_id(uow.session, [hired_id])
    if row is None or hired_id not in people:
        return
    hired, origin = people[hired_id], _origin(row, people[hired_id])
    outcome = passed((await store.outcomes(uow.session, [hired_id])).get(hired_id, ()))
    plan = plan_on(await plan_store.of_kind(uow.session, KIND), outcome)
    if outcome is None:
        reason = Text("试用期未通过，或结论已更正", "probation was not passed, or its outcome was corrected")
        await withdraw_claims(uow, source_type="referral", source_id=row.id, reason=reason, origin=origin)
    elif plan is not None and isinstance(plan.rule, ReferralBonus):
        referral = Referral(row.id, row.referrer_id, hired_id, hired.number, hired.name)
        await state_claims(uow, [referral.claim(outcome, plan, plan.rule)], origin)


def _require_office(caller: Caller, hired: PersonRow | None, referrer_id: UUID) -> None:
    if not caller.has_over(hired.unit_path if hired else (), Role.HR):
        raise OutsideYourUnits(number=hired.number if hired else "—")
    if caller.employee_id == referrer_id:
        raise OwnReferral


def _origin(row: ReferralRow, hired: PersonRow | None) -> Origin:
    name = "—" if hired is None else hired.name
    return Origin(Text(f"推荐{name}的伯乐奖", f"the bonus for referring {name}"), f"/v1/incentive/referrals/{row.id}")


async def _detailed(session: ReadSession, rows: Sequence[ReferralRow]) -> list[ReferralDetails]:
    hired = [row.hired_id for row in rows]
    people = await people_store.people_by_id(session, [*hired, *(row.referrer_id for row in rows)])
    ended = await store.outcomes(session, hired)
    versions = await plan_store.of_kind(session, KIND)
    withdrawals = await last_decisions(session, ReferralRow, [row.id for row in rows], ReferralAction.WITHDRAW)
    found = []
    for row in rows:
        outcomes = ended.get(row.hired_id, [])
        plan = plan_on(versions, passed(outcomes))
        still = waiting(outcomes, plan) if row.state == ReferralState.ENTERED else None
        parties = people.get(row.referrer_id), people.get(row.hired_id)
        found.append(ReferralDetails(row, *parties, still, withdrawals.get(row.id)))
    return found
