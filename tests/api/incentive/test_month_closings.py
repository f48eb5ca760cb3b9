"""Closing months of the books: two persons, no entries into what is closed, reopening leaves a trace (INC-12)."""

from datetime import date
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.kit.identity import Caller, Role
from tests.api.incentive.test_journal import items
from tests.builders.incentive_awards import reverse_entry
from tests.builders.incentive_quarter import Quarter
from tests.identities import SetClock, person

pytestmark = pytest.mark.req("INC-12")

JOURNAL = "/v1/incentive/journal"
CLOSINGS = f"{JOURNAL}/month_closings"


async def ask(quarter: Quarter, month: str, kind: str = "close", who: Caller | None = None) -> httpx2.Response:
    """A person in finance asks for the closing of a month."""
    body = {"kind": kind, "month": month, "reason": "当月凭证已齐"}
    return await quarter.clients(who or quarter.payer).post(CLOSINGS, json=body)


async def decide(
    quarter: Quarter, closing: dict[str, Any], verb: str = "release", who: Caller | None = None, revision: int = 1
) -> httpx2.Response:
    """Another of finance decides."""
    body = {"reason": "尚有凭证未入账"} if verb == "refuse" else None
    path, headers = f"{CLOSINGS}/{closing['id']}/{verb}", {"If-Match": str(revision)}
    return await quarter.clients(who or quarter.approver).post(path, json=body, headers=headers)


async def close(quarter: Quarter, month: str, kind: str = "close") -> None:
    """A month is closed, or opened again, by two persons."""
    asked = await ask(quarter, month, kind)
    assert asked.status_code == 201, asked.text
    released = await decide(quarter, asked.json())
    assert (released.status_code, released.json()["state"]) == (200, "released"), released.text


async def post(quarter: Quarter, **more: str) -> httpx2.Response:
    """The approved run is posted."""
    run = await quarter.read()
    body = {"calculation_hash": run["calculation"]["content_hash"], **more}
    headers = {"Idempotency-Key": uuid4().hex, "If-Match": str(run["revision"])}
    return await quarter.clients(quarter.payer).post(
        f"/v1/incentive/runs/{quarter.run_id}/post", json=body, headers=headers
    )


async def test_nothing_is_booked_into_a_closed_month_and_its_balances_stay(quarter: Quarter, clock: SetClock) -> None:
    await quarter.reach("approved")
    early = await post(quarter, booked_on="2025-12-31")  # the run is one of 2026-Q1
    assert (early.status_code, early.json()["code"]) == (422, "booked_before_period")
    await close(quarter, "2026-03")
    refused = await post(quarter, booked_on="2026-03-31")
    assert (refused.status_code, refused.json()["code"]) == (409, "month_closed")
    assert "2026 年 3 月已结账" in refused.json()["title"]
    assert "2026-04-01" in refused.json()["title"]
    ahead = await post(quarter, booked_on="2026-04-23")
    assert (ahead.status_code, ahead.json()["code"]) == (422, "booked_ahead")
    assert await items(quarter.clients(quarter.payer), "entries") == []
    assert (await post(quarter, booked_on="2026-04-10")).status_code == 200
    entries = await items(quarter.clients(quarter.payer), "entries")
    assert {entry["effective_on"] for entry in entries} == {"2026-04-10"}
    clock.set(2026, 4, 30, 1)
    await close(quarter, "2026-04")  # on its last day
    before = await items(quarter.clients(quarter.payer), "balances", as_of="2026-04-30")
    late = await reverse_entry(quarter, entries[0]["id"], reason="重复入账", booked_on="2026-04-30")
    assert (late.status_code, late.json()["code"]) == (409, "month_closed")
    undone = await reverse_entry(quarter, entries[0]["id"])
    assert (undone.status_code, undone.json()["effective_on"]) == (200, "2026-05-01")  # the first open day
    assert await items(quarter.clients(quarter.payer), "balances", as_of="2026-04-30") == before
    short = (await quarter.clients(Role.AUDITOR).get(f"{JOURNAL}/trial_balance", params={"as_of": "2026-05-31"})).json()
    assert (short["closed_through"], short["total"]) == ("2026-04-30", "0.00")


