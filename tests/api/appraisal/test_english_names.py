"""Readers in English meet the English names of units and positions, and figures as the explanations round them."""

from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from tests.api.appraisal.test_briefs import measured
from tests.api.appraisal.test_work_standards import BY_THE_FIFTH, line
from tests.builders.appraisal import Person, Quarter, indicator, measurement, scheme, section
from tests.builders.appraisal_bodies import EXPENSE

pytestmark = pytest.mark.req("APR-08", "PLT-02")
EAST = "East Region"


async def in_english(quarter: Quarter, who: Person, path: str) -> Any:
    """What somebody reads in English."""
    answer = await quarter.api(who.caller).get(f"/v1/appraisal/{path}", headers={"Accept-Language": "en"})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_briefs_tasks_incidents_and_reports_name_units_in_english_too(quarter: Quarter) -> None:
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
    assert (brief["unit_name"], brief["unit_name_en"]) == ("D12", EAST)
    assert (page["facts"][0], page["subtitle"]) == (["Unit", EAST], f"{EAST} · February 2026")
    assert {(each["name"], each["name_en"]) for each in brief["indicators"]} == {
        ("销售额", "name of S01"),
        ("费用率", "name of S03"),
    }
    assert all(EAST in row[0] for row in page["open_rows"])
    assert page["indicators"][0][0] == "name of S01 (yuan)"
    assert page["indicators"][0][1:] == ["601.87", "901.87", "1,000", "-98.13", "90.19%"]
    assert brief["indicators"][0]["gap"] == "-98.1333"  # data stays exact
    assert (await quarter.read(head, f"briefs/{brief['id']}/page"))["subtitle"] == "D12 · 2026 年 2 月"

    titles = {each["kind"]: each["title"] for each in (await in_english(quarter, head, "my/tasks"))["items"]}
    assert titles["brief.sign"] == f"Sign the brief of {EAST} about February 2026"
    assert EAST in titles["obligation.submit"]
    [visits] = (await in_english(quarter, company["E101"], "my/tasks"))["items"]
    assert visits["title"] == "Sales representative: 客户拜访记录 in English (March 2026)"
    incident = await in_english(quarter, company["E101"], f"incidents/{reported['id']}")
    assert (incident["unit_name"], incident["unit_name_en"]) == ("D12", EAST)
    [standard] = await quarter.all(company.hr, "work_standards")
    assert (standard["subject_name"], standard["subject_name_en"]) == ("title of REP", "Sales representative")
    form = (await quarter.forms())["D12"]
    assert (form["subject_name_en"], form["unit_name_en"], form["unit_name"]) == (EAST, EAST, "D12")
    assert len(await quarter.all(company.hr, f"cycles/{quarter.cycle_id}/forms", search="east")) == 1
    asked = f"reports/progress?cycle_id={quarter.cycle_id}&unit_id={company.sales.id}"
    whole = (await in_english(quarter, company.hr, asked))["whole"]
    assert (whole["unit_name"], whole["unit_name_en"]) == ("D12", EAST)


