"""What a statement rests on and has changed since it was calculated: the statement says so at once (INC-13)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.kit.errors import Text


class ChangeKind(StrEnum):
    """What changed."""

    PAY = "pay"
    PLAN = "plan"
    RESULT = "result"
    ASSIGNMENT = "assignment"
    ABSENCE = "absence"


CHANGES: Final = {
    ChangeKind.PAY: Text("薪酬档案", "pay"),
    ChangeKind.PLAN: Text("奖金方案", "the bonus plan"),
    ChangeKind.RESULT: Text("考核结果", "an appraisal result"),
    ChangeKind.ASSIGNMENT: Text("任职记录", "assignments"),
    ChangeKind.ABSENCE: Text("请假记录", "absences"),
}


@dataclass(frozen=True)
class LaterChange:
    """Something that changed after the inputs were taken from which the bonus was last posted."""

    kind: ChangeKind
    noticed_at: datetime
