"""Reports: progress, grades by unit, trends and scorecards, as data, workbook and picture (APR-20)."""

from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from python_calamine import CalamineWorkbook

from services.kit.identity import Role
from tests.builders.appraisal import Company, Person, Quarter, measurement, scheme, section
from tests.clients import Clients

pytestmark = pytest.mark.req("APR-20")
REPORTS = ("progress", "grades", "trends", "scorecard")


def asked(quarter: Quarter, report: str) -> dict[str, str]:
    """The parameters of a report about the quarter."""
    if report == "trends":
        return {"indicator": "S01"}
    unit = {"unit_id": str(quarter.company.sales.id)} if report == "scorecard" else {}
    return {"cycle_id": quarter.cycle_id, **unit}


def executive(company: Company) -> Person:
    """Somebody who looks at everything and heads nobody."""
    return Person("E900", company.group, "BOARD", None, (Role.EXECUTIVE,))


async def test_progress_says_by_unit_how_far_the_cycle_is_and_who_is_late(quarter: Quarter) -> None:
    company = quarter.company
    await quarter.ready()
    await quarter.move("start_evaluation")
    found = await quarter.read(company.hr, "reports/progress", cycle_id=quarter.cycle_id)
    assert (found["whole"]["forms"], found["whole"]["goals_agreed"]) == (8, 8)
    assert {line["unit_code"]: line["forms"] for line in found["parts"]} == {"D12": 3, "D17": 5}
    assert (found["whole"]["ratings"], found["whole"]["ratings_submitted"], found["late_count"]) == (16, 0, 0)
    deadlines = {"goals_due_on": "2026-01-20", "ratings_due_on": "2026-04-10"}
    etag = await quarter.revision(f"cycles/{quarter.cycle_id}")
    path = f"/v1/appraisal/cycles/{quarter.cycle_id}/deadlines"
    assert (await quarter.api(company.hr.caller).put(path, json=deadlines, headers={"If-Match": etag})).is_success
    quarter.clock.set(2026, 4, 13, 1)
    await quarter.rate_all(but=["E100"])
    late = await quarter.read(company.hr, "reports/progress", cycle_id=quarter.cycle_id)
    assert {(line["person_number"], line["what"]) for line in late["late"]} == {("E100", "ratings")}
    assert (late["late_count"], late["due_on"], late["whole"]["ratings_submitted"]) == (3, "2026-04-10", 13)
    brand = await quarter.read(company.hr, "reports/progress", cycle_id=quarter.cycle_id, unit_id=str(company.brand.id))
    assert (brand["late"], brand["late_count"]) == ([], 0)
    head = await quarter.read(company.head, "reports/progress", cycle_id=quarter.cycle_id)
    assert head["whole"]["unit_code"] == "D12"
    assert "E201" not in str(head)


async def test_grades_by_unit_are_those_before_and_after_calibration_and_small_groups_do_not_show(
    quarter: Quarter,
) -> None:
    company = quarter.company
    company.people[-1].unit = company.team  # two of brand sit in a team of sales
    company.people[-2].unit = company.team
    await quarter.library()
    unit = {"subject_kind": "unit", "positions": [], "units": ["D17"]}  # which is not counted among its people
    work = [section("work", "100", ("S01", "60"), ("S03", "40"))]
    await quarter.schemes(scheme("QE-REP", "REP"), scheme("QE-BRAND", "BRAND"), scheme("QU", sections=work, **unit))
    await quarter.opened()
    await quarter.agree_all()
    forms, values = await quarter.forms(), {"S01": "2310000", "S03": "8.6"}
    rows = [
        measurement(code, key, values[key], subject_kind=forms[code]["subject_kind"])
        for code in forms
        for key in values
    ]
    assert (await quarter.measure(*rows)).status_code == 200
    await quarter.move("start_evaluation")
    await quarter.rate_all()
    await quarter.move("score")
    await quarter.jobs()
    results = await quarter.results()
    opened = await quarter.done(
        company.hr, "calibrations", {"cycle_id": quarter.cycle_id, "unit_id": str(company.group.id)}
    )
    change = {"result_id": results["E201"]["id"], "grade": "C", "reason": "上年结转大单"}
    await quarter.done(company.hr, f"calibrations/{opened['id']}/grade_adjustments", change)
    found = await quarter.read(company.hr, "reports/grades", cycle_id=quarter.cycle_id)
    brand = next(line for line in found["parts"] if line["unit_code"] == "D17")
    assert brand["people"] == 3
    assert brand["computed"]["C"] == 0
    assert brand["final"]["C"] == 1
    assert found["whole"]["people"] == sum(line["people"] for line in found["parts"]) == 8
    sales = await quarter.read(company.hr, "reports/grades", cycle_id=quarter.cycle_id, unit_id=str(company.sales.id))
    assert sales["whole"]["people"] == 5
    assert [(line["kind"], line["people"]) for line in sales["parts"]] == [("merged", 5)]
    team = await quarter.read(company.hr, "reports/grades", cycle_id=quarter.cycle_id, unit_id=str(company.team.id))
    assert (team["whole"]["people"], team["whole"]["final"], team["parts"]) == (None, None, [])


