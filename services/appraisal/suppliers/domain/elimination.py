"""The elimination of a supplier: weak scores in a row open it, and a person decides it with a reason (APR-03).

Nothing is decided by time alone. A correction that unmakes the scores withdraws what is still open, and brings what
was confirmed before somebody again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.appraisal.suppliers.domain.policy import PolicyVersion
from services.kit.errors import Text
from services.kit.identity import Role
from services.kit.workflow import Transition, Workflow


class EliminationState(StrEnum):
    """The state of an elimination."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"


class EliminationAction(StrEnum):
    """What moves an elimination."""

    CONFIRM = "confirm"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"


_DECIDERS = frozenset({Role.HR, Role.EXECUTIVE})
_JOB = frozenset({Role.SERVICE})
_S, _A = EliminationState, EliminationAction
PENDING = (_S.OPEN, _S.REOPENED)
"""The states in which somebody has to decide."""

ELIMINATION: Workflow[EliminationState, EliminationAction] = Workflow(
    "supplier_elimination",
    (
        Transition(_S.OPEN, _A.CONFIRM, _S.CONFIRMED, _DECIDERS),
        Transition(_S.OPEN, _A.REJECT, _S.REJECTED, _DECIDERS),
        Transition(_S.OPEN, _A.WITHDRAW, _S.WITHDRAWN, _JOB),
        Transition(_S.CONFIRMED, _A.REOPEN, _S.REOPENED, _JOB),
        Transition(_S.REOPENED, _A.CONFIRM, _S.CONFIRMED, _DECIDERS),
        Transition(_S.REOPENED, _A.REJECT, _S.REJECTED, _DECIDERS),
    ),
    label=Text("供应商淘汰", "elimination of a supplier"),
    states={
        _S.OPEN: Text("待决定", "open"),
        _S.CONFIRMED: Text("已淘汰", "confirmed"),
        _S.REJECTED: Text("予以保留", "rejected"),
        _S.WITHDRAWN: Text("已撤销", "withdrawn"),
        _S.REOPENED: Text("依据变更，待重新决定", "reopened"),
    },
    actions={
        _A.CONFIRM: Text("确认淘汰", "confirming"),
        _A.REJECT: Text("予以保留", "rejecting"),
        _A.WITHDRAW: Text("撤销", "withdrawing"),
        _A.REOPEN: Text("重新提请决定", "reopening"),
    },
)


UNMADE: Final = Text("依据的得分已被更正，不再满足淘汰条件", "a correction unmade the scores that called for it")
"""Why the system withdraws an elimination or brings it before somebody again."""


@dataclass(frozen=True)
class QuarterScore:
    """A supplier's score in one closed quarterly cycle; ``total`` in points, of this version of the result."""

    cycle_id: UUID
    cycle_code: str
    result_id: UUID
    version: int
    total: Decimal


@dataclass(frozen=True)
class Elimination:
    """The question whether a supplier is eliminated, because of ``grounds``, each below ``below`` points.

    ``unmade_…``: since when a correction has unmade the grounds, by which it was withdrawn or reopened last.
    """

    id: UUID
    supplier_id: UUID
    supplier_code: str
    supplier_name: str
    unit_code: str
    unit_path: tuple[UUID, ...]
    grounds: tuple[QuarterScore, ...]
    below: Decimal
    policy_version: int
    state: EliminationState
    revision: int
    opened_at: datetime
    decision: str | None
    decided_by: UUID | None
    decided_by_name: str | None
    decided_at: datetime | None
    unmade_at: datetime | None = None
    unmade_by_name: str | None = None

    def holds(self, scores: Mapping[UUID, QuarterScore]) -> bool:
        """Whether its cycles' present scores, by cycle, are still below the mark."""
        return all(
            (score := scores.get(each.cycle_id)) is not None and score.total < self.below for each in self.grounds
        )


@dataclass(frozen=True)
class Following:
    """What new or corrected scores of a supplier lead to: eliminations by id, and the grounds of a new one."""

    withdraw: tuple[UUID, ...] = ()
    reopen: tuple[UUID, ...] = ()
    grounds: tuple[QuarterScore, ...] = ()


def grounds_of(scores: Sequence[QuarterScore], version: PolicyVersion) -> tuple[QuarterScore, ...]:
    """The last scores, oldest first, if there are enough of them and all are below the mark; else nothing.

    In a row means one score after the other: a quarter without a score lies between none.
    """
    last = tuple(scores[-version.policy.elimination_scores :])
    enough = len(last) == version.policy.elimination_scores
    return last if enough and all(score.total < version.policy.elimination_below for score in last) else ()


def follow(
    scores: Sequence[QuarterScore], known: Collection[Elimination], version: PolicyVersion, *, active: bool
) -> Following:
    """What a supplier's scores, oldest first, lead to; the same scores again lead to nothing more."""
    present = {score.cycle_id: score for score in scores}
    unmade = [each for each in known if not each.holds(present)]
    withdraw = tuple(each.id for each in unmade if each.state is _S.OPEN)
    reopen = tuple(each.id for each in unmade if each.state is _S.CONFIRMED and not active)
    left = [each for each in known if each.id not in withdraw and each.state is not _S.WITHDRAWN]
    grounds = grounds_of(scores, version)
    asked = grounds and any(each.grounds[-1].cycle_id == grounds[-1].cycle_id for each in left)
    waiting = any(each.state in PENDING for each in left)
    return Following(withdraw, reopen, () if not active or asked or waiting else grounds)
