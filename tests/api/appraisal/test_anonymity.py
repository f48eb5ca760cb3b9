"""Anonymity as an attack: everything that the API answers to anybody else must not depend on who said what (APR-10)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.api.appraisal.onlookers import SUBJECTS, everything, figures, of_cycle
from tests.builders.appraisal import BASE, Person, Quarter, scheme

DRAFT_COLUMNS = text("SELECT column_name FROM information_schema.columns WHERE table_name = 'rating_draft'")


async def peers_sheets(quarter: Quarter, subject: str = "E101") -> list[tuple[Person, str]]:
    """The peers of a person, with the rating forms that they are asked to fill in about them."""
    found = []
    for peer in quarter.company.people:
        for line in await quarter.sheets(peer):
            if line["subject_code"] == subject and line["relation"] == "peer":
                found.append((peer, line["id"]))
    return found


async def peers_alone(quarter: Quarter) -> None:
    """Schemes whose 360 score counts peers alone, so that it may be missing without anybody's fault."""
    feedback = {"relations": {"superior": "0", "peer": "100", "self": "0"}, "threshold": 3}
    await quarter.schemes(*(scheme(f"QE-{code}", code, feedback=feedback) for code in ("REP", "BRAND")))


def marks(mark: str) -> dict[str, Any]:
    """The same mark everywhere."""
    return {"ratings": {"Q1": mark, "Q2": mark}, "comment": f"comment with mark {mark}"}


@pytest.mark.req("APR-10")
async def test_before_closing_nothing_that_anybody_sees_changes_when_a_peer_answers(quarter: Quarter) -> None:
    await quarter.ready()
    await quarter.measure_all()
    await quarter.move("start_evaluation")
    sheets = await peers_sheets(quarter)
    assert len(sheets) == 2
    raters = [sheet for _, sheet in sheets]
    quarter.clock.set(2026, 4, 1, 0)
    before = await everything(quarter, raters)
    counted = await figures(quarter)
    for hour, (peer, sheet) in enumerate(sheets, start=1):
        quarter.clock.set(2026, 4, 1, hour)  # so that a moment of it would show
        draft = await quarter.api(peer.caller).put(f"{BASE}/rating_forms/{sheet}/draft", json=marks("3"))
        assert draft.status_code == 200
        await quarter.done(peer, f"rating_forms/{sheet}/submit", marks("5"))
        assert await figures(quarter) == counted
        assert await everything(quarter, raters, before=before) == before
        counted = await figures(quarter)


Given = Mapping[tuple[str, str], str]
ONE: Given = {
    **{("E102", "E101"): "0", ("E103", "E101"): "5"},
    **{("E202", "E201"): "5", ("E203", "E201"): "3", ("E204", "E201"): "5", ("E205", "E201"): "3"},
}
OTHER: Given = {
    **{("E102", "E101"): "5", ("E103", "E101"): "1"},
    **{("E202", "E201"): "2", ("E203", "E201"): "5", ("E204", "E201"): "4", ("E205", "E201"): "5"},
}
"""By rater and subject: of two peers anything, of four other marks with the same mean."""


async def lived(quarter: Quarter, code: str, given: Given) -> list[dict[str, str]]:
    """A whole cycle in which peers give these marks, all others 4 everywhere; what is seen at each stage."""
    await quarter.opened(code=code)
    await quarter.agree_all()
    await quarter.move("start_evaluation")
    raters = [sheet for subject in SUBJECTS for _, sheet in await peers_sheets(quarter, subject)]
    seen: list[dict[str, str]] = []

    async def look() -> None:
        before = seen[-1] if seen else None
        seen.append(await everything(quarter, raters, but=("skip", "auditor", "administrator"), before=before))

    for person in quarter.company.people:
        for line in await quarter.sheets(person):
            mark = given.get((person.number, line["subject_code"]), "4") if line["relation"] == "peer" else "4"
            entries = (await quarter.read(person, f"rating_forms/{line['id']}"))["entries"]
            filled_in = {"ratings": {entry["key"]: mark for entry in entries}}
            await quarter.done(person, f"rating_forms/{line['id']}/submit", filled_in)
    await quarter.move("score")
    await quarter.jobs()
    await look()
    await quarter.move("finish_calibration")
    quarter.clock.set(2026, 4, 14, 1)
    await quarter.move("publish")
    await look()
    quarter.clock.set(2026, 4, 21, 1)
    await quarter.move("close")
    result = (await quarter.results())["E201"]["id"]
    asked = await quarter.done(quarter.company.hr, f"results/{result}/corrections", {"grade": "B", "reason": "复核"})
    await quarter.done(quarter.company.hr2, f"corrections/{asked['id']}/approve", {"reason": "已核"})
    await look()
    quarter.clock.set(2026, 1, 5, 1)
    return [of_cycle(stage, quarter.cycle_id, code) for stage in seen]


@pytest.mark.req("APR-10")
async def test_of_what_peers_said_nothing_but_the_mean_of_enough_shows_at_any_stage(quarter: Quarter) -> None:
    await quarter.library()
    await quarter.schemes()
    await quarter.opened(code="first")
    await quarter.measure_all()
    one = await lived(quarter, "cycle-one", ONE)
    other = await lived(quarter, "cycle-two", OTHER)
    for first, second in zip(one, other, strict=True):
        assert first.keys() == second.keys()
        assert [
            (address, first[address], second[address]) for address in first if first[address] != second[address]
        ] == []
    assert any("360 feedback" in answer for answer in one[-1].values())
    feedback = [answer for address, answer in one[-1].items() if address.endswith("/feedback")]
    assert any('"relations":["peer"],"answers":4' in answer for answer in feedback)


