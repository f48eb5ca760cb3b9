"""Tasks of a person who has left pass to their superior or to HR automatically; deadlines are announced."""

from typing import Any

import pytest
from sqlalchemy import text

from services.appraisal.jobs import JOBS
from services.kit.jobs.queue import defer
from tests.api.appraisal.test_goal_settlement import leaves, tasks
from tests.api.appraisal.test_rater_replacement import SUBMIT, raters
from tests.api.appraisal.test_ratings import evaluating, sheet_of
from tests.builders.appraisal import Quarter

TARGETS = {"S01": "2000000", "S03": "8"}


async def run(quarter: Quarter, job: str) -> None:
    """What the worker does every hour."""
    assert JOBS.tasks[job].cron
    async with quarter.sessions.write() as session:
        await defer(session, job)
    await quarter.jobs()


async def superiors(quarter: Quarter, subject: str) -> set[tuple[str, bool]]:
    """The superiors asked about somebody, and whether each was replaced."""
    found = await raters(quarter, subject)
    return {(line["rater_number"], line["replaced"]) for line in found if line["relation"] == "superior"}


@pytest.mark.req("APR-09", "APR-04")
async def test_the_next_superior_is_asked_by_itself_and_hr_where_there_is_none(quarter: Quarter) -> None:
    await evaluating(quarter)
    company = quarter.company
    head, chief, hr = company.head, company.chief, company.hr
    kept = await sheet_of(quarter, head, "superior", "E102")
    await quarter.done(head, f"rating_forms/{kept}/submit", {"ratings": {"Q1": "5", "Q2": "5", "J01": "5"}})
    await leaves(quarter, head, "2026-03-31")
    await quarter.jobs()
    assert await superiors(quarter, "E101") == {("E100", False)}  # the last day lies ahead
    quarter.clock.set(2026, 4, 1, 1)
    for _ in range(2):
        await run(quarter, "hand_over_duties")
        for subject in ("E101", "E103"):
            assert await superiors(quarter, subject) == {("E100", True), ("E001", False)}
        assert await superiors(quarter, "E102") == {("E100", False)}  # what was submitted stays
    assert await tasks(quarter, head, SUBMIT) == []
    assert len(await tasks(quarter, chief, SUBMIT)) == 2
    async with quarter.sessions.read() as session:
        trail = text("SELECT after->>'reason' FROM audit WHERE action = 'appraisal.form.rater_replaced'")
        assert (await session.execute(trail)).scalars().all() == ["left", "left"]

    await leaves(quarter, chief, "2026-04-01")
    quarter.clock.set(2026, 4, 2, 1)
    for _ in range(2):
        await run(quarter, "hand_over_duties")
        assert len(await tasks(quarter, hr, "form.replace_rater")) == 2
    assert await tasks(quarter, chief, SUBMIT) == []
    assert await tasks(quarter, company["E101"], "form.replace_rater") == []
    for subject in ("E101", "E103"):
        form = (await quarter.forms())[subject]["id"]
        body = {"rater_id": str(chief.id), "successor_id": str(company.other_head.id), "reason": "上级均已离职"}
        await quarter.done(hr, f"forms/{form}/replace_rater", body)
    assert await tasks(quarter, hr, "form.replace_rater") == []
    await run(quarter, "hand_over_duties")
    asked = {("E100", True), ("E001", True), ("E200", False)}
    assert await superiors(quarter, "E101") == asked
    await quarter.done(hr, f"cycles/{quarter.cycle_id}/cancel", {"reason": "重组"})
    await leaves(quarter, company.other_head, "2026-04-01")
    await run(quarter, "hand_over_duties")
    assert (await superiors(quarter, "E101"), await tasks(quarter, hr, "form.replace_rater")) == (asked, [])


