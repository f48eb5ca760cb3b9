"""A quarter in which everything goes wrong closes on time, and every decision is on the record."""

from datetime import date

import pytest
from sqlalchemy import text

from tests.api.appraisal.test_goal_settlement import ITEMS, leaves, tasks
from tests.api.appraisal.test_handover import run, superiors
from tests.api.appraisal.test_public_notice import change, last_day
from tests.api.appraisal.test_rater_replacement import rate_the_rest
from tests.api.appraisal.test_ratings import sheet_of
from tests.builders.appraisal import Person, Quarter

TARGETS = {"S01": "2000000", "S03": "8"}
DECISIONS = {
    "appraisal.goals.agreed",
    "appraisal.goals.handed_over",
    "appraisal.goals.settled",
    "appraisal.form.rater_replaced",
    "appraisal.cycle.subject_added",
    "appraisal.cycle.public_notice_extended",
    "appraisal.appeal.filed",
}


async def the_head_leaves_before_goals_are_agreed(quarter: Quarter) -> None:
    """One agreed in time, one had proposed, and one never answers; the other department agrees."""
    company, forms = quarter.company, await quarter.forms()
    await quarter.propose(company.head, forms["E102"]["id"], TARGETS)
    await quarter.done(company["E102"], f"forms/{forms['E102']['id']}/goals/agree")
    await quarter.propose(company["E101"], forms["E101"]["id"], TARGETS)
    for brand in company.brands:
        await quarter.propose(company.other_head, forms[brand.number]["id"], TARGETS)
        await quarter.done(brand, f"forms/{forms[brand.number]['id']}/goals/agree")
    quarter.clock.set(2026, 1, 16, 1)
    await leaves(quarter, company.head, "2026-01-15")
    await quarter.jobs()
    open_goals = await quarter.post(company.hr, f"cycles/{quarter.cycle_id}/start_evaluation")
    assert (open_goals.status_code, open_goals.json()["code"]) == (409, "goals_open")
    [asked] = await tasks(quarter, company.hr, "goals.settle")
    assert forms["E101"]["id"] in asked["link"]
    for subject, items in (("E101", {}), ("E103", {"items": ITEMS})):
        body = {"reason": "上级已离职，由人力资源裁定", **items}
        await quarter.done(company.hr, f"forms/{forms[subject]['id']}/goals/settle", body)
    await quarter.move("start_evaluation")


async def a_hire_is_recorded_late(quarter: Quarter) -> Person:
    """HR adds somebody who came in February; the goals are agreed while evaluation runs."""
    company, path = quarter.company, f"cycles/{quarter.cycle_id}"
    late = Person("E209", company.brand, "BRAND", company.other_head)
    late.assignments = [("BRAND", company.brand, date(2026, 2, 15), None, "primary")]
    company.people.append(late)
    await quarter.done(company.hr, f"{path}/refresh")
    await quarter.jobs()
    body = {"employee_id": str(late.id), "reason": "补录"}
    (form,) = (await quarter.done(company.hr, f"{path}/subjects", body))["forms"]
    await quarter.propose(company.other_head, form["id"], TARGETS)
    await quarter.done(late, f"forms/{form['id']}/goals/agree")
    return late


async def a_superior_leaves_before_rating_all(quarter: Quarter) -> None:
    """One rating was given and stays; the next superior is asked for the others."""
    company = quarter.company
    sheet = await sheet_of(quarter, company.other_head, "superior", "E201")
    await quarter.done(company.other_head, f"rating_forms/{sheet}/submit", {"ratings": dict.fromkeys(MARKED, "5")})
    quarter.clock.set(2026, 4, 3, 1)
    await leaves(quarter, company.other_head, "2026-04-02")
    await quarter.jobs()
    await run(quarter, "hand_over_duties")
    assert await superiors(quarter, "E201") == {("E200", False)}
    assert await superiors(quarter, "E209") == {("E200", True), ("E001", False)}
    assert await superiors(quarter, "E101") == {("E100", True), ("E001", False)}


MARKED = ("Q1", "Q2", "J01")


@pytest.mark.req("APR-04", "APR-05", "APR-09", "APR-13")
async def test_a_quarter_in_which_everything_goes_wrong_closes_on_time_with_every_decision_on_record(
    quarter: Quarter,
) -> None:
    company, hr = quarter.company, quarter.company.hr
    await quarter.library()
    await quarter.schemes()
    await quarter.opened(goals_due_on="2026-01-20", ratings_due_on="2026-04-08")
    await the_head_leaves_before_goals_are_agreed(quarter)
    late = await a_hire_is_recorded_late(quarter)
    await a_superior_leaves_before_rating_all(quarter)
    silent = company["E103"]
    await quarter.measure_all()
    await rate_the_rest(quarter, but=[silent, company.head, company.other_head])
    quarter.clock.set(2026, 4, 9, 1)
    assert (await quarter.read(hr, f"cycles/{quarter.cycle_id}/readiness"))["is_ready"]
    await quarter.move("score")
    await quarter.jobs()
    results = await quarter.results()
    assert set(results) == {*(f"E10{n}" for n in (1, 2, 3)), *(f"E20{n}" for n in range(1, 6)), late.number}
    await quarter.move("finish_calibration")
    quarter.clock.set(2026, 4, 14, 1)
    await quarter.move("publish")
    await change(quarter, ("2026-04-16", False))
    assert await last_day(quarter) == date(2026, 4, 21)
    quarter.clock.set(2026, 4, 21, 1)
    body = {"result_id": results["E101"]["id"], "grounds": "目标未经本人同意"}
    appeal = await quarter.done(company["E101"], "appeals", body)
    await quarter.done(hr, f"appeals/{appeal['id']}/reject", {"reason": "裁定依据充分"})
    quarter.clock.set(2026, 4, 22, 1)
    assert (await quarter.move("close"))["state"] == "closed"

    forms = await quarter.forms()
    for subject in ("E101", "E103"):
        goals = await quarter.read(company[subject], f"forms/{forms[subject]['id']}/goals")
        assert goals["settlement"]["reason"] == "上级已离职，由人力资源裁定"
        explained = await quarter.read(company[subject], f"results/{results[subject]['id']}/explanation")
        assert "goal:" in str(explained["tree"])
    decided = await quarter.read(company["E101"], f"appeals/{appeal['id']}")
    assert (decided["state"], "裁定依据充分" in str(decided)) == ("rejected", True)
    async with quarter.sessions.read() as session:
        trail = set((await session.execute(text("SELECT action FROM audit"))).scalars())
    assert trail >= DECISIONS, DECISIONS - trail
