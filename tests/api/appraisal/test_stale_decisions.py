"""Decisions name what they decide about: something newer is refused and nothing changes (APR-12, APR-13, APR-14)."""

from uuid import UUID

import pytest
from sqlalchemy import text

from tests.api.appraisal.test_results import appeal
from tests.builders.appraisal import BASE, Quarter


@pytest.mark.req("APR-13")
async def test_an_appeal_is_decided_about_the_version_that_was_seen(quarter: Quarter) -> None:
    await quarter.published()
    hr, filed = quarter.company.hr, (await appeal(quarter)).json()
    path = f"appeals/{filed['id']}"
    other = {"result_version": 2, "reason": "x"}
    for verb, sent in (("accept", {**other, "grade": "A"}), ("reject", other)):
        answer = await quarter.post(hr, f"{path}/{verb}", sent)
        assert (answer.status_code, answer.json()["code"]) == (409, "result_changed")
        stale = await quarter.post(hr, f"{path}/{verb}", sent, seen="7")
        assert (stale.status_code, stale.json()["code"]) == (412, "stale")
        unnamed = await quarter.api(hr.caller).post(f"{BASE}/{path}/{verb}", json=sent)
        assert unnamed.status_code == 428
    assert (await quarter.read(hr, path))["state"] == "filed"
    assert (await quarter.results())["E101"]["version"] == 1


@pytest.mark.req("APR-13")
async def test_a_cycle_is_published_and_closed_only_as_it_was_seen(quarter: Quarter) -> None:
    await quarter.scored()
    cycle, hr = f"cycles/{quarter.cycle_id}", quarter.company.hr
    seen = await quarter.revision(cycle)
    await quarter.move("finish_calibration")
    stale = await quarter.post(hr, f"{cycle}/publish", seen=seen)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert await quarter.state() == "calibrated"
    quarter.clock.set(2026, 4, 14, 1)
    await quarter.move("publish")
    filed = (await appeal(quarter)).json()
    quarter.clock.set(2026, 4, 21, 1)
    seen = await quarter.revision(cycle)
    await quarter.done(hr, f"appeals/{filed['id']}/accept", {"grade": "A", "reason": "故障属实"})
    stale = await quarter.post(hr, f"{cycle}/close", seen=seen)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert await quarter.state() == "published"
    await quarter.move("close")


@pytest.mark.req("APR-14")
async def test_a_correction_is_approved_only_as_it_was_seen(quarter: Quarter) -> None:
    await quarter.closed()
    company, result = quarter.company, (await quarter.results())["E101"]
    path = f"results/{result['id']}/corrections"
    unseen = await quarter.post(company.hr, path, {"grade": "B", "reason": "x", "result_version": 2})
    assert (unseen.status_code, unseen.json()["code"]) == (409, "result_changed")
    asked = await quarter.done(company.hr, path, {"grade": "B", "reason": "审计发现重复计入"})
    for verb in ("approve", "refuse"):
        stale = await quarter.post(company.hr2, f"corrections/{asked['id']}/{verb}", {"reason": "x"}, seen="7")
        assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert (await quarter.read(company.hr2, f"corrections/{asked['id']}"))["state"] == "requested"
    assert (await quarter.results())["E101"] == result
    async with quarter.sessions.write() as session:  # as if there were a newer version since
        newer = (
            "INSERT INTO result SELECT (jsonb_populate_record(result, CAST(:new AS jsonb))).* "
            "FROM result WHERE id = :id"
        )
        await session.execute(text(newer), {"new": '{"version": 2}', "id": UUID(result["id"])})
    newer_since = await quarter.post(company.hr2, f"corrections/{asked['id']}/approve", {"reason": "x"})
    assert (newer_since.status_code, newer_since.json()["code"]) == (409, "result_changed")


@pytest.mark.req("APR-09", "APR-11")
async def test_a_form_is_decided_about_only_as_it_was_seen(quarter: Quarter) -> None:
    await quarter.ready()
    company, form = quarter.company, (await quarter.forms())["E101"]
    path = f"forms/{form['id']}"
    seen = await quarter.revision(path)
    await quarter.done(company.head, f"{path}/adjustments", {"points": "1", "reason": "跨部门支援"})
    before = (await quarter.read(company.hr, path), await quarter.all(company.hr, f"cycles/{quarter.cycle_id}/raters"))
    client = {"rater_id": str(company["E201"].id), "relation": "internal_client"}
    bodies: dict[str, dict[str, object]] = {
        "adjustments": {"points": "2"},
        "item_exclusions": {"item": "S03"},
        "raters": {"add": [client]},
    }
    for noun, body in bodies.items():
        stale = await quarter.post(company.hr, f"{path}/{noun}", {**body, "reason": "x"}, seen=seen)
        assert (stale.status_code, stale.json()["code"]) == (412, "stale"), noun
        unnamed = await quarter.api(company.hr.caller).post(f"{BASE}/{path}/{noun}", json={**body, "reason": "x"})
        assert unnamed.status_code == 428, noun
    above = await quarter.post(company.chief, f"{path}/adjustments", {"points": "2", "reason": "x"})
    assert (above.status_code, above.json()["code"]) == (403, "not_in_this_capacity")
    after = (await quarter.read(company.hr, path), await quarter.all(company.hr, f"cycles/{quarter.cycle_id}/raters"))
    assert after == before


@pytest.mark.req("APR-11")
async def test_scoring_starts_only_on_the_cycle_as_it_was_seen(quarter: Quarter) -> None:
    await quarter.ready()
    cycle = f"cycles/{quarter.cycle_id}"
    seen = await quarter.revision(cycle)
    await quarter.measure_all()
    await quarter.move("start_evaluation")
    stale = await quarter.post(quarter.company.hr, f"{cycle}/score", seen=seen)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert await quarter.state() == "evaluating"
    await quarter.jobs()
    assert await quarter.results() == {}


@pytest.mark.req("APR-13")
async def test_an_appeal_is_filed_against_the_version_that_was_seen(quarter: Quarter) -> None:
    await quarter.published()
    company, result = quarter.company, (await quarter.results())["E101"]
    body = {"result_id": result["id"], "result_version": result["version"] + 1, "grounds": "系统故障"}
    unseen = await quarter.post(company["E101"], "appeals", body)
    assert (unseen.status_code, unseen.json()["code"]) == (409, "result_changed")
    assert await quarter.all(company.hr, "appeals") == []
    assert (await quarter.results())["E101"] == result
