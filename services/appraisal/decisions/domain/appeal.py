"""Appeals against published results and corrections after closing: who decides what (APR-13, APR-14)."""

from enum import StrEnum

from services.kit.errors import Text
from services.kit.identity import Role
from services.kit.workflow import Transition, Workflow


class AppealState(StrEnum):
    """The state of an appeal."""

    FILED = "filed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class AppealAction(StrEnum):
    """What moves an appeal."""

    ACCEPT = "accept"
    REJECT = "reject"


APPEAL: Workflow[AppealState, AppealAction] = Workflow(
    "appeal",
    (
        Transition(AppealState.FILED, AppealAction.ACCEPT, AppealState.ACCEPTED, frozenset({Role.HR})),
        Transition(AppealState.FILED, AppealAction.REJECT, AppealState.REJECTED, frozenset({Role.HR})),
    ),
    label=Text("申诉", "appeal"),
    states={
        AppealState.FILED: Text("待处理", "filed"),
        AppealState.ACCEPTED: Text("成立", "accepted"),
        AppealState.REJECTED: Text("不成立", "rejected"),
    },
    actions={
        AppealAction.ACCEPT: Text("认定成立", "accepting"),
        AppealAction.REJECT: Text("认定不成立", "rejecting"),
    },
)


class CorrectionState(StrEnum):
    """The state of a correction of a closed result."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"


class CorrectionAction(StrEnum):
    """What moves a correction."""

    APPROVE = "approve"
    REFUSE = "refuse"


_APPROVERS = frozenset({Role.HR, Role.EXECUTIVE})

CORRECTION: Workflow[CorrectionState, CorrectionAction] = Workflow(
    "correction",
    (
        Transition(CorrectionState.REQUESTED, CorrectionAction.APPROVE, CorrectionState.APPROVED, _APPROVERS),
        Transition(CorrectionState.REQUESTED, CorrectionAction.REFUSE, CorrectionState.REFUSED, _APPROVERS),
    ),
    label=Text("更正申请", "correction"),
    states={
        CorrectionState.REQUESTED: Text("待审批", "requested"),
        CorrectionState.APPROVED: Text("已批准", "approved"),
        CorrectionState.REFUSED: Text("未批准", "refused"),
    },
    actions={
        CorrectionAction.APPROVE: Text("批准", "approving"),
        CorrectionAction.REFUSE: Text("不予批准", "refusing"),
    },
)
