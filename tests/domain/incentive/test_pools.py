"""Team pools by readable cases, and that their parts always sum to the pool (INC-05)."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.incentive.calculation.domain.calculation_input import CalculationInput
from services.incentive.plans.domain.plan import PlanVersion
from services.incentive.plans.domain.policy import Policy
from services.incentive.plans.domain.rules.team_pool import TeamPool
from services.incentive.pools.domain.pool import Figures, Part, PoolNotReached, check_reached, claims_of, share_out
from services.kit.errors import DomainError, Text
from services.kit.explanation import narrate
from services.kit.periods import Period
from services.kit.yaml_files import read_yaml
from tests.domain.incentive.building import calculation_input, named

pytestmark = pytest.mark.req("INC-05")

CASES: list[dict[str, Any]] = read_yaml(Path(__file__).parent / "cases" / "shared_pools.yaml")
RULE = TeamPool()
PLAN = PlanVersion(UUID(int=9), "TP", 1, Text("奖金池", "pool"), RULE, Policy(), Period(date(2026, 1, 1)))


def member(
    number: str,
    grade: str | None,
    base: str,
    first: date = date(2025, 1, 1),
    last: date | None = None,
    probation_until: date | None = None,
    before: str | None = None,
) -> CalculationInput:
    """Somebody in the unit U, and in another before."""
    earlier = [{"unit": before, "first": date(2025, 1, 1), "last": first - timedelta(days=1)}] if before else []
    made = calculation_input(
        pay=[{"base": base, "first": date(2025, 1, 1)}],
        assignments=[*earlier, {"unit": "U", "first": first, "last": last}],
        grade=grade,
        probation_until=probation_until,
    )
    return CalculationInput(**(vars(made) | {"number": number, "employee_id": named(number), "name": f"员工{number}"}))


def shared(profit: str, people: list[CalculationInput]) -> list[Part]:
    """The pool of that profit shared out."""
    figures = Figures(UUID(int=1), UUID(int=2), "U", Text("销售部", "Sales"), 2026, Decimal("126.40"), Decimal(profit))
    return share_out(figures, PLAN, RULE, people, {named("U")})


@pytest.mark.parametrize("case", [pytest.param(each, id=each["name"]) for each in CASES])
def test_a_pool_is_shared_out_as_its_case_says(case: dict[str, Any]) -> None:
    people = [member(*each) for each in reversed(case["people"])]
    if "problem" in case:
        with pytest.raises(DomainError) as refused:
            shared(case["profit"], people)
        assert refused.value.code == case["problem"]
        return
    parts = shared(case["profit"], people)
    assert {part.person.number: str(part.amount) for part in parts} == case["parts"]
    assert str(sum((part.amount for part in parts), Decimal(0))) == case["pool"]


@given(
    st.decimals(min_value="0.20", max_value="99999999", places=2),
    st.lists(
        st.tuples(st.sampled_from("SABCD"), st.decimals(min_value="0.01", max_value="99999", places=2)),
        min_size=1,
        max_size=12,
    ),
)
def test_the_parts_sum_to_the_pool_and_each_says_why(profit: Decimal, people: list[tuple[str, Decimal]]) -> None:
    everybody = [member("E000", "B", "1.00")]
    everybody += [member(f"E{place:03}", grade, str(base)) for place, (grade, base) in enumerate(people, start=1)]
    parts = shared(str(profit), everybody)
    pool = next(step for step in parts[0].explanation.steps if step.rule == "pool")
    assert str(sum((part.amount for part in parts), Decimal(0))) == pool.value
    assert all(part.explanation.value == str(part.amount) for part in parts)
    figures = Figures(UUID(int=1), UUID(int=2), "U", Text("销售部", "Sales"), 2026, Decimal("126.40"), profit)
    assert [each.amount for each in claims_of(figures, parts, date(2027, 1, 20), "1")] == [p.amount for p in parts]


def test_a_part_is_explained_down_to_grade_and_pay() -> None:
    parts = shared("1234567.89", [member("E1", "S", "12000.00"), member("E2", "B", "12000.00")])
    assert narrate(parts[0].explanation, "zh").split("\n")[:8] == [
        "销售部 2026 年度团队奖金池中本人的份额：61728.39 × 6570000.00 / 10950000.00 = 37037.03",
        "  · 单元年度达成率 126.40 %",
        "  · 须高于 120 %",
        "  · 各份截至分，余下的分依次归余数最大者 0.01",
        "  奖金池：年度利润的 5%：1234567.89 × 5 % = 61728.39",
        "    · 单元年度利润 1234567.89",
        "  本人权重：2026-01-01 至 2026-12-31，奖金基数 × 等级系数 × 天数：12000.00 × 1.5 × 365 = 6570000.00",
        "    · 年度考核等级 S",
    ]


def test_figures_that_release_no_pool_are_told() -> None:
    check_reached(RULE, Decimal("120.01"), Decimal("0.01"))
    with pytest.raises(PoolNotReached) as refused:
        check_reached(RULE, Decimal(120), Decimal(-5))
    assert [each.pointer for each in refused.value.field_errors] == ["/attainment", "/profit"]
