"""Several requests at the same moment, on a database that commits."""

import asyncio
from collections import Counter
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text

from services.appraisal.feedback.store import ratings
from tests.api.appraisal.test_goals import TARGETS, form_of
from tests.api.appraisal.test_ratings import evaluating, sheet_of
from tests.builders.appraisal import BASE, Quarter
from tests.clients import CIPHER


@pytest.mark.req("APR-09", "APR-10", "APR-13")
async def test_of_many_requests_at_once_one_wins_and_nothing_is_kept_twice(live: Quarter) -> None:
    await evaluating(live)
    company = live.company
    peer = company["E102"]
    sheet = await sheet_of(live, peer, "peer")
    body = {"ratings": {"Q1": "1", "Q2": "1"}}
    answers = await asyncio.gather(*(live.post(peer, f"rating_forms/{sheet}/submit", body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    async with live.sessions.read() as session:
        assert (await session.execute(text("SELECT count(*) FROM rating_draft"))).scalar() == 1
    form = (await live.forms())["E101"]["id"]
    points = {"points": "6", "reason": "x"}
    added = await asyncio.gather(*(live.post(company.head, f"forms/{form}/adjustments", points) for _ in range(4)))
    assert sorted(answer.status_code for answer in added) == [201, 412, 412, 412]
    await live.provide()
    moves = await asyncio.gather(*(live.post(company.hr, f"cycles/{live.cycle_id}/score") for _ in range(4)))
    assert sorted(answer.status_code for answer in moves) == [202, 412, 412, 412]
    row = {"code": "Z9", "name": "x", "period": "2026-Q2"}
    made = await asyncio.gather(*(live.post(company.hr, "cycles", row) for _ in range(4)))
    assert sorted(answer.status_code for answer in made) == [201, 409, 409, 409]


@pytest.mark.req("APR-09", "APR-10")
async def test_of_many_submissions_of_one_draft_the_others_find_it_submitted(live: Quarter) -> None:
    await evaluating(live)
    for who, relation in ((live.company["E102"], "peer"), (live.company.head, "superior")):
        sheet = await sheet_of(live, who, relation)
        entries = (await live.read(who, f"rating_forms/{sheet}"))["entries"]
        draft = {"ratings": {entry["key"]: "4" for entry in entries}}
        assert (await live.api(who.caller).put(f"{BASE}/rating_forms/{sheet}/draft", json=draft)).status_code == 200
        answers = await asyncio.gather(*(live.post(who, f"rating_forms/{sheet}/submit", {}) for _ in range(8)))
        recorded = Counter((answer.status_code, answer.json().get("code", "")) for answer in answers)
        assert recorded == {(200, ""): 1, (409, "already_submitted"): 7}


@pytest.mark.req("APR-10")
async def test_a_draft_kept_while_its_sheet_is_submitted_does_not_outlive_the_submission(live: Quarter) -> None:
    """Nor does it replace what was submitted, which stays sealed until the answers are collected."""
    await evaluating(live)
    final = {"ratings": {"Q1": "1", "Q2": "1"}, "comment": "submitted"}
    marks = {"ratings": {"Q1": "1", "Q2": "1"}}

    async def keep(rater: str, sheet: str) -> httpx2.Response:
        return await live.api(live.company[rater].caller).put(f"{BASE}/rating_forms/{sheet}/draft", json=marks)

    for rater in ("E102", "E103"):
        sheet = await sheet_of(live, live.company[rater], "peer")
        submitted = live.post(live.company[rater], f"rating_forms/{sheet}/submit", final)
        drafts = [keep(rater, sheet) for _ in range(8)]
        answers = await asyncio.gather(*drafts[:4], submitted, *drafts[4:])
        assert {answer.status_code for answer in answers} <= {200, 409}
        assert answers[4].status_code == 200
        own = (await live.read(live.company[rater], f"rating_forms/{sheet}"))["ratings"]
        assert own == {}
        async with live.sessions.read() as session:
            held = await ratings.draft(session, CIPHER, UUID(sheet))
        assert held == ratings.Draft({"Q1": "1", "Q2": "1"}, "submitted")


@pytest.mark.req("APR-13")
async def test_of_many_appeals_at_once_in_the_last_second_one_is_filed_and_closing_sees_it(live: Quarter) -> None:
    await live.published()
    result = (await live.results())["E101"]
    live.clock.set(2026, 4, 20, 15, 59, 59, 999999)  # a moment before midnight in Shanghai
    body = {"result_id": result["id"], "grounds": "系统故障"}
    answers = await asyncio.gather(*(live.post(live.company["E101"], "appeals", body) for _ in range(6)))
    recorded = Counter((answer.status_code, answer.json().get("code", "")) for answer in answers)
    assert recorded == {(201, ""): 1, (409, "already_appealed"): 5}
    live.clock.set(2026, 4, 20, 16)
    late = await live.post(live.company["E102"], "appeals", {**body, "result_id": (await live.results())["E102"]["id"]})
    assert (late.status_code, late.json()["code"]) == (409, "public_notice_over")
    closed = await live.post(live.company.hr, f"cycles/{live.cycle_id}/close")
    assert (closed.status_code, closed.json()["code"]) == (409, "appeals_open")


@pytest.mark.req("APR-05")
async def test_nobody_agrees_to_goals_that_the_other_side_is_just_replacing(live: Quarter) -> None:
    form, company = await form_of(live), live.company
    assert (await live.propose(company.head, form, TARGETS)).status_code == 200
    other = [live.propose(company.head, form, {**TARGETS, "S01": str(place)}) for place in range(1, 5)]
    agreed = [live.post(company["E101"], f"forms/{form}/goals/agree") for _ in range(3)]
    answers = await asyncio.gather(*other, *agreed)
    assert {answer.status_code for answer in answers} <= {200, 409, 412, 422}
    goals = await live.read(company.head, f"forms/{form}/goals")
    revisions = [row["number"] for row in goals["revisions"]]
    assert revisions == list(range(1, len(revisions) + 1))
    if goals["state"] == "agreed":
        assert goals["agreed_revision"] == revisions[-1]


@pytest.mark.req("APR-06")
async def test_the_same_delivery_from_many_sides_at_once_is_stored_once(live: Quarter) -> None:
    await live.library()
    rows = [
        {
            "subject_kind": "employee", "subject_code": f"E{n}", "indicator": "S01", "value": "5",
            "measured_on": "2026-01-31", "source": "CRM", "external_id": str(n),
        }
        for n in range(50)
    ]  # fmt: skip
    answers = await asyncio.gather(*(live.measure(*rows) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert sum(answer.json()["accepted"] for answer in answers) == 50
