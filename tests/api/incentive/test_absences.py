"""Absences by kind: excluded days earn nothing, are stated with their dates, and are corrected (INC-02)."""

import pytest

from tests.builders.incentive import PLAN
from tests.builders.incentive_quarter import Quarter
from tests.identities import SetClock

pytestmark = pytest.mark.req("INC-02")

MAY = ("unpaid", "2026-05-01", "2026-05-31")
BASE = {"pay": (("16500.00", "2026-01-01"),), "grade": "B"}
EVEN = PLAN["policy"] | {"unit_coefficients": {"B": "1.0"}}


@pytest.mark.parametrize(
    ("excluded", "amount", "days"), [(["unpaid", "personal"], "21758.24", 60), ([], "33000.00", 91)]
)
async def test_may_on_unpaid_leave_is_paid_as_the_plan_says(
    quarter: Quarter, clock: SetClock, excluded: list[str], amount: str, days: int
) -> None:
    clock.set(2026, 7, 20, 1)
    quarter.company.change("E001", absences=(MAY, ("sick", "2026-04-01", "2026-04-30")), **BASE)
    quarter.company.cycle |= {"code": "2026-Q2", "valid_from": "2026-04-01", "valid_to": "2026-06-30"}
    plan = PLAN | {"policy": EVEN | {"eligibility": {"excluded_absences": excluded}}}
    await quarter.begin(plan, "2026-Q2")
    await quarter.reach("calculated")
    line = (await quarter.lines())["E001"]
    assert (line["amount"], line["days"]) == (amount, days)
    path = f"/v1/incentive/runs/{quarter.run_id}/lines/{line['id']}"
    narration = "\n".join((await quarter.clients(quarter.clerk).get(path)).json()["explanation"]["narration"])
    assert ("无薪假（2026-05-01 至 2026-05-31），按奖金方案不计奖" in narration) == bool(excluded)
    assert "病假" not in narration
    assert (await quarter.clients(quarter.clerk).get(f"/v1/incentive/runs/{quarter.run_id}/replay")).json()["identical"]


@pytest.mark.req("INC-13")
async def test_leave_that_is_entered_late_is_a_difference_that_names_it(quarter: Quarter, clock: SetClock) -> None:
    quarter.company.change("E001", **BASE)
    await quarter.begin(PLAN | {"policy": EVEN})
    await quarter.reach("posted")
    assert (await quarter.lines())["E001"]["amount"] == "33000.00"
    quarter.company.change("E001", absences=(("personal", "2026-03-01", "2026-03-09"),))
    clock.set(2026, 7, 20, 1)
    await quarter.next_run("2026-Q2")
    await quarter.reach("calculated")
    line = (await quarter.lines_of("2026-Q1"))["E001"]
    assert (line["due"], line["amount"]) == ("29700.00", "-3300.00")
    path = f"/v1/incentive/runs/{quarter.run_id}/lines/{line['id']}"
    narration = (await quarter.clients(quarter.clerk).get(path)).json()["explanation"]["narration"]
    assert "  变更：事假：无 → 2026-03-01 至 2026-03-09" in narration
