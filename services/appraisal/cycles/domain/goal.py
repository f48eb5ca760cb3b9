"""Goals: agreed by both sides, and complete (APR-05)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, Literal
from uuid import UUID

from services.appraisal.library.domain.indicators.rule import Need
from services.appraisal.library.domain.scheme import Item, Scheme, SubjectKind
from services.appraisal.library.domain.weights import WHOLE
from services.kit.errors import FieldError, Invalid, Text, joined
from services.kit.identity import Role
from services.kit.periods import Period
from services.kit.workflow import Transition, Workflow

WEIGHT: Final = "weight"
Side = Literal["subject", "superior"]
Origin = Literal["subject", "superior", "settlement", "agreement"]
"""Which side proposed goals; or they were settled for both after the deadline, or a framework agreement sets them."""
ORIGIN_NAMES: Final[dict[Origin, Text]] = {
    "subject": Text("本人", "person concerned"),
    "superior": Text("上级", "superior"),
    "settlement": Text("裁定", "settlement"),
    "agreement": Text("框架协议", "framework agreement"),
}


class GoalUnknown(Invalid):
    """A goal names an item that is not measured on this form."""

    code = "goal_unknown"
    zh = "考核项“{key}”不存在或不需要设定目标。"
    en = "The form has no item '{key}' that takes a target."


class DueOutsideCycle(Invalid):
    """A goal is due on a day on which its cycle is not."""

    code = "due_outside_cycle"
    zh = "目标的完成期限须在考核周期内（{first} 至 {last}）。"
    en = "The due date of a goal must be within its cycle, from {first} to {last}."


class GoalState(StrEnum):
    """The state of a form's goals. ``amending`` is a change proposed after agreement."""

    EMPTY = "empty"
    PROPOSED = "proposed"
    COUNTERED = "countered"
    AGREED = "agreed"
    AMENDING = "amending"


class GoalAction(StrEnum):
    """What moves the goals."""

    PROPOSE = "propose"
    COUNTER = "counter"
    AGREE = "agree"
    AMEND = "amend"
    REJECT_CHANGE = "reject_change"
    SETTLE = "settle"


_BOTH = frozenset({Role.EMPLOYEE, Role.MANAGER})
_MANAGER = frozenset({Role.MANAGER})
_HR = frozenset({Role.HR})
_S, _A = GoalState, GoalAction

GOALS: Workflow[GoalState, GoalAction] = Workflow(
    "goals",
    (
        Transition(_S.EMPTY, _A.PROPOSE, _S.PROPOSED, _BOTH),
        Transition(_S.PROPOSED, _A.PROPOSE, _S.PROPOSED, _BOTH),
        Transition(_S.PROPOSED, _A.COUNTER, _S.COUNTERED, _BOTH),
        Transition(_S.COUNTERED, _A.COUNTER, _S.COUNTERED, _BOTH),
        Transition(_S.PROPOSED, _A.AGREE, _S.AGREED, _BOTH),
        Transition(_S.COUNTERED, _A.AGREE, _S.AGREED, _BOTH),
        Transition(_S.AGREED, _A.AMEND, _S.AMENDING, _BOTH),
        Transition(_S.AMENDING, _A.AMEND, _S.AMENDING, _BOTH),
        Transition(_S.AMENDING, _A.AGREE, _S.AGREED, _MANAGER),
        Transition(_S.AMENDING, _A.REJECT_CHANGE, _S.AGREED, _MANAGER),
        Transition(_S.EMPTY, _A.SETTLE, _S.AGREED, _MANAGER | _HR),
        Transition(_S.PROPOSED, _A.SETTLE, _S.AGREED, _MANAGER | _HR),
        Transition(_S.COUNTERED, _A.SETTLE, _S.AGREED, _MANAGER | _HR),
        Transition(_S.AMENDING, _A.SETTLE, _S.AGREED, _HR),
    ),
    label=Text("目标", "goals"),
    states={
        _S.EMPTY: Text("未提出", "not proposed"),
        _S.PROPOSED: Text("待确认", "proposed"),
        _S.COUNTERED: Text("有修改意见", "countered"),
        _S.AGREED: Text("已确认", "agreed"),
        _S.AMENDING: Text("变更待批", "change awaiting approval"),
    },
    actions={
        _A.PROPOSE: Text("提出", "proposing"),
        _A.COUNTER: Text("提修改意见", "countering"),
        _A.AGREE: Text("确认", "agreeing"),
        _A.AMEND: Text("申请变更", "asking for a change"),
        _A.REJECT_CHANGE: Text("维持原目标", "rejecting the change"),
        _A.SETTLE: Text("裁定", "settling"),
    },
)


@dataclass(frozen=True)
class Goal:
    """What is aimed at in one item. ``target`` in the indicator's unit."""

    key: str
    target: Decimal | None
    measure: str
    data_source: str
    due_on: date | None


@dataclass(frozen=True)
class GoalRevision:
    """What one side proposed at a time, or a settlement set, whole; old revisions stay."""

    number: int
    side: Origin
    goals: tuple[Goal, ...]
    reason: str | None
    proposed_by: UUID
    proposed_by_name: str
    proposed_at: datetime


