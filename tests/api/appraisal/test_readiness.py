"""What a cycle waits for can be asked at any time: what is missing and whose it is; nothing of anonymous raters."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store import forms as form_store
from services.appraisal.library.store import schemes as scheme_store
from services.appraisal.scoring.domain.form_score import find_missing_inputs
from services.appraisal.scoring.store import readiness, scoring
from services.appraisal.scoring.usecases.inputs import collect
from services.kit.identity import Role
from tests.api.appraisal.test_running_cycles import REASON
from tests.builders.appraisal import Quarter
from tests.builders.appraisal_bodies import indicator, measurement, scheme, section


@pytest.mark.req("APR-04", "APR-10", "APR-11")
async def test_the_check_names_what_is_missing_and_whose_it_is_until_nothing_is(quarter: Quarter) -> None:
    await quarter.ready()
    hr, path = quarter.company.hr, f"cycles/{quarter.cycle_id}"
    await quarter.move("start_evaluation")
    rows = [measurement(code, key, "8") for code in await quarter.forms() for key in ("S01", "S03")]
    await quarter.measure(*rows[1:])
    await quarter.rate_all(
        but=["E200", "E202"]
    )  # a superior, whose ratings are due, and a peer, of whom nothing is told
    found = await quarter.read(hr, f"{path}/readiness")
    assert (found["is_ready"], found["is_complete"], found["counts"]) == (False, True, {"actual": 1, "manual_score": 5})
    assert {gap["responsible"] for gap in found["gaps"]} == {"人力资源", "name of E200"}
    texts = [gap["text"] for gap in found["gaps"] if gap["what"] == "manual_score"]
    assert any("name of E200" in text and "E201" in text for text in texts)
    assert "E202" not in {gap["responsible"] for gap in found["gaps"]}
    await quarter.measure(rows[0])
    for code in ("E201", "E202", "E203", "E204", "E205"):
        body = {"subject_id": str(quarter.company[code].id), **REASON}
        await quarter.done(hr, f"{path}/exclusions", body)
    found = await quarter.read(hr, f"{path}/readiness")
    assert (found["is_ready"], found["gaps"]) == (True, [])
    assert (await quarter.read(hr, f"{path}/progress"))["missing"] == {}
    assert '"lines":0' in (await quarter.get(hr, f"{path}/readiness/all")).text.replace(" ", "")


@pytest.mark.req("APR-04", "APR-05")
async def test_goals_not_agreed_are_named_with_both_sides(quarter: Quarter) -> None:
    await quarter.library()
    await quarter.schemes()
    await quarter.opened(goals_due_on="2026-01-20", ratings_due_on="2026-04-08")
    found = await quarter.read(quarter.company.hr, f"cycles/{quarter.cycle_id}/readiness")
    goals = [gap for gap in found["gaps"] if gap["what"] == "target" and gap["subject_code"] == "E101"]
    assert {gap["responsible"] for gap in goals} == {"name of E101、name of E100"}
    assert {gap["due_on"] for gap in goals} == {"2026-01-20"}
    assert all("截止 2026-01-20" in gap["text"] for gap in goals)
    actuals = [gap for gap in found["gaps"] if gap["what"] == "actual 2026-03"]
    assert {gap["due_on"] for gap in actuals} == {"2026-04-08"}
    lines = (await quarter.get(quarter.company.hr, f"cycles/{quarter.cycle_id}/readiness/all")).text.splitlines()
    assert [json.loads(line) for line in lines[:-1]] == found["gaps"]
    assert json.loads(lines[-1])["lines"] == len(found["gaps"]) == 40
    progress = await quarter.read(quarter.company.hr, f"cycles/{quarter.cycle_id}/progress")
    assert progress["missing"] == found["counts"] == {"target": 16, "actual": 16, "manual_score": 8}
    for path in ("readiness", "readiness/all"):
        refused = await quarter.get(quarter.company.head, f"cycles/{quarter.cycle_id}/{path}")
        assert refused.status_code == 403


@pytest.mark.req("APR-04", "APR-06")
async def test_an_actual_that_waits_for_release_is_told_and_keeps_the_cycle_from_being_scored(quarter: Quarter) -> None:
    await quarter.ready()
    hr, path, clerk = quarter.company.hr, f"cycles/{quarter.cycle_id}", quarter.company["E101"]
    await quarter.move("start_evaluation")
    await quarter.provide()
    clerk.roles = (Role.HR,)
    for row in (measurement("E101", "S03", "8", external_id="again"), measurement("E101", "S03", "9", "2025-12-31")):
        assert (await quarter.measure(row, who=clerk)).json()["pending"] == 1
    found = await quarter.read(hr, f"{path}/readiness")
    assert [(gap["what"], gap["responsible"]) for gap in found["gaps"]] == [("release 2026-03", "人力资源")]
    assert "由name of E101录入，待另一人确认" in found["gaps"][0]["text"]
    refused = await quarter.post(hr, f"{path}/score")
    assert (refused.status_code, refused.json()["code"]) == (409, "inputs_missing")
    elsewhere = replace(hr, roles=(Role.HR,), over=quarter.company.brand.id)
    assert (await quarter.read(elsewhere, f"{path}/readiness"))["gaps"] == []
    for task in await quarter.all(quarter.company.hr2, "my/tasks", kind="measurement_proposal.release"):
        link = task["link"].removeprefix("/v1/appraisal/")
        await quarter.done(quarter.company.hr2, f"{link}/refuse", {"reason": "与系统导出数据不符"})
    await quarter.move("score")
    await quarter.jobs()
    assert await quarter.state() == "scored"


@pytest.mark.req("APR-02", "APR-04", "APR-11")
async def test_points_of_an_earlier_cycle_are_there_to_be_carried_over_once_it_is_closed(quarter: Quarter) -> None:
    await quarter.published()
    hr, first = quarter.company.hr, quarter.cycle_id
    carried = {"kind": "prior_results", "cycles": ["2026-Q1"]}
    await quarter.done(hr, "indicators", indicator(code="P01", name="上季得分", rule=carried))
    left = [section("left", "100", ("P01", "100"))]
    await quarter.schemes(scheme("QE-REP", "REP", valid_from="2026-04-01", sections=left))
    await quarter.opened(code="2026-Q2", name="二季度", period="2026-Q2")

    async def lacking_of_sales() -> set[tuple[str, str]]:
        found = await quarter.read(hr, f"cycles/{quarter.cycle_id}/readiness")
        gaps = {(gap["subject_code"], gap["what"]) for gap in found["gaps"]}
        return {gap for gap in gaps if gap[0].startswith("E10")}

    assert await lacking_of_sales() == {(code, "prior_results") for code in ("E101", "E102", "E103")}
    quarter.clock.set(2026, 4, 21, 1)
    await quarter.done(hr, f"cycles/{first}/close")
    assert await lacking_of_sales() == set()


async def lacking(quarter: Quarter, *, known: bool) -> tuple[set[Any], set[Any]]:
    """Who lacks something by the rules, form by form, and whom the one statement over all forms names."""
    async with quarter.sessions.read() as session:
        cycle = await cycle_store.find(session, UUID(quarter.cycle_id))
        schemes = await scheme_store.find_all(session, await form_store.scheme_ids(session, cycle.id))
        subjects = await scoring.subjects_after(session, cycle.id, None)
        exact = {
            subject
            for subject, (_, scored) in (await collect(session, cycle.id, subjects, schemes)).items()
            for rules, inputs in scored
            if any(known or lack.what != "feedback" for lack in find_missing_inputs(rules, inputs))
        }
        found = await readiness.may_lack(
            session, cycle.id, schemes, units=None, answers_known=known, most=len(subjects)
        )
    return exact, set(found)


@pytest.mark.req("APR-04", "APR-11")
async def test_every_form_that_lacks_something_is_found_whatever_it_is(quarter: Quarter) -> None:
    company, hr = quarter.company, quarter.company.hr
    await quarter.library()
    carried = {"kind": "prior_results", "cycles": ["2025-Q4"]}
    await quarter.done(hr, "indicators", indicator(code="P01", name="上季得分", rule=carried))
    await quarter.done(hr, "indicators", indicator(code="M01", name="月度销售额", collection="month"))
    peers = {"relations": {"superior": "0", "peer": "100"}, "threshold": 3}
    work = section("work", "80", ("S01", "60"), ("J01", "40"))
    left = section("left", "100", ("S01", "50"), ("P01", "50"))
    await quarter.schemes(
        scheme("ALL", "REP", sections=[work, section("f", "20", ("X01", "100"), questions=("Q1",))], feedback=peers),
        scheme("LEFT", "BRAND", sections=[left], missing_inputs="exclude"),
        scheme("MONTHS", "HEAD", sections=[section("m", "100", ("M01", "100"))]),
    )
    await quarter.opened()
    heads = (company.head, company.other_head)

    async def same(count: int, *, known: bool = False) -> None:
        exact, found = await lacking(quarter, known=known)
        assert (exact, len(exact)) == (found, count)

    await same(10)
    for form in (await quarter.forms()).values():
        boss = next(who for who in company.people if str(who.id) == form["manager_id"])
        owner = next(who for who in company.people if str(who.id) == form["owner_id"])
        key = "M01" if owner in heads else "S01"
        assert (await quarter.propose(boss, form["id"], {key: "5"})).status_code == 200
        await quarter.done(owner, f"forms/{form['id']}/goals/agree")
    await same(10)
    months = [measurement("E100", "M01", "5", f"2026-0{month}-15") for month in (1, 2)]
    await quarter.measure(*months, *(measurement(who.number, "S01", "5") for who in (*company.reps, *company.brands)))
    await same(5)  # what is left of the brand's forms is enough; the heads lack a month or more, the others marks
    await quarter.measure(measurement("E100", "M01", "5", "2026-03-15"))
    await same(4)
    forms = await quarter.forms()
    reason = {"reason": "系统停用"}
    await quarter.move("start_evaluation")
    await quarter.done(hr, f"forms/{forms['E200']['id']}/item_exclusions", {"item": "M01", **reason})
    await same(4)  # nothing is left to score
    await quarter.done(hr, f"forms/{forms['E101']['id']}/item_exclusions", {"item": "J01", **reason})
    await same(3)
    await same(4, known=True)
    await quarter.done(hr, f"forms/{forms['E101']['id']}/item_exclusions", {"item": "X01", **reason})
    await same(3, known=True)
