"""The workflow of a run (INC-10): who moves it from where to where."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.kit.errors import Conflict, Forbidden, Stale, Text
from services.kit.identity import Caller, Role
from services.kit.workflow import Transition, Workflow


class RunState(StrEnum):
    """The state of a run."""

    DRAFT = "draft"
    CALCULATING = "calculating"
    CALCULATED = "calculated"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    POSTED = "posted"
    PAID = "paid"
    CANCELLED = "cancelled"


class RunAction(StrEnum):
    """What may be done with a run. FINISH and FAIL are the job's; UNPAY follows where a payment is
    reversed."""

    CALCULATE = "calculate"
    FINISH = "finish"
    FAIL = "fail"
    REVIEW = "review"
    APPROVE = "approve"
    POST = "post"
    PAY = "pay"
    UNPAY = "unpay"
    CANCEL = "cancel"


_COMPENSATION = frozenset({Role.COMPENSATION})
_CALCULATORS = frozenset({Role.COMPENSATION, Role.SERVICE})  # the job for claims that are paid at once
_REVIEWERS = frozenset({Role.COMPENSATION, Role.FINANCE})
_APPROVERS = frozenset({Role.FINANCE, Role.EXECUTIVE})
_FINANCE = frozenset({Role.FINANCE})
_JOB = frozenset({Role.SERVICE})

RUN = Workflow(
    "run",
    [
        Transition(RunState.DRAFT, RunAction.CALCULATE, RunState.CALCULATING, _CALCULATORS),
        Transition(RunState.CALCULATING, RunAction.FINISH, RunState.CALCULATED, _JOB),
        Transition(RunState.CALCULATING, RunAction.FAIL, RunState.DRAFT, _JOB),
        Transition(RunState.CALCULATED, RunAction.CALCULATE, RunState.CALCULATING, _COMPENSATION),
        Transition(RunState.REVIEWED, RunAction.CALCULATE, RunState.CALCULATING, _COMPENSATION),
        Transition(RunState.CALCULATED, RunAction.REVIEW, RunState.REVIEWED, _REVIEWERS),
        Transition(RunState.REVIEWED, RunAction.APPROVE, RunState.APPROVED, _APPROVERS),
        Transition(RunState.APPROVED, RunAction.POST, RunState.POSTED, _FINANCE),
        Transition(RunState.POSTED, RunAction.PAY, RunState.PAID, _FINANCE),
        Transition(RunState.PAID, RunAction.UNPAY, RunState.POSTED, _FINANCE),
        Transition(RunState.DRAFT, RunAction.CANCEL, RunState.CANCELLED, _COMPENSATION),
        Transition(RunState.CALCULATING, RunAction.CANCEL, RunState.CANCELLED, _COMPENSATION),
        Transition(RunState.CALCULATED, RunAction.CANCEL, RunState.CANCELLED, _COMPENSATION),
        Transition(RunState.REVIEWED, RunAction.CANCEL, RunState.CANCELLED, _COMPENSATION),
        # An approved run whose differences are not right any more is never posted; another one takes its place.
        Transition(RunState.APPROVED, RunAction.CANCEL, RunState.CANCELLED, _COMPENSATION),
    ],
    label=Text("奖金核算", "bonus run"),
    states={
        RunState.DRAFT: Text("草稿", "draft"),
        RunState.CALCULATING: Text("核算中", "being calculated"),
        RunState.CALCULATED: Text("已核算", "calculated"),
        RunState.REVIEWED: Text("已复核", "reviewed"),
        RunState.APPROVED: Text("已审批", "approved"),
        RunState.POSTED: Text("已过账", "posted"),
        RunState.PAID: Text("已发放", "paid"),
        RunState.CANCELLED: Text("已作废", "cancelled"),
    },
    actions={
        RunAction.CALCULATE: Text("核算", "calculating"),
        RunAction.FINISH: Text("完成核算", "finishing the calculation"),
        RunAction.FAIL: Text("核算失败", "failing to calculate"),
        RunAction.REVIEW: Text("复核", "reviewing"),
        RunAction.APPROVE: Text("审批", "approving"),
        RunAction.POST: Text("过账", "posting"),
        RunAction.PAY: Text("发放", "paying"),
        RunAction.UNPAY: Text("冲销发放", "reversing a payment"),
        RunAction.CANCEL: Text("作废", "cancelling"),
    },
)


@dataclass(frozen=True)
class RunFilter:
    """Which runs are wanted; None: all."""

    plan_code: str | None = None
    period: str | None = None
    state: RunState | None = None
    cycle_id: UUID | None = None


@dataclass(frozen=True)
class RunTransition:
    """One transition of a run: who moved it from where to where."""

    source: RunState
    action: str
    target: RunState
    actor_id: UUID
    actor_name: str
    note: str | None
    occurred_at: datetime


@dataclass(frozen=True)
class Awaiting:
    """A person whose own lines wait for another approver."""

    employee_id: UUID
    name: str


class SamePerson(Forbidden):
    """Calculating, reviewing and approving take different people."""

    code = "same_person"
    zh = "核算、复核、审批须由不同的人办理；本次核算您已办理过“{done}”，请由其他同事办理这一步。"
    en = (
        "Calculation, review and approval need different people; you have already done this: {done}. Ask someone "
        "else for this step."
    )


class ApprovalStale(Conflict):
    """The calculation that was reviewed, approved, posted or paid is not the one that the person saw."""

    code = "approval_stale"
    zh = "该核算在您查看之后已重新计算，本次操作未生效。请重新查看核算结果后再办理。"
    en = "The run was calculated again after you looked at it; nothing was changed. Read it again, then decide."


@dataclass(frozen=True)
class Seen:
    """What a person saw of a run when they decided: its revision, and the hash of its calculation."""

    revision: int
    calculation_hash: str

    def check(self, *, revision: int, calculation_hash: str) -> None:
        """Refuses a decision on anything but the present calculation.

        Raises:
            ApprovalStale: the run was calculated again.
            Stale: something else about the run changed.
        """
        if self.calculation_hash != calculation_hash:
            raise ApprovalStale
        if self.revision != revision:
            raise Stale


@dataclass(frozen=True)
class SignOff:
    """Who did what with the present calculation of a run. A person with two accounts is still one person."""

    action: RunAction
    account_id: UUID
    employee_id: UUID | None

    def is_of(self, caller: Caller) -> bool:
        """Whether it was the caller, by account or by person."""
        same_person = self.employee_id is not None and self.employee_id == caller.employee_id
        return self.account_id == caller.account_id or same_person


def check_sign_offs(sign_offs: Iterable[SignOff], caller: Caller) -> None:
    """Refuses a caller who already did one of the other steps with this calculation.

    Raises:
        SamePerson: naming what they did.
    """
    done = next((sign_off.action for sign_off in sign_offs if sign_off.is_of(caller)), None)
    if done is not None:
        raise SamePerson(done=RUN.actions[done])


def unapproved(approvers: Sequence[UUID | None]) -> UUID | None:
    """Whose lines still wait for another approver: nobody approves a line that pays themselves.

    ``approvers`` are the persons who approved so far (None: an account without a assignment). None means that nobody's
    lines wait; with no approver at all the question does not arise (ValueError).
    """
    if not approvers:
        raise ValueError("nobody has approved yet")
    people = set(approvers)
    return next(iter(people)) if len(people) == 1 else None
