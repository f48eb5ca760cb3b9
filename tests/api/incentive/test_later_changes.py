"""A statement says what it rests on and has changed, as soon as that is known, until a run has seen it (INC-13)."""

from typing import Any
from uuid import uuid4

import pytest

from services.incentive.statements.usecases.later_changes import NOTE_CHANGES
from services.kit.clock import business_date
from services.kit.events.outbox import CloudEvent
from services.kit.identity import SYSTEM
from services.kit.work.unit_of_work import UnitOfWork
from tests.builders.incentive import PLAN, Person
from tests.builders.incentive_quarter import Quarter
from tests.clients import ZONE
from tests.identities import SetClock

pytestmark = pytest.mark.req("INC-13", "INC-16")


async def hear(quarter: Quarter, type_: str, **data: Any) -> None:
    """An event arrives."""
    now = quarter.clock.now()
    event = CloudEvent(str(uuid4()), "merit/other", type_, "thing/1", now, data)
    async with quarter.sessions.write() as session:
        uow = UnitOfWork(session, SYSTEM, now, business_date(now, ZONE), ZONE)
        await NOTE_CHANGES[type_].apply(uow, event)


async def changes(quarter: Quarter, who: Person) -> list[str]:
    """What the person's first statement says has changed."""
    client = quarter.clients(who.caller)
    listed = (await client.get("/v1/incentive/my/statements")).json()["items"]
    path = f"/v1/incentive/statements/{listed[0]['id']}"
    found = [each["kind"] for each in (await client.get(path)).json()["later_changes"]]
    notices = (await client.get(f"{path}/page")).json()["notices"]
    assert bool(found) == any("有变更" in notice for notice in notices)
    return found


async def cycle_of(quarter: Quarter) -> str:
    """The cycle of the run."""
    return str((await quarter.read())["cycle_id"])


async def test_a_statement_says_at_once_what_changed_and_only_what_concerns_it(
    quarter: Quarter, clock: SetClock
) -> None:
    await quarter.reach("posted")
    one, two, three = quarter.company.people[:3]
    cycle = await cycle_of(quarter)
    assert [await changes(quarter, each) for each in (one, two, three)] == [[], [], []]
    clock.set(2026, 5, 4, 1)
    await quarter.raise_pay("E001", "22500.00", "2026-03-01")
    await quarter.raise_pay("E002", "40000.00", "2026-04-01")  # after the quarter
    assert [await changes(quarter, each) for each in (one, two, three)] == [["pay"], [], []]
    await hear(quarter, "appraisal.result.changed", cycle_id=cycle, subject_id=str(two.id), version=2)
    await hear(quarter, "appraisal.result.changed", cycle_id=str(uuid4()), subject_id=str(three.id), version=2)
    assert [await changes(quarter, each) for each in (one, two, three)] == [["pay"], ["result"], []]
    later = {"employee_id": str(three.id), "valid_from": "2025-01-01"}
    await hear(quarter, "org.assignment.ended", **later, valid_to="2026-03-31")
    assert await changes(quarter, three) == []
    days = {"valid_from": "2026-04-01", "valid_to": None}
    await hear(quarter, "org.assignment.created", employee_id=str(one.id), **days)
    await hear(quarter, "org.assignment.ended", **later, valid_to="2026-03-30")
    assert [await changes(quarter, each) for each in (one, two, three)] == [["pay"], ["result"], ["assignment"]]
    await hear(quarter, "appraisal.result.changed", cycle_id=cycle, subject_id=str(three.unit.id), version=2)
    assert await changes(quarter, two) == ["result"]
    assert await changes(quarter, three) == ["result", "assignment"]
    away = {"employee_id": str(two.id), "valid_from": "2026-02-02"}
    await hear(quarter, "org.absence.ended", **away, valid_to="2026-04-05")  # what changed lies after the quarter
    assert await changes(quarter, two) == ["result"]
    await hear(quarter, "org.absence.created", **away, valid_to="2026-02-06")
    assert await changes(quarter, two) == ["result", "absence"]


async def test_a_new_version_of_the_plan_shows_and_a_run_that_looked_at_it_all_ends_the_mark(
    quarter: Quarter, clock: SetClock
) -> None:
    await quarter.reach("posted")
    one = quarter.company.people[0]
    clock.set(2026, 7, 20, 1)
    await quarter.raise_pay("E001", "22500.00", "2026-01-01")
    await quarter.enter_plan(PLAN | {"valid_from": "2026-07-01"})  # not in force for the quarter
    assert await changes(quarter, one) == ["pay"]
    await quarter.enter_plan(PLAN)
    assert await changes(quarter, one) == ["pay", "plan"]
    clock.set(2026, 7, 21, 1)
    await quarter.next_run("2026-Q2")
    await quarter.reach("approved")
    assert await changes(quarter, one) == ["pay", "plan"]
    await quarter.reach("posted")
    assert await changes(quarter, one) == []
    client = quarter.clients(one.caller)
    first = (await client.get("/v1/incentive/my/statements")).json()["items"][0]
    corrections = (await client.get(f"/v1/incentive/statements/{first['id']}")).json()["corrections"]
    assert [each["amount"] for each in corrections] == ["13500.00"]


async def test_a_dispute_ends_in_a_correction_once_something_is_corrected(quarter: Quarter, clock: SetClock) -> None:
    await quarter.reach("posted")
    one = quarter.company.people[0]
    client = quarter.clients(one.caller)
    statement = (await client.get("/v1/incentive/my/statements")).json()["items"][0]
    path = f"/v1/incentive/statements/{statement['id']}"
    disputed = await client.post(f"{path}/dispute", json={"reason": "一月已调薪。"}, headers={"If-Match": "1"})
    assert disputed.status_code == 200
    answer = {"text": "已补录调薪，差额随下次核算发放。", "outcome": "corrected"}
    early = await quarter.clients(quarter.clerk).post(f"{path}/answer", json=answer, headers={"If-Match": "2"})
    assert (early.status_code, early.json()["code"]) == (409, "nothing_corrected")
    clock.set(2026, 5, 4, 1)
    await quarter.raise_pay("E001", "22500.00", "2026-01-01")
    answered = await quarter.clients(quarter.clerk).post(f"{path}/answer", json=answer, headers={"If-Match": "2"})
    assert (answered.status_code, answered.json()["state"]) == (200, "answered")
    assert [(note["action"], note["outcome"]) for note in answered.json()["notes"]] == [
        ("dispute", None),
        ("answer", "corrected"),
    ]
    clock.set(2026, 7, 20, 1)
    await quarter.next_run("2026-Q2")
    await quarter.reach("posted")
    corrections = (await client.get(path)).json()["corrections"]
    assert [each["amount"] for each in corrections] == ["13500.00"]
