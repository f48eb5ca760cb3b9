"""Every kind of bonus rule works end to end over HTTP, from its example in the API's description (INC-02, INC-03)."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.incentive.plans.api.examples import plan_example
from services.incentive.plans.domain.rules import Rule, rule_types
from services.incentive.plans.domain.rules.quarterly_bonus import QuarterlyBonus
from services.incentive.plans.domain.rules.weight import Need, Stretch, Weight
from services.kit.periods import calendar_period
from tests.builders.incentive import CYCLE, PLAN
from tests.builders.incentive_claims import claimed
from tests.builders.incentive_quarter import CYCLE_ID, Quarter

pytestmark = pytest.mark.req("INC-02", "INC-03")

DESCRIPTION = Path(__file__).parents[3] / "services" / "incentive" / "openapi.json"


@pytest.mark.req("INC-11")
@pytest.mark.parametrize("rule", rule_types())
async def test_a_bonus_is_planned_calculated_and_explained(quarter: Quarter, rule: type[Rule]) -> None:
    mark = rule.period_marks[0]
    label = f"2026-{mark}1" if mark else "2026"
    period = calendar_period(label)
    first, last = str(period.start), str(period.last)
    needs_claims = Need.CLAIMS in rule.needs
    quarter.company.cycle = {**CYCLE, "code": label, "valid_from": first, "valid_to": last}
    await quarter.begin(plan_example(rule), period=label, cycle_id="" if needs_claims else CYCLE_ID)
    if needs_claims:
        await claimed(quarter, "E001", "25000.00", kind=rule.kind, due_on=period.start)
    run = await quarter.reach("calculated")
    assert (run["bonus"], run["calculation"]["excluded"]) == (rule.kind, 0)
    lines = await quarter.lines()
    path = f"/v1/incentive/runs/{quarter.run_id}/lines/{lines['E001']['id']}"
    line = (await quarter.clients(quarter.clerk).get(path)).json()
    assert float(line["amount"]) > 0
    assert line["explanation"]["tree"]["rule"] == rule.kind
    assert len(line["explanation"]["narration"]) > 1


@pytest.mark.parametrize("rule", rule_types())
def test_the_description_of_the_api_shows_an_example_of_each_kind_and_names_its_parameters(rule: type[Rule]) -> None:
    described = json.loads(DESCRIPTION.read_text("utf-8"))
    body = described["paths"]["/v1/incentive/plans"]["post"]["requestBody"]["content"]["application/json"]
    assert body["examples"][rule.kind]["value"] == plan_example(rule)
    properties = described["components"]["schemas"][rule.__name__]["properties"]
    assert all(each["description"] for name, each in properties.items() if name != "kind")


async def test_a_run_of_a_rule_that_goes_by_grades_names_a_cycle(quarter: Quarter) -> None:
    clerk = quarter.clients(quarter.clerk)
    await quarter.enter_plan(PLAN)
    refused = await clerk.post("/v1/incentive/runs", json={"plan_code": "QB", "period": "2026-Q1"})
    assert (refused.status_code, refused.json()["code"]) == (422, "cycle_missing")
    assert refused.json()["errors"][0]["pointer"] == "/cycle_id"


async def test_a_run_of_a_rule_that_goes_by_no_grades_has_no_cycle_and_asks_for_no_results(
    quarter: Quarter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flat(self: QuarterlyBonus, stretch: Stretch) -> Weight:
        assert stretch.grade is None
        return Weight(stretch.share * 100, stretch.share * 100, f"100 × {stretch.days}/{stretch.period_days}", ())

    monkeypatch.setattr(QuarterlyBonus, "needs", frozenset[Need]())
    monkeypatch.setattr(QuarterlyBonus, "weigh", flat)
    quarter.company.change("E001", grade=None)
    await quarter.begin(cycle_id="")
    run = await quarter.reach("calculated")
    assert (run["cycle_id"], run["cycle_code"], run["input_snapshot"]["results_hash"]) == (None, None, None)
    assert quarter.company.asked == ["org"]
    lines = await quarter.lines()
    assert (lines["E001"]["amount"], lines["E001"]["grade"]) == ("100.00", None)
    clerk = quarter.clients(quarter.clerk)
    await quarter.act(quarter.clerk, "cancel")
    body: dict[str, Any] = {"plan_code": "QB", "period": "2026-Q1", "cycle_id": str(uuid4())}
    refused = await clerk.post("/v1/incentive/runs", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "cycle_not_needed")
