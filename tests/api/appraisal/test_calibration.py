"""Calibration: sessions about a unit, quotas, grades moved with a reason."""

from dataclasses import replace
from typing import Any

import pytest

from services.kit.identity import Role
from tests.builders.appraisal import Person, Quarter


def auditor(quarter: Quarter) -> Person:
    """An auditor of the whole organisation."""
    return Person("A1", quarter.company.group, "X", roles=(Role.AUDITOR,))


async def session_about(quarter: Quarter, **given: Any) -> str:
    """A calibration session about sales."""
    body = {"cycle_id": quarter.cycle_id, "unit_id": str(quarter.company.sales.id), **given}
    made: str = (await quarter.done(quarter.company.hr, "calibrations", body))["id"]
    return made


@pytest.mark.req("APR-12")
async def test_a_move_keeps_the_computed_grade_and_says_who_and_why(quarter: Quarter) -> None:
    await quarter.scored()
    hr, results = quarter.company.hr, await quarter.results()
    session = await session_about(quarter, quota={"S": "10", "A": "30"})
    body = {"result_id": results["E101"]["id"], "grade": "A", "reason": "上年结转大单"}
    moved = await quarter.done(hr, f"calibrations/{session}/grade_adjustments", body)
    assert (moved["grade_before"], moved["grade_after"], moved["reason"]) == ("S", "A", "上年结转大单")
    after = (await quarter.results())["E101"]
    assert (after["version"], after["computed_grade"], after["grade"], after["cause"]) == (2, "S", "A", "calibrated")
    assert after["total"] == results["E101"]["total"]
    listed = await quarter.read(hr, f"calibrations/{session}/grade_adjustments")
    assert listed["items"][0]["subject_code"] == "E101"
    recorded = await quarter.read(quarter.company.head, f"results/{after['id']}/explanation")
    assert (recorded["tree"]["formula"], recorded["tree"]["inputs"][0]["source"]) == ("S → A", f"calibration:{session}")


@pytest.mark.req("APR-12")
async def test_before_scoring_there_is_no_distribution(quarter: Quarter) -> None:
    await quarter.ready()
    early = await quarter.get(quarter.company.hr, f"cycles/{quarter.cycle_id}/distribution")
    assert (early.status_code, early.json()["code"]) == (409, "not_in_this_state")


@pytest.mark.req("APR-12")
async def test_the_distribution_is_held_against_the_quota(quarter: Quarter) -> None:
    await quarter.scored()
    await session_about(quarter, quota={"S": "10", "A": "30"})
    path = f"cycles/{quarter.cycle_id}/distribution"
    shown = await quarter.read(quarter.company.hr, path, unit_id=str(quarter.company.sales.id))
    assert shown["people"] == 3
    assert shown["shares"][0] == {
        "grade": "S", "count": 3, "percent": "100.00", "cumulative": "100.00", "quota": "10", "computed": 3,
        "reached": 8, "allowed": 0, "exceeded": True,
    }  # fmt: skip
    group = shown["quota_group"]
    assert ([(unit["name"], unit["name_en"]) for unit in group["units"]], group["people"]) == ([("G00", "G00")], 8)
    assert group["explanation"].startswith("本单元 3 人，不足 5 人，比例按 G00 共 8 人合并计算。")
    large = await quarter.read(quarter.company.hr, path, unit_id=str(quarter.company.brand.id))
    assert ([unit["name"] for unit in large["quota_group"]["units"]], large["people"]) == (["D17"], 5)
    assert {each["quota"] for each in large["shares"]} == {None}
    assert (await quarter.read(auditor(quarter), path))["people"] == 8
    company = quarter.company
    of_sales = Person("E900", company.group, "X", roles=(Role.HR,), over=company.sales.id)
    assert (await quarter.read(of_sales, path))["people"] == 3
    within = await quarter.read(of_sales, path, unit_id=str(company.sales.id))
    assert within["quota_group"]["people"] == 3  # nothing beyond the reader's own units is counted
    assert (await quarter.get(quarter.company.head, path)).status_code == 403


