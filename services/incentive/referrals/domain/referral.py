"""A referral bonus is due once it is known who made the referral and that the new hire passed probation (INC-06)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.incentive.claims.domain.claim import Claim, Source
from services.incentive.currencies import YUAN
from services.incentive.plans.domain.plan import PlanVersion
from services.incentive.plans.domain.rules.referral_bonus import ReferralBonus
from services.kit.errors import Text
from services.kit.explanation import Input, Step
from services.kit.identity import Role
from services.kit.money import FEN, plain
from services.kit.workflow import Transition, Workflow

KIND: Final = "referral_bonus"
PASSED: Final = "passed"


class ReferralState(StrEnum):
    """The state of a referral."""

    ENTERED = "entered"
    WITHDRAWN = "withdrawn"


class ReferralAction(StrEnum):
    """What may be done with a referral."""

    WITHDRAW = "withdraw"


REFERRAL: Final = Workflow(
    "referral",
    [Transition(ReferralState.ENTERED, ReferralAction.WITHDRAW, ReferralState.WITHDRAWN, frozenset({Role.HR}))],
    label=Text("内部推荐", "referral"),
    states={
        ReferralState.ENTERED: Text("已登记", "entered"),
        ReferralState.WITHDRAWN: Text("已撤销", "withdrawn"),
    },
    actions={ReferralAction.WITHDRAW: Text("撤销", "withdrawing")},
)


@dataclass(frozen=True)
class Outcome:
    """How one probation review of the person hired ended last; ``core_talent``: the position was marked so."""

    review_id: UUID
    result: str
    core_talent: bool
    effective_on: date


class Waiting(StrEnum):
    """A condition that a referral still waits for."""

    PROBATION = "probation"
    NOT_CORE_TALENT = "not_core_talent"
    PLAN = "plan"
    NOTHING = "nothing"


WAITING: Final = {
    Waiting.PROBATION: Text("等待被推荐人通过试用期", "waits until probation is passed"),
    Waiting.NOT_CORE_TALENT: Text(
        "被推荐人的岗位未标记为核心人才岗位，不发放伯乐奖",
        "the position is not marked as core talent, so nothing is due",
    ),
    Waiting.PLAN: Text("转正当日没有生效的伯乐奖方案", "no plan of referral bonuses was in force on the day"),
    Waiting.NOTHING: Text("伯乐奖已确认，由下一次核算发放", "due; the next run pays it"),
}
"""The same for people."""


def passed(outcomes: Sequence[Outcome]) -> Outcome | None:
    """The first passed probation in a position of core talent: a rehire does not earn a second referral bonus."""
    counting = [each for each in outcomes if each.result == PASSED and each.core_talent]
    return min(counting, key=lambda each: (each.effective_on, str(each.review_id)), default=None)


def plan_on(versions: Sequence[PlanVersion], outcome: Outcome | None) -> PlanVersion | None:
    """The newest of ``versions`` (in the order in which they were entered) in force on the day of the outcome."""
    if outcome is None:
        return None
    return next((each for each in reversed(versions) if each.validity.contains(outcome.effective_on)), None)


def waiting(outcomes: Sequence[Outcome], plan: PlanVersion | None) -> Waiting:
    """What keeps the bonus from being due."""
    if passed(outcomes) is not None:
        return Waiting.PLAN if plan is None else Waiting.NOTHING
    return Waiting.NOT_CORE_TALENT if any(each.result == PASSED for each in outcomes) else Waiting.PROBATION


@dataclass(frozen=True)
class Referral:
    """A referral to be entered."""

    id: UUID
    referrer_id: UUID
    hired_id: UUID
    hired_number: str
    hired_name: str

    def claim(self, outcome: Outcome, plan: PlanVersion, rule: ReferralBonus) -> Claim:
        """What the referrer is owed from the day on which probation was passed; once for each person hired."""
        amount = rule.amount.quantize(FEN)
        label = Text(
            f"推荐的员工{self.hired_name}（工号 {self.hired_number}）于 {outcome.effective_on} "
            "通过试用期，任职于核心人才岗位",
            f"{self.hired_name} ({self.hired_number}), whom you referred, passed probation on {outcome.effective_on} "
            "in a position of core talent",
        )
        fixed = Text(f"方案“{plan.name.zh}”规定的每人金额", f"amount for each person by the plan '{plan.name.en}'")
        reviewed = Text("试用期评估", "probation review")
        inputs = (
            Input(fixed, plain(amount), plan.source),
            Input(reviewed, PASSED, f"probation_review:{outcome.review_id}"),
        )
        return Claim(
            employee_id=self.referrer_id,
            kind=KIND,
            occasion=f"hire:{self.hired_id}",
            currency=YUAN,
            amount=amount,
            costs=((rule.cost_centre, amount),),
            due_on=outcome.effective_on,
            source=Source("referral", self.id, str(outcome.review_id)),
            explanation=Step("referral", label, plain(amount), plain(amount), inputs),
        )