async def test_grades_are_not_there_before_scoring(quarter: Quarter) -> None:
    await quarter.ready()
    answer = await quarter.get(quarter.company.hr, "reports/grades", cycle_id=quarter.cycle_id)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_in_this_state")


async def test_a_trend_and_a_scorecard_hold_actuals_against_targets(quarter: Quarter) -> None:
    company = quarter.company
    await quarter.ready()
    rows = [measurement(code, "S01", "2310000") for code in ("E101", "E102", "E103")]
    await quarter.measure(*rows, measurement("E101", "S03", "8.6"), measurement("E102", "S03", "8.8"))
    await quarter.measure(measurement("E101", "S01", "1310000", external_id="again", corrects=rows[0]["external_id"]))
    sales = str(company.sales.id)
    trend = await quarter.read(company.hr, "reports/trends", indicator="S01", unit_id=sales)
    (point,) = trend["points"]
    assert (point["forms"], point["measured"], point["actual"]) == (3, 3, "5930000")
    assert (point["target"], point["attainment"], point["hidden"]) == ("6000000", "98.83", False)
    local = replace(company.hr, over=company.sales.id)
    assert (await quarter.read(local, "reports/trends", indicator="S01"))["points"] == [point]  # of sales alone
    card = await quarter.read(company.head, "reports/scorecard", cycle_id=quarter.cycle_id, unit_id=sales)
    (perspective,) = card["perspectives"]
    lines = {line["indicator"]: line for line in perspective["lines"]}
    assert (lines["S03"]["actual"], lines["S03"]["attainment"], lines["S03"]["weight"]) == ("8.7", "91.25", "40")
    assert card["attainment"] == "95.80"  # 60 % × 98.83 + 40 % × 91.25: the form says 42 and 28
    assert card["subject_kind"] == "employee"

    first = quarter.cycle_id
    await quarter.schemes(scheme("YE-REP", "REP", frequency="year"))
    await quarter.opened(code="2026", name="年度", period="2026", frequency="year")
    for unit, points in ((company.sales, [point]), (company.brand, None)):
        asked_about = {"indicator": "S01", "unit_id": str(unit.id)}
        again = await quarter.read(company.hr, "reports/trends", **asked_about)
        assert again["unit_name"] == unit.code
        assert points in (None, again["points"])  # of quarters, not of the year
    await quarter.done(company.hr, f"cycles/{first}/cancel", {"reason": "重组"})
    assert (await quarter.read(company.hr, "reports/trends", indicator="S01", unit_id=sales))["points"] == []


async def test_the_scorecard_of_a_unit_is_that_of_its_own_form(quarter: Quarter) -> None:
    company = quarter.company
    await quarter.library()
    own = scheme("QU", units=["D12"], subject_kind="unit", sections=[section("w", "100", ("S01", "100"))])
    own.pop("positions")
    await quarter.schemes(own)
    await quarter.opened()
    form = (await quarter.forms())["D12"]
    assert (await quarter.propose(company.chief, form["id"], {"S01": "1000"})).status_code == 200
    await quarter.done(company.head, f"forms/{form['id']}/goals/agree")
    await quarter.measure(measurement("D12", "S01", "1200", subject_kind="unit"))
    where = {"cycle_id": quarter.cycle_id, "unit_id": str(company.sales.id)}
    for who in (company.head, company.chief, company.hr, executive(company)):
        card = await quarter.read(who, "reports/scorecard", **where)
        assert (card["subject_kind"], card["attainment"]) == ("unit", "120.00")
    for stranger in (company["E101"], company.other_head):
        answer = await quarter.get(stranger, "reports/scorecard", **where)
        assert (answer.status_code, answer.json()["code"]) == (404, "no_report")
    trend = await quarter.read(
        company.hr, "reports/trends", indicator="S01", subject_kind="unit", unit_id=where["unit_id"]
    )
    assert [point["attainment"] for point in trend["points"]] == ["120.00"]


