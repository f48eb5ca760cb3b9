"""What an employee reads of a bonus: before tax, with the ground of every zero and its dates (INC-11)."""

from datetime import date
from typing import Any

import pytest

from services.incentive.calculation.domain.line import Line
from services.incentive.explanations.domain.wording import headline, rows
from services.incentive.plans.domain.rules.quarterly_bonus import QuarterlyBonus
from services.kit.errors import Text
from services.kit.explanation import Step
from tests.domain.incentive.building import calculation, calculation_input

pytestmark = pytest.mark.req("INC-11")
PAY = {"base": "12000.00", "first": date(2020, 1, 1)}
ASSIGNMENT = {"unit": "U", "first": date(2020, 1, 1)}


def explained(policy: dict[str, Any] | None = None, *, grade: str = "B", **facts: Any) -> Step:
    """The explanation of one person's line in the first quarter."""
    person = calculation_input(pay=[PAY], assignments=[facts.pop("assignment", ASSIGNMENT)], grade=grade, **facts)
    outcome = calculation("2026-Q1", policy or {}, {"U": None}).outcome(person)
    assert isinstance(outcome, list)
    assert isinstance(outcome[0], Line)
    return outcome[0].explanation


def test_a_line_says_the_period_in_words_the_tax_the_currency_and_how_it_is_rounded() -> None:
    step = explained()
    assert step.label == (
        "2026 年第一季度奖金（税前，人民币元）",
        "Quarterly bonus first quarter of 2026 (before tax, in yuan)",
    )
    assert step.formula == "36000.00"
    labels = [given.name.zh for given in step.inputs]
    assert labels == ["个人考核等级", "奖金方案“方案”第 1 版", "取整方式：四舍五入到分"]


def test_a_line_of_another_kind_of_bonus_says_which_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuarterlyBonus, "label", Text("等级定额奖", "Fixed amount per grade"))
    assert explained().label == (
        "2026 年第一季度等级定额奖（税前，人民币元）",
        "Fixed amount per grade first quarter of 2026 (before tax, in yuan)",
    )


def test_a_leaver_is_told_the_last_day_of_employment_the_plan_and_where_to_object() -> None:
    (leaver,) = explained(left_on=date(2026, 3, 15)).steps
    assert leaver.label.zh == (
        "最后在职日 2026-03-15 早于本期末日 2026-03-31，按奖金方案的离职条款，本期奖金为 0；如有异议，可在奖金单上提出"
    )
    assert [given.name.zh for given in leaver.inputs] == ["奖金方案“方案”第 1 版"]


def test_too_few_days_are_told_with_their_dates_and_each_segment() -> None:
    (few,) = explained(assignment={**ASSIGNMENT, "first": date(2026, 3, 1)}, probation_until=date(2026, 3, 14)).steps
    assert few.label.zh.startswith(
        "本期计奖天数 17 天（2026-03-15 至 2026-03-31），少于奖金方案规定的最少 30 天，本期奖金为 0；"
    )
    assert [step.label.zh for step in few.steps] == [
        "2026-03-01 至 2026-03-14，14 天，单元U：试用期内（至 2026-03-14），按奖金方案不计奖；天数仍计入分母",
        "2026-03-15 至 2026-03-31，17 天，单元U：计入计奖天数",
    ]
    [shown] = [
        row for row in rows(Step("whole", few.label, few.value, few.value, (), (few,)), "zh") if "少于" in row.text
    ]
    assert (shown.figures, shown.amount) == ("", "0.00")  # no sum like 17 < 30


def test_a_coefficient_of_zero_is_named_as_the_reason() -> None:
    (segment,) = explained(grade="D").steps
    assert segment.label.zh.endswith("：个人系数（等级 D）为 0，本段奖金为 0")


def test_days_after_leaving_say_so() -> None:
    policy = {"eligibility": {"leavers": "prorated"}}
    step = explained(policy, left_on=date(2026, 3, 15), assignment={**ASSIGNMENT, "last": None})
    assert step.steps[-1].label.zh.endswith("：离职日之后的天数不计奖")


def test_a_limit_says_which_limit_it_is() -> None:
    policy = {"caps": {"times_target": "0.5", "amounts": {"CNY": "50000"}}}
    limited = explained(policy).steps[-1]
    assert limited.label.zh == "超过奖金方案规定的上限，按上限计"
    assert limited.inputs[0].name.zh == "本期奖金上限（目标奖金的 0.5 倍，或 50,000 人民币元，取较低者）"
    assert limited.formula == "36000.00 → 18000.00"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("Quarterly bonus first quarter of 2026 (before tax, in yuan)", "Quarterly bonus, first quarter of 2026 ("),
        ("Annual bonus 2026 (before tax, in JPY)", "Annual bonus, 2026 ("),
        ("Fixed amount per grade May 2026 (before tax, in yuan)", "Fixed amount per grade, May 2026 ("),
        ("difference: Quarterly bonus second half of 2026 (x)", "Difference: Quarterly bonus, second half of 2026 ("),
        ("Special award (before tax, in yuan)", "Special award ("),
    ],
)
def test_a_comma_parts_a_bonus_from_its_period_where_its_label_is_shown_in_english(stored: str, shown: str) -> None:
    step = Step("quarterly_bonus", Text("2026 年第一季度奖金（税前，人民币元）", stored), "1.00", "1.00")
    assert headline(step, "en").startswith(shown)
    assert headline(step, "zh") == step.label.zh
