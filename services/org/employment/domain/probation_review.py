"""The review that ends or extends a probation (ORG-15).

Probation never ends automatically: a person decides that it is passed, extended or failed.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.kit.errors import Conflict, FieldError, Invalid, Text
from services.kit.identity import Role
from services.kit.workflow import Transition, Workflow
from services.org.people.domain.directory import PersonName
from services.org.people.domain.employee import EmployeeSummary
from services.org.people.domain.employment import Employment
from services.org.people.domain.probation import ProbationState, require_lawful

REVIEW_DAYS: Final = 14
"""So many days before probation ends its review opens (default of a setting)."""


class ProbationNotLater(Invalid):
    """An extension must end after the present probation, and not before today."""

    code = "probation_not_later"
    zh = "延长后的试用期截止日须晚于 {earliest}。"
    en = "The extended probation must end after {earliest}."


class PassedOutside(Invalid):
    """A person becomes a regular employee during probation or right after it."""

    code = "probation_passed_outside"
    zh = "转正日期须在 {earliest} 至 {latest} 之间（含首尾）。"
    en = "The first day as a regular employee must be between {earliest} and {latest}, both included."


class ProbationChanged(Conflict):
    """The employment is no longer as it was when the review opened."""

    code = "probation_changed"
    zh = "该员工的试用期或在职记录已变更，请稍后重新查看试用期评估。"
    en = "The probation or the employment has changed since; read the probation review again shortly."


class ProbationAction(StrEnum):
    """What is done with it. CANCEL is the system's: what was to be reviewed is no more."""

    PASS = "pass"  # noqa: S105 - not a password
    EXTEND = "extend"
    FAIL = "fail"
    CANCEL = "cancel"


_S, _A = ProbationState, ProbationAction
_DECIDERS: Final = frozenset({Role.MANAGER, Role.HR})

PROBATION_REVIEW: Final = Workflow(
    "probation_review",
    [
        Transition(_S.OPEN, _A.PASS, _S.PASSED, _DECIDERS),
        Transition(_S.OPEN, _A.EXTEND, _S.EXTENDED, _DECIDERS),
        Transition(_S.OPEN, _A.FAIL, _S.FAILED, _DECIDERS),
        Transition(_S.OPEN, _A.CANCEL, _S.CANCELLED, frozenset({Role.SERVICE})),
    ],
    label=Text("试用期评估", "probation review"),
    states={
        _S.OPEN: Text("待评估", "open"),
        _S.PASSED: Text("已转正", "passed"),
        _S.EXTENDED: Text("已延长", "extended"),
        _S.FAILED: Text("不符合录用条件", "failed"),
        _S.CANCELLED: Text("已取消", "cancelled"),
    },
    actions={
        _A.PASS: Text("转正", "passing"),
        _A.EXTEND: Text("延长", "extending"),
        _A.FAIL: Text("认定不符合录用条件", "failing"),
        _A.CANCEL: Text("取消", "cancelling"),
    },
)


@dataclass(frozen=True)
class Verdict:
    """The outcome of a review: its effect on the employment, and the first day of that effect."""

    action: ProbationAction
    employment: Employment
    effective_on: date
    reason: str | None = None
    contract_months: int | None = None


def passed(employment: Employment, effective_on: date | None, today: date, reason: str | None) -> Verdict:
    """The person is a regular employee, from the day after probation unless ``effective_on`` is earlier.

    Raises:
        PassedOutside: that day is past, the first of the employment, or later than the day after probation.
    """
    after = _after_probation(employment)
    first = after if effective_on is None else effective_on
    if first != after:
        earliest = max(employment.valid.start + date.resolution, min(today, after))
        if not earliest <= first <= after:
            expected = Text(f"{earliest} 至 {after}", f"{earliest} to {after}")
            field_errors = [FieldError("/effective_on", str(first), expected)]
            raise PassedOutside(earliest=earliest, latest=after, field_errors=field_errors)
    return Verdict(_A.PASS, replace(employment, probation_until=first - date.resolution), first, reason)


def extended(employment: Employment, until: date, *, contract_months: int | None, today: date, reason: str) -> Verdict:
    """Extend probation to ``until``, within the legal limit by the term of the contract.

    Raises:
        ProbationNotLater, ProbationTooLong, ProbationOutside.
    """
    first = _after_probation(employment)
    earliest = max(first, today) - date.resolution
    if until <= earliest:
        expected = Text(f"晚于 {earliest}", f"after {earliest}")
        field_errors = [FieldError("/probation_until", str(until), expected)]
        raise ProbationNotLater(earliest=earliest, field_errors=field_errors)
    longer = replace(employment, probation_until=until)
    require_lawful(longer, contract_months)
    return Verdict(_A.EXTEND, longer, first, reason, contract_months)


def _after_probation(employment: Employment) -> date:
    """The day after probation.

    Raises:
        ProbationChanged: there is none any more.
    """
    if employment.probation_until is None:
        raise ProbationChanged
    return employment.probation_until + date.resolution


def failed(employment: Employment, today: date, reason: str) -> Verdict:
    """The person does not meet the conditions of employment; HR records the termination."""
    return Verdict(_A.FAIL, employment, today, reason)


def awaits_review(employment: Employment | None, today: date) -> bool:
    """Whether an employment has a probation, undecided, beyond which the person stays."""
    if employment is None or employment.probation_until is None:
        return False
    last = employment.valid.last
    return last is None or (last > employment.probation_until and last >= today)


@dataclass(frozen=True)
class ProbationReview:
    """A review as people see it. ``due_on`` is the last day of the probation; ``person`` is as of today.

    ``superior`` decides; None: nobody is above, and HR does. ``probation_until`` is the new end of an extended one.
    """

    id: UUID
    person: EmployeeSummary
    superior: PersonName | None
    state: ProbationState
    opened_on: date
    due_on: date
    days_overdue: int
    decided_on: date | None
    decided_by_name: str | None
    reason: str | None
    effective_on: date | None
    probation_until: date | None
    contract_months: int | None
    revision: int
