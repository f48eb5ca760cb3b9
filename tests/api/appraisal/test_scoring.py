"""Scoring over HTTP: figures, what is missing, what is left out, replay, and who may see what when."""

from dataclasses import replace

import pytest

from services.appraisal.scoring.domain import form_score, replay
from services.appraisal.scoring.domain.result import RULES
from services.kit.errors import Text
from tests.builders.appraisal import Quarter, measurement, scheme, section


@pytest.mark.req("APR-11")
async def test_scores_are_those_of_the_rules_and_explain_themselves(quarter: Quarter) -> None:
    await quarter.scored()
    result = (await quarter.results())["E101"]
    # work 0.6 × 115.50 + 0.4 × 92.50 = 106.30; conduct 80; 360: two peers are left out, the superior gave 80
    assert (result["total"], result["grade"], result["attainment"]) == ("98.41", "S", "106.30")
    answer = await quarter.read(quarter.company.head, f"results/{result['id']}/explanation")
    work = answer["tree"]["steps"][0]["steps"][0]
    assert (work["formula"], work["value"]) == ("60% × 115.50 + 40% × 92.50", "106.3")
    sources = [given["source"].split(":")[0] for given in work["steps"][0]["inputs"]]
    assert sources == ["goal", "measurement", "indicator"]
    assert "98.41 ≥ 95 = S" in answer["text"]


@pytest.mark.req("APR-11", "APR-20")
async def test_what_is_missing_blocks_everything_and_is_named_until_hr_resolves_it(quarter: Quarter) -> None:
    await quarter.ready()
    await quarter.move("start_evaluation")
    rows = [measurement(code, key, "8") for code in await quarter.forms() for key in ("S01", "S03")]
    gone = [row for row in rows if (row["subject_code"], row["indicator"]) not in {("E101", "S03"), ("E201", "S01")}]
    await quarter.measure(*gone)
    await quarter.rate_all(but=["E200"])
    hr, path = quarter.company.hr, f"cycles/{quarter.cycle_id}"
    refused = await quarter.post(hr, f"{path}/score")
    assert (refused.status_code, refused.json()["code"]) == (409, "inputs_missing")
    local = await quarter.post(replace(hr, over=quarter.company.sales.id), f"{path}/score")
    assert (local.status_code, local.json()["code"]) == (
        403,
        "cycle_not_yours",
    )  # and learns nothing of what is missing
    assert await quarter.state() == "evaluating"
    assert await quarter.results() == {}
    forms = {form["id"]: code for code, form in (await quarter.forms()).items()}
    named = [each["pointer"].split("/") for each in refused.json()["errors"]]
    expected = {(code, "J01") for code in ("E201", "E202", "E203", "E204", "E205")}
    assert {(forms[form], item) for _, _, form, item in named} == expected | {("E101", "S03"), ("E201", "S01")}
    assert any("E101" in each["expected"] and "补齐" in each["expected"] for each in refused.json()["errors"])
    late = await quarter.all(hr, f"{path}/overdue_raters")
    assert {line["rater_number"] for line in late} == {"E200"}
    await quarter.measure(measurement("E201", "S01", "8"))
    forms = await quarter.forms()
    left = {"item": "S03", "reason": "财务尚未结账，本季不计"}
    assert (
        await quarter.post(quarter.company.head, f"forms/{forms['E101']['id']}/item_exclusions", left)
    ).status_code == 403
    await quarter.done(hr, f"forms/{forms['E101']['id']}/item_exclusions", left)
    again = await quarter.post(hr, f"forms/{forms['E101']['id']}/item_exclusions", left)
    assert (again.status_code, again.json()["code"]) == (409, "item_already_excluded")
    await quarter.rate_all(but=[p.number for p in quarter.company.people if p.number != "E200"])
    await quarter.move("score")
    await quarter.jobs()
    assert await quarter.state() == "scored"
    assert await quarter.all(hr, f"{path}/missing_inputs") == []
    result = (await quarter.results())["E101"]
    text = (await quarter.read(hr, f"results/{result['id']}/explanation"))["text"]
    assert "财务尚未结账，本季不计" in text


@pytest.mark.req("APR-11")
async def test_adjustments_count_with_their_reason_and_stay_within_the_limit(quarter: Quarter) -> None:
    await quarter.ready()
    await quarter.measure_all({"S01": "1000000", "S03": "8"})
    form, company = (await quarter.forms())["E101"], quarter.company
    path = f"forms/{form['id']}/adjustments"
    assert (await quarter.post(company["E101"], path, {"points": "5", "reason": "我"})).status_code == 403
    assert (await quarter.post(company.other_head, path, {"points": "5", "reason": "x"})).status_code == 404
    await quarter.done(company.head, path, {"points": "6", "reason": "跨部门支援"})
    over = await quarter.post(company.head, path, {"points": "4.01", "reason": "x"})
    assert (over.status_code, over.json()["code"]) == (422, "adjustment_too_great")
    await quarter.move("start_evaluation")
    await quarter.rate_all()
    await quarter.move("score")
    await quarter.jobs()
    results = await quarter.results()
    # work 0.6 × 50 + 0.4 × 100 = 70 → 49 + 8 + 16 = 73, and 6 for E101
    assert (results["E102"]["total"], results["E101"]["total"]) == ("73.00", "79.00")