@pytest.mark.req("APR-04", "APR-12", "APR-13", "APR-14")
async def test_forms_ratings_appeals_corrections_and_calibrations_name_units_and_positions_in_english_too(
    quarter: Quarter,
) -> None:
    company = quarter.company
    company.english_names = {"D12": EAST, "REP": "Sales representative"}
    await quarter.scored()
    form = (await quarter.forms())["E101"]
    assert (form["position_title"], form["position_title_en"]) == ("title of REP", "Sales representative")
    [asked] = [each for each in await quarter.sheets(company["E102"]) if each["subject_code"] == "E101"]
    assert (asked["position_title_en"], asked["subject_name_en"]) == ("Sales representative", "name of E101")
    listed = await quarter.all(company.hr, f"cycles/{quarter.cycle_id}/raters", form_id=form["id"])
    assert {each["subject_name_en"] for each in listed} == {"name of E101"}
    calibration = await quarter.done(
        company.hr, "calibrations", {"cycle_id": quarter.cycle_id, "unit_id": str(company.sales.id)}
    )
    assert (calibration["unit_name"], calibration["unit_name_en"]) == ("D12", EAST)
    result = (await quarter.results())["E101"]["id"]
    change = {"result_id": result, "grade": "A", "reason": "大单"}
    adjusted = await quarter.done(company.hr, f"calibrations/{calibration['id']}/grade_adjustments", change)
    assert adjusted["subject_name_en"] == "name of E101"
    await quarter.done(company.hr, f"calibrations/{calibration['id']}/close")
    await quarter.move("finish_calibration")
    quarter.clock.set(2026, 4, 14, 1)
    await quarter.move("publish")
    shown = await quarter.all(company["E101"], f"cycles/{quarter.cycle_id}/public_notice")
    assert {(each["department_name"], each["department_name_en"]) for each in shown} == {("D12", EAST)}
    filed = await quarter.done(company["E101"], "appeals", {"result_id": result, "grounds": "系统故障"})
    assert (filed["unit_name_en"], filed["subject_name_en"]) == (EAST, "name of E101")
    await quarter.done(company.hr, f"appeals/{filed['id']}/reject", {"reason": "核对无误"})
    quarter.clock.set(2026, 4, 21, 1)
    await quarter.move("close")
    asked = await quarter.done(company.hr, f"results/{result}/corrections", {"grade": "B", "reason": "重复"})
    assert (asked["unit_name_en"], asked["subject_name_en"]) == (EAST, "name of E101")


@pytest.mark.req("APR-04", "APR-05", "APR-12", "APR-20")
async def test_exclusions_readiness_coverage_and_reports_name_units_positions_and_indicators_in_english_too(
    quarter: Quarter,
) -> None:
    company, sales = quarter.company, str(quarter.company.sales.id)
    company.english_names = {"D12": EAST, "REP": "Sales representative"}
    await quarter.library()
    of_unit = scheme("QU", units=["D12"], subject_kind="unit", sections=[section("w", "100", ("S01", "100"))])
    of_unit.pop("positions")
    await quarter.schemes(scheme("QE-REP", "REP"), of_unit)
    await quarter.follow("follow_places")
    covered = {each["code"]: each for each in await quarter.all(company.hr, "scheme_coverage", as_of="2026-01-31")}
    assert {(code, covered[code]["name_en"]) for code in ("D12", "REP")} == {
        ("D12", EAST),
        ("REP", "Sales representative"),
    }
    await quarter.opened(goals_due_on="2026-01-20")
    gaps = (await quarter.read(company.hr, f"cycles/{quarter.cycle_id}/readiness"))["gaps"]
    assert {each["subject_name_en"] for each in gaps if each["subject_code"] == "D12"} == {EAST}
    asked = {"cycle_id": quarter.cycle_id, "unit_id": sales}
    quarter.clock.set(2026, 1, 22, 1)
    late = (await quarter.read(company.hr, "reports/progress", **asked))["late"]
    assert {(each["subject_name_en"], each["unit_name_en"]) for each in late} >= {(EAST, EAST), ("name of E101", EAST)}
    card = await quarter.read(company.hr, "reports/scorecard", **asked)
    [perspective] = card["perspectives"]
    assert (card["unit_name"], card["unit_name_en"]) == ("D12", EAST)
    assert (perspective["name_en"], perspective["lines"][0]["name_en"]) == ("Performance", "name of S01")
    trend = await quarter.read(company.hr, "reports/trends", indicator="S01", subject_kind="unit", unit_id=sales)
    assert (trend["name_en"], trend["unit_name"], trend["unit_name_en"]) == ("name of S01", "D12", EAST)
    body = {"position_code": "REP", "items": [{"key": "S01", "target": "1"}]}
    made = await quarter.done(company.head, f"cycles/{quarter.cycle_id}/position_goals", body)
    assert {each["subject_name_en"] for each in made["proposed"]} >= {"name of E101"}
    out = {"subject_kind": "unit", "subject_id": sales, "reason": "部门撤并"}
    taken = await quarter.done(company.hr, f"cycles/{quarter.cycle_id}/exclusions", out)
    assert (taken["subject_name"], taken["subject_name_en"]) == ("D12", EAST)
    later = Quarter(quarter.api, quarter.sessions, quarter.clock, company)  # which knows the unit as well
    await later.opened(code="2026-Q2", name="二季度", period="2026-Q2")
    listed = await quarter.all(company.hr, f"cycles/{quarter.cycle_id}/exclusions", reason="taken_out")
    assert listed == [taken]


