"""What a cycle waits for can be asked at any time: what is missing and whose it is; nothing of anonymous raters."""

import pytest

from tests.api.appraisal.test_running_cycles import REASON
from tests.builders.appraisal import Quarter
from tests.builders.appraisal_bodies import measurement


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
    assert (found["is_ready"], found["is_complete"], found["counts"]) == (False, True, {"actual": 1, "mark": 5})
    assert {gap["responsible"] for gap in found["gaps"]} == {"人力资源", "name of E200"}
    texts = [gap["text"] for gap in found["gaps"] if gap["what"] == "mark"]
    assert any("name of E200" in text and "E201" in text for text in texts)
    assert "E202" not in {gap["responsible"] for gap in found["gaps"]}
    await quarter.measure(rows[0])
    for code in ("E201", "E202", "E203", "E204", "E205"):
        body = {"subject_id": str(quarter.company[code].id), **REASON}
        await quarter.done(hr, f"{path}/exclusions", body)
    found = await quarter.read(hr, f"{path}/readiness")
    assert (found["is_ready"], found["gaps"]) == (True, [])


@pytest.mark.req("APR-04", "APR-05")
async def test_goals_not_agreed_are_named_with_both_sides(quarter: Quarter) -> None:
    await quarter.library()
    await quarter.schemes()
    await quarter.opened()
    found = await quarter.read(quarter.company.hr, f"cycles/{quarter.cycle_id}/readiness")
    goals = [gap for gap in found["gaps"] if gap["what"] == "target" and gap["subject_code"] == "E101"]
    assert {gap["responsible"] for gap in goals} == {"name of E101、name of E100"}
    refused = await quarter.get(quarter.company.head, f"cycles/{quarter.cycle_id}/readiness")
    assert refused.status_code == 403
