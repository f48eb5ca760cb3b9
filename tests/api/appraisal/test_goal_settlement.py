"""Goals on which nobody agrees in time are settled with a reason, so that nobody stops a cycle."""

from datetime import date
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import text

from services.appraisal.inbox import FORGET_DEPARTURE, NOTE_DEPARTURE
from services.kit.events.outbox import CloudEvent
from services.kit.identity import SYSTEM
from services.kit.work.unit_of_work import UnitOfWork
from tests.builders.appraisal import BASE, Person, Quarter

TARGETS = {"S01": "2000000", "S03": "8"}
ITEMS = [{"key": key, "target": target} for key, target in TARGETS.items()]
LATE = {"reason": "截止日已过，双方未达成一致"}


async def form_of(quarter: Quarter, **given: Any) -> str:
    """An open cycle with a deadline for goals; the form of E101."""
    await quarter.library()
    await quarter.schemes()
    await quarter.opened(**{"goals_due_on": "2026-01-20", **given})
    found: str = (await quarter.forms())["E101"]["id"]
    return found


async def leaves(quarter: Quarter, who: Person, last_day: str, *, stays: bool = False) -> None:
    """org says that somebody's last day comes, or that they stay after all."""
    effect, verb = (FORGET_DEPARTURE, "termination_rescinded") if stays else (NOTE_DEPARTURE, "terminated")
    data = {"employee_id": str(who.id), "last_day": last_day}
    now = quarter.clock.now()
    event = CloudEvent(str(uuid4()), "merit/org", f"org.employee.{verb}", f"employee/{who.id}", now, data)
    async with quarter.sessions.write() as session:
        await effect.apply(UnitOfWork(session, SYSTEM, now, now.date()), event)


async def settle(quarter: Quarter, who: Person, form: str, **body: Any) -> httpx2.Response:
    return await quarter.post(who, f"forms/{form}/goals/settle", {**LATE, **body})


async def tasks(quarter: Quarter, who: Person, kind: str) -> list[dict[str, Any]]:
    return await quarter.all(who, "my/tasks", kind=kind)


@pytest.mark.req("APR-05")
async def test_after_the_deadline_the_superior_settles_and_both_proposals_stay(quarter: Quarter) -> None:
    form, company = await form_of(quarter), quarter.company
    await quarter.propose(company.head, form, TARGETS)
    await quarter.propose(company["E101"], form, {**TARGETS, "S01": "1500000"})
    quarter.clock.set(2026, 1, 20, 1)  # the last day
    early = await settle(quarter, company.head, form)
    assert (early.status_code, early.json()["code"]) == (409, "deadline_not_past")
    quarter.clock.set(2026, 1, 21, 1)
    for other in (company["E101"], company.chief, company.hr):
        refused = await settle(quarter, other, form)
        assert refused.status_code == 403, refused.text
    assert (await settle(quarter, company["E102"], form)).status_code == 404
    strange = await settle(quarter, company.head, form, items=[*ITEMS, {"key": "J01", "target": "1"}])
    assert strange.status_code == 422, strange.text
    settled = await settle(quarter, company.head, form, items=[{**ITEMS[0], "target": "1900000"}, ITEMS[1]])
    assert settled.status_code == 200, settled.text
    found = await quarter.read(company["E101"], f"forms/{form}/goals")
    assert found == settled.json()
    assert (found["state"], found["agreed"][0]["target"]) == ("agreed", "1900000")
    assert found["settlement"]["reason"] == LATE["reason"]
    assert [(row["side"], row["items"][0]["target"]) for row in found["revisions"]] == [
        ("superior", "2000000"),
        ("subject", "1500000"),
        ("settlement", "1900000"),
    ]
    again = await settle(quarter, company.head, form)
    assert (again.status_code, again.json()["code"]) == (409, "transition_not_possible")


@pytest.mark.req("APR-05", "PLT-02")
async def test_the_person_is_told_by_a_task_and_an_event_until_they_have_read_it(quarter: Quarter) -> None:
    form, company = await form_of(quarter), quarter.company
    owner = company["E101"]
    early = await quarter.post(owner, f"forms/{form}/goals/acknowledge")
    assert (early.status_code, early.json()["code"]) == (409, "goals_not_settled")
    await quarter.propose(owner, form, TARGETS)
    quarter.clock.set(2026, 1, 21, 1)
    assert (await settle(quarter, company.head, form)).status_code == 200
    for kind in ("goals.propose", "goals.agree"):
        for who in (owner, company.head):
            assert form not in str(await tasks(quarter, who, kind))
    (told,) = await tasks(quarter, owner, "goals.acknowledge")
    assert told["link"] == f"{BASE}/forms/{form}/goals"
    assert (await quarter.post(company.head, f"forms/{form}/goals/acknowledge")).status_code == 403
    stale = await quarter.post(owner, f"forms/{form}/goals/acknowledge", seen='"99"')
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    await quarter.done(owner, f"forms/{form}/goals/acknowledge")
    await quarter.done(owner, f"forms/{form}/goals/acknowledge")  # twice is once
    assert await tasks(quarter, owner, "goals.acknowledge") == []
    async with quarter.sessions.read() as session:
        query = text("SELECT data FROM event WHERE type = 'appraisal.goals.settled'")
        data = (await session.execute(query)).scalar_one()
    assert data == {"form_id": form, "cycle_id": quarter.cycle_id}