async def test_an_entry_is_not_undone_on_a_day_before_its_own(quarter: Quarter) -> None:
    await quarter.reach("posted")
    entry = (await items(quarter.clients(quarter.payer), "entries"))[0]
    refused = await reverse_entry(quarter, entry["id"], reason="重复入账", booked_on="2026-04-21")
    assert (refused.status_code, refused.json()["code"]) == (422, "booked_before_original")


async def test_closing_and_opening_take_two_persons_and_leave_a_trace(quarter: Quarter) -> None:
    asked = (await ask(quarter, "2026-03")).json()
    assert (asked["kind"], asked["month"], asked["state"]) == ("close", "2026-03", "proposed")
    tasks = [
        (await quarter.clients(who).get("/v1/incentive/my/tasks")).json() for who in (quarter.payer, quarter.approver)
    ]
    assert [[each["title"] for each in mine["items"]] for mine in tasks] == [[], ["确认 2026 年 3 月结账"]]
    second = await ask(quarter, "2026-02", who=quarter.approver)
    assert (second.status_code, second.json()["code"]) == (409, "closing_waits")
    own = await decide(quarter, asked, who=quarter.payer)
    assert (own.status_code, own.json()["code"]) == (403, "second_person_needed")
    stale = await decide(quarter, asked, revision=2)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert (await decide(quarter, asked)).status_code == 200
    again = await decide(quarter, asked, revision=2)
    assert (again.status_code, again.json()["code"]) == (409, "transition_not_possible")
    twice = await ask(quarter, "2026-02")
    assert (twice.status_code, twice.json()["code"]) == (409, "month_already_closed")
    wrong = await ask(quarter, "2026-02", "reopen")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "not_the_newest_closed")
    assert "2026 年 3 月" in wrong.json()["title"]
    await close(quarter, "2026-03", "reopen")
    short = (await quarter.clients(Role.AUDITOR).get(f"{JOURNAL}/trial_balance")).json()
    assert short["closed_through"] == "2026-02-28"
    refused = await decide(quarter, (await ask(quarter, "2026-03")).json(), "refuse")
    assert refused.json()["decision"] == "尚有凭证未入账"
    trace = await items(quarter.clients(Role.AUDITOR), "month_closings")
    assert [(each["kind"], each["state"], each["entered_by_name"], each["decided_by_name"]) for each in trace] == [
        ("close", "released", "出纳", "审批"),
        ("reopen", "released", "出纳", "审批"),
        ("close", "refused", "出纳", "审批"),
    ]
    assert (await quarter.clients(Role.AUDITOR).get(f"{CLOSINGS}/{asked['id']}")).json() == trace[0]


async def test_only_finance_over_everything_closes_and_only_what_is_over(quarter: Quarter) -> None:
    early = await ask(quarter, "2026-04")
    assert (early.status_code, early.json()["code"]) == (409, "month_not_over")
    for month in ("2026-13", "2026-Q1", "2026"):
        assert (await ask(quarter, month)).status_code == 422
    asked = (await ask(quarter, "2026-03")).json()
    scoped = person(Role.FINANCE, over=uuid4())
    for who in (scoped, person(Role.COMPENSATION), person(Role.AUDITOR), person(Role.EXECUTIVE)):
        assert (await ask(quarter, "2026-02", who=who)).status_code == 403
        assert (await decide(quarter, asked, who=who)).status_code == 403
    for who in (scoped, person(Role.HR), person(Role.EXECUTIVE)):
        for path in (CLOSINGS, f"{CLOSINGS}/{asked['id']}", f"{JOURNAL}/chain"):
            assert (await quarter.clients(who).get(path)).status_code == 403
    unknown = await decide(quarter, {"id": str(uuid4())})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "month_closing_unknown")


async def test_the_database_itself_takes_no_entry_of_a_closed_month(quarter: Quarter) -> None:
    await close(quarter, "2026-03")
    insert = text(
        "INSERT INTO entry (id, kind, effective_on, source_type, source_id, batch_id, recorded_by, recorded_by_name,"
        " recorded_at, sequence) VALUES (:id, 'accrual', :day, 'line', :id, :id, :id, '脚本', now(), 0)"
    )
    for day, refused in ((date(2026, 4, 1), False), (date(2026, 3, 31), True)):
        async with quarter.sessions.write() as session:
            step = session.execute(insert, {"id": uuid4(), "day": day})
            if refused:
                with pytest.raises(IntegrityError, match="month that is closed"):
                    await step
                await session.rollback()
            else:
                await step