async def test_each_report_is_a_workbook_and_a_picture_in_both_languages(quarter: Quarter) -> None:
    await quarter.scored()
    for report in REPORTS:
        parameters = asked(quarter, report)
        for language in ("zh", "en"):
            api: Clients = quarter.api
            headers = {"Accept-Language": language}
            client = api(quarter.company.hr.caller)
            workbook = await client.get(f"/v1/appraisal/reports/{report}.xlsx", params=parameters, headers=headers)
            sheets = CalamineWorkbook.from_filelike(BytesIO(workbook.content))
            assert len(sheets.get_sheet_by_index(0).to_python()) > 1, report
            picture = await client.get(f"/v1/appraisal/reports/{report}.svg", params=parameters, headers=headers)
            assert picture.headers["content-type"].startswith("image/svg+xml")
            drawn = ET.fromstring(picture.text)  # noqa: S314 - our own answer
            assert drawn.get("lang") == language
            said = " ".join(drawn.itertext())
            assert ("D12" in said) == (report in ("progress", "grades", "scorecard"))


@pytest.mark.req("PLT-03")
async def test_reports_count_only_what_their_reader_may_see(quarter: Quarter) -> None:
    company = quarter.company
    await quarter.scored()
    scoped = replace(company.hr, over=company.brand.id)
    found = await quarter.read(scoped, "reports/grades", cycle_id=quarter.cycle_id)
    assert (found["whole"]["unit_code"], found["whole"]["people"]) == ("D17", 5)
    away = await quarter.get(scoped, "reports/grades", cycle_id=quarter.cycle_id, unit_id=str(company.sales.id))
    assert (away.status_code, away.json()["code"]) == (404, "no_report")
    all_of_it = await quarter.read(executive(company), "reports/grades", cycle_id=quarter.cycle_id)
    assert all_of_it["whole"]["people"] == 8
    for report in REPORTS:
        answer = await quarter.get(company["E101"], f"reports/{report}", **asked(quarter, report))
        assert (answer.status_code, answer.json()["code"]) == (404, "no_report"), report
    unknown = await quarter.get(company.hr, "reports/trends", indicator="NONE")
    assert unknown.status_code == 404


@pytest.mark.req("PLT-03")
async def test_who_has_a_role_over_units_reads_of_them_even_where_there_is_nothing_and_of_no_others(
    quarter: Quarter,
) -> None:
    company = quarter.company
    await quarter.ready()
    cycle = {"cycle_id": quarter.cycle_id}
    over_team = replace(company.hr, over=company.team.id)
    empty = await quarter.read(over_team, "reports/progress", **cycle)
    assert (empty["whole"]["unit_code"], empty["whole"]["forms"]) == ("T121", 0)
    over_sales = await quarter.read(replace(company.hr, over=company.sales.id), "reports/progress", **cycle)
    assert (over_sales["whole"]["unit_code"], over_sales["whole"]["forms"]) == ("D12", 3)
    head = await quarter.read(company.head, "reports/progress", **cycle)
    assert (head["whole"]["unit_code"], "D17" in str(head)) == ("D12", False)

    cards = {
        who: [
            (await quarter.get(reader, "reports/scorecard", **cycle, unit_id=str(unit.id))).status_code
            for unit in (company.sales, company.brand)
        ]
        for who, reader in {
            "hr of sales": replace(company.hr, over=company.sales.id),
            "executive": executive(company),
            "head of sales": company.head,
            "nobody": company["E101"],
        }.items()
    }
    assert cards == {
        "hr of sales": [200, 404], "executive": [200, 200], "head of sales": [200, 404], "nobody": [404, 404],
    }  # fmt: skip
    trends = {
        who.number: (await quarter.get(who, "reports/trends", indicator="S01")).status_code
        for who in (over_team, company.head, company["E201"])
    }
    assert trends == {"E002": 200, "E100": 200, "E201": 404}  # heads have forms to count, though nothing is measured


async def test_reports_of_a_cycle_without_anybody_are_empty(quarter: Quarter) -> None:
    await quarter.library()
    await quarter.opened()
    found = await quarter.read(quarter.company.hr, "reports/progress", cycle_id=quarter.cycle_id)
    assert (found["whole"]["forms"], found["late"]) == (0, [])
    card = await quarter.read(quarter.company.hr, "reports/scorecard", **asked(quarter, "scorecard"))
    assert (card["perspectives"], card["attainment"]) == ([], None)
    for report in ("progress", "scorecard", "trends"):
        picture = await quarter.get(quarter.company.hr, f"reports/{report}.svg", **asked(quarter, report))
        assert picture.status_code == 200