@pytest.mark.req("APR-05")
async def test_a_settlement_is_complete_and_of_what_was_seen(quarter: Quarter) -> None:
    form, company = await form_of(quarter), quarter.company
    quarter.clock.set(2026, 1, 21, 1)
    empty = await settle(quarter, company.head, form)
    assert (empty.status_code, empty.json()["code"]) == (422, "goals_incomplete")
    partial = await settle(quarter, company.head, form, items=ITEMS[:1])
    assert {error["pointer"].split("/")[2] for error in partial.json()["errors"]} == {"S03"}
    seen = (await quarter.get(company.head, f"forms/{form}/goals")).headers["etag"]
    await quarter.propose(company["E101"], form, TARGETS)
    stale = await quarter.post(company.head, f"forms/{form}/goals/settle", {**LATE, "items": ITEMS}, seen=seen)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    await quarter.done(company.hr, f"cycles/{quarter.cycle_id}/cancel", {"reason": "重组"})
    over = await settle(quarter, company.head, form, items=ITEMS)
    assert (over.status_code, over.json()["code"]) == (409, "not_in_this_state")


@pytest.mark.req("APR-05", "APR-04")
@pytest.mark.parametrize("leaver", ["E101", "E100"])
async def test_hr_settles_when_the_owner_or_the_superior_has_left_and_the_cycle_goes_on(
    quarter: Quarter, leaver: str
) -> None:
    form, company = await form_of(quarter), quarter.company
    hr, gone = company.hr, company[leaver]
    await leaves(quarter, gone, "2026-01-06")
    refused = await settle(quarter, hr, form, items=ITEMS)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_for_you_to_settle")  # still there today
    quarter.clock.set(2026, 1, 7, 1)
    await leaves(quarter, company["E201"], "2026-01-06")
    await leaves(quarter, gone, "2026-01-06", stays=True)
    assert (await settle(quarter, hr, form, items=ITEMS)).status_code == 403
    other_leaver = (await quarter.forms())["E201"]["id"]
    assert (await settle(quarter, hr, other_leaver, items=ITEMS)).status_code == 200
    await leaves(quarter, gone, "2026-01-06")
    settled = await settle(quarter, hr, form, items=ITEMS)
    assert settled.status_code == 200, settled.text
    assert settled.json()["settlement"]["proposed_by_name"] == hr.caller.name
    quarter.clock.set(2026, 1, 21, 1)
    for other in (await quarter.forms()).values():
        if other["goal_state"] == "empty":
            boss = next(person for person in company.people if str(person.id) == other["manager_id"])
            by = hr if boss is gone else boss
            answer = await settle(quarter, by, other["id"], items=ITEMS)
            assert answer.status_code == 200, answer.text
    await quarter.move("start_evaluation")


@pytest.mark.req("APR-05", "PLT-02")
async def test_deadlines_are_on_the_cycle_and_on_what_waits_and_can_be_moved(quarter: Quarter) -> None:
    await form_of(quarter, ratings_due_on="2026-04-10")
    company, path = quarter.company, f"{BASE}/cycles/{quarter.cycle_id}"
    api = quarter.api(company.hr.caller)
    (task,) = await tasks(quarter, company["E101"], "goals.propose")
    assert task["due_at"] == "2026-01-20T16:00:00Z"  # the end of the day in Shanghai
    found = await api.get(path)
    assert (found.json()["goals_due_on"], found.json()["ratings_due_on"]) == ("2026-01-20", "2026-04-10")
    tag, moved = {"If-Match": found.headers["etag"]}, {"goals_due_on": "2026-01-23", "ratings_due_on": "2026-04-10"}
    answer = await api.put(f"{path}/deadlines", json=moved, headers=tag)
    assert answer.json()["goals_due_on"] == "2026-01-23"
    assert (await api.put(f"{path}/deadlines", json=moved, headers=tag)).status_code == 412
    (task,) = await tasks(quarter, company["E101"], "goals.propose")
    assert task["due_at"] == "2026-01-23T16:00:00Z"
    wrong = {"goals_due_on": "2026-04-23", "ratings_due_on": "2026-04-10"}
    refused = await api.put(f"{path}/deadlines", json=wrong, headers={"If-Match": answer.headers["etag"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "deadlines_out_of_order")
    assert date.fromisoformat((await api.get(path)).json()["goals_due_on"]) == date(2026, 1, 23)


@pytest.mark.req("APR-09", "APR-10", "PLT-02")
async def test_a_rater_alone_sees_that_their_rating_is_overdue(quarter: Quarter) -> None:
    await quarter.library()
    await quarter.schemes()
    await quarter.opened(ratings_due_on="2026-04-10")
    await quarter.agree_all()
    await quarter.move("start_evaluation")
    company, kind = quarter.company, "rating_form.submit"
    due = {task["due_at"] for task in await tasks(quarter, company["E102"], kind)}
    assert due == {"2026-04-10T16:00:00Z"}
    quarter.clock.set(2026, 4, 11, 1)
    assert await quarter.all(company["E102"], "my/tasks", kind=kind, overdue="true")
    assert await quarter.all(company.hr, "my/tasks", kind=kind, overdue="true") == []
    path = f"{BASE}/cycles/{quarter.cycle_id}"
    api = quarter.api(company.hr.caller)
    tag = {"If-Match": (await api.get(path)).headers["etag"]}
    later = {"goals_due_on": None, "ratings_due_on": "2026-04-15"}
    assert (await api.put(f"{path}/deadlines", json=later, headers=tag)).status_code == 200
    assert await quarter.all(company["E102"], "my/tasks", kind=kind, overdue="true") == []