@pytest.mark.req("APR-10")
async def test_larger_groups_appear_at_close_and_not_before(quarter: Quarter) -> None:
    await quarter.published()
    company, result = quarter.company, (await quarter.results())["E201"]
    path = f"results/{result['id']}/explanation"
    for who in (company["E201"], company.other_head, company.hr):
        shown = await quarter.read(who, path)
        assert "feedback_peer" not in str(shown["tree"])
        assert shown["hash"] is None
    quarter.clock.set(2026, 4, 21, 1)
    await quarter.move("close")
    group = find(await quarter.read(company["E201"], path), "feedback_peer")
    assert (group["value"], group["inputs"][0]["value"]) == ("80", "4")


def find(tree: Any, rule: str) -> dict[str, Any]:
    """The step of a rule, at any depth."""
    waiting = [tree["tree"]]
    while waiting:
        step: dict[str, Any] = waiting.pop()
        if step["rule"] == rule:
            return step
        waiting += step["steps"]
    raise AssertionError(rule)


@pytest.mark.req("APR-09", "APR-10")
async def test_an_anonymous_submission_is_final_and_leaves_no_trace_of_its_author(quarter: Quarter) -> None:
    await quarter.ready()
    await quarter.move("start_evaluation")
    peer, sheet = (await peers_sheets(quarter))[0]
    api = quarter.api(peer.caller)
    await api.put(f"{BASE}/rating_forms/{sheet}/draft", json=marks("3"))
    key = {"Idempotency-Key": "once"}
    done = await api.post(f"{BASE}/rating_forms/{sheet}/submit", json={}, headers=key)
    assert (done.status_code, done.json()["state"], done.json()["ratings"]) == (200, "submitted", {})
    for again in (
        await api.post(f"{BASE}/rating_forms/{sheet}/submit", json=marks("1")),
        await api.put(f"{BASE}/rating_forms/{sheet}/draft", json=marks("1")),
    ):
        assert (again.status_code, again.json()["code"]) == (409, "already_submitted")
    returned = await quarter.post(quarter.company.hr, f"rating_forms/{sheet}/return", {"reason": "x"})
    assert (returned.status_code, returned.json()["code"]) == (409, "not_returnable")
    async with quarter.sessions.read() as session:
        columns = await session.execute(
            text("SELECT column_name FROM information_schema.columns WHERE table_schema = :s AND table_name = :t"),
            {"s": "appraisal", "t": "answer"},
        )
        assert set(columns.scalars()) == {"id", "cycle_id", "form_id", "relation", "ratings", "comment"}
        traces = {
            "audit": "SELECT count(*) FROM audit WHERE actor_id = :actor AND action NOT LIKE 'appraisal.goals.%'",
            "history": "SELECT count(*) FROM transition WHERE resource_id = :sheet",
            "key": "SELECT count(*) FROM idempotency_key WHERE account_id = :actor",
            "rating": "SELECT count(*) FROM rating WHERE rater_row_id = :sheet",
            "task": "SELECT count(*) FROM task WHERE subject_id = :sheet",
        }
        names = {"actor": peer.caller.account_id, "sheet": UUID(sheet)}
        for name, query in traces.items():
            given = {key: value for key, value in names.items() if f":{key}" in query}
            assert (await session.execute(text(query), given)).scalar() == 0, name
        # Until the cycle takes no more of them, what was submitted lies sealed and is nobody's answer yet.
        assert (await session.execute(text("SELECT count(*) FROM answer"))).scalar() == 0
        assert set((await session.execute(DRAFT_COLUMNS)).scalars()) == {"rater_row_id", "sealed"}
    await quarter.provide()
    await quarter.move("score")
    await quarter.jobs()
    async with quarter.sessions.read() as session:
        answer = (await session.execute(text("SELECT id, ratings FROM answer"))).one()
        assert (answer.id.version, answer.ratings) == (4, {"Q1": "3", "Q2": "3"})
        assert (await session.execute(text("SELECT count(*) FROM rating_draft"))).scalar() == 0


@pytest.mark.req("APR-10")
async def test_answers_are_written_anew_in_random_order_at_close(quarter: Quarter) -> None:
    await quarter.published()
    before = await rows(quarter)
    quarter.clock.set(2026, 4, 21, 1)
    await quarter.move("close")
    after = await rows(quarter)
    assert sorted(before.values()) == sorted(after.values())
    assert set(before).isdisjoint(after)
    assert list(before.values()) != list(after.values())


async def rows(quarter: Quarter) -> dict[str, str]:
    """Answers in their physical order."""
    async with quarter.sessions.read() as session:
        found = await session.execute(text("SELECT id, form_id, ratings FROM answer ORDER BY ctid"))
        return {str(row.id): f"{row.form_id} {row.ratings}" for row in found}


@pytest.mark.req("APR-10")
async def test_after_scoring_has_begun_no_anonymous_answer_is_taken(quarter: Quarter) -> None:
    await quarter.library()
    await peers_alone(quarter)
    await quarter.opened()
    await quarter.agree_all()
    await quarter.move("start_evaluation")
    await quarter.provide()
    await quarter.move("score")
    await quarter.jobs()
    assert await quarter.state() == "evaluating"  # blocked: no peer answered, which nobody may know before
    peer, sheet = (await peers_sheets(quarter))[0]
    answer = await quarter.post(peer, f"rating_forms/{sheet}/submit", marks("3"))
    assert (answer.status_code, answer.json()["code"]) == (409, "ratings_closed")
    own = next(line for line in await quarter.sheets(peer) if line["relation"] == "self")
    await quarter.done(peer, f"rating_forms/{own['id']}/submit", {"ratings": {"Q1": "4", "Q2": "4"}})
