"""Amending role documents (ORG-05): requests, what triggers a review, and supplements for a time."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from services.kit.deadlines import months_later
from services.kit.errors import FieldError, Invalid, Text
from services.kit.identity import Role
from services.kit.periods import Period
from services.kit.workflow import Transition, Workflow
from services.org.documents.domain.appraisal_guide import twice
from services.org.documents.domain.role_document import Duty, RoleDocument


class RequestWithoutGrounds(Invalid):
    """A request to amend a role document needs a reason, a benchmark and a business need."""

    code = "request_without_grounds"
    zh = "修订申请须填写理由、对标分析与业务需求。"
    en = "An amendment needs a reason, a benchmark and a business need."


class SupplementUnsound(Invalid):
    """A temporary supplement needs an end, and duties whose codes are not taken."""

    code = "supplement_unsound"
    zh = "临时补充内容有误，请按下列提示修改。"
    en = "The supplement is not valid; correct it as follows."


class AmendmentState(StrEnum):
    """The state of an amendment request."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    DRAFTING = "drafting"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class AmendmentAction(StrEnum):
    """What can be done with it. APPROVE and REFUSE are for the executive in charge."""

    APPROVE = "approve"
    REFUSE = "refuse"
    DRAFT = "draft"
    COMPLETE = "complete"
    WITHDRAW = "withdraw"


_S, _A = AmendmentState, AmendmentAction
_AUTHORS = frozenset({Role.HR, Role.MANAGER})
_EXECUTIVE = frozenset({Role.EXECUTIVE})

AMENDMENT = Workflow(
    "amendment",
    [
        Transition(_S.REQUESTED, _A.APPROVE, _S.APPROVED, _EXECUTIVE),
        Transition(_S.REQUESTED, _A.REFUSE, _S.REFUSED, _EXECUTIVE),
        Transition(_S.REQUESTED, _A.WITHDRAW, _S.WITHDRAWN, _AUTHORS),
        Transition(_S.APPROVED, _A.DRAFT, _S.DRAFTING, _AUTHORS),
        Transition(_S.APPROVED, _A.WITHDRAW, _S.WITHDRAWN, _AUTHORS),
        Transition(_S.DRAFTING, _A.COMPLETE, _S.DONE, frozenset({Role.HR})),
        Transition(_S.DRAFTING, _A.WITHDRAW, _S.WITHDRAWN, frozenset({Role.HR})),
    ],
    label=Text("修订申请", "amendment"),
    states={
        _S.REQUESTED: Text("待审批", "requested"),
        _S.APPROVED: Text("已批准", "approved"),
        _S.REFUSED: Text("未批准", "refused"),
        _S.DRAFTING: Text("起草中", "being drafted"),
        _S.DONE: Text("已完成", "done"),
        _S.WITHDRAWN: Text("已撤回", "withdrawn"),
    },
    actions={
        _A.APPROVE: Text("批准", "approving"),
        _A.REFUSE: Text("不予批准", "refusing"),
        _A.DRAFT: Text("起草", "drafting"),
        _A.COMPLETE: Text("完成", "completing"),
        _A.WITHDRAW: Text("撤回", "withdrawing"),
    },
)

DECISIONS = (AmendmentAction.APPROVE, AmendmentAction.REFUSE, AmendmentAction.WITHDRAW)
"""What somebody decides; drafting and completion follow from it."""

EVENTS = {
    AmendmentAction.APPROVE: "org.amendment.approved",
    AmendmentAction.REFUSE: "org.amendment.refused",
    AmendmentAction.DRAFT: "org.amendment.drafted",
    AmendmentAction.COMPLETE: "org.amendment.completed",
    AmendmentAction.WITHDRAW: "org.amendment.withdrawn",
}
"""How each transition is called in the audit trail and in events."""


@dataclass(frozen=True)
class AmendmentGrounds:
    """Why a document should change, in the requester's language."""

    reason: str
    benchmark: str
    business_need: str

    def __post_init__(self) -> None:
        """Raises RequestWithoutGrounds naming what is blank."""
        expected = Text("请填写内容", "some text")
        names = ("reason", "benchmark", "business_need")
        field_errors = [FieldError(f"/{name}", None, expected) for name in names if not getattr(self, name).strip()]
        if field_errors:
            raise RequestWithoutGrounds(field_errors=field_errors)


class Trigger(StrEnum):
    """The event that makes the role documents of a unit due for review."""

    STRATEGY_CHANGE = "strategy_change"
    REORGANISATION = "reorganisation"


TRIGGER_NAMES: Final = {
    Trigger.STRATEGY_CHANGE: Text("战略调整", "strategy change"),
    Trigger.REORGANISATION: Text("组织调整", "reorganisation"),
}


@dataclass(frozen=True)
class ReviewPolicy:
    """How long a review may take: calendar days after a strategy change, months after a reorganisation."""

    strategy_change_days: int = 30
    reorganisation_months: int = 3

    def due_on(self, trigger: Trigger, recorded_on: date) -> date:
        """The last day for the review."""
        if trigger is Trigger.STRATEGY_CHANGE:
            return recorded_on + timedelta(days=self.strategy_change_days)
        return months_later(recorded_on, self.reorganisation_months)


def days_overdue(due_on: date, today: date, closed_on: date | None = None) -> int:
    """By how many days a review is or was late; 0 while it is in time."""
    return max(0, ((closed_on or today) - due_on).days)


@dataclass(frozen=True)
class Supplement:
    """Temporary duties of a role, in addition to those of its document."""

    reason: Text
    duties: tuple[Duty, ...]
    valid: Period

    def __post_init__(self) -> None:
        """Raises SupplementUnsound for one without an end or without duties, or with a broken standard."""
        field_errors = list(twice([duty.code for duty in self.duties], "/duties"))
        if self.valid.end is None:
            field_errors.append(FieldError("/valid_to", None, Text("请填写结束日期", "a last day")))
        if not self.duties:
            field_errors.append(FieldError("/duties", None, Text("请至少填写一项", "at least one")))
        for index, duty in enumerate(self.duties):
            for place, standard in enumerate(duty.standards):
                field_errors.extend(standard.field_errors(f"/duties/{index}/standards/{place}"))
        if field_errors:
            raise SupplementUnsound(field_errors=field_errors)


def demand_fits(supplement: Supplement, document: RoleDocument) -> None:
    """Accept a supplement whose duties do not carry the codes of the document's.

    Raises:
        SupplementUnsound: naming each code that is taken.
    """
    taken = {duty.code for duty in document.duties}
    field_errors = [
        FieldError(
            f"/duties/{index}/code", duty.code, Text("说明书中未使用的编码", "a code that the document does not use")
        )
        for index, duty in enumerate(supplement.duties)
        if duty.code in taken
    ]
    if field_errors:
        raise SupplementUnsound(field_errors=field_errors)


def as_supplemented(document: RoleDocument, supplements: Iterable[Supplement], day: date) -> RoleDocument:
    """The document as of ``day``, with the duties of the supplements in force on it.

    Raises:
        RoleDocumentBroken: two of them share a code.
    """
    added = [duty for supplement in supplements if supplement.valid.contains(day) for duty in supplement.duties]
    return replace(document, duties=(*document.duties, *added))
