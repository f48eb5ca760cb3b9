"""The figures of a bonus plan: coefficients, eligibility, caps, exceptions for special units (INC-02).

Coefficients are plain factors (1.2 means 120 %). A policy is part of a plan's version and never edited.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from services.incentive.plans.domain.cycle import CycleSpan
from services.kit.errors import FieldError, Invalid, Text
from services.kit.money import plain
from services.kit.periods import Period

MAX_COEFFICIENT = Decimal(100)
MAX_DAYS = 366
PLACES = 4


class PolicyNotAcceptable(Invalid):
    """A figure of the policy is missing or out of range; the field_errors say which."""

    code = "policy_not_acceptable"
    zh = "奖金方案的参数有误，请按下列提示修改。"
    en = "The figures of the plan are not valid; correct them as follows."


@dataclass(frozen=True)
class Eligibility:
    """Who earns, and for which days.

    ``probation`` excluded: days up to the end of probation earn nothing but stay in the divisor. ``leavers`` none:
    whoever left before the last day of the period earns nothing for it; prorated: the days until then count.
    ``minimum_days``: fewer eligible days than this in the period earn nothing.
    """

    probation: Literal["excluded", "included"] = "excluded"
    leavers: Literal["none", "prorated"] = "none"
    minimum_days: int = 30

    def __post_init__(self) -> None:
        if not 0 <= self.minimum_days <= MAX_DAYS:
            expected = Text("0 至 366 之间的整数", "0 to 366")
            fault = FieldError("/policy/eligibility/minimum_days", str(self.minimum_days), expected)
            raise PolicyNotAcceptable(field_errors=[fault])


@dataclass(frozen=True)
class Caps:
    """Upper limits of one line: so many times the target bonus (grade and unit coefficient 1), or an amount."""

    times_target: Decimal | None = None
    amounts: Mapping[str, Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        field_errors = [
            FieldError(f"/policy/caps/amounts/{currency}", plain(amount), Text("不小于 0", "not below 0"))
            for currency, amount in self.amounts.items()
            if amount < 0
        ]
        if self.times_target is not None:
            field_errors += _coefficient_faults("/policy/caps/times_target", self.times_target)
        if field_errors:
            raise PolicyNotAcceptable(field_errors=field_errors)


@dataclass(frozen=True)
class Override:
    """Other figures for a special unit and all below it, filed with HR under ``filing``, between two days included.

    What is None stays as in the policy. ``unit_coefficient`` holds whatever the unit's grade.
    """

    unit_code: str
    filing: str
    first: date | None = None
    last: date | None = None
    grade_coefficients: Mapping[str, Decimal] | None = None
    unit_coefficient: Decimal | None = None

    @property
    def period(self) -> Period:
        """The days on which it holds."""
        return Period.closed(self.first or date.min, self.last)


@dataclass(frozen=True)
class Policy:
    """Everything that a run takes from a plan besides the rule itself.

    ``cycle`` says which appraisal cycles may give the grades: those over exactly the run's period, or any within it.
    """

    grade_coefficients: Mapping[str, Decimal]
    unit_coefficients: Mapping[str, Decimal]
    unit_without_result: Decimal = Decimal(1)
    company_coefficient: Decimal = Decimal(1)
    eligibility: Eligibility = field(default_factory=Eligibility)
    caps: Caps = field(default_factory=Caps)
    overrides: tuple[Override, ...] = ()
    cycle: CycleSpan = "same_period"

    def __post_init__(self) -> None:
        field_errors = list(self._faults())
        if field_errors:
            raise PolicyNotAcceptable(field_errors=field_errors)

    def _faults(self) -> Iterator[FieldError]:
        if not self.grade_coefficients:
            yield FieldError(
                "/policy/grade_coefficients", "{}", Text("至少一个等级的系数", "a coefficient for at least one grade")
            )
        for name in ("grade_coefficients", "unit_coefficients"):
            for grade, value in getattr(self, name).items():
                yield from _coefficient_faults(f"/policy/{name}/{grade}", value)
        yield from _coefficient_faults("/policy/unit_without_result", self.unit_without_result)
        yield from _coefficient_faults("/policy/company_coefficient", self.company_coefficient)
        for place, override in enumerate(self.overrides):
            yield from _override_faults(f"/policy/overrides/{place}", override)
        yield from _clashes(self.overrides)


def _override_faults(pointer: str, override: Override) -> Iterator[FieldError]:
    if not override.filing.strip():
        yield FieldError(
            f"{pointer}/filing", override.filing, Text("请填写人力资源备案编号", "the reference of the filing with HR")
        )
    yield from _span_faults(pointer, override)
    if override.grade_coefficients is None and override.unit_coefficient is None:
        expected = Text(
            "个人系数（grade_coefficients）或部门系数（unit_coefficient），至少填一项",
            "grade_coefficients or unit_coefficient",
        )
        yield FieldError(pointer, None, expected)
    for grade, value in (override.grade_coefficients or {}).items():
        yield from _coefficient_faults(f"{pointer}/grade_coefficients/{grade}", value)
    if override.unit_coefficient is not None:
        yield from _coefficient_faults(f"{pointer}/unit_coefficient", override.unit_coefficient)


def _span_faults(pointer: str, override: Override) -> Iterator[FieldError]:
    if override.first and override.last and override.last < override.first:
        expected = Text(f"不早于 {override.first}", f"not before {override.first}")
        yield FieldError(f"{pointer}/last", str(override.last), expected)
    if override.last == date.max:
        yield FieldError(f"{pointer}/last", str(override.last), Text("长期有效的请留空", "nothing if there is no end"))


def _clashes(overrides: tuple[Override, ...]) -> Iterator[FieldError]:
    sound = [(place, one) for place, one in enumerate(overrides) if not list(_span_faults("", one))]
    for place, one in sound:
        for other_place, other in sound[:place]:
            if other_place < place and one.unit_code == other.unit_code and one.period.overlap(other.period):
                expected = Text("同一单元的特殊约定日期不重叠", "no two exceptions of one unit on the same day")
                yield FieldError(f"/policy/overrides/{place}", one.unit_code, expected)


def _coefficient_faults(pointer: str, value: Decimal) -> Iterator[FieldError]:
    exponent = value.as_tuple().exponent
    if not 0 <= value <= MAX_COEFFICIENT or not isinstance(exponent, int) or exponent < -PLACES:
        expected = Text("0 至 100 之间、至多四位小数的数", "0 to 100 with at most four decimal places")
        yield FieldError(pointer, plain(value) if value.is_finite() else str(value), expected)
