"""The figures of a bonus plan: coefficients, eligibility, caps, exceptions for special units (INC-02).

Coefficients are plain factors (1.2 means 120 %). A policy is part of a plan's version and never edited.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from services.incentive.currencies import CURRENCIES
from services.incentive.plans.domain.absences import EARN_NOTHING, AbsenceKind
from services.incentive.plans.domain.cycle import CycleSpan
from services.incentive.plans.domain.parameters import parameter
from services.kit.errors import FieldError, Invalid, Text
from services.kit.money import FEN, plain
from services.kit.periods import Period

MAX_COEFFICIENT = Decimal(100)
MAX_DAYS = 366
MAX_LOOK_BACK = 12
PLACES = 4
MAX_ENTRIES = 32
MAX_OVERRIDES = 200
MAX_TEXT = 200
_GRADE = re.compile(r"[A-Za-z0-9+\-]{1,16}", re.ASCII)
MAX_AMOUNT = Decimal(10) ** 16
_AMOUNT_BY_CURRENCY = Text("国际标准货币代码及不小于 0 的金额", "an ISO 4217 code and at least 0")


class PolicyNotAcceptable(Invalid):
    """A figure of the policy is missing or out of range; the field_errors say which."""

    code = "policy_not_acceptable"
    zh = "奖金方案的参数有误，请按下列提示修改。"
    en = "The figures of the plan are not valid; correct them as follows."


PROBATION_NAMES: Final = {
    "excluded": Text("试用期不计奖", "probation earns nothing"),
    "included": Text("试用期计奖", "probation earns"),
}
LEAVER_NAMES: Final = {
    "none": Text("离职不计奖", "leavers earn nothing"),
    "prorated": Text("按离职前的天数计奖", "leavers earn until they leave"),
}


@dataclass(frozen=True)
class Eligibility:
    """Who earns a bonus, and for which days.

    ``probation`` excluded: days up to the end of probation earn nothing but stay in the divisor. ``leavers`` none: a
    person who left before the last day of the period earns nothing for it; prorated: the days until then count.
    ``minimum_days``: fewer eligible days than this in the period earn nothing. Days of ``excluded_absences`` earn
    nothing but stay in the divisor; days away for any other reason count.
    """

    probation: Literal["excluded", "included"] = field(
        default="excluded", metadata=parameter("试用期", "Whether days on probation earn", example="excluded")
    )
    leavers: Literal["none", "prorated"] = field(
        default="none", metadata=parameter("离职", "Whether leavers earn until they leave", example="none")
    )
    minimum_days: int = field(
        default=30, metadata=parameter("最少计奖天数", "Fewest eligible days that earn anything", example=30)
    )

    excluded_absences: tuple[AbsenceKind, ...] = field(
        default=EARN_NOTHING,
        metadata=parameter(
            "不计奖的请假类别",
            "Kinds of absence whose days earn nothing; all others count",
            example=["personal", "unpaid"],
        ),
    )

    def __post_init__(self) -> None:
        field_errors = []
        if not 0 <= self.minimum_days <= MAX_DAYS:
            expected = Text("0 至 366 之间的整数", "0 to 366")
            field_errors.append(FieldError("/minimum_days", str(self.minimum_days), expected))
        if len(set(self.excluded_absences)) < len(self.excluded_absences):
            expected = Text("类别不重复", "no kind twice")
            field_errors.append(FieldError("/excluded_absences", None, expected))
        if field_errors:
            raise PolicyNotAcceptable(field_errors=field_errors)


@dataclass(frozen=True)
class Caps:
    """Upper limits of one line: so many times the target bonus (grade and unit coefficient 1), or an amount."""

    times_target: Decimal | None = field(
        default=None, metadata=parameter("目标奖金的倍数", "Times the target bonus", example="1.5")
    )
    amounts: Mapping[str, Decimal] = field(
        default_factory=dict, metadata=parameter("各币种上限", "Amount by currency", example={"CNY": "100000.00"})
    )

    def __post_init__(self) -> None:
        field_errors = [
            FieldError(f"/amounts/{currency[:10]}", plain(amount), _AMOUNT_BY_CURRENCY)
            for currency, amount in self.amounts.items()
            if currency not in CURRENCIES or not 0 <= amount < MAX_AMOUNT or amount % FEN
        ]
        if self.times_target is not None:
            field_errors += _coefficient_faults("/times_target", self.times_target)
        if field_errors:
            raise PolicyNotAcceptable(field_errors=field_errors)


@dataclass(frozen=True)
class Override:
    """Other figures for a special unit and all below it, filed with HR under ``filing``, between two days included.

    What is null stays as in the policy. ``unit_coefficient`` holds whatever the unit's grade.
    """

    unit_code: str = field(metadata=parameter("单元编码", "Code of the special unit", example="INNOVATION"))
    filing: str = field(metadata=parameter("备案编号", "Reference of the filing with HR", example="HR-2026-07"))
    valid_from: date | None = field(
        default=None, metadata=parameter("开始日期", "First day; null: always", example="2026-01-01")
    )
    valid_to: date | None = field(
        default=None, metadata=parameter("截止日期", "Last day, included; null if open-ended", example="2026-12-31")
    )
    grade_coefficients: Mapping[str, Decimal] | None = field(
        default=None, metadata=parameter("个人系数", "Coefficients by grade; null: the policy's", example={"A": "1.3"})
    )
    unit_coefficient: Decimal | None = field(
        default=None, metadata=parameter("部门系数", "Coefficient of the unit; null: the policy's", example="1.1")
    )

    @property
    def period(self) -> Period:
        """The days on which it holds."""
        return Period.closed(self.valid_from or date.min, self.valid_to)


@dataclass(frozen=True)
class Corrections:
    """What a run does about earlier periods that are posted (INC-13).

    ``look_back``: so many periods before its own are calculated again, and each difference is a line of its own.
    ``recovery_share``: at most this share of a later line is kept back for what somebody was paid too much.
    """

    look_back: int = field(
        default=4, metadata=parameter("追溯期数", "Earlier periods that are calculated again", example=4)
    )
    recovery_share: Decimal = field(
        default=Decimal("0.2"),
        metadata=parameter("扣回比例上限", "Largest share of a line that recovers overpayment", example="0.2"),
    )

    def __post_init__(self) -> None:
        field_errors = []
        if not 0 <= self.look_back <= MAX_LOOK_BACK:
            expected = Text("0 至 12 之间的整数", "0 to 12")
            field_errors.append(FieldError("/look_back", str(self.look_back), expected))
        if not 0 <= self.recovery_share <= 1:
            expected = Text("0 至 1 之间的数", "0 to 1")
            field_errors.append(FieldError("/recovery_share", str(self.recovery_share), expected))
        if field_errors:
            raise PolicyNotAcceptable(field_errors=field_errors)


@dataclass(frozen=True)
class Policy:
    """Everything that a run takes from a plan besides the rule itself.

    ``cycle`` says which appraisal cycles may give the grades: those over exactly the run's period, or any within it.
    """

    grade_coefficients: Mapping[str, Decimal] = field(
        default_factory=dict,
        metadata=parameter("个人系数", "Coefficient by the person's grade", example={"S": "1.5", "A": "1.2"}),
    )
    unit_coefficients: Mapping[str, Decimal] = field(
        default_factory=dict,
        metadata=parameter("部门系数", "Coefficient by the unit's grade", example={"A": "1.1", "B": "1.0"}),
    )
    unit_without_result: Decimal = field(
        default=Decimal(1), metadata=parameter("无等级部门的系数", "Coefficient of a unit without a grade", example="1")
    )
    company_coefficient: Decimal = field(
        default=Decimal(1), metadata=parameter("公司系数", "Coefficient of the company", example="1")
    )
    eligibility: Eligibility = field(
        default_factory=Eligibility, metadata=parameter("计奖资格", "Who earns, and for which days", example={})
    )
    caps: Caps = field(default_factory=Caps, metadata=parameter("上限", "Upper limits of one line", example={}))
    overrides: tuple[Override, ...] = field(
        default=(), metadata=parameter("特殊约定", "Other figures for special units", example=[])
    )
    cycle: CycleSpan = field(
        default="same_period",
        metadata=parameter(
            "考核周期范围", "A run's cycle is over exactly its period, or any within it", example="same_period"
        ),
    )
    corrections: Corrections = field(
        default_factory=Corrections,
        metadata=parameter("更正", "What a run does about earlier periods that are posted", example={}),
    )

    def __post_init__(self) -> None:
        field_errors = list(self._faults())
        if field_errors:
            raise PolicyNotAcceptable(field_errors=field_errors)

    def _faults(self) -> Iterator[FieldError]:
        if len(self.overrides) > MAX_OVERRIDES:
            yield FieldError("/overrides", str(len(self.overrides)), Text("至多 200 项", "at most 200"))
        for name in ("grade_coefficients", "unit_coefficients"):
            yield from _table_faults(f"/{name}", getattr(self, name))
        yield from _coefficient_faults("/unit_without_result", self.unit_without_result)
        yield from _coefficient_faults("/company_coefficient", self.company_coefficient)
        for place, override in enumerate(self.overrides):
            yield from _override_faults(f"/overrides/{place}", override)
        yield from _clashes(self.overrides)


def _override_faults(pointer: str, override: Override) -> Iterator[FieldError]:
    if not 0 < len(override.unit_code) <= MAX_TEXT:
        yield FieldError(f"{pointer}/unit_code", override.unit_code[:40], Text("单元编码", "the code of a unit"))
    if not override.filing.strip() or len(override.filing) > MAX_TEXT:
        yield FieldError(
            f"{pointer}/filing",
            override.filing[:40],
            Text("请填写人力资源备案编号", "the reference of the filing with HR"),
        )
    yield from _span_faults(pointer, override)
    if override.grade_coefficients is None and override.unit_coefficient is None:
        expected = Text(
            "个人系数（grade_coefficients）或部门系数（unit_coefficient），至少填一项",
            "grade_coefficients or unit_coefficient",
        )
        yield FieldError(pointer, None, expected)
    yield from _table_faults(f"{pointer}/grade_coefficients", override.grade_coefficients or {})
    if override.unit_coefficient is not None:
        yield from _coefficient_faults(f"{pointer}/unit_coefficient", override.unit_coefficient)


def _span_faults(pointer: str, override: Override) -> Iterator[FieldError]:
    if override.valid_from and override.valid_to and override.valid_to < override.valid_from:
        expected = Text(f"不早于 {override.valid_from}", f"not before {override.valid_from}")
        yield FieldError(f"{pointer}/valid_to", str(override.valid_to), expected)
    if override.valid_to == date.max:
        yield FieldError(
            f"{pointer}/valid_to", str(override.valid_to), Text("长期有效的请留空", "nothing if there is no end")
        )


def _clashes(overrides: tuple[Override, ...]) -> Iterator[FieldError]:
    sound = [(place, one) for place, one in enumerate(overrides) if not list(_span_faults("", one))]
    for place, one in sound:
        for other_place, other in sound[:place]:
            if other_place < place and one.unit_code == other.unit_code and one.period.overlap(other.period):
                expected = Text("同一单元的特殊约定日期不重叠", "no two overrides of one unit on the same day")
                yield FieldError(f"/overrides/{place}", one.unit_code, expected)


def _table_faults(pointer: str, table: Mapping[str, Decimal]) -> Iterator[FieldError]:
    if len(table) > MAX_ENTRIES:
        yield FieldError(pointer, str(len(table)), Text("至多 32 项", "at most 32"))
    for grade, value in table.items():
        if not _GRADE.fullmatch(grade):
            expected = Text("等级：1 至 16 个字母、数字、+ 或 -", "a grade: 1 to 16 letters, digits, + or -")
            yield FieldError(pointer, grade[:40], expected)
        yield from _coefficient_faults(f"{pointer}/{grade[:40]}", value)


def _coefficient_faults(pointer: str, value: Decimal) -> Iterator[FieldError]:
    exponent = value.as_tuple().exponent
    if not 0 <= value <= MAX_COEFFICIENT or not isinstance(exponent, int) or exponent < -PLACES:
        expected = Text("0 至 100 之间、至多四位小数的数", "0 to 100 with at most four decimal places")
        yield FieldError(pointer, plain(value) if value.is_finite() else str(value), expected)