@pytest.mark.req("APR-12", "PLT-03")
async def test_what_calibration_refuses(quarter: Quarter) -> None:
    await quarter.scored()
    company, results = quarter.company, await quarter.results()
    session = await session_about(quarter)
    path = f"calibrations/{session}/grade_adjustments"
    body = {"result_id": results["E101"]["id"], "grade": "A", "reason": "x"}
    other = Person("E901", company.brand, "HR", None, (Role.HR,), over=company.brand.id)
    cases: list[tuple[Person, dict[str, Any], int, str]] = [
        (company.head, body, 403, "role_missing"),
        (other, body, 404, "no_calibration"),
        (company.hr, {**body, "result_id": results["E201"]["id"]}, 404, "no_result"),
        (company.hr, {**body, "grade": "S"}, 422, "nothing_changes"),
        (company.hr, {**body, "grade": "X"}, 422, "invalid"),
        (company.hr, {**body, "reason": " "}, 422, "invalid"),
    ]
    for who, sent, status, code in cases:
        answer = await quarter.post(who, path, sent)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    still_open = await quarter.post(company.hr, f"cycles/{quarter.cycle_id}/finish_calibration")
    assert (still_open.status_code, still_open.json()["code"]) == (409, "calibrations_open")
    await quarter.done(company.hr, f"calibrations/{session}/close")
    assert (await quarter.post(company.hr, path, body)).status_code == 409
    path = f"calibrations/{await session_about(quarter)}/grade_adjustments"
    employee = {"result_id": results["E101"]["id"], "grounds": "x"}
    early = await quarter.post(replace(company["E101"], roles=(Role.HR,)), "appeals", employee)
    assert (early.status_code, early.json()["code"]) == (409, "not_in_this_state")  # HR sees it before publication
    quota = {"cycle_id": quarter.cycle_id, "unit_id": str(company.sales.id), "quota": {"S": "30", "A": "10"}}
    assert (await quarter.post(company.hr, "calibrations", quota)).json()["code"] == "quota_invalid"
    nowhere = {"cycle_id": quarter.cycle_id, "unit_id": quarter.cycle_id}
    assert (await quarter.post(company.hr, "calibrations", nowhere)).json()["code"] == "unit_unknown"
    await quarter.done(company.hr, f"cycles/{quarter.cycle_id}/cancel", {"reason": "重组"})
    over = await quarter.post(company.hr, path, body)
    assert (over.status_code, over.json()["code"]) == (409, "not_in_this_state")


@pytest.mark.req("APR-12")
async def test_a_grade_is_adjusted_and_a_calibration_closed_only_as_they_were_seen(quarter: Quarter) -> None:
    await quarter.scored()
    hr, result = quarter.company.hr, (await quarter.results())["E101"]
    calibration = f"calibrations/{await session_about(quarter)}"
    cycle = f"cycles/{quarter.cycle_id}"
    seen, cycle_seen = await quarter.revision(calibration), await quarter.revision(cycle)
    body = {"result_id": result["id"], "result_version": 1, "grade": "A", "reason": "上年结转大单"}
    await quarter.done(hr, f"{calibration}/grade_adjustments", body)
    again = await quarter.post(hr, f"{calibration}/grade_adjustments", {**body, "grade": "B"})
    assert (again.status_code, again.json()["code"]) == (409, "result_changed")
    stale = await quarter.post(hr, f"{calibration}/close", seen=seen)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert (await quarter.read(hr, calibration))["state"] == "open"
    await quarter.done(hr, f"{calibration}/close")
    stale = await quarter.post(hr, f"{cycle}/finish_calibration", seen=cycle_seen)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert await quarter.state() == "scored"
    assert (await quarter.results())["E101"]["version"] == 2
    await quarter.move("finish_calibration")
