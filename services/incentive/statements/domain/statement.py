"""The workflow of a bonus statement (INC-16): the person confirms or disputes, compensation HR answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.kit.errors import Conflict, Text
from services.kit.identity import Role
from services.kit.workflow import Transition, Workflow


class StatementState(StrEnum):
    """The state of a statement."""

    ISSUED = "issued"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    ANSWERED = "answered"


class StatementAction(StrEnum):
    """An action on a statement."""

    CONFIRM = "confirm"
    DISPUTE = "dispute"
    ANSWER = "answer"


class AnswerOutcome(StrEnum):
    """The outcome of a dispute: the statement is upheld, or its inputs were wrong and have been corrected."""

    STANDS = "stands"
    CORRECTED = "corrected"


OUTCOMES: Final = {
    AnswerOutcome.STANDS: Text("维持原单", "the statement stands"),
    AnswerOutcome.CORRECTED: Text("已更正", "corrected"),
}


class NothingCorrected(Conflict):
    """A dispute ends in a correction once what was wrong is corrected, so that the next run pays the difference."""

    code = "nothing_corrected"
    zh = "该奖金单所依据的数据尚无变更，不能答复为“已更正”。请先更正薪酬、考核结果、任职记录或奖金方案，再答复。"
    en = (
        "None of the inputs of this statement has changed, so the answer cannot be a correction. Correct the pay, "
        "result, assignment or plan first, then answer."
    )


@dataclass(frozen=True)
class StatementFilter:
    """Which statements are wanted; ``within``: of people in or below one of these units. None: all."""

    employee_id: UUID | None = None
    employee_number: str | None = None
    run_id: UUID | None = None
    period: str | None = None
    state: StatementState | None = None
    within: Sequence[UUID] | None = None


_PERSON = frozenset({Role.EMPLOYEE})
_COMPENSATION = frozenset({Role.COMPENSATION})

STATEMENT = Workflow(
    "statement",
    [
        Transition(StatementState.ISSUED, StatementAction.CONFIRM, StatementState.CONFIRMED, _PERSON),
        Transition(StatementState.ISSUED, StatementAction.DISPUTE, StatementState.DISPUTED, _PERSON),
        Transition(StatementState.DISPUTED, StatementAction.ANSWER, StatementState.ANSWERED, _COMPENSATION),
        Transition(StatementState.ANSWERED, StatementAction.CONFIRM, StatementState.CONFIRMED, _PERSON),
        Transition(StatementState.ANSWERED, StatementAction.DISPUTE, StatementState.DISPUTED, _PERSON),
    ],
    label=Text("奖金单", "bonus statement"),
    states={
        StatementState.ISSUED: Text("待确认", "awaiting confirmation"),
        StatementState.CONFIRMED: Text("已确认", "confirmed"),
        StatementState.DISPUTED: Text("有异议", "disputed"),
        StatementState.ANSWERED: Text("已答复", "answered"),
    },
    actions={
        StatementAction.CONFIRM: Text("确认", "confirming"),
        StatementAction.DISPUTE: Text("提出异议", "disputing"),
        StatementAction.ANSWER: Text("答复", "answering"),
    },
)