@dataclass(frozen=True)
class ChangeRejection:
    """The manager's refusal of a change of agreed goals."""

    rejected_at: datetime
    rejected_by_name: str
    reason: str | None


@dataclass(frozen=True)
class FormGoals:
    """The goals of a form: their revisions, oldest first, and which of them is agreed.

    ``revision`` is that of the form: it grows with each proposal, so that who agrees names what they saw.
    ``rejection`` is of the newest revision.
    """

    form_id: UUID
    state: GoalState
    revision: int
    agreed_revision: int | None
    revisions: tuple[GoalRevision, ...]
    scheme: Scheme
    rejection: ChangeRejection | None

    @property
    def current(self) -> tuple[Goal, ...]:
        """The goals of the newest revision."""
        return self.revisions[-1].goals if self.revisions else ()

    @property
    def counting(self) -> GoalRevision | None:
        """The revision that counts: agreed by both sides, or settled for them."""
        return next((each for each in self.revisions if each.number == self.agreed_revision), None)

    @property
    def agreed(self) -> tuple[Goal, ...]:
        """Goals in force."""
        return self.counting.goals if self.counting else ()

    @property
    def settlement(self) -> GoalRevision | None:
        """The revision that counts, if it was settled and not agreed."""
        return self.counting if self.counting and self.counting.side == "settlement" else None

    @property
    def weights(self) -> dict[str, Decimal]:
        """What each goal weighs, in percent of the form's total."""
        return goal_weights(self.scheme)

    @property
    def missing_parts(self) -> dict[str, list[str]]:
        """The SMART check of the newest revision."""
        return missing_parts(self.scheme, self.current)


def goal_items(scheme: Scheme) -> list[Item]:
    """The items of a form that take a goal: those that are measured, and of a supplier those scored by a target.

    What a supplier has to reach otherwise, its framework agreement says (APR-03).
    """
    if scheme.subject_kind is SubjectKind.SUPPLIER:
        return [item for item in scheme.measured_items if Need.TARGET in item.rule.needs]
    return list(scheme.measured_items)


def goal_weights(scheme: Scheme) -> dict[str, Decimal]:
    """What each item that takes a goal weighs, in percent of the form's total."""
    measured = {item.key for item in goal_items(scheme)}
    return {
        item.key: section.weight * item.weight / WHOLE
        for section in scheme.sections
        for item in section.items
        if item.key in measured
    }


def completed(item: Item, goal: Goal, last: date) -> Goal:
    """The goal, with the indicator's own measure and source and the form's last day as defaults."""
    return Goal(
        key=goal.key,
        target=goal.target,
        measure=goal.measure or item.measure or item.name.zh,
        data_source=goal.data_source or item.data_source,
        due_on=goal.due_on or last,
    )


def check_goals(scheme: Scheme, goals: Sequence[Goal], cycle: Period) -> None:
    """Refuse goals for other items than the measured ones, twice for one, or with a target that cannot be scored.

    Raises:
        GoalUnknown: the form has no such item, or it was given twice.
        DueOutsideCycle: a deadline lies before or after the cycle.
        TargetUnusable: the rule would divide by a target of 0.
    """
    items = {item.key: item for item in goal_items(scheme)}
    seen: set[str] = set()
    for index, goal in enumerate(goals):
        if goal.key not in items or goal.key in seen:
            names = joined(items)
            expected = Text(f"每项只填一次：{names.zh}", f"each once: {names.en}")
            fault = FieldError(f"/items/{index}/key", goal.key, expected)
            raise GoalUnknown(key=goal.key, field_errors=[fault])
        seen.add(goal.key)
        if goal.due_on is not None and not cycle.contains(goal.due_on):
            expected = Text(f"{cycle.start} 至 {cycle.last}", f"from {cycle.start} to {cycle.last}")
            raise DueOutsideCycle(
                first=cycle.start,
                last=cycle.last,
                field_errors=[FieldError(f"/items/{index}/due_on", str(goal.due_on), expected)],
            )
        if goal.target is not None:
            items[goal.key].rule.check_target(goal.target, pointer=f"/items/{index}/target")


def missing_parts(scheme: Scheme, goals: Sequence[Goal]) -> dict[str, list[str]]:
    """The SMART check: for each measured item what is still missing; empty when the goals are complete.

    An item that weighs nothing, and limits no grade either, lacks its weight: the scheme's next version can mend that.
    """
    by_key = {goal.key: goal for goal in goals}
    weights = goal_weights(scheme)
    lacking: dict[str, list[str]] = {}
    for item in goal_items(scheme):
        goal = by_key.get(item.key)
        parts = {
            "measure": goal and goal.measure,
            "target": goal and goal.target is not None,
            WEIGHT: weights[item.key] or item.veto,
            "data_source": goal and goal.data_source,
            "due_on": goal and goal.due_on,
        }
        gone = [name for name, there in parts.items() if not there]
        if gone:
            lacking[item.key] = gone
    return lacking


def is_complete(scheme: Scheme, goals: Sequence[Goal]) -> bool:
    """Whether goals can be agreed as they are."""
    return all(set(parts) <= {WEIGHT} for parts in missing_parts(scheme, goals).values())
