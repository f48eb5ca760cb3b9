"""What an employee reads on the page of a statement: words, not code; figures as people write them (INC-11, INC-16)."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.incentive.calculation.domain.entitlement import Posted as PostedBefore
from services.incentive.calculation.domain.entitlement import differences
from services.incentive.calculation.domain.line import Line
from services.incentive.explanations.domain.wording import Row, narration, numbers
from services.incentive.statements.domain.page import Content, Page, Posted, page_of
from services.kit.errors import Text
from tests.domain.incentive.building import calculation, calculation_input

pytestmark = pytest.mark.req("INC-11", "INC-16")

RAISED = [
    {"base": "12000.00", "first": date(2020, 1, 1), "last": date(2026, 2, 9)},
    {"base": "18000.00", "first": date(2026, 2, 10)},
]


def posted(line: Line) -> PostedBefore:
    """What is posted once the line is."""
    return PostedBefore("a-line", line.occasion, line.currency, line.amount, line.costs, lambda: line)


def line(pay: Any = RAISED, policy: dict[str, Any] | None = None, **facts: Any) -> Line:
    """One person's line of the first quarter."""
    assignments = [{"unit": "U", "first": date(2020, 1, 1)}]
    person = calculation_input(pay=pay, assignments=assignments, grade=facts.pop("grade", "A"), **facts)
    outcome = calculation("2026-Q1", policy or {}, {"U": None}).outcome(person)
    assert isinstance(outcome, list)
    return outcome[0]


def page(of: Line, language: Any = "zh", **changed: Any) -> Page:
    """The page of a line."""
    said: dict[str, Any] = {
        "name": "苏曼青", "number": "E002", "unit": Text("品牌部", "Brand"),
        "plan": Text("季度奖金", "Quarterly bonus"),
        "period": "2026-Q1", "occasion": of.occasion, "grade": of.grade, "days": of.days, "currency": of.currency,
        "amount": of.amount, "recovered": Decimal("0.00"), "explanation": of.explanation,
        "state": Text("待确认", "awaiting confirmation"), "issued_on": date(2026, 4, 24), "reversed_on": None,
        "reversal_reason": None, "corrections": [],
    }  # fmt: skip
    return page_of(Content(**said | changed), language)


def rows(of: Page) -> list[Row]:
    """The rows of the last section."""
    return list(of.sections[-1].rows)


def sentences(of: Page) -> Iterator[str]:
    """Everything that stands on the page but the facts."""
    yield from (of.title, of.subtitle, of.amount_label, of.amount, of.closing, *of.notices)
    for section in of.sections:
        yield section.heading
        for row in section.rows:
            yield from (row.text, row.words, row.figures, row.amount)


def test_the_unit_is_named_in_the_language_of_the_page() -> None:
    assert ("部门", "品牌部") in page(line()).facts
    assert ("Department", "Brand") in page(line(), "en").facts


def test_a_part_says_its_formula_in_words_and_with_its_figures() -> None:
    told = rows(page(line()))
    assert [row for row in told if row.words] == [
        Row(
            0,
            "2026-01-01 至 2026-02-09，40 天，单元U",
            "月度奖金基数 × 奖金月数 × 本段天数/期间总天数 × 个人系数 × 部门系数",
            "12,000.00 × 3 × 40/90 × 1.2 × 1",
            "19,200.00",
        ),
        Row(
            0,
            "2026-02-10 至 2026-03-31，50 天，单元U",
            "月度奖金基数 × 奖金月数 × 本段天数/期间总天数 × 个人系数 × 部门系数",
            "18,000.00 × 3 × 50/90 × 1.2 × 1",
            "36,000.00",
        ),
        Row(0, "合计", "各段相加，四舍五入到分", "19,200.00 + 36,000.00", "55,200.00"),
    ]
    days = "days of this part / days of the period"
    words = f"monthly bonus base × months × {days} × personal coefficient × unit coefficient"
    assert words in [row.words for row in rows(page(line(), "en"))]


