"""Readers in English meet the English names of units and positions, and figures as the explanations round them."""

from typing import Any

import pytest

from tests.api.appraisal.test_briefs import measured
from tests.api.appraisal.test_work_standards import BY_THE_FIFTH, line
from tests.builders.appraisal import Person, Quarter, measurement

pytestmark = pytest.mark.req("APR-08", "PLT-02")
EAST = "East Region"


async def in_english(quarter: Quarter, who: Person, path: str) -> Any:
    """What somebody reads in English."""
    answer = await quarter.api(who.caller).get(f"/v1/appraisal/{path}", headers={"Accept-Language": "en"})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_briefs_tasks_incidents_and_reports_name_units_in_the_readers_language(quarter: Quarter) -> None:
    company, head = quarter.company, quarter.company.head
    company.english_names = {"D12": EAST, "REP": "Sales representative"}
    company.told = [line("position", "REP", BY_THE_FIFTH, "客户拜访记录")]
    await measured(quarter)
    await quarter.measure(measurement("D12", "S01", "1.8667", "2026-02-27", subject_kind="unit"))
    quarter.clock.set(2026, 2, 20, 1)
    what = {"unit_id": str(company.sales.id), "level": "general", "title": "complaint", "description": "x"}
    reported = await quarter.done(company["E101"], "incidents", {**what, "occurred_at": "2026-02-02T00:00:00Z"})
    quarter.clock.set(2026, 3, 3, 1)
    for job in ("follow_places", "follow_standards", "follow_obligations"):
        await quarter.follow(job)

    (brief,) = (await in_english(quarter, head, "briefs"))["items"]
    page = await in_english(quarter, head, f"briefs/{brief['id']}/page")
    assert (brief["unit_name"], page["facts"][0], page["subtitle"]) == (EAST, ["Unit", EAST], f"{EAST} · February 2026")
    assert all(EAST in row[0] for row in page["open_rows"])
    assert page["indicators"][0][1:] == ["601.87", "901.87", "1,000", "-98.13", "90.19%"]
    assert brief["indicators"][0]["gap"] == "-98.1333"  # data stays exact
    assert (await quarter.read(head, f"briefs/{brief['id']}/page"))["subtitle"] == "D12 · 2026 年 2 月"

    titles = {each["kind"]: each["title"] for each in (await in_english(quarter, head, "my/tasks"))["items"]}
    assert titles["brief.sign"] == f"Sign the brief of {EAST} about February 2026"
    assert EAST in titles["obligation.submit"]
    [visits] = (await in_english(quarter, company["E101"], "my/tasks"))["items"]
    assert visits["title"] == "Sales representative: 客户拜访记录 in English (March 2026)"
    assert (await in_english(quarter, company["E101"], f"incidents/{reported['id']}"))["unit_name"] == EAST
    form = (await quarter.forms())["D12"]
    assert (form["subject_name_en"], form["unit_name_en"], form["unit_name"]) == (EAST, EAST, "D12")
    assert len(await quarter.all(company.hr, f"cycles/{quarter.cycle_id}/forms", search="east")) == 1
    asked = f"reports/progress?cycle_id={quarter.cycle_id}&unit_id={company.sales.id}"
    assert (await in_english(quarter, company.hr, asked))["whole"]["unit_name"] == EAST
