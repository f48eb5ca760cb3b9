"""Appeals against published results and corrections after closing: who decides what (APR-13, APR-14)."""

from enum import StrEnum

from services.kit.identity import Role
from services.kit.machine import Machine, Move


class AppealState(StrEnum):
    """Where an appeal stands."""

    FILED = "filed"
    UPHELD = "upheld"
    REJECTED = "rejected"


class AppealAction(StrEnum):
    """What moves an appeal."""

    UPHOLD = "uphold"
    REJECT = "reject"


APPEAL: Machine[AppealState, AppealAction] = Machine(
    "appeal",
    (
        Move(AppealState.FILED, AppealAction.UPHOLD, AppealState.UPHELD, frozenset({Role.HR})),
        Move(AppealState.FILED, AppealAction.REJECT, AppealState.REJECTED, frozenset({Role.HR})),
    ),
)


class CorrectionState(StrEnum):
    """Where a correction of a closed result stands."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"


class CorrectionAction(StrEnum):
    """What moves a correction."""

    APPROVE = "approve"
    REFUSE = "refuse"


_APPROVERS = frozenset({Role.HR, Role.EXECUTIVE})

CORRECTION: Machine[CorrectionState, CorrectionAction] = Machine(
    "correction",
    (
        Move(CorrectionState.REQUESTED, CorrectionAction.APPROVE, CorrectionState.APPROVED, _APPROVERS),
        Move(CorrectionState.REQUESTED, CorrectionAction.REFUSE, CorrectionState.REFUSED, _APPROVERS),
    ),
)
