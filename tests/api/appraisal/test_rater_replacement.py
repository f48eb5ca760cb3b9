"""A rater who has left or is away is replaced during evaluation; what was submitted stays, drafts stay private."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from services.appraisal.library.domain.feedback_policy import MOST_RATERS
from services.kit.access.revocations import revoke
from tests.api.appraisal.test_goal_settlement import leaves, tasks
from tests.api.appraisal.test_ratings import evaluating, sheet_of
from tests.builders.appraisal import BASE, Person, Quarter, scheme

SUBMIT = "rating_form.submit"
WHY = {"reason": "已离职"}


async def replace(
    quarter: Quarter, rater: Person, successor: Person | None = None, *, subject: str = "E101", by: Person | None = None
) -> httpx2.Response:
    form = (await quarter.forms())[subject]["id"]
    named = {} if successor is None else {"successor_id": str(successor.id)}
    body = {"rater_id": str(rater.id), **named, **WHY}
    return await quarter.post(by or quarter.company.hr, f"forms/{form}/replace_rater", body)


async def away(quarter: Quarter, *people: Person, first: str = "2026-01-02", last: str | None = None) -> None:
    """org tells that people are absent, until they return or for good."""
    for who in people:
        quarter.company.is_absent(who, first, last)
    await quarter.follow("follow_places")


async def due(quarter: Quarter, day: str) -> None:
    """HR sets the last day for ratings."""
    path = f"cycles/{quarter.cycle_id}"
    body = {"goals_due_on": None, "ratings_due_on": day}
    seen = {"If-Match": await quarter.revision(path)}
    answer = await quarter.api(quarter.company.hr.caller).put(f"{BASE}/{path}/deadlines", json=body, headers=seen)
    assert answer.is_success, answer.text


async def raters(quarter: Quarter, subject: str = "E101") -> list[dict[str, Any]]:
    form = (await quarter.forms())[subject]["id"]
    return await quarter.all(quarter.company.hr, f"cycles/{quarter.cycle_id}/raters", form_id=form)


async def rate_the_rest(quarter: Quarter, but: Sequence[Person] = ()) -> None:
    """Everybody else submits what is still asked of them."""
    for person in quarter.company.people:
        for line in await quarter.sheets(person) if person not in but else ():
            if line["state"] == "open":
                entries = (await quarter.read(person, f"rating_forms/{line['id']}"))["entries"]
                given = {"ratings": {entry["key"]: "4" for entry in entries}}
                await quarter.done(person, f"rating_forms/{line['id']}/submit", given)


@pytest.mark.req("APR-09", "APR-05")
async def test_where_nobody_is_above_hr_alone_decides_about_raters_who_are_away(quarter: Quarter) -> None:
    company, hr = quarter.company, quarter.company.hr
    await quarter.library()
    await quarter.schemes(scheme("QE-CHIEF", "CHIEF"))
    await quarter.opened(policy={"superior_keeps_raters": True})
    form = (await quarter.forms())["E001"]["id"]
    assert (await quarter.propose(company.chief, form, {"S01": "1", "S03": "8"})).status_code == 200
    await quarter.done(hr, f"forms/{form}/goals/agree")
    await quarter.move("start_evaluation")
    await leaves(quarter, company["E201"], "2026-01-01")  # which is about nobody who is away
    await away(quarter, company.head)
    await quarter.follow("hand_over_duties")
    assert len(await tasks(quarter, hr, "form.decide_absent_raters")) == 1
    assert await tasks(quarter, company.chief, "form.decide_absent_raters") == []


@pytest.mark.req("APR-09", "APR-11")
async def test_the_next_superior_is_asked_in_place_of_one_who_left_and_the_cycle_is_scored(quarter: Quarter) -> None:
    await evaluating(quarter)
    company = quarter.company
    head, chief = company.head, company.chief
    kept = await sheet_of(quarter, head, "superior", "E102")
    await quarter.done(head, f"rating_forms/{kept}/submit", {"ratings": {"Q1": "5", "Q2": "5", "J01": "5"}})
    drafted = await sheet_of(quarter, head, "superior")
    await quarter.api(head.caller).put(f"{BASE}/rating_forms/{drafted}/draft", json={"ratings": {"Q1": "1"}})
    await leaves(quarter, head, "2026-01-04")
    for other in (head, chief, company["E101"]):
        assert (await replace(quarter, head, by=other)).status_code == 403
    herself = await replace(quarter, head, company.hr)
    assert (herself.status_code, herself.json()["errors"][0]["pointer"]) == (422, "/successor_id")
    for subject in ("E101", "E103"):
        answer = await replace(quarter, head, subject=subject)
        assert answer.status_code == 200, answer.text
    stays = await replace(quarter, head, subject="E102")
    assert (stays.status_code, stays.json()["code"]) == (409, "rating_stays")
    found = {
        (line["rater_number"], line["replaced"]) for line in await raters(quarter) if line["relation"] == "superior"
    }
    assert found == {("E100", True), ("E001", False)}
    assert {line["subject_code"] for line in await quarter.sheets(head)} == {"E102"}
    assert (await quarter.get(head, f"rating_forms/{drafted}")).status_code == 404
    late = await quarter.post(head, f"rating_forms/{drafted}/submit", {})
    assert (late.status_code, late.json()["code"]) == (404, "no_rating")
    fresh = await sheet_of(quarter, chief, "superior")
    assert (await quarter.read(chief, f"rating_forms/{fresh}"))["ratings"] == {}
    assert f"{BASE}/rating_forms/{fresh}" in {task["link"] for task in await tasks(quarter, chief, SUBMIT)}
    assert await tasks(quarter, head, SUBMIT) == []
    async with quarter.sessions.read() as session:
        assert (await session.execute(text("SELECT count(*) FROM rating_draft"))).scalar() == 0
    await quarter.measure_all()
    await rate_the_rest(quarter)
    await quarter.move("score")
    await quarter.jobs()
    assert await quarter.state() == "scored"


@pytest.mark.req("APR-09", "APR-10")
async def test_replacing_a_peer_tells_nobody_whether_they_had_submitted(quarter: Quarter) -> None:
    await evaluating(quarter)
    company = quarter.company
    submitted, silent, successor = company["E102"], company["E103"], company["E201"]
    sheet = await sheet_of(quarter, submitted, "peer")
    await quarter.done(submitted, f"rating_forms/{sheet}/submit", {"ratings": {"Q1": "5", "Q2": "5"}})
    for present in (submitted, silent):  # who is there is not replaced, and it does not matter whether they submitted
        answer = await replace(quarter, present, successor)
        assert (answer.status_code, answer.json()["code"]) == (409, "rater_available")
    await away(quarter, submitted, silent)
    open_sheet = await sheet_of(quarter, silent, "peer")
    await quarter.api(silent.caller).put(f"{BASE}/rating_forms/{open_sheet}/draft", json={"ratings": {"Q1": "1"}})
    unnamed = await replace(quarter, silent)
    assert (unnamed.status_code, unnamed.json()["errors"][0]["pointer"]) == (422, "/successor_id")
    seen = []
    for rater, instead in ((submitted, successor), (silent, company["E202"])):
        answer = await replace(quarter, rater, instead)
        assert answer.status_code == 200, answer.text
        seen.append({key: value for key, value in answer.json().items() if key != "revision"})
        mine = {line["rater_number"]: line for line in await raters(quarter)}
        shown = [mine[who.number] for who in (rater, instead)]
        seen[-1]["raters"] = [(line["relation"], line["state"], line["replaced"]) for line in shown]
    assert seen[0] == seen[1]
    for again in (submitted, silent):
        answer = await replace(quarter, again, company["E203"])
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/rater_id")
    fresh = await sheet_of(quarter, company["E202"], "peer")
    assert (await quarter.read(company["E202"], f"rating_forms/{fresh}"))["ratings"] == {}
    assert (await quarter.get(silent, f"rating_forms/{open_sheet}")).status_code == 404
    async with quarter.sessions.read() as session:
        query = text("SELECT after FROM audit WHERE action = 'appraisal.form.rater_replaced'")
        trail = (await session.execute(query)).scalars().all()
    assert trail == [{**WHY, "relation": "peer"}] * 2
    await quarter.measure_all()
    await rate_the_rest(quarter, but=(successor, company["E202"]))
    await quarter.move("score")
    await quarter.jobs()
    async with quarter.sessions.read() as session:
        query = text("SELECT count(*) FROM answer WHERE form_id = CAST(:form AS uuid) AND relation = 'peer'")
        count = (await session.execute(query, {"form": (await quarter.forms())["E101"]["id"]})).scalar()
    assert count == 1  # what was submitted before stays; what was drafted is gone


@pytest.mark.req("APR-09")
async def test_only_people_who_are_there_and_not_asked_yet_can_be_named(quarter: Quarter) -> None:
    await evaluating(quarter)
    company = quarter.company
    gone, ill = company["E203"], company["E204"]
    await leaves(quarter, gone, "2026-01-04")
    await away(quarter, company["E102"], ill)
    for successor in (company["E101"], company["E103"], gone, ill):
        answer = await replace(quarter, company["E102"], successor)
        assert (answer.status_code, answer.json()["code"]) == (422, "raters_invalid")
    above = await replace(quarter, company["E102"], company.chief)
    [error] = above.json()["errors"]
    assert (error["pointer"], error["expected"]) == ("/successor_id", "既非上级也非下级的同事")
    herself = await replace(quarter, company["E102"], company.hr)
    assert herself.json()["errors"][0]["expected"] == "办理人以外的员工"
    own = await replace(quarter, company["E101"], company["E201"])
    assert (own.status_code, own.json()["errors"][0]["pointer"]) == (422, "/rater_id")
    form = (await quarter.forms())["E101"]["id"]
    body = {"rater_id": str(company["E102"].id), "successor_id": str(company["E201"].id), **WHY}
    stale = await quarter.post(company.hr, f"forms/{form}/replace_rater", body, seen="77")
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")


@pytest.mark.req("APR-09", "APR-10", "ORG-12")
async def test_a_disabled_account_submits_nothing_and_somebody_else_is_asked(quarter: Quarter) -> None:
    await evaluating(quarter)
    peer, successor, marks = quarter.company["E102"], quarter.company["E201"], {"ratings": {"Q1": "1", "Q2": "1"}}
    path = f"{BASE}/rating_forms/{await sheet_of(quarter, peer, 'peer')}"
    assert (await quarter.api(peer.caller).put(f"{path}/draft", json=marks)).status_code == 200
    async with quarter.sessions.write() as session:
        await revoke(session, peer.caller.account_id, datetime.now(UTC) + timedelta(hours=1))
    api = quarter.api(peer.caller)
    for attempt in (api.get(path), api.put(f"{path}/draft", json=marks), api.post(f"{path}/submit", json=marks)):
        answer = await attempt
        assert (answer.status_code, answer.json()["code"]) == (401, "revoked")
    assert [line["state"] for line in await raters(quarter) if line["rater_number"] == "E102"] == [None]
    await away(quarter, peer)
    assert (await replace(quarter, peer, successor)).status_code == 200
    fresh = await sheet_of(quarter, successor, "peer")
    assert (await quarter.read(successor, f"rating_forms/{fresh}"))["ratings"] == {}
    async with quarter.sessions.read() as session:
        assert (await session.execute(text("SELECT count(*) FROM rating_draft"))).scalar() == 0


@pytest.mark.req("APR-09")
async def test_a_superior_who_is_late_can_be_replaced_and_one_who_is_in_time_cannot(quarter: Quarter) -> None:
    company = quarter.company
    await quarter.ready()
    await due(quarter, "2026-04-08")
    await quarter.move("start_evaluation")
    quarter.clock.set(2026, 4, 8, 1)
    early = await replace(quarter, company.head)
    assert (early.status_code, early.json()["code"]) == (409, "rater_available")
    quarter.clock.set(2026, 4, 9, 1)
    anonymous = await replace(quarter, company["E102"], company["E201"])
    assert (anonymous.status_code, anonymous.json()["code"]) == (409, "rater_available")
    peer = await replace(quarter, company.head, company["E201"])  # the line has somebody
    assert (peer.status_code, peer.json()["errors"][0]["expected"]) == (422, "汇报线上的上级")
    assert (await replace(quarter, company.head)).status_code == 200
    await quarter.done(company.hr, f"cycles/{quarter.cycle_id}/cancel", {"reason": "重组"})
    over = await replace(quarter, company.head, subject="E102")
    assert (over.status_code, over.json()["code"]) == (409, "not_in_this_state")


@pytest.mark.req("APR-09")
async def test_no_more_than_thirty_people_are_ever_asked_about_one_form(quarter: Quarter) -> None:
    await evaluating(quarter)
    company, form = quarter.company, (await quarter.forms())["E101"]["id"]
    await away(quarter, company["E102"])
    async with quarter.sessions.write() as session:
        fill = text(
            "INSERT INTO rater (id, cycle_id, form_id, rater_id, relation, state, revision)"
            " SELECT gen_random_uuid(), cycle_id, id, gen_random_uuid(), 'internal_client', 'open', 1"
            " FROM form, generate_series(1, :more) WHERE id = CAST(:form AS uuid)"
        )
        await session.execute(fill, {"form": form, "more": MOST_RATERS - len(await raters(quarter))})
    answer = await replace(quarter, company["E102"], company["E201"])
    assert (answer.status_code, answer.json()["errors"][0]["expected"]) == (422, f"至多 {MOST_RATERS} 人")
