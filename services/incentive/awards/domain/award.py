"""A special award: who is nominated for what, who may approve it, and what each of them gets (INC-04)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final
from uuid import UUID

from services.incentive.awards.domain.proposal import in_percent
from services.incentive.claims.domain.claim import Claim, Source
from services.incentive.plans.domain.rules.special_award import AwardRule
from services.kit.errors import Conflict, FieldError, Forbidden, Invalid, Text
from services.kit.explanation import Input, Step
from services.kit.identity import Role
from services.kit.money import allocate, plain
from services.kit.workflow import Transition, Workflow

HUNDRED: Final = Decimal(100)
KIND: Final = "special_award"


class AwardState(StrEnum):
    """The state of an award."""

    NOMINATED = "nominated"
    APPROVED = "approved"
    REFUSED = "refused"
    REVOKED = "revoked"


class AwardAction(StrEnum):
    """What may be done with an award."""

    APPROVE = "approve"
    REFUSE = "refuse"
    REVOKE = "revoke"


# Who may approve how much follows from org's authorities and not from roles; who works here is asked there.
_APPROVERS = frozenset({Role.EMPLOYEE})
_REVOKERS = frozenset({Role.COMPENSATION})

AWARD: Final = Workflow(
    "award",
    [
        Transition(AwardState.NOMINATED, AwardAction.APPROVE, AwardState.APPROVED, _APPROVERS),
        Transition(AwardState.NOMINATED, AwardAction.REFUSE, AwardState.REFUSED, _APPROVERS),
        Transition(AwardState.APPROVED, AwardAction.REVOKE, AwardState.REVOKED, _REVOKERS),
    ],
    label=Text("专项奖励", "special award"),
    states={
        AwardState.NOMINATED: Text("待审批", "nominated"),
        AwardState.APPROVED: Text("已批准", "approved"),
        AwardState.REFUSED: Text("未批准", "refused"),
        AwardState.REVOKED: Text("已撤销", "revoked"),
    },
    actions={
        AwardAction.APPROVE: Text("批准", "approving"),
        AwardAction.REFUSE: Text("不予批准", "refusing"),
        AwardAction.REVOKE: Text("撤销", "revoking"),
    },
)


class NominationUnsound(Invalid):
    """A nomination contradicts its rule, its fund or itself; the field_errors say where."""

    code = "nomination_unsound"
    zh = "提名内容有误，请按下列提示修改。"
    en = "The nomination is not valid; correct it as follows."


class NomineeDecides(Forbidden):
    """Nobody decides about an award of which they get a share, nor the same person twice."""

    code = "nominee_decides"
    zh = "被提名人不能审批本人参与的专项奖励，请转交其他审批人。"
    en = "You would get a share of this award, so you cannot decide on it; another approver has to."


class ApprovedAlready(Conflict):
    """An award that needs two approvers needs two different people."""

    code = "approved_already"
    zh = "您已批准过该奖励，须由另一位审批人批准。"
    en = "You have already approved this award; someone else has to be the second approver."


class AuthorityUsed(Conflict):
    """A delegate and the delegator act on one authority; the second approval needs another one."""

    code = "authority_used"
    zh = "此前已有审批人以同一权限批准该奖励，授权人与受托人只算一人；须由另有权限的审批人批准。"
    en = "The award has been approved on the same authority already; the second approver needs another one."


class AuthorityInsufficient(Forbidden):
    """By org's authorities the caller may not approve this amount in this unit."""

    code = "authority_insufficient"
    zh = "按授权规定，您不能批准该单元内 {amount}的支付：{reason}。{who}"
    en = "Your authority does not allow you to approve {amount} in this unit: {reason}. {who}"


@dataclass(frozen=True)
class Evidence:
    """What shows that the award is deserved: a title and where it can be read."""

    title: str
    link: str


@dataclass(frozen=True)
class Member:
    """A nominee with their share in percent and the resulting amount, exact to the fen."""

    employee_id: UUID
    number: str
    name: str
    share: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Innovation:
    """An adopted proposal by which an award is nominated: by how many percent it lowered acquisition cost."""

    id: UUID
    revision: int
    title: str
    improvement: Fraction


@dataclass(frozen=True)
class Ground:
    """Why the award has its amount: the rule of a plan's version, or None where it was nominated freely."""

    rule: AwardRule
    plan: str


