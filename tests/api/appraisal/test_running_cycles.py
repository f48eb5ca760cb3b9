"""What HR can do about a running cycle: exclude a person, while it continues for everybody else, or cancel it."""

import pytest

from services.kit.identity import Role
from tests.builders.appraisal import Quarter
from tests.builders.appraisal_company import Person

REASON = {"reason": "长期病假，本季度不考核"}


def taken_out(person: Person, **more: str) -> dict[str, str]:
    return {"subject_id": str(person.id), **REASON, **more}


async def exclusions(quarter: Quarter, reason: str) -> list[tuple[str, str | None, str | None]]:
    items = await quarter.all(quarter.company.hr, f"cycles/{quarter.cycle_id}/exclusions", reason=reason)
    return [(each["subject_code"], each["note"], each["decided_by_name"]) for each in items]


@pytest.mark.req("APR-04", "APR-05")
async def test_whoever_is_taken_out_no_longer_keeps_the_others_from_their_results(quarter: Quarter) -> None:
    await quarter.library()
    await quarter.schemes()
    await quarter.opened()
    hr, out = quarter.company.hr, quarter.company["E101"]
    path = f"cycles/{quarter.cycle_id}/exclusions"
    form = (await quarter.forms())["E101"]
    done = await quarter.done(hr, path, taken_out(out))
    assert (done["reason"], done["reason_text"], done["note"]) == ("taken_out", "经人力资源移出", REASON["reason"])
    assert "E101" not in await quarter.forms()
    assert await exclusions(quarter, "taken_out") == [("E101", REASON["reason"], "name of E002")]
    assert await quarter.all(out, "my/tasks", kind="goals.propose") == []
    refused = await quarter.propose(out, form["id"], {"S01": "1", "S03": "8"})
    assert (refused.status_code, refused.json()["code"]) == (409, "form_excluded")
    assert (await quarter.read(hr, f"forms/{form['id']}"))["excluded_at"] is not None
    await quarter.agree_all()
    await quarter.measure_all()
    await quarter.move("start_evaluation")
    assert "E101" not in {line["subject_code"] for line in await quarter.sheets(quarter.company["E102"])}
    await quarter.rate_all()
    await quarter.move("score")
    await quarter.jobs()
    assert await quarter.state() == "scored"
    assert set(await quarter.results()) == {"E102", "E103", "E201", "E202", "E203", "E204", "E205"}
    again = await quarter.post(hr, path, taken_out(quarter.company["E102"]))
    assert (again.status_code, again.json()["code"]) == (409, "not_in_this_state")


@pytest.mark.req("APR-04", "APR-09", "APR-10")
async def test_nobody_rates_somebody_who_was_taken_out_during_evaluation(quarter: Quarter) -> None:
    await quarter.ready()
    await quarter.move("start_evaluation")
    peer, hr = quarter.company["E102"], quarter.company.hr
    sheet = next(line["id"] for line in await quarter.sheets(peer) if line["subject_code"] == "E101")
    waiting = len(await quarter.all(peer, "my/tasks", kind="rating_form.submit"))
    await quarter.done(hr, f"cycles/{quarter.cycle_id}/exclusions", taken_out(quarter.company["E101"]))
    assert len(await quarter.all(peer, "my/tasks", kind="rating_form.submit")) == waiting - 1
    assert (await quarter.get(peer, f"rating_forms/{sheet}")).status_code == 404
    assert (await quarter.post(peer, f"rating_forms/{sheet}/submit", {"ratings": {}})).status_code == 404


@pytest.mark.req("APR-04", "PLT-03")
async def test_only_hr_of_the_unit_takes_out_and_nobody_themselves_or_twice(quarter: Quarter) -> None:
    company = quarter.company
    rep = company["E101"]
    company["E103"].roles = (Role.HR,)
    company["E103"].over = company.brand.id
    await quarter.library()
    await quarter.schemes()
    await quarter.opened()
    path = f"cycles/{quarter.cycle_id}/exclusions"
    elsewhere = await quarter.post(company["E103"], path, taken_out(rep))
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "subject_not_in_cycle")
    company["E103"].over = None
    own = await quarter.post(company["E103"], path, taken_out(company["E103"]))
    assert (own.status_code, own.json()["code"]) == (403, "own_matter")
    nobody = await quarter.post(company.hr, path, {"subject_id": str(company.sales.id), **REASON})
    assert nobody.status_code == 404
    await quarter.done(company.hr, path, taken_out(rep))
    twice = await quarter.post(company.hr, path, taken_out(rep))
    assert (twice.status_code, twice.json()["code"]) == (409, "already_excluded")
    for person in (rep, company.head):
        assert (await quarter.post(person, path, taken_out(company["E102"]))).status_code == 403


@pytest.mark.req("APR-04", "PLT-02")
async def test_a_cycle_given_up_leaves_nothing_waiting_and_frees_its_code(quarter: Quarter) -> None:
    await quarter.ready()
    await quarter.move("start_evaluation")
    hr, path = quarter.company.hr, f"cycles/{quarter.cycle_id}/cancel"
    assert (await quarter.post(hr, path, {})).status_code == 422
    stale = await quarter.post(hr, path, REASON, seen='"1"')
    assert stale.status_code == 412
    cancelled = await quarter.done(hr, path, REASON)
    assert (cancelled["state"], cancelled["cancellation_reason"]) == ("cancelled", REASON["reason"])
    assert (cancelled["cancelled_by_name"], cancelled["cancelled_at"] is None) == (hr.caller.name, False)
    everybody = (quarter.company["E101"], quarter.company.head)
    for read in [await quarter.read(who, f"cycles/{quarter.cycle_id}") for who in everybody]:
        assert read == cancelled
    assert await quarter.all(hr, "cycles", state="cancelled") == [cancelled]
    for person in quarter.company.people:
        assert await quarter.all(person, "my/tasks") == []
    for action in ("open", "start_evaluation", "score", "finish_calibration", "publish", "close", "cancel"):
        answer = await quarter.post(hr, f"cycles/{quarter.cycle_id}/{action}", REASON if action == "cancel" else None)
        assert answer.status_code == 409, action
    await quarter.opened()
    assert await quarter.state() == "goal_setting"
    assert (await quarter.read(hr, f"cycles/{quarter.cycle_id}"))["cancelled_at"] is None


@pytest.mark.req("APR-04", "APR-13")
async def test_a_scored_cycle_can_be_given_up_and_its_results_are_then_hrs_alone(quarter: Quarter) -> None:
    await quarter.scored()
    company = quarter.company
    assert await quarter.results(company.head)
    await quarter.done(company.hr, f"cycles/{quarter.cycle_id}/cancel", REASON)
    assert not await quarter.results(company.head)
    assert await quarter.results(company.hr)


@pytest.mark.req("APR-04", "APR-13")
async def test_results_in_public_notice_are_not_given_up(quarter: Quarter) -> None:
    await quarter.published()
    answer = await quarter.post(quarter.company.hr, f"cycles/{quarter.cycle_id}/cancel", REASON)
    assert (answer.status_code, answer.json()["code"]) == (409, "transition_not_possible")
    assert await quarter.state() == "published"
