"""When a month's figures give reason for an alert: one frozen dataclass a kind of condition (APR-07).

A new kind is its dataclass, its name in the union, and its cases. A figure that is exactly at the limit is none.
"""

from abc import abstractmethod
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, Final, Literal, get_args

from services.kit.errors import FieldError, Invalid, Text
from services.kit.money import exact, grouped, plain, round_half_up

_PERCENT: Final[dict[str, object]] = {"description": "By more than so many percent.", "examples": ["15"]}
_DAYS: Final[dict[str, object]] = {"description": "More than so many days.", "examples": [60]}
_BUDGET: Final[dict[str, object]] = {
    "description": "Code of the indicator whose actuals are the budgets, of the same subject and month.",
    "examples": ["B01"],
}
_NAMES: Final = {"percent": Text("百分比", "percentage"), "days": Text("天数", "number of days")}
MOST_PERCENT: Final = 1000
MOST_DAYS: Final = 3660


class ConditionMisshapen(Invalid):
    """The parameter of a condition lies outside what makes sense."""

    code = "alert_condition_misshapen"
    zh = "预警条件的{field}不能为 {found}，应为：{expected}。"
    en = "The alert condition cannot have {found} as its {field}; expected: {expected}."


@dataclass(frozen=True)
class Figures:
    """What is known of an indicator of one subject in one month, in its unit; None where it was not measured.

    ``before``: of the month before; ``budget``: of the budget's indicator; ``so_far`` and ``plan``: the actual since
    the cycle began and the agreed target, of the form that covers the month.
    """

    actual: Fraction | None = None
    before: Fraction | None = None
    budget: Fraction | None = None
    so_far: Fraction | None = None
    plan: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class AlertCondition:
    """What all conditions have: a name, and a finding in words where the figures meet it."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid"}
    label: ClassVar[Text]

    @property
    def budget_indicator(self) -> str | None:
        """The indicator whose actuals it needs besides its own."""
        return None

    @abstractmethod
    def finding(self, figures: Figures) -> Text | None:
        """What gives reason for an alert, with its numbers; None: nothing does."""


def _demand(holds: bool, name: str, found: object, expected: Text) -> None:  # noqa: FBT001 - a condition
    if not holds:
        fault = FieldError(f"/condition/{name}", str(found), expected)
        raise ConditionMisshapen(field=_NAMES[name], found=str(found), expected=expected, field_errors=[fault])


@dataclass(frozen=True, kw_only=True)
class _ByPercent(AlertCondition):
    percent: Decimal = field(metadata=_PERCENT)

    def __post_init__(self) -> None:
        """Raises ConditionMisshapen or NotAnExactNumber."""
        exact(self.percent, pointer="/condition/percent")
        expected = Text(f"大于 0、不超过 {MOST_PERCENT} 的百分数", f"a percentage above 0, at most {MOST_PERCENT}")
        _demand(0 < self.percent <= MOST_PERCENT, "percent", plain(self.percent), expected)

    def _over(self, actual: Fraction | None, limit: Fraction | None) -> Decimal | None:
        """By how many percent ``actual`` lies above ``limit``, if by more than the condition allows."""
        if actual is None or limit is None or limit <= 0:
            return None
        over = 100 * (actual - limit) / limit
        return round_half_up(over) if over > self.percent else None


@dataclass(frozen=True, kw_only=True)
class FellAgainstLastMonth(_ByPercent):
    """The month's actual fell by more than so many percent against that of the month before."""

    label: ClassVar[Text] = Text("较上月下降", "Fell against last month")
    kind: Literal["fell_against_last_month"] = "fell_against_last_month"

    def finding(self, figures: Figures) -> Text | None:
        """By how many percent it fell."""
        if figures.actual is None or figures.before is None or figures.before <= 0:
            return None
        fell = 100 * (figures.before - figures.actual) / figures.before
        if fell <= self.percent:
            return None
        now, before, by = _shown(figures.actual), _shown(figures.before), plain(round_half_up(fell))
        return Text(
            f"本月 {now}，上月 {before}，下降 {by}%，超过 {plain(self.percent)}%",
            f"{now} this month, {before} last month: fell by {by} %, more than {plain(self.percent)} %",
        )


@dataclass(frozen=True, kw_only=True)
class OverBudget(_ByPercent):
    """The month's actual lies over the month's budget by more than so many percent."""

    label: ClassVar[Text] = Text("超出当月预算", "Over the month's budget")
    budget: str = field(metadata=_BUDGET)
    kind: Literal["over_budget"] = "over_budget"

    @property
    def budget_indicator(self) -> str | None:
        """The indicator that holds the budgets."""
        return self.budget

    def finding(self, figures: Figures) -> Text | None:
        """By how many percent the budget is exceeded."""
        over = self._over(figures.actual, figures.budget)
        if over is None or figures.actual is None or figures.budget is None:
            return None
        now, limit = _shown(figures.actual), _shown(figures.budget)
        return Text(
            f"本月 {now}，预算 {limit}，超出 {plain(over)}%，超过 {plain(self.percent)}%",
            f"{now} this month, budget {limit}: over by {plain(over)} %, more than {plain(self.percent)} %",
        )


@dataclass(frozen=True, kw_only=True)
class OverPlan(_ByPercent):
    """The actual of the cycle so far lies over the agreed target by more than so many percent."""

    label: ClassVar[Text] = Text("超出计划", "Over plan")
    kind: Literal["over_plan"] = "over_plan"

    def finding(self, figures: Figures) -> Text | None:
        """By how many percent the target is exceeded."""
        plan = None if figures.plan is None else Fraction(figures.plan)
        over = self._over(figures.so_far, plan)
        if over is None or figures.so_far is None or plan is None:
            return None
        now, limit = _shown(figures.so_far), _shown(plan)
        return Text(
            f"本期至今 {now}，计划 {limit}，超出 {plain(over)}%，超过 {plain(self.percent)}%",
            f"{now} so far, plan {limit}: over by {plain(over)} %, more than {plain(self.percent)} %",
        )


@dataclass(frozen=True, kw_only=True)
class OlderThan(AlertCondition):
    """The month's actual is an age in days, and more than so many: receivables, open complaints."""

    label: ClassVar[Text] = Text("超过天数", "Older than")
    days: int = field(metadata=_DAYS)
    kind: Literal["older_than"] = "older_than"

    def __post_init__(self) -> None:
        """Raises ConditionMisshapen."""
        expected = Text(f"1 至 {MOST_DAYS} 天", f"1 to {MOST_DAYS} days")
        _demand(1 <= self.days <= MOST_DAYS, "days", self.days, expected)

    def finding(self, figures: Figures) -> Text | None:
        """How old it is."""
        if figures.actual is None or figures.actual <= self.days:
            return None
        now = _shown(figures.actual)
        return Text(f"已 {now} 天，超过 {self.days} 天", f"{now} days old, more than {self.days}")


Condition = FellAgainstLastMonth | OverBudget | OverPlan | OlderThan
CONDITIONS: Final[tuple[type[AlertCondition], ...]] = get_args(Condition)
"""The same, to be looped over."""


def _shown(value: Fraction) -> str:
    return grouped(round_half_up(value))
