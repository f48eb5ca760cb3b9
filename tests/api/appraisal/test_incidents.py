"""Incidents in three levels: who responds within what time, and the report in 72 hours (APR-07)."""

from dataclasses import replace
from typing import Any

import pytest

from services.appraisal.incidents.store import incident_policy as store
from services.kit.identity import Role
from tests.builders.appraisal import Person, Quarter

pytestmark = pytest.mark.req("APR-07")


async def test_the_level_says_who_responds_and_the_head_reports(quarter: Quarter) -> None:
    company = quarter.company
    await quarter.ready()
    quarter.clock.set(2026, 3, 11, 1)
    body = {
        "unit_id": str(company.sales.id),
        "title": "直播间价格设置错误",
        "description": "优惠券叠加规则配置有误",
        "occurred_at": "2026-03-11T00:30:00Z",
    }
    answering = {"general": (company.head, "2026-03-12T01:00:00Z"), "major": (company.chief, "2026-03-11T13:00:00Z")}
    answering["crisis"] = (company.chief, "2026-03-11T03:00:00Z")
    responses = {}
    for level, (who, due_at) in answering.items():
        told = await quarter.done(company["E201"], "incidents", {**body, "level": level})
        assert (await quarter.read(company["E201"], f"incidents/{told['id']}"))["unit_name"] == "D12"
        owed = await quarter.all(company.hr, "obligations", origin="incident")
        newest = sorted(owed, key=lambda each: each["id"])[-2:]
        response = next(each for each in newest if each["demand"] == "incident_response")
        report = next(each for each in newest if each["demand"] == "incident_report")
        responses[level] = response["id"]
        assert (response["owner_id"], response["due_at"]) == (str(who.id), due_at)
        assert response["owner_name"] == f"name of {who.number}"
        for asked in (who, company.head, company.chief):  # whoever answers or stands above reads what happened
            assert (await quarter.get(asked, f"incidents/{told['id']}")).status_code == 200
            assert told["id"] in {each["id"] for each in await quarter.all(asked, "incidents")}
        assert (report["owner_id"], report["due_at"]) == (str(company.head.id), "2026-03-14T01:00:00Z")
    await quarter.done(company.head, f"obligations/{responses['general']}/submit", {"submission": "已恢复价格"})
    mine = {each["level"]: each for each in await quarter.all(company["E201"], "incidents")}
    states = {level: (each["response_state"], each["report_state"]) for level, each in mine.items()}
    assert states == {"general": ("submitted", "open"), "major": ("open", "open"), "crisis": ("open", "open")}
    assert (await quarter.read(company["E201"], f"incidents/{mine['general']['id']}")) == mine["general"]
    assert "已恢复价格" not in str(mine)  # how far it is, not what was said
    assert (await quarter.get(company["E202"], f"incidents/{told['id']}")).status_code == 404
    assert await quarter.all(company["E202"], "incidents") == []
    for over, status in ((company.sales.id, 200), (company.brand.id, 404)):
        reader = Person("E900", company.group, "OTHER", company.chief, (Role.AUDITOR,), over)
        assert (await quarter.get(reader, f"incidents/{told['id']}")).status_code == status
    assert len(await quarter.all(company.hr, "incidents", level="crisis")) == 1
    later = await quarter.post(
        company.head, "incidents", {**body, "level": "major", "occurred_at": "2026-03-12T00:00:00Z"}
    )
    assert (later.status_code, later.json()["code"]) == (422, "incident_occurs_later")
    nowhere = await quarter.post(company.head, "incidents", {**body, "level": "major", "unit_id": str(company.hr.id)})
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "unit_unknown")


async def test_of_two_who_set_the_policy_at_once_one_is_told_that_it_has_changed(
    quarter: Quarter, monkeypatch: pytest.MonkeyPatch
) -> None:
    hr, path = quarter.api(quarter.company.hr.caller), "/v1/appraisal/incident_policy"
    read = await quarter.read(quarter.company.hr, "incident_policy")
    wanted = {name: read[name] for name in ("general", "major", "crisis", "report")} | {"reason": "修订"}
    async with quarter.sessions.read() as session:
        seen_by_both = await store.newest(session)

    async def newest(_session: Any) -> Any:
        return seen_by_both

    monkeypatch.setattr(store, "newest", newest)
    answers = [await hr.put(path, json=wanted, headers={"If-Match": "1"}) for _ in "12"]
    assert [answer.status_code for answer in answers] == [200, 412]


async def test_hr_sets_who_answers_within_what_time_for_incidents_from_then_on(quarter: Quarter) -> None:
    company, path = quarter.company, "/v1/appraisal/incident_policy"
    await quarter.ready()
    quarter.clock.set(2026, 3, 11, 1)
    body = {"unit_id": str(company.sales.id), "level": "general", "title": "投诉", "description": "客户投诉"}
    for never in ("0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00", "1999-12-31T23:59:59Z"):
        refused = await quarter.post(company["E101"], "incidents", {**body, "occurred_at": never})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/occurred_at")
    body["occurred_at"] = "2026-03-11T00:30:00Z"
    await quarter.done(company["E101"], "incidents", body)
    delivered = await quarter.read(company["E101"], "incident_policy")
    assert (delivered["version"], delivered["general"]) == (1, {"by": "head", "amount": 24, "unit": "hours"})
    wanted = {name: delivered[name] for name in ("general", "major", "crisis", "report")} | {"reason": "按应急预案修订"}
    wanted["general"] = {"by": "superior", "amount": 2, "unit": "working_days"}
    wanted["report"] = {"amount": 48, "unit": "hours"}
    hr = quarter.api(company.hr.caller)
    seen = {"If-Match": await quarter.revision("incident_policy")}
    for who, headers, status in (
        (company.head, seen, 403),
        (replace(company.hr2, over=company.sales.id), seen, 403),
        (company.hr, {}, 428),
        (company.hr, {"If-Match": '"7"'}, 412),
    ):
        assert (await quarter.api(who.caller).put(path, json=wanted, headers=headers)).status_code == status
    wrong = await hr.put(path, json={**wanted, "report": {"amount": 0, "unit": "hours"}}, headers=seen)
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/report/amount")
    answer = await hr.put(path, json=wanted, headers=seen)
    assert (answer.status_code, answer.json()["version"], answer.json()["set_by_name"]) == (200, 2, "name of E002")
    assert (await hr.put(path, json=wanted, headers=seen)).status_code == 412
    before = {each["id"] for each in await quarter.all(company.hr, "obligations")}
    await quarter.done(company["E101"], "incidents", body)
    owed = {each["demand"]: each for each in await quarter.all(company.hr, "obligations") if each["id"] not in before}
    response, report = owed["incident_response"], owed["incident_report"]
    assert (response["owner_name"], response["due_at"]) == ("name of E001", "2026-03-13T16:00:00Z")
    assert report["due_at"] == "2026-03-13T01:00:00Z"
    versions = await quarter.all(company["E101"], "incident_policy/versions")
    assert [(each["version"], each["general"]["by"], each["reason"]) for each in versions] == [
        (1, "head", None), (2, "superior", "按应急预案修订"),
    ]  # fmt: skip
    first = await quarter.read(company["E101"], "incident_policy/versions", limit=1)
    assert (len(first["items"]), first["next"] is None) == (1, False)