def check_innovation(rule: AwardRule | None, innovation: Innovation | None) -> list[FieldError]:
    """What is wrong between a rule and the proposal that is to fulfil it."""
    least = None if rule is None else rule.minimum_improvement
    if least is None:
        if innovation is None:
            return []
        return [FieldError("/proposal_id", str(innovation.id), Text("请留空，该奖励不涉及创新提案", "nothing here"))]
    if innovation is None:
        return [FieldError("/proposal_id", None, Text("已采纳的创新提案", "an adopted innovation proposal"))]
    if innovation.improvement < Fraction(least):
        expected = Text(f"降幅不低于 {plain(least)}%", f"a reduction of at least {plain(least)} %")
        return [FieldError("/proposal_id", in_percent(innovation.improvement), expected)]
    return []


def check_shares(shares: Sequence[tuple[str, Decimal]]) -> list[FieldError]:
    """The errors in the shares: each must be positive, everyone needs one, and they must sum to exactly 100."""
    numbers = [number for number, _ in shares]
    faults = [
        FieldError(f"/members/{place}/employee_number", number, Text("每人一份", "each person only once"))
        for place, number in enumerate(numbers)
        if numbers.index(number) != place
    ]
    faults += [
        FieldError(f"/members/{place}/share", plain(share), Text("大于 0", "more than 0"))
        for place, (_, share) in enumerate(shares)
        if share <= 0
    ]
    total = sum((share for _, share in shares), Decimal(0))
    if total != HUNDRED:
        faults.append(FieldError("/members", plain(total), Text("各份额合计为 100", "shares that sum to 100")))
    return faults


def split(amount: Decimal, people: Sequence[tuple[UUID, str, str, Decimal]]) -> tuple[Member, ...]:
    """``amount`` shared out by percent, by employee number: cut to the fen, the rest to the largest remainders (§3.2).

    ``people`` are id, number, name and share.
    """
    ordered = sorted(people, key=lambda each: each[1])
    parts = allocate(amount, [share for *_, share in ordered])
    return tuple(Member(*each, part) for each, part in zip(ordered, parts, strict=True))


@dataclass(frozen=True)
class Award:
    """What is approved, and what its claims say. ``revision`` is the one that the last approver saw."""

    id: UUID
    code: str
    title: str
    revision: int
    amount: Decimal
    currency: str
    cost_centre: str
    members: tuple[Member, ...]
    ground: Ground | None
    innovation: Innovation | None

    def claims(self, due_on: date) -> list[Claim]:
        """What each member is owed from ``due_on``; the parts sum to the amount."""
        source = Source("award", self.id, str(self.revision))
        return [
            Claim(
                employee_id=member.employee_id,
                kind=KIND,
                occasion=self.code,
                currency=self.currency,
                amount=member.amount,
                costs=((self.cost_centre, member.amount),) if member.amount else (),
                due_on=due_on,
                source=source,
                explanation=self._step(member),
            )
            for member in self.members
        ]

    def _step(self, member: Member) -> Step:
        label = Text(f"专项奖励“{self.title}”中本人的份额", f"own share of the special award '{self.title}'")
        inputs = [Input(Text("奖励编号", "award"), self.code, f"award:{self.id}@{self.revision}")]
        if self.ground is None:
            inputs.append(Input(Text("提名并获批准的奖励总额", "amount as nominated and approved"), plain(self.amount)))
        else:
            rule = self.ground.rule
            name = Text(f"奖励规则“{rule.name}”规定的总额", f"amount by the award rule '{rule.name_en}'")
            inputs.append(Input(name, plain(self.amount), self.ground.plan))
        if self.innovation is not None:
            name = Text(
                f"创新提案“{self.innovation.title}”降低获客成本", f"'{self.innovation.title}' lowered acquisition cost"
            )
            source = f"innovation_proposal:{self.innovation.id}@{self.innovation.revision}"
            inputs.append(Input(name, in_percent(self.innovation.improvement), source))
        inputs.append(
            Input(
                Text(
                    "取整方式：各份截至分，余下的分依次归余数最大者",
                    "cut to the cent, the rest to the largest remainders",
                ),
                "0.01",
            )
        )
        share = plain(member.share.normalize())
        return Step("award_share", label, f"{plain(self.amount)} × {share} %", plain(member.amount), tuple(inputs))
