"""One person's amount in a run, or the reason why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final
from uuid import UUID

from services.kit.errors import Text
from services.kit.explanation import Step
from services.kit.money import allocate

NOTHING_POSTED = Decimal("0.00")


class Reason(StrEnum):
    """The data missing for a line. HR or compensation supplies it and has the run calculated again."""

    NO_PAY_PROFILE = "no_pay_profile"
    PAY_PROFILE_GAP = "pay_profile_gap"
    NO_RESULT = "no_result"
    NO_COEFFICIENT = "no_coefficient"
    UNKNOWN_UNIT = "unknown_unit"


REASON_NAMES: Final = {
    Reason.NO_PAY_PROFILE: Text("没有薪酬档案", "no pay profile"),
    Reason.PAY_PROFILE_GAP: Text("薪酬档案有间断", "gap in the pay profile"),
    Reason.NO_RESULT: Text("没有考核结果", "no appraisal result"),
    Reason.NO_COEFFICIENT: Text("没有等级系数", "no coefficient for the grade"),
    Reason.UNKNOWN_UNIT: Text("查不到任职单元", "unknown unit"),
}

REASONS: Mapping[Reason, Text] = {
    Reason.NO_PAY_PROFILE: Text(
        "本期没有薪酬档案，请薪酬管理补录后重新核算",
        "no pay profile in the period; compensation has to add one and calculate again",
    ),
    Reason.PAY_PROFILE_GAP: Text(
        "自 {detail} 起没有薪酬档案，请薪酬管理补录后重新核算",
        "no pay profile from {detail} on; compensation has to add one and calculate again",
    ),
    Reason.NO_RESULT: Text(
        "没有最终考核结果，请人力资源确认该员工是否参加本期考核",
        "no final appraisal result; HR has to check whether the person is in the cycle",
    ),
    Reason.NO_COEFFICIENT: Text(
        "奖金方案没有等级 {detail} 的系数，请补充后发布新版本",
        "the plan has no coefficient for grade {detail}; add it in a new version",
    ),
    Reason.UNKNOWN_UNIT: Text(
        "任职单元“{detail}”在组织数据中查不到，请人力资源核对任职记录",
        "the unit {detail} is not in the organisation's data; HR has to check the assignment",
    ),
}


def reason_text(reason: Reason, detail: str) -> Text:
    """A reason for people."""
    text = REASONS[reason]
    return Text(text.zh.format(detail=detail), text.en.format(detail=detail))


@dataclass(frozen=True)
class Exclusion:
    """A person who held an assignment in the period and gets no line, with the reason."""

    employee_id: str
    number: str
    name: str
    reason: Reason
    detail: str = ""


@dataclass(frozen=True)
class Line:
    """What a run books for one person, kind of bonus, occasion and currency.

    ``due`` is the whole amount now due, ``posted`` what was posted for the same entitlement before, ``amount`` the
    difference that this line books (INC-13). ``costs`` share the amount out over the cost centres that bear it, in the
    order in which they began. ``unit_id`` is that of the last assignment; ``days`` are those that earn.
    """

    employee_id: str
    number: str
    name: str
    unit_id: str
    unit_path: tuple[str, ...]
    grade: str | None
    days: int
    currency: str
    amount: Decimal
    costs: tuple[tuple[str, Decimal], ...]
    explanation: Step
    kind: str
    occasion: str
    due: Decimal
    posted: Decimal = NOTHING_POSTED


@dataclass(frozen=True)
class Earned:
    """A line that pays something: whose, and how much (two places, in ``currency``)."""

    line_id: UUID
    employee_id: UUID
    currency: str
    amount: Decimal


def share_costs(amount: Decimal, earned: Mapping[str, Fraction], places: int) -> tuple[tuple[str, Decimal], ...]:
    """The cost centres that bear ``amount``: each as much as was earned under it, to the last of ``places``, summing
    exactly.

    ``earned`` keeps the order in which the cost centres began; if nothing was earned, the last bears the zero.
    """
    if len(earned) == 1 or not amount:
        return ((list(earned)[-1], amount),)
    shares = allocate(amount, list(earned.values()), places)
    return tuple((centre, share) for centre, share in zip(earned, shares, strict=True) if share)
