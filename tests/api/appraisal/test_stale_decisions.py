"""Decisions name what they decide about: something newer is refused and nothing changes (APR-12, APR-13, APR-14)."""

import pytest

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