@pytest.mark.req("APR-05", "APR-04")
async def test_goals_that_wait_for_a_superior_who_left_wait_for_hr(quarter: Quarter) -> None:
    await quarter.library()
    await quarter.schemes()
    await quarter.opened()
    company, hr = quarter.company, quarter.company.hr
    forms = await quarter.forms()
    await quarter.propose(company["E101"], forms["E101"]["id"], TARGETS)
    await leaves(quarter, company.head, "2026-01-04")
    await quarter.jobs()
    assert await tasks(quarter, company.head, "goals.agree") == []
    [found] = await tasks(quarter, hr, "goals.settle")
    assert found["link"] == f"/v1/appraisal/forms/{forms['E101']['id']}/goals"
    assert len(await tasks(quarter, company["E102"], "goals.propose")) == 1  # it is still the owner's turn
    await quarter.propose(company["E102"], forms["E102"]["id"], TARGETS)
    await run(quarter, "hand_over_duties")
    assert len(await tasks(quarter, hr, "goals.settle")) == 2
    for subject in ("E101", "E102"):
        body = {"reason": "上级已离职"}
        goals = await quarter.done(hr, f"forms/{forms[subject]['id']}/goals/settle", body)
        assert (goals["state"], goals["settlement"]["proposed_by_name"]) == ("agreed", "name of E002")
    assert await tasks(quarter, hr, "goals.settle") == []


async def announced(quarter: Quarter) -> list[tuple[str, dict[str, Any]]]:
    """The events about deadlines so far."""
    async with quarter.sessions.read() as session:
        found = await session.execute(
            text("SELECT type, data FROM event WHERE type ~ 'deadline_(near|passed)' ORDER BY id")
        )
        told = [(row.type.rpartition("_")[2], row.data) for row in found]
        return [(kind, {key: data[key] for key in data if key != "cycle_id"}) for kind, data in told]


@pytest.mark.req("APR-05", "APR-09", "APR-10")
async def test_deadlines_are_announced_once_before_and_once_after_without_anonymous_raters(quarter: Quarter) -> None:
    await quarter.library()
    await quarter.schemes()
    await quarter.opened(goals_due_on="2026-01-20", ratings_due_on="2026-04-08")
    for day in (5, 17, 18, 20):
        quarter.clock.set(2026, 1, day, 1)
        await run(quarter, "remind_of_deadlines")
    near = {"code": "2026-Q1", "phase": "goals", "due_on": "2026-01-20", "open": 8}
    assert await announced(quarter) == [("near", near)]
    await quarter.agree_all()
    for _ in range(2):
        quarter.clock.set(2026, 1, 21, 1)
        await run(quarter, "remind_of_deadlines")
    assert await announced(quarter) == [("near", near), ("passed", {**near, "open": 0})]
    await quarter.move("start_evaluation")
    quarter.clock.set(2026, 4, 9, 1)  # a phase that nobody announced in time is said to have passed, and no more
    for _ in range(2):
        await run(quarter, "remind_of_deadlines")
    ratings = {"code": "2026-Q1", "phase": "ratings", "due_on": "2026-04-08", "open": 8}
    assert (await announced(quarter))[2:] == [("passed", ratings)]
    for peer in ("E102", "E103"):
        sheet = await sheet_of(quarter, quarter.company[peer], "peer")
        await quarter.done(quarter.company[peer], f"rating_forms/{sheet}/submit", {"ratings": {"Q1": "1", "Q2": "1"}})
    moved = {"goals_due_on": "2026-01-20", "ratings_due_on": "2026-04-10"}
    path = f"cycles/{quarter.cycle_id}/deadlines"
    headers = {"If-Match": await quarter.revision(f"cycles/{quarter.cycle_id}")}
    answer = await quarter.api(quarter.company.hr.caller).put(f"/v1/appraisal/{path}", json=moved, headers=headers)
    assert answer.status_code == 200
    await quarter.opened(code="2026-Q2", period="2026-Q2", goals_due_on="2026-01-20", ratings_due_on="2026-04-10")
    await run(quarter, "remind_of_deadlines")
    assert (await announced(quarter))[3:] == [
        ("passed", {**near, "code": "2026-Q2"}), ("near", {**ratings, "due_on": "2026-04-10"}),
    ]  # fmt: skip
