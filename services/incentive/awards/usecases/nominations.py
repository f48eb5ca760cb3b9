"""Nominating for a special award: by a rule of a plan, or freely with the amount asked for (INC-04)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.incentive.awards.domain.award import (
    AwardState,
    Evidence,
    Ground,
    Member,
    NominationUnsound,
    check_innovation,
    check_shares,
    split,
)
from services.incentive.awards.store import awards as store
from services.incentive.awards.store import funds as fund_store
from services.incentive.awards.store.tables import AwardRow
from services.incentive.awards.usecases.proposals import NobodyKnown, adopted
from services.incentive.awards.usecases.spending import spending_of
from services.incentive.budgets.usecases import commitments
from services.incentive.currencies import YUAN
from services.incentive.pay.store import pay_profiles as people_store
from services.incentive.pay.store.units import units
from services.incentive.plans.domain.plan import PlanVersion, in_force
from services.incentive.plans.domain.rules.special_award import SpecialAward
from services.incentive.plans.store import plans as plan_store
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import Conflict, FieldError, Text
from services.kit.jobs.queue import defer
from services.kit.money import FEN
from services.kit.periods import Period
from services.kit.work.unit_of_work import UnitOfWork

FIND_APPROVER: Final = "find_award_approver"
"""The job that asks org who may approve an award next; the jobs floor registers it."""


class AwardExists(Conflict):
    """Another award has this code, or rewards the same innovation."""

    code = "award_exists"
    zh = "奖励编号 {award} 已被使用，或该创新提案已提名过奖励。"
    en = "The code {award} is taken by another award, or the innovation proposal has already been nominated."


@dataclass(frozen=True)
class Share:
    """A nominee by number, with their share in percent."""

    employee_number: str
    share: Decimal


@dataclass(frozen=True)
class Nomination:
    """What is asked for. ``rule`` of the plan ``plan_code`` says the amount; without one ``amount`` does, in yuan."""

    code: str
    title: str
    reason: str
    evidence: Sequence[Evidence]
    fund_id: UUID
    unit_id: UUID
    achieved_on: date
    members: Sequence[Share]
    plan_code: str | None = None
    rule: str | None = None
    amount: Decimal | None = None
    proposal_id: UUID | None = None


async def nominate(uow: UnitOfWork, asked: Nomination) -> UUID:
    """Nominate; a job asks org who may approve it, and then it waits for them. The id of the award.

    Raises:
        NobodyKnown, NominationUnsound, NoPlanInForce, AwardExists.
    """
    person = uow.caller.employee_id
    if person is None:
        raise NobodyKnown
    plan, ground = await _checked(uow, asked)
    amount = ground.rule.amount if ground else asked.amount or Decimal(0)
    row = AwardRow(
        id=new_id(),
        **{name: getattr(asked, name) for name in _KEPT},
        evidence=[vars(each) for each in asked.evidence],
        plan_version_id=None if plan is None else plan.id,
        amount=amount.quantize(FEN),
        currency=YUAN,
        state=AwardState.NOMINATED.value,
        revision=1,
        approvers_needed=1,
        nominated_at=uow.now,
        nominated_by=uow.caller.account_id,
        nominated_by_person=person,
        nominated_by_name=uow.caller.name,
    )
    try:
        async with uow.session.begin_nested():
            await store.add(uow.session, row, await _members(uow, asked, row.amount))
    except IntegrityError as clash:
        raise AwardExists(award=asked.code) from clash
    about = {
        "code": row.code,
        "amount": row.amount,
        "rule": row.rule,
        "numbers": [each.employee_number for each in asked.members],
    }
    await uow.record("incentive.award.nominated", subject=("award", row.id), after=about, data={"code": row.code})
    await commitments.plan_spending(uow, await spending_of(uow.session, row))
    await defer(uow.session, FIND_APPROVER, award_id=str(row.id), revision=1)
    return row.id


_KEPT: Final = ("code", "title", "reason", "fund_id", "rule", "proposal_id", "unit_id", "achieved_on")


async def _checked(uow: UnitOfWork, asked: Nomination) -> tuple[PlanVersion | None, Ground | None]:
    """The version of the plan and its rule, if nothing is wrong with the nomination."""
    faults = [
        *await _place_faults(uow, asked),
        *check_shares([(each.employee_number, each.share) for each in asked.members]),
    ]
    plan, ground, ground_faults = await _ground(uow.session, asked)
    innovation = None if asked.proposal_id is None else await adopted(uow.session, asked.proposal_id)
    faults += [*ground_faults, *check_innovation(ground.rule if ground else None, innovation)]
    if asked.proposal_id is not None and innovation is None:
        faults.append(FieldError("/proposal_id", str(asked.proposal_id), Text("已采纳的提案", "an adopted proposal")))
    if faults:
        raise NominationUnsound(field_errors=faults)
    return plan, ground


async def _place_faults(uow: UnitOfWork, asked: Nomination) -> list[FieldError]:
    """What is wrong with unit, fund, day and people."""
    faults = []
    if asked.unit_id not in await units(uow.session, [asked.unit_id]):
        faults.append(FieldError("/unit_id", str(asked.unit_id), Text("在册的组织单元", "a unit that org knows")))
    fund = await fund_store.one(uow.session, asked.fund_id)
    if fund is None:
        faults.append(FieldError("/fund_id", str(asked.fund_id), Text("已有的奖励基金", "an award fund")))
    elif fund.year != asked.achieved_on.year:
        expected = Text(f"{fund.year} 年内的日期（与基金年度一致）", f"a day in {fund.year}, the year of the fund")
        faults.append(FieldError("/achieved_on", str(asked.achieved_on), expected))
    if asked.achieved_on > uow.today:
        faults.append(FieldError("/achieved_on", str(asked.achieved_on), Text("不晚于今天", "not after today")))
    known = await people_store.people(uow.session, [each.employee_number for each in asked.members])
    faults += [
        FieldError(f"/members/{place}/employee_number", each.employee_number, Text("在册员工工号", "a known employee"))
        for place, each in enumerate(asked.members)
        if each.employee_number not in known
    ]
    return faults


async def _ground(
    session: ReadSession, asked: Nomination
) -> tuple[PlanVersion | None, Ground | None, list[FieldError]]:
    """The plan's version and rule by which the amount is fixed, none for a free nomination; and what is wrong."""
    if asked.rule is None:
        if asked.amount is None or asked.amount <= 0:
            expected = Text("大于 0 的金额，或按规则提名", "more than 0, or a rule")
            return None, None, [FieldError("/amount", None if asked.amount is None else str(asked.amount), expected)]
        return None, None, []
    if asked.amount is not None:
        return (
            None,
            None,
            [
                FieldError(
                    "/amount", str(asked.amount), Text("请留空，金额由规则确定", "nothing: the rule sets the amount")
                )
            ],
        )
    code = asked.plan_code or ""
    plan = in_force(await plan_store.versions(session, code), code, Period.closed(asked.achieved_on, asked.achieved_on))
    rule = plan.rule.award(asked.rule) if isinstance(plan.rule, SpecialAward) else None
    if rule is None:
        return (
            plan,
            None,
            [FieldError("/rule", asked.rule, Text("该方案中的奖励规则编码", "an award rule of the plan"))],
        )
    return plan, Ground(rule, plan.source), []


async def _members(uow: UnitOfWork, asked: Nomination, amount: Decimal) -> tuple[Member, ...]:
    known = await people_store.people(uow.session, [each.employee_number for each in asked.members])
    shared = [
        (known[each.employee_number].employee_id, each.employee_number, known[each.employee_number].name, each.share)
        for each in asked.members
    ]
    return split(amount, shared)
