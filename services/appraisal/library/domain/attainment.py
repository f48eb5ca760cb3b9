"""Why something that was measured has no attainment, for people and systems."""

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from services.appraisal.library.domain.indicators import Rule
from services.kit.errors import Text


class Unattained(StrEnum):
    """Why there is no attainment."""

    NO_TARGET = "no_target"
    NO_MEASUREMENT = "no_measurement"
    TARGET_IS_ZERO = "target_is_zero"
    NO_RATIO = "no_ratio"
    TOO_FEW = "too_few"


UNATTAINED_NAMES: Final = {
    Unattained.NO_TARGET: Text("无目标", "no target"),
    Unattained.NO_MEASUREMENT: Text("无数据", "no data"),
    Unattained.TARGET_IS_ZERO: Text("目标为 0", "target is 0"),
    Unattained.NO_RATIO: Text("不计达成率", "not a ratio"),
    Unattained.TOO_FEW: Text("人数不足", "too few people"),
}


def unattained(rule: Rule, *, actual: Fraction | None, target: Fraction | Decimal | None) -> Unattained | None:
    """Why there is no attainment of ``actual`` against ``target``; None where there is one."""
    reasons = {
        Unattained.NO_RATIO: not rule.gives_ratio,
        Unattained.NO_MEASUREMENT: actual is None,
        Unattained.NO_TARGET: target is None,
        Unattained.TARGET_IS_ZERO: target == 0,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)
