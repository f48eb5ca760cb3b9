"""Why more was spent than first budgeted: somebody explains, somebody else accepts (INC-15)."""

from enum import StrEnum
from typing import Final

from services.kit.errors import Text
from services.kit.identity import Role
from services.kit.workflow import Transition, Workflow


class ExplanationState(StrEnum):
    """How far an explanation is."""

    ASKED = "asked"
    EXPLAINED = "explained"
    ACCEPTED = "accepted"


class ExplanationAction(StrEnum):
    """What may be done about it."""

    EXPLAIN = "explain"
    ACCEPT = "accept"
    RETURN = "return"


_EXPLAINS = frozenset({Role.COMPENSATION, Role.FINANCE})
_ACCEPTS = frozenset({Role.EXECUTIVE})

EXPLANATION: Final = Workflow(
    "budget_explanation",
    [
        Transition(ExplanationState.ASKED, ExplanationAction.EXPLAIN, ExplanationState.EXPLAINED, _EXPLAINS),
        Transition(ExplanationState.EXPLAINED, ExplanationAction.ACCEPT, ExplanationState.ACCEPTED, _ACCEPTS),
        Transition(ExplanationState.EXPLAINED, ExplanationAction.RETURN, ExplanationState.ASKED, _ACCEPTS),
    ],
    label=Text("超预算说明", "explanation of a budget"),
    states={
        ExplanationState.ASKED: Text("待说明", "asked for"),
        ExplanationState.EXPLAINED: Text("已说明，待认可", "explained"),
        ExplanationState.ACCEPTED: Text("已认可", "accepted"),
    },
    actions={
        ExplanationAction.EXPLAIN: Text("说明", "explaining"),
        ExplanationAction.ACCEPT: Text("认可", "accepting"),
        ExplanationAction.RETURN: Text("退回", "returning"),
    },
)