def test_a_base_that_does_not_come_out_even_is_told_as_about_and_with_its_division() -> None:
    uneven = line([{"fixed": "20000.00", "first": date(2020, 1, 1)}])
    told = rows(page(uneven))
    base = next(row for row in told if row.text == "月度奖金基数")
    assert (base.words, base.amount) == ("固定月薪 × 浮动占比 ÷ 固定占比", "约 13,333.3333")
    assert base.figures == "20,000.00 × 4/6"
    part = next(row for row in told if row.words.startswith("月度奖金基数 ×"))
    assert part.figures == "(20,000.00 × 4/6) × 3 × 90/90 × 1.2 × 1"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_code_stands_on_a_page(language: Any) -> None:
    policy = {"caps": {"times_target": "0.5"}, "eligibility": {"leavers": "none"}}
    before, after = line(), line([{"base": "15000.00", "first": date(2020, 1, 1)}])
    (difference,) = differences([after], [posted(before)])
    lines = [before, line(policy=policy), line(left_on=date(2026, 3, 1), policy=policy), line(grade="D"), difference]
    lines.append(line(probation_until=date(2026, 1, 31)))
    code = re.compile(r"round\(|Σ|plan:|pay_profile|result:|@\d|≈|_|\bQB\b|\b0\.01\b")
    for each in lines:
        wrong = [sentence for sentence in sentences(page(each, language)) if code.search(sentence)]
        assert wrong == []


def test_before_tax_and_the_currency_are_said() -> None:
    told = page(line())
    assert (told.amount_label, told.amount) == ("奖金金额（税前）", "55,200.00 元")
    assert "税前" in told.closing
    assert told.sections[0].heading == "计算过程：2026 年第一季度奖金（税前，人民币元）"
    assert page(line(), "en").amount == "CNY 55,200.00"


def test_what_happened_since_is_said_first() -> None:
    told = page(
        line(),
        reversed_on=date(2026, 7, 1),
        reversal_reason="重复发放",
        recovered=Decimal("3000.00"),
        corrections=[Posted(date(2026, 7, 24), Decimal("13500.00"), Decimal("67500.00"))],
    )
    assert told.notices == (
        "本单金额已于 2026-07-01 冲销，不再应付。原因：重复发放",
        "2026-07-24 对同一奖金另行入账差额 13,500.00 元，该奖金现应发合计 67,500.00 元。",
        "其中 3,000.00 元用于扣回以前期间多发的奖金，实际发放 52,200.00 元（税前）。",
    )


def test_a_difference_says_where_it_comes_from_before_the_whole() -> None:
    before, after = line(), line([{"base": "20000.00", "first": date(2020, 1, 1)}])
    (difference,) = differences([after], [posted(before)])
    told = page(difference, period="2026-Q2")
    assert (told.amount_label, told.amount) == ("本次补发差额（税前）", "16,800.00 元")
    assert ("所属期间", "2026 年第一季度") in told.facts
    assert [section.heading[:4] for section in told.sections] == ["差额的由", "计算过程"]
    total = told.sections[0].rows[-1]
    assert (total.figures, total.amount) == ("72,000.00 − 55,200.00", "16,800.00")
    less = differences([before], [posted(after)])[0]
    assert (page(less).amount_label, page(less).amount) == ("本次扣减差额（税前）", "-16,800.00 元")


def test_figures_are_parted_by_thousands_and_days_are_not() -> None:
    assert numbers("-1200.00", "zh") == "-1,200.00"
    assert numbers("1234567.5 + 999 + 0.12345", "zh") == "1,234,567.5 + 999 + 0.12345"
    assert numbers("2026-03-31", "zh") == "2026-03-31"
    assert numbers("1000.00 → —", "en") == "1,000.00 → none"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_the_api_narrates_is_the_page_line_by_line_and_has_no_code_words(language: Any) -> None:
    whole = line()
    told = narration(whole.explanation, language)
    shown = [row for section in page(whole, language).sections for row in section.rows]
    assert len(told) == 1 + len(shown)
    for said, row in zip(told[1:], shown, strict=True):
        assert said.startswith("  " * (row.level + 1) + row.text)
        assert all(part in said for part in (row.words, row.figures, row.amount))
    assert not re.search(r"\b0\.01\b|\bQB\b|\bP\b|_|round\(|Σ|·", "\n".join(told))


def test_spans_and_outcomes_are_told_in_words() -> None:
    assert numbers("2026-03-01/2026-03-09", "zh") == "2026-03-01 至 2026-03-09"
    assert numbers("— → 2026-03-01/", "en") == "none → from 2026-03-01"
    assert (numbers("passed", "zh"), numbers("passed", "en")) == ("通过", "passed")
