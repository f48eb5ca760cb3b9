"""A rater who has left or is away is replaced during evaluation; what was submitted stays, drafts stay private."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from services.kit.revocations import revoke
from tests.api.appraisal.test_goal_settlement import leaves, tasks
from tests.api.appraisal.test_ratings import evaluating, sheet_of
from tests.builders.appraisal import BASE, Person, Quarter

SUBMIT = "rating_form.submit"
WHY = {"reason": "已离职"}


async def replace(
    quarter: Quarter, rater: Person, successor: Person | None = None, *, subject: str = "E101", by: Person | None = None
) -> httpx2.Response:
    form = (await quarter.forms())[subject]["id"]
    named = {} if successor is None else {"successor_id": str(successor.id)}
    body = {"rater_id": str(rater.id), **named, **WHY}
    return await quarter.post(by or quarter.company.hr, f"forms/{form}/replace_rater", body)


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
    gone = company["E203"]
    await leaves(quarter, gone, "2026-01-04")
    for successor in (company["E101"], company["E103"], gone):
        answer = await replace(quarter, company["E102"], successor)
        assert (answer.status_code, answer.json()["code"]) == (422, "raters_invalid")
    own = await replace(quarter, company["E101"], company["E201"])
    assert (own.status_code, own.json()["errors"][0]["pointer"]) == (422, "/rater_id")
    form = (await quarter.forms())["E101"]["id"]
    body = {"rater_id": str(company["E102"].id), "successor_id": str(company["E201"].id), **WHY}
    stale = await quarter.post(company.hr, f"forms/{form}/replace_rater", body, seen="77")
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")


@pytest.mark.req("APR-09", "APR-10")
async def test_absent_raters_show_with_their_days_for_hr_to_ask_others_in_time(quarter: Quarter) -> None:
    company, hr = quarter.company, quarter.company.hr
    await quarter.ready()
    due = {"goals_due_on": None, "ratings_due_on": "2026-04-08"}
    path = f"cycles/{quarter.cycle_id}"
    seen = {"If-Match": await quarter.revision(path)}
    assert (await quarter.api(hr.caller).put(f"{BASE}/{path}/deadlines", json=due, headers=seen)).is_success
    await quarter.move("start_evaluation")
    head, drafts, later = company.head, company["E102"], company["E103"]
    company.is_absent(head, "2026-01-02", "2026-04-20")
    company.is_absent(drafts, "2026-04-01", None)
    company.is_absent(later, "2026-04-09", None)
    await quarter.follow("follow_places")

    def shown(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
        return {row["rater_number"]: row["absence"] for row in rows if row["absence"]}

    days = {"valid_from": "2026-01-02", "valid_to": "2026-04-20"}
    before = shown(await raters(quarter))
    assert before == {"E100": days, "E102": {"valid_from": "2026-04-01", "valid_to": None}}
    assert shown(await quarter.all(hr, f"{path}/overdue_raters")) == {"E100": days, "E102": before["E102"]}
    assert shown(await quarter.all(head, f"{path}/raters")) == {}
    texts = [gap["text"] for gap in (await quarter.read(hr, f"{path}/readiness"))["gaps"] if gap["what"] == "mark"]
    absent = [text for text in texts if "（name of E100 2026-01-02 至 2026-04-20 请假，可更换评价人）" in text]
    assert len(absent) == 3
    sheet = await sheet_of(quarter, drafts, "peer")
    await quarter.done(drafts, f"rating_forms/{sheet}/submit", {"ratings": {"Q1": "5", "Q2": "5"}})
    assert shown(await raters(quarter)) == before
    assert (await replace(quarter, head)).status_code == 200
    texts = [gap["text"] for gap in (await quarter.read(hr, f"{path}/readiness"))["gaps"] if gap["what"] == "mark"]
    assert sum("请假" in text for text in texts) == 2
    company.absent.clear()
    await quarter.follow("follow_places")
    assert shown(await raters(quarter)) == {}


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
    assert (await replace(quarter, peer, successor)).status_code == 200
    fresh = await sheet_of(quarter, successor, "peer")
    assert (await quarter.read(successor, f"rating_forms/{fresh}"))["ratings"] == {}
    async with quarter.sessions.read() as session:
        assert (await session.execute(text("SELECT count(*) FROM rating_draft"))).scalar() == 0
