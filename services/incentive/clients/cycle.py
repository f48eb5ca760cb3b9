"""An appraisal cycle as appraisal describes it."""

from dataclasses import dataclass
from typing import Final

from services.kit.errors import Conflict, FieldError, Text
from services.kit.periods import Period

CLOSED: Final = "closed"
POINTER: Final = "/cycle_id"
"""The field of a run that names its cycle."""


class CycleNotClosed(Conflict):
    """The cycle has no final results yet: grades may still change by calibration or appeal."""

    code = "cycle_not_closed"
    zh = "所选考核周期（cycle_id）尚未关闭，关闭后才能核算奖金。请待周期关闭后再试。"
    en = "The cycle (cycle_id) is not closed yet; bonuses are calculated after that. Try again once it is closed."


@dataclass(frozen=True)
class Cycle:
    """What appraisal says of a cycle."""

    code: str
    state: str
    period: Period


def not_closed(state: str) -> CycleNotClosed:
    """The refusal of a cycle in ``state``."""
    return CycleNotClosed(field_errors=[FieldError(POINTER, state, Text("已关闭（closed）", CLOSED))])
