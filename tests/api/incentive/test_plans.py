"""Bonus plans at the API: versions, and figures that are refused by field (INC-02)."""

from typing import Any
from uuid import uuid4

import pytest

from services.kit.identity import Role
from tests.builders.incentive import PLAN
from tests.builders.incentive_quarter import Quarter
from tests.clients import Clients

pytestmark = pytest.mark.req("INC-02")

PATH = "/v1/incentive/plans"


def changed(**policy: Any) -> dict[str, Any]:
    """The plan with other figures."""
    return {**PLAN, "policy": {**PLAN["policy"], **policy}}


async def test_a_plan_says_what_it_was_given_and_what_holds_by_default(incentive: Clients) -> None:
    created = await incentive(Role.COMPENSATION).post(PATH, json=PLAN)
    assert created.status_code == 201
    plan = created.json()
    assert (plan["version"], plan["valid_to"]) == (1, None)
    assert plan["rule"] == {"kind": "quarterly_bonus", "months": "3"}
    assert plan["policy"]["unit_without_result"] == "1"
    assert plan["policy"]["eligibility"] == {
        "probation": "excluded",
        "leavers": "none",
        "minimum_days": 30,
        "excluded_absences": ["personal", "unpaid"],
    }
    read = await incentive(Role.FINANCE).get(f"{PATH}/{plan['id']}")
    assert read.json() == plan


async def test_entering_the_same_code_again_makes_the_next_version(incentive: Clients) -> None:
    client = incentive(Role.COMPENSATION)
    await client.post(PATH, json=PLAN)
    second = await client.post(PATH, json={**changed(company_coefficient="1.1"), "valid_from": "2026-04-01"})
    assert second.json()["version"] == 2
    listed = await client.get(PATH, params={"code": "QB", "as_of": "2026-03-31"})
    assert [plan["version"] for plan in listed.json()["items"]] == [1]


async def test_a_run_takes_the_newest_released_version_in_force_on_its_last_day(quarter: Quarter) -> None:
    await quarter.begin()
    client = quarter.clients(Role.COMPENSATION)
    doubled = {**PLAN["policy"]["grade_coefficients"], "S": "3.0"}
    await quarter.enter_plan({**changed(grade_coefficients=doubled), "valid_from": "2026-03-31"})
    await quarter.enter_plan({**changed(grade_coefficients={"S": "9"}), "valid_from": "2026-04-01"})
    await client.post(PATH, json={**changed(grade_coefficients={"S": "99"}), "valid_from": "2026-03-31"})
    await quarter.reach("calculated")
    assert (await quarter.lines())["E001"]["amount"] == "108000.00"


async def test_a_run_without_a_version_in_force_goes_back_to_draft(quarter: Quarter) -> None:
    await quarter.begin({**PLAN, "valid_from": "2026-04-01"})
    await quarter.act(quarter.clerk, "calculate")
    await quarter.work()
    run = await quarter.read("en")
    assert (run["state"], run["problem"]["code"]) == ("draft", "no_plan_in_force")
    assert run["problem"]["title"] == (
        "No version of the plan 'QB' is in force on 2026-03-31; publish one that covers that day."
    )


@pytest.mark.req("PLT-08")
@pytest.mark.parametrize(
    ("plan", "pointer"),
    [
        (changed(grade_coefficients={"S": 1.5}), "/policy/grade_coefficients/S"),
        (changed(grade_coefficients={"S": "-1"}), "/policy/grade_coefficients/S"),
        (changed(grade_coefficients={}), "/policy/grade_coefficients"),
        (changed(unit_coefficients={"A": "101"}), "/policy/unit_coefficients/A"),
        (changed(unknown="1"), "/policy/unknown"),
        (changed(eligibility={"minimum_days": 400}), "/policy/eligibility/minimum_days"),
        (changed(eligibility={"leavers": "some"}), "/policy/eligibility/leavers"),
        (changed(eligibility={"excluded_absences": ["holiday"]}), "/policy/eligibility/excluded_absences/0"),
        (changed(eligibility={"excluded_absences": ["sick", "sick"]}), "/policy/eligibility/excluded_absences"),
        (changed(overrides=[{"unit_code": "U", "filing": "HR-1"}]), "/policy/overrides/0"),
        (
            changed(overrides=[{"unit_code": "U", "filing": "1", "unit_coefficient": "1"}] * 2),
            "/policy/overrides/1",
        ),
        (
            changed(overrides=[{"unit_code": "U", "filing": "1", "unit_coefficient": "1", "valid_to": "9999-12-31"}]),
            "/policy/overrides/0/valid_to",
        ),
        ({**PLAN, "valid_to": "9999-12-31"}, "/valid_to"),
        ({**PLAN, "rule": {"kind": "lottery"}}, "/rule"),
        ({**PLAN, "rule": {"kind": "quarterly_bonus", "months": 3.5}}, "/rule/months"),
        ({**PLAN, "rule": {"kind": "quarterly_bonus", "months": "0"}}, "/rule/months"),
        ({**PLAN, "rule": {"kind": "quarterly_bonus", "weeks": "1"}}, "/rule/weeks"),
        ({**PLAN, "valid_to": "2025-12-31"}, "/valid_to"),
    ],
)
async def test_bad_figures_are_refused_by_field(incentive: Clients, plan: dict[str, Any], pointer: str) -> None:
    client = incentive(Role.COMPENSATION)
    refused = await client.post(PATH, json=plan)
    assert refused.status_code == 422, refused.text
    assert pointer in [fault["pointer"] for fault in refused.json()["errors"]]
    assert (await client.get(PATH)).json()["items"] == []


@pytest.mark.req("PLT-03")
async def test_plans_are_created_by_compensation_alone(incentive: Clients) -> None:
    for role in (Role.FINANCE, Role.HR, Role.ADMINISTRATOR, Role.AUDITOR, Role.EXECUTIVE):
        assert (await incentive(role).post(PATH, json=PLAN)).status_code == 403
    assert (await incentive(Role.ADMINISTRATOR).get(PATH)).status_code == 403


async def test_a_version_with_findings_is_released_only_by_somebody_who_accepts_them(quarter: Quarter) -> None:
    policy = PLAN["policy"] | {"grade_coefficients": {"S": "1.5"}}
    entered = await quarter.clients(quarter.clerk).post("/v1/incentive/plans", json=PLAN | {"policy": policy})
    path = f"/v1/incentive/plans/{entered.json()['id']}"
    found = (await quarter.clients(quarter.reviewer).get(f"{path}/findings")).json()
    assert found == [
        {"kind": "grade_missing", "pointer": "/policy/grade_coefficients", "message": "没有等级 A、B、C、D 的系数"}
    ]
    refused = await quarter.clients(quarter.reviewer).post(f"{path}/release", headers={"If-Match": "1"})
    assert (refused.status_code, refused.json()["code"]) == (409, "plan_findings")
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/policy/grade_coefficients"]
    assert (await quarter.clients(quarter.clerk).get(path)).json()["state"] == "proposed"
    await quarter.release(path, accept_findings="true")
    sound = await quarter.clients(quarter.clerk).post("/v1/incentive/plans", json=PLAN)
    assert (await quarter.release(f"/v1/incentive/plans/{sound.json()['id']}"))["state"] == "released"
    unknown = await quarter.clients(quarter.clerk).get(f"/v1/incentive/plans/{uuid4()}/findings")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "plan_unknown")
