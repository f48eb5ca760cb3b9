"""Incidents in three levels: who responds within what time, and the report in 72 hours (APR-07)."""

import pytest

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
    for level, (who, due_at) in answering.items():
        told = await quarter.done(company["E201"], "incidents", {**body, "level": level})
        assert (await quarter.read(company["E201"], f"incidents/{told['id']}"))["unit_name"] == "D12"
        owed = await quarter.all(company.hr, "obligations", origin="incident")
        newest = sorted(owed, key=lambda each: each["id"])[-2:]
        response = next(each for each in newest if each["demand"] == "incident_response")
        report = next(each for each in newest if each["demand"] == "incident_report")
        assert (response["owner_id"], response["due_at"]) == (str(who.id), due_at)
        assert response["owner_name"] == f"name of {who.number}"
        for asked in (who, company.head):  # whoever answers reads what happened
            assert (await quarter.get(asked, f"incidents/{told['id']}")).status_code == 200
            assert told["id"] in {each["id"] for each in await quarter.all(asked, "incidents")}
        assert (report["owner_id"], report["due_at"]) == (str(company.head.id), "2026-03-14T01:00:00Z")
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