@pytest.mark.req("APR-04", "APR-11")
async def test_two_forms_of_one_person_make_one_result(quarter: Quarter) -> None:
    company = quarter.company
    await quarter.library()
    sales, expense = section("work", "100", ("S01", "100")), section("work", "100", ("S03", "100"))
    await quarter.schemes(scheme("QE-REP", "REP", sections=[sales]), scheme("QE-BRAND", "BRAND", sections=[expense]))
    first, later = company.own_transfer("E101", "2026-02-16")
    assert (first, later) == ("2026-02-15", "2026-02-16")
    await quarter.opened()
    for form in await quarter.all(company.hr, f"cycles/{quarter.cycle_id}/forms"):
        key = "S01" if form["position_code"] == "REP" else "S03"
        boss = next(person for person in company.people if str(person.id) == form["manager_id"])
        await quarter.propose(boss, form["id"], {key: "100"})
        owner = next(person for person in company.people if str(person.id) == form["owner_id"])
        await quarter.done(owner, f"forms/{form['id']}/goals/agree")
        await quarter.measure(measurement(form["subject_code"], key, "90", day=form["valid_to"]))
    await quarter.move("start_evaluation")
    await quarter.move("score")
    await quarter.jobs()
    result = (await quarter.results())["E101"]
    # 46 days at 90.00 and 44 days at 110.00
    assert (result["total"], result["attainment"]) == ("99.78", "99.78")
    assert result["unit_name"] == "D17"


@pytest.mark.req("APR-11")
async def test_computing_again_from_stored_inputs_gives_the_same_bytes(quarter: Quarter) -> None:
    await quarter.closed()
    for result in (await quarter.results()).values():
        again = await quarter.read(quarter.company.hr, f"results/{result['id']}/replay")
        assert again["same"] is True
        assert again["stored_hash"] == again["replayed_hash"] == result["hash"]
        assert (again["rules"], again["present_rules"], again["compared"], again["note"]) == (
            RULES,
            RULES,
            "bytes",
            None,
        )


@pytest.mark.req("APR-11", "APR-13")
async def test_a_result_by_other_rules_is_replayed_by_value_and_the_answer_says_so(
    quarter: Quarter, monkeypatch: pytest.MonkeyPatch
) -> None:
    await quarter.published()
    result = (await quarter.results())["E101"]
    grounds = {"result_id": result["id"], "grounds": "数据有误"}
    appeal = await quarter.done(quarter.company["E101"], "appeals", grounds)
    await quarter.done(quarter.company.hr, f"appeals/{appeal['id']}/accept", {"total": "99.00", "reason": "属实"})
    quarter.clock.set(2026, 4, 21, 1)
    await quarter.move("close")
    versions = await quarter.read(quarter.company.hr, f"results/{result['id']}/versions")
    assert [each["rules"] for each in versions["items"]] == [RULES, RULES]
    monkeypatch.setattr(form_score, "INDICATOR", Text("新措辞", "other words"))
    again = await quarter.read(quarter.company.hr, f"results/{result['id']}/replay")
    assert (again["compared"], again["same"], again["differing"]) == ("bytes", False, [])
    monkeypatch.setattr(replay, "RULES", RULES + 1)
    again = await quarter.read(quarter.company.hr, f"results/{result['id']}/replay")
    assert (again["compared"], again["same"], again["differing"]) == ("values", True, [])
    assert again["stored_hash"] != again["replayed_hash"]
    assert again["note"].startswith(f"该结果按第 {RULES} 版规则计算，现按第 {RULES + 1} 版规则重算")


@pytest.mark.req("APR-11")
async def test_measurements_that_come_later_do_not_change_a_result_by_themselves(quarter: Quarter) -> None:
    await quarter.closed()
    before = await quarter.results()
    fix = measurement("E101", "S01", "1", external_id="fix", corrects="E101-S01-2026-03-31")
    assert (await quarter.measure(fix)).json()["corrected"] == 1
    assert await quarter.results() == before
    again = await quarter.read(quarter.company.hr, f"results/{before['E101']['id']}/replay")
    assert again["same"] is True


@pytest.mark.req("APR-11")
async def test_scoring_again_before_calibration_makes_the_next_version(quarter: Quarter) -> None:
    await quarter.scored()
    first = (await quarter.results())["E101"]
    fix = measurement("E101", "S01", "1000000", external_id="fix", corrects="E101-S01-2026-03-31")
    await quarter.measure(fix)
    await quarter.move("score")
    await quarter.jobs()
    second = (await quarter.results())["E101"]
    assert (second["id"], second["version"]) == (first["id"], 2)
    assert second["total"] != first["total"]
    versions = await quarter.read(quarter.company.hr, f"results/{first['id']}/versions")
    assert [each["total"] for each in versions["items"]] == [first["total"], second["total"]]


@pytest.mark.req("PLT-03", "APR-13")
async def test_who_sees_a_result_when(quarter: Quarter) -> None:
    await quarter.scored()
    company, results = quarter.company, await quarter.results()
    path = f"results/{results['E101']['id']}"
    for who in (company.head, company.chief, company.hr):
        assert (await quarter.get(who, path)).status_code == 200
    for who in (company["E101"], company["E102"], company.other_head):
        for tail in ("", "/explanation", "/versions", "/replay"):
            assert (await quarter.get(who, path + tail)).status_code == 404
    assert await quarter.all(company["E101"], "my/results") == []
    assert set(await quarter.results(company.head)) == {"E101", "E102", "E103"}
    assert await quarter.results(company["E101"]) == {}
    await quarter.move("finish_calibration")
    quarter.clock.set(2026, 4, 14, 1)
    await quarter.move("publish")
    assert (await quarter.get(company["E101"], path)).json()["hash"] is None
    assert (await quarter.get(company["E102"], path)).status_code == 404
    assert [each["subject_code"] for each in await quarter.all(company["E101"], "my/results")] == ["E101"]
    assert [each["subject_code"] for each in await quarter.all(company["E101"], "my/forms")] == ["E101"]
    assert set(await quarter.results(company["E101"])) == {"E101"}
