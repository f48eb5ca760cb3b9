"""Room, standing and explanations of budgets, and the nearest one above a unit (INC-15)."""

from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.incentive.budgets.domain.budget import (
    EXPLANATION_PERCENT,
    WARNING_PERCENT,
    Budget,
    BudgetExceeded,
    Use,
    nearest,
)
from services.kit.errors import Text
from services.kit.yaml_files import read_yaml

pytestmark = pytest.mark.req("INC-15")

CASES = read_yaml(Path(__file__).parent / "cases" / "budgets.yaml")
MONEY = st.decimals(min_value=0, max_value=10**9, places=2)


def budget(amount: Decimal, original: Decimal | None = None, explained: Decimal = Decimal(0)) -> Budget:
    return Budget(
        id=uuid4(),
        unit_id=uuid4(),
        unit=Text("销售部", "Sales"),
        year=2026,
        currency="CNY",
        amount=amount,
        original=amount if original is None else original,
        warning_percent=WARNING_PERCENT,
        explanation_percent=EXPLANATION_PERCENT,
        explained=explained,
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_cases(case: dict[str, Any]) -> None:
    amount = Decimal(case["amount"])
    mine = budget(amount, Decimal(case.get("original", amount)), Decimal(case.get("explained", "0")))
    use = Use(committed=Decimal(case["taken"]))
    if "more" in case and case.get("refused"):
        with pytest.raises(BudgetExceeded):
            mine.check_room(use, Decimal(case["more"]))
    elif "more" in case:
        mine.check_room(use, Decimal(case["more"]))
    if "standing" in case:
        assert mine.standing(use) == case["standing"]
    if "explains" in case:
        assert mine.needs_explanation(use) is case["explains"]


@given(amount=MONEY, wanted=st.lists(st.decimals(min_value=-1000, max_value=10**9, places=2), max_size=20))
def test_whatever_is_asked_for_in_turn_no_more_is_taken_than_the_budget(amount: Decimal, wanted: list[Decimal]) -> None:
    mine, taken = budget(amount), Decimal(0)
    for each in wanted:
        try:
            mine.check_room(Use(committed=taken), each)
        except BudgetExceeded:
            continue
        taken += each
        assert taken <= amount


@given(st.lists(st.uuids(), min_size=1, max_size=8, unique=True), st.data())
def test_the_nearest_budget_is_the_lowest_on_the_path(path: list[UUID], data: st.DataObject) -> None:
    having = data.draw(st.lists(st.sampled_from(path), unique=True))
    budgets = {unit: unit for unit in [*having, uuid4()]}
    found = nearest(path, budgets)
    assert found == (max(having, key=path.index) if having else None)