@pytest.mark.req("APR-01", "APR-08", "APR-20")
async def test_pictures_workbooks_and_briefs_have_the_english_unit_in_english_and_that_of_both_where_there_is_no_other(
    quarter: Quarter,
) -> None:
    company, sales = quarter.company, str(quarter.company.sales.id)
    await measured(quarter)
    await quarter.done(company.hr, "indicators", indicator(**EXPENSE, unit="%", unit_en=""))
    of_unit = {"subject_kind": "unit", "unit_id": sales}
    reports = {
        "scorecard": {"cycle_id": quarter.cycle_id, "unit_id": sales},
        "trends": {"indicator": "S01", **of_unit},
    }
    for language, unit, other in (("en", "yuan", "元"), ("zh", "元", "yuan")):
        told = {"Accept-Language": language}
        client = quarter.api(company.hr.caller)
        for report, asked in reports.items():
            picture = await client.get(f"/v1/appraisal/reports/{report}.svg", params=asked, headers=told)
            assert unit in picture.text, report
            assert other not in picture.text.replace("单元", ""), report
        book = await client.get("/v1/appraisal/reports/scorecard.xlsx", params=reports["scorecard"], headers=told)
        rows = CalamineWorkbook.from_filelike(BytesIO(book.content)).get_sheet_by_index(0).to_python()
        assert {row[1]: row[3] for row in rows[1:]} == {"S01": unit, "S03": "%"}
    [card] = (await quarter.read(company.hr, "reports/scorecard", **reports["scorecard"]))["perspectives"]
    assert {(each["unit"], each["unit_en"]) for each in card["lines"]} == {("元", "yuan"), ("%", "%")}
    trend = await quarter.read(company.hr, "reports/trends", **reports["trends"])
    assert (trend["unit"], trend["unit_en"]) == ("元", "yuan")
    [used] = await quarter.all(company.hr, "schemes", subject="D12")
    items = used["sections"][0]["items"]
    assert {(each["unit"], each["unit_en"]) for each in items} == {("元", "yuan")}  # as when the scheme was made

    await quarter.follow("follow_obligations")
    (brief,) = (await in_english(quarter, company.head, "briefs"))["items"]
    assert {(each["unit"], each["unit_en"]) for each in brief["indicators"]} == {("元", "yuan"), ("%", "%")}
    path = f"briefs/{brief['id']}/page"
    named = [row[0] for row in (await in_english(quarter, company.head, path))["indicators"]]
    assert named == ["name of S01 (yuan)", "name of S03 (%)"]
    named = [row[0] for row in (await quarter.read(company.head, path))["indicators"]]
    assert named == ["销售额（元）", "费用率（%）"]

    async with quarter.sessions.write() as session:  # as they were stored before units had English names
        await session.execute(text("UPDATE appraisal.brief SET facts = facts #- '{indicators,0,unit_en}'"))
        await session.execute(text("UPDATE appraisal.scheme SET body = body #- '{sections,0,items,0,unit_en}'"))
    named = [row[0] for row in (await in_english(quarter, company.head, path))["indicators"]]
    assert named == ["name of S01 (元)", "name of S03 (%)"]
    [used] = await quarter.all(company.hr, "schemes", subject="D12")
    assert [each["unit_en"] for each in used["sections"][0]["items"]] == ["元", "yuan"]
