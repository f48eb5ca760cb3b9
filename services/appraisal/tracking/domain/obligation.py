"""What somebody owes because of an alert, an incident or a work standard, and how it is settled (APR-07)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal
from uuid import UUID

from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.tracking.domain.alert import Condition
from services.kit.deadlines import Term
from services.kit.errors import FieldError, Invalid, Text
from services.kit.identity import Role
from services.kit.workflow import Transition, Workflow

Origin = Literal["alert", "incident", "standard"]
ORIGIN_NAMES: Final[dict[Origin, Text]] = {
    "alert": Text("预警", "alert"),
    "incident": Text("事件", "incident"),
    "standard": Text("工作标准", "work standard"),
}


class Demand(StrEnum):
    """What is owed."""

    ANALYSIS_REPORT = "analysis_report"
    EXPLANATION = "explanation"
    ADJUSTED_PLAN = "adjusted_plan"
    INCIDENT_RESPONSE = "incident_response"
    INCIDENT_REPORT = "incident_report"
    WORK_STANDARD = "work_standard"


DEMAND_NAMES: Final = {
    Demand.ANALYSIS_REPORT: Text("专项分析报告", "analysis report"),
    Demand.EXPLANATION: Text("说明", "explanation"),
    Demand.ADJUSTED_PLAN: Text("调整计划", "adjusted plan"),
    Demand.INCIDENT_RESPONSE: Text("事件响应", "response to the incident"),
    Demand.INCIDENT_REPORT: Text("事件分析报告", "incident report"),
    Demand.WORK_STANDARD: Text("工作标准", "work standard"),
}
AlertDemand = Literal[Demand.ANALYSIS_REPORT, Demand.EXPLANATION, Demand.ADJUSTED_PLAN]
"""What an alert can ask for."""


class ObligationState(StrEnum):
    """Where an obligation stands."""

    OPEN = "open"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


class ObligationAction(StrEnum):
    """What moves an obligation."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    RETURN = "return"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    ASSIGN = "assign"


_S, _A = ObligationState, ObligationAction
_OWNER = frozenset({Role.EMPLOYEE, Role.HR})
_SUPERIOR = frozenset({Role.MANAGER, Role.HR})
_HR = frozenset({Role.HR, Role.SERVICE})

OBLIGATION: Final[Workflow[ObligationState, ObligationAction]] = Workflow(
    "obligation",
    (
        Transition(_S.OPEN, _A.SUBMIT, _S.SUBMITTED, _OWNER),
        Transition(_S.SUBMITTED, _A.ACCEPT, _S.ACCEPTED, _SUPERIOR),
        Transition(_S.SUBMITTED, _A.RETURN, _S.OPEN, _SUPERIOR),
        Transition(_S.OPEN, _A.ASSIGN, _S.OPEN, frozenset({Role.HR})),
        Transition(_S.OPEN, _A.WITHDRAW, _S.WITHDRAWN, _HR),
        Transition(_S.SUBMITTED, _A.WITHDRAW, _S.WITHDRAWN, _HR),
        Transition(_S.WITHDRAWN, _A.REOPEN, _S.OPEN, frozenset({Role.SERVICE})),
    ),
    label=Text("督办事项", "obligation"),
    states={
        _S.OPEN: Text("待提交", "open"),
        _S.SUBMITTED: Text("待审阅", "submitted"),
        _S.ACCEPTED: Text("已通过", "accepted"),
        _S.WITHDRAWN: Text("已撤销", "withdrawn"),
    },
    actions={
        _A.SUBMIT: Text("提交", "submitting"),
        _A.ACCEPT: Text("通过", "accepting"),
        _A.RETURN: Text("退回", "returning"),
        _A.WITHDRAW: Text("撤销", "withdrawing"),
        _A.REOPEN: Text("重新触发", "reopening"),
        _A.ASSIGN: Text("更换责任人", "assigning"),
    },
)

UNMADE: Final = Text("数据更正后不再符合预警条件", "after a correction of the data there is no reason for it any more")


@dataclass(frozen=True)
class AlertRule:
    """A rule of an indicator: when an alert is raised, what it asks for and by when."""

    id: UUID
    indicator: str
    indicator_name: Text
    condition: Condition
    demand: Demand
    term: Term
    active: bool
    revision: int
    created_at: datetime


@dataclass(frozen=True)
class Owner:
    """Who owes something: an employee, None where HR over the unit does; and those above them, the nearest first.

    ``unit_path`` runs from the root to the unit concerned; empty: it is not known, and HR of the whole is asked.
    """

    employee_id: UUID | None
    name: str | None
    chain: Sequence[UUID]
    unit_path: Sequence[UUID]


@dataclass(frozen=True)
class Obligation:
    """One thing that is owed. ``occasion`` is unique: the same reason never opens a second one.

    ``term`` None: the deadline is a day of the calendar, whenever it was opened. ``due_at`` is the first instant that
    is too late.
    """

    id: UUID
    origin: Origin
    occasion: str
    demand: Demand
    title: Text
    reason: Text
    subject_kind: SubjectKind | None
    subject_code: str | None
    owner: Owner
    term: Term | None
    due_at: datetime
    state: ObligationState
    revision: int
    opened_at: datetime
    submission: str | None = None
    submitted_by_name: str | None = None
    submitted_at: datetime | None = None
    decision: str | None = None
    decided_by_name: str | None = None
    decided_at: datetime | None = None
    withdrawn_by_system: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether nobody owes anything any more."""
        return self.state in (ObligationState.ACCEPTED, ObligationState.WITHDRAWN)

    def late(self, now: datetime) -> bool:
        """Whether it was submitted too late, or is open after its deadline."""
        if self.state is ObligationState.WITHDRAWN:
            return False
        return (self.submitted_at or now) >= self.due_at


def successor(owner: Owner, gone: Collection[UUID]) -> Owner:
    """Who owes it instead of an owner who has left: the nearest superior still there, or nobody, which is HR."""
    left = [person for person in owner.chain if person not in gone]
    return Owner(left[0] if left else None, None, left[1:], owner.unit_path)


class Verdict(StrEnum):
    """What becomes of an occasion now that its figures are known."""

    OPEN = "open"
    REOPEN = "reopen"
    ASSIGN = "assign"
    WITHDRAW = "withdraw"
    LEAVE = "leave"


def judged(*, found: bool, recent: bool, state: ObligationState | None, by_system: bool) -> Verdict:
    """What to do about an occasion.

    ``found``: there is reason for it; ``recent``: of this month or the last, since old data raises no new alert;
    ``state``: of its obligation, None where there is none; ``by_system``: it was withdrawn because it was unmade.
    """
    if state is None:
        return Verdict.OPEN if found and recent else Verdict.LEAVE
    if found:
        return Verdict.REOPEN if state is ObligationState.WITHDRAWN and by_system else Verdict.LEAVE
    return Verdict.WITHDRAW if state in (ObligationState.OPEN, ObligationState.SUBMITTED) else Verdict.LEAVE


class OccursLater(Invalid):
    """An incident is recorded once it has occurred."""

    code = "incident_occurs_later"
    zh = "事件发生时间不能晚于现在。"
    en = "An incident cannot have occurred later than now."


def demand_past(occurred_at: datetime, now: datetime) -> None:
    """Refuse an incident that lies ahead.

    Raises:
        OccursLater.
    """
    if occurred_at > now:
        expected = Text(f"不晚于 {now.isoformat()}", f"not after {now.isoformat()}")
        raise OccursLater(field_errors=[FieldError("/occurred_at", occurred_at.isoformat(), expected)])
