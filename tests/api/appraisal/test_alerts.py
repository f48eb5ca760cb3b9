"""Measurements raise alerts; somebody owes a report in time; the superior accepts or returns it (APR-07)."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from services.kit.identity import Role
from tests.builders.appraisal import BASE, Quarter, measurement
from tests.clients import Clients

pytestmark = pytest.mark.req("APR-07")
FELL = {
    "indicator": "S01",
    "condition": {"kind": "fell_against_last_month", "percent": "15"},
    "demand": "analysis_report",
    "within": 3,
}
FEBRUARY = measurement("E101", "S01", "10", "2026-02-27")
MARCH = measurement("E101", "S01", "8", "2026-03-10")


async def alerted(quarter: Quarter) -> dict[str, Any]:
    """A rule, two months of figures, and what E101 owes since."""
    await quarter.ready()
    quarter.clock.set(2026, 3, 11, 1)
    await quarter.done(quarter.company.hr, "alert_rules", FELL)
    assert (await quarter.measure(FEBRUARY, MARCH)).is_success
    await quarter.jobs()
    (found,) = await quarter.all(quarter.company["E101"], "obligations")
    return found


async def test_a_fall_opens_one_obligation_which_is_handed_in_returned_and_accepted(quarter: Quarter) -> None:
    company = quarter.company
    found = await alerted(quarter)
    one, path = company["E101"], f"obligations/{found['id']}"
    assert (found["owner_name"], found["state"], found["late"]) == ("name of E101", "open", False)
    assert found["due_at"] == "2026-03-16T16:00:00Z"  # the end of 16 March in Shanghai, three working days later
    assert "下降 20.00%" in found["reason"]
    english = await quarter.api(one.caller).get(f"/v1/appraisal/{path}", headers={"Accept-Language": "en"})
    assert "fell by 20.00 %" in english.json()["reason"]
    [task] = await quarter.all(one, "my/tasks", kind="obligation.submit")
    assert task["link"] == f"/v1/appraisal/{path}"
    assert (await quarter.measure(FEBRUARY, MARCH)).json()["repeated"] == 2
    await quarter.jobs()
    assert len(await quarter.all(company.hr, "obligations")) == 1
    await quarter.done(one, f"{path}/submit", {"submission": "春节淡季"})
    assert await quarter.all(one, "my/tasks", kind="obligation.submit") == []
    [review] = await quarter.all(company.head, "my/tasks", kind="obligation.decide")
    assert review["link"] == f"/v1/appraisal/{path}"
    own = await quarter.post(replace(one, roles=(Role.HR,)), f"{path}/accept", {})
    assert (own.status_code, own.json()["code"]) == (403, "own_matter")
    returned = await quarter.done(company.head, f"{path}/return", {"reason": "请补充渠道数据"})
    assert (returned["state"], returned["decision"]) == ("open", "请补充渠道数据")
    await quarter.done(one, f"{path}/submit", {"submission": "已补充"})
    accepted = await quarter.done(company.chief, f"{path}/accept", {"note": "同意"})
    assert (accepted["state"], accepted["decided_by_name"]) == ("accepted", "name of E001")
    again = await quarter.post(company.head, f"{path}/accept", {})
    assert (again.status_code, again.json()["code"]) == (409, "transition_not_possible")


async def test_a_correction_that_unmakes_the_alert_withdraws_it_and_one_that_makes_it_again_reopens_it(
    quarter: Quarter,
) -> None:
    found = await alerted(quarter)
    path, one = f"obligations/{found['id']}", quarter.company["E101"]
    await quarter.measure({**MARCH, "value": "9", "external_id": "c1", "corrects": MARCH["external_id"]})
    await quarter.jobs()
    withdrawn = await quarter.read(one, path)
    assert (withdrawn["state"], withdrawn["late"]) == ("withdrawn", False)
    assert withdrawn["decision"] == "数据更正后不再符合预警条件"
    english = await quarter.api(one.caller).get(f"{BASE}/{path}", headers={"Accept-Language": "en"})
    assert english.json()["decision"].isascii()
    assert await quarter.all(one, "my/tasks", kind="obligation.submit") == []
    await quarter.measure({**MARCH, "value": "5", "external_id": "c2", "corrects": "c1"})
    await quarter.jobs()
    reopened = await quarter.read(one, path)
    assert reopened["state"] == "open"
    assert "下降 50.00%" in reopened["reason"]
    assert len(await quarter.all(one, "my/tasks", kind="obligation.submit")) == 1


async def test_the_budget_and_the_plan_are_limits_too_and_a_retired_rule_raises_nothing(quarter: Quarter) -> None:
    company = quarter.company
    await quarter.ready()
    quarter.clock.set(2026, 3, 11, 1)
    for condition in (
        {"kind": "over_budget", "percent": "10", "budget": "S03"},
        {"kind": "over_plan", "percent": "20"},
    ):
        body = {**FELL, "condition": condition, "demand": "explanation", "within": 24, "within_unit": "hours"}
        await quarter.done(company.hr, "alert_rules", body)
    retired = await quarter.done(company.hr, "alert_rules", {**FELL, "condition": {"kind": "older_than", "days": 1}})
    stale = await quarter.post(company.hr, f"alert_rules/{retired['id']}/retire", seen='"99"')
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    await quarter.done(company.hr, f"alert_rules/{retired['id']}/retire")
    for unknown in (await quarter.get(company.hr, f"alert_rules/{company.sales.id}"),
                    await quarter.post(company.hr, f"alert_rules/{company.sales.id}/retire")):  # fmt: skip
        assert (unknown.status_code, unknown.json()["code"]) == (404, "no_alert_rule")
    again = await quarter.post(company.hr, f"alert_rules/{retired['id']}/retire")
    assert (again.status_code, again.json()["code"]) == (409, "alert_rule_retired")
    await quarter.measure(measurement("E101", "S01", "2500000", "2026-03-02"))
    await quarter.measure(measurement("E101", "S03", "100", "2026-03-03"))  # the budget comes later
    await quarter.jobs()
    assert [each["id"] for each in await quarter.all(company["E101"], "alert_rules", active=False)] == [retired["id"]]
    found = await quarter.all(company.hr, "obligations", origin="alert")
    assert {each["reason"].partition("：")[0] for each in found} == {"超出当月预算", "超出计划"}
    assert {each["due_at"] for each in found} == {"2026-03-12T01:00:00Z"}


async def test_rules_are_written_by_hr_of_the_whole_about_known_indicators(quarter: Quarter) -> None:
    company = quarter.company
    await quarter.library()
    for body, code in (
        ({**FELL, "indicator": "NONE"}, "alert_indicator_unknown"),
        ({**FELL, "condition": {"kind": "fell_against_last_month", "percent": "0"}}, "alert_condition_misshapen"),
        ({**FELL, "condition": {"kind": "over_budget", "percent": "5", "budget": "NONE"}}, "alert_indicator_unknown"),
    ):
        answer = await quarter.post(company.hr, "alert_rules", body)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert code == "alert_indicator_unknown" or "的百分比不能为 0" in answer.json()["title"]
    scoped = replace(company.hr, over=company.sales.id)
    assert (await quarter.post(scoped, "alert_rules", FELL)).status_code == 403
    assert (await quarter.post(company.head, "alert_rules", FELL)).status_code == 403


@pytest.mark.req("PLT-03")
async def test_only_the_owner_hands_in_and_only_the_line_and_hr_of_the_unit_see_it(quarter: Quarter) -> None:
    company = quarter.company
    found = await alerted(quarter)
    path = f"obligations/{found['id']}"
    elsewhere = replace(company.hr2, over=company.brand.id)
    for stranger in (company["E102"], company.other_head, elsewhere):
        assert (await quarter.get(stranger, path)).json()["code"] == "no_obligation"
        assert (await quarter.post(stranger, f"{path}/submit", {"submission": "x"})).json()["code"] == "no_obligation"
        assert await quarter.all(stranger, "obligations") == []
    assert (await quarter.get(replace(company.hr2, over=company.sales.id), path)).status_code == 200
    instead = await quarter.post(company.head, f"{path}/submit", {"submission": "x"})
    assert (instead.status_code, instead.json()["code"]) == (403, "not_in_this_capacity")
    stale = await quarter.post(company["E101"], f"{path}/submit", {"submission": "x"}, seen='"7"')
    assert stale.status_code == 412
    withdrawn = await quarter.done(company.hr, f"{path}/withdraw", {"reason": "口径调整"})
    assert (withdrawn["state"], withdrawn["decision"]) == ("withdrawn", "口径调整")


async def test_what_is_overdue_shows_is_told_once_and_goes_to_the_line_when_its_owner_has_left(
    quarter: Quarter, appraisal: Clients
) -> None:
    company = quarter.company
    found = await alerted(quarter)
    quarter.clock.set(2026, 3, 17, 1)
    async with quarter.sessions.write() as session:
        await session.execute(
            text("INSERT INTO departure (employee_id, last_day) VALUES (:id, '2026-03-16')"), {"id": company["E101"].id}
        )
    (late,) = await quarter.all(company.hr, "obligations", overdue=True)
    assert (late["id"], late["late"]) == (found["id"], True)
    await quarter.follow("follow_obligations")
    async with quarter.sessions.read() as session:
        told = await session.scalar(text("SELECT count(*) FROM event WHERE type = 'appraisal.obligation.overdue'"))
    assert told == 1
    (heir,) = await quarter.all(company.head, "obligations", owner_id=str(company.head.id))
    assert (heir["id"], heir["owner_name"], heir["revision"]) == (found["id"], "name of E100", 2)
    await quarter.done(company.head, f"obligations/{found['id']}/submit", {"submission": "代为说明"})
    [review] = await quarter.all(company.chief, "my/tasks", kind="obligation.decide")
    assert review["link"].endswith(found["id"])
    await quarter.follow("follow_obligations")


async def test_of_two_acceptances_at_once_one_wins(live: Quarter) -> None:
    found = await alerted(live)
    path = f"obligations/{found['id']}"
    await live.done(live.company["E101"], f"{path}/submit", {"submission": "春节淡季"})
    seen = await live.revision(path)
    both = await asyncio.gather(
        live.post(live.company.head, f"{path}/accept", {}, seen=seen),
        live.post(live.company.chief, f"{path}/return", {"reason": "不完整"}, seen=seen),
    )
    assert sorted(answer.status_code for answer in both) == [200, 412]
