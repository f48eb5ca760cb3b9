"""Calibration: the life of a session, and what its quota may be (APR-12)."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from services.appraisal.library.domain.grade import Grade
from services.kit.errors import FieldError, Invalid, Text, joined
from services.kit.identity import Role
from services.kit.workflow import Transition, Workflow


class QuotaInvalid(Invalid):
    """A quota outside 0 to 100 percent, or one that shrinks as grades are added."""

    code = "quota_invalid"
    zh = "等级比例上限按累计填写：S，S 与 A 合计，依次不减，均在 0 至 100 之间；现为 {found}。"
    en = (
        "Quotas must be cumulative (S, then S and A together), must not decrease and must be between 0 and 100 "
        "percent; found {found}."
    )


class CalibrationState(StrEnum):
    """The state of a calibration session."""

    OPEN = "open"
    CLOSED = "closed"


class CalibrationAction(StrEnum):
    """What moves a session."""

    CLOSE = "close"


CALIBRATION: Workflow[CalibrationState, CalibrationAction] = Workflow(
    "calibration",
    (Transition(CalibrationState.OPEN, CalibrationAction.CLOSE, CalibrationState.CLOSED, frozenset({Role.HR})),),
    label=Text("校准会", "calibration session"),
    states={
        CalibrationState.OPEN: Text("进行中", "open"),
        CalibrationState.CLOSED: Text("已结束", "closed"),
    },
    actions={
        CalibrationAction.CLOSE: Text("结束", "closing"),
    },
)


def check_quota(quota: Mapping[Grade, Decimal]) -> None:
    """Refuse a quota that cannot be met. It is cumulative: S ≤ 10 %, S + A ≤ 30 %.

    Raises:
        QuotaInvalid: saying what was found.
    """
    values = [quota[grade] for grade in Grade if grade in quota]
    rising = all(left <= right for left, right in pairwise(values))
    if not rising or any(not 0 <= value <= 100 for value in values):  # noqa: PLR2004 - percent
        found = joined(f"{grade.value} {quota[grade]}" for grade in Grade if grade in quota)
        fault = FieldError(
            "/quota", found.en, Text("例如 S 10、S 与 A 合计 30", "for example S 10, S and A together 30")
        )
        raise QuotaInvalid(found=found, field_errors=[fault])
