"""How delegations end: on their last day, when either person leaves, or with the authority itself (ORG-09)."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kit.identity import SYSTEM
from services.kit.work.unit_of_work import UnitOfWork
from services.org.exchange.usecases import effective_days
from tests.api.org.counting import statements
from tests.api.org.test_delegations import CHECKS, DELEGATIONS, LIMITS, delegation, himself, may, prepared
from tests.builders.org import Organisation, act, ok
from tests.clients import ZONE, Clients
from tests.databases import RolledBack
from tests.identities import SetClock

pytestmark = pytest.mark.req("ORG-09")
EMPLOYEES = "/v1/org/employees"


@pytest.fixture
async def company(org: Clients) -> Organisation:
    return await prepared(org)


@pytest.fixture
async def given(org: Clients, company: Organisation) -> str:
    """E3 lets E4 pay up to 20,000 in S from 5 to 16 January."""
    made: str = (await ok(await org(himself(company, "E3")).post(DELEGATIONS, json=delegation(company))))["id"]
    return made


async def leave(company: Organisation, number: str, last_day: str) -> None:
    await company.terminate(number, last_day)


async def allowed(company: Organisation, *days: str, who: str = "E4") -> list[bool]:
    return [(await may(company, who, "20000", day))["allowed"] for day in days]


@pytest.mark.usefixtures("given")
@pytest.mark.parametrize("leaver", ["E3", "E4"])
async def test_a_leavers_delegations_count_no_more_from_the_day_after_the_last(
    company: Organisation, leaver: str
) -> None:
    await leave(company, leaver, "2026-01-08")
    assert await allowed(company, "2026-01-08", "2026-01-09") == [True, False]


@pytest.mark.parametrize("leaver", ["E3", "E4"])
async def test_who_comes_back_finds_no_delegation_of_before(
    company: Organisation, given: str, leaver: str, clock: SetClock
) -> None:
    await leave(company, leaver, "2026-01-08")
    path = f"{EMPLOYEES}/{company.ids[leaver]}"
    await ok(await act(company.hr, f"{path}/rehire", json={"hired_on": "2026-01-10"}))
    await company.place(leaver, "S1" if leaver == "E3" else "S2", "primary", "2026-01-10")
    assert await allowed(company, "2026-01-08", "2026-01-12") == [True, False]
    clock.set(2026, 1, 12, 1)
    assert (await ok(await company.hr.get(f"{DELEGATIONS}/{given}")))["in_force"] is False
    for day, expected in (("2026-01-08", [given]), ("2026-01-12", [])):
        page = await ok(await company.hr.get(DELEGATIONS, params={"as_of": day}))
        assert [row["id"] for row in page["items"]] == expected


async def test_what_ended_with_a_leaving_is_not_revoked_after_it(
    company: Organisation, given: str, clock: SetClock
) -> None:
    await leave(company, "E3", "2026-01-08")
    clock.set(2026, 1, 9, 1)
    late = await act(company.hr, f"{DELEGATIONS}/{given}/revoke", json={"reason": "收回"})
    assert (late.status_code, late.json()["code"]) == (409, "delegation_ended")


@pytest.mark.usefixtures("given")
async def test_a_delegator_who_is_transferred_away_lends_nothing_from_that_day(company: Organisation) -> None:
    move = {"position_id": company.ids["B1"], "valid_from": "2026-01-10"}
    await ok(await act(company.hr, f"{EMPLOYEES}/{company.ids['E3']}/transfer", json=move))
    assert await allowed(company, "2026-01-09", "2026-01-10") == [True, False]


@pytest.mark.usefixtures("given")
async def test_a_limit_that_is_lowered_today_binds_the_delegate_in_the_very_next_check(
    company: Organisation,
) -> None:
    assert await allowed(company, "2026-01-05") == [True]
    lower = {
        "position_id": company.ids["S1"],
        "authority_type": "single_payment",
        "limit": "19999.99",
        "reason": "收紧",
    }
    await company.limit({**lower, "valid_from": "2026-01-05"})
    assert await allowed(company, "2026-01-05") == [False]
    assert (await may(company, "E4", "19999.99", "2026-01-05"))["allowed"] is True


@pytest.mark.usefixtures("given")
async def test_a_limit_that_is_revoked_takes_the_delegation_with_it(company: Organisation) -> None:
    [held] = (await ok(await company.hr.get(LIMITS, params={"position_id": company.ids["S1"]})))["items"]
    end = {"valid_to": "2026-01-07", "reason": "取消"}
    await ok(await company.hr.post(f"{LIMITS}/{held['id']}/revoke", json=end))
    assert await allowed(company, "2026-01-07", "2026-01-08") == [True, False]


async def test_nothing_is_delegated_beyond_a_recorded_last_day(org: Clients, company: Organisation) -> None:
    await leave(company, "E3", "2026-01-08")
    await ok(await act(company.hr, f"{EMPLOYEES}/{company.ids['E3']}/rehire", json={"hired_on": "2026-01-09"}))
    answer = await org(himself(company, "E3")).post(DELEGATIONS, json=delegation(company))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/delegator_id")


async def follow(sessions: RolledBack, clock: SetClock) -> int:
    async with sessions.write() as session:
        return await effective_days.tell(UnitOfWork(session, SYSTEM, clock.now(), clock.now().date()))


async def ends(connection: AsyncConnection) -> list[Any]:
    recorded = text(
        "SELECT subject, data->>'delegation_id' AS id, data->>'valid_to' AS valid_to FROM org.event"
        " WHERE type = 'org.delegation.ended' ORDER BY id"
    )
    return [tuple(row) for row in await connection.execute(recorded)]


@pytest.mark.req("PLT-04", "PLT-05")
async def test_the_end_by_the_last_day_is_told_once_to_both_sides_also_after_a_standstill(
    company: Organisation,
    given: str,
    clock: SetClock,
    org_sessions: RolledBack,
    org_connection: AsyncConnection,
) -> None:
    assert await follow(org_sessions, clock) == 0
    clock.set(2026, 1, 16, 1)
    assert await follow(org_sessions, clock) == 0
    clock.set(2026, 1, 27, 1)  # nothing ran for eleven days
    assert [await follow(org_sessions, clock), await follow(org_sessions, clock)] == [1, 0]
    assert await ends(org_connection) == [
        (f"employee/{company.ids[number]}", given, "2026-01-16") for number in ("E3", "E4")
    ]
    trail = text("SELECT action, actor_name FROM org.audit WHERE resource_id = :id ORDER BY id DESC LIMIT 1")
    assert tuple((await org_connection.execute(trail, {"id": given})).one()) == ("org.delegation.ended", "Merit")


async def test_the_end_by_a_leaving_is_told_with_the_last_day_and_a_revocation_not_again(
    org: Clients,
    company: Organisation,
    given: str,
    clock: SetClock,
    org_sessions: RolledBack,
    org_connection: AsyncConnection,
) -> None:
    other = delegation(company, giver="E3", to="E5")
    made = (await ok(await org(himself(company, "E3")).post(DELEGATIONS, json=other)))["id"]
    await ok(await act(org(himself(company, "E3")), f"{DELEGATIONS}/{made}/revoke", json={"reason": "收回"}))
    await follow(org_sessions, clock)
    await leave(company, "E4", "2026-01-08")
    clock.set(2026, 1, 9, 1)
    assert await follow(org_sessions, clock) == 1
    clock.set(2026, 1, 30, 1)
    assert await follow(org_sessions, clock) == 0
    assert {row[1:] for row in await ends(org_connection)} == {(given, "2026-01-08")}


async def test_a_leaving_recorded_after_the_fact_is_told_once_all_the_same(
    company: Organisation, given: str, clock: SetClock, org_sessions: RolledBack, org_connection: AsyncConnection
) -> None:
    clock.set(2026, 1, 12, 1)
    assert await follow(org_sessions, clock) == 0
    await leave(company, "E3", "2026-01-08")
    assert await follow(org_sessions, clock) == 0  # today's work is done
    clock.set(2026, 1, 13, 1)
    assert await follow(org_sessions, clock) == 1
    for day in (14, 17, 18):
        clock.set(2026, 1, day, 1)
        assert await follow(org_sessions, clock) == 0
    assert {row[1:] for row in await ends(org_connection)} == {(given, "2026-01-08")}


async def test_a_delegation_that_its_giver_never_saw_begin_ends_on_the_day_it_would_have_begun(
    org: Clients, company: Organisation, clock: SetClock, org_sessions: RolledBack
) -> None:
    later = delegation(company, valid_from="2026-01-12")
    await ok(await org(himself(company, "E3")).post(DELEGATIONS, json=later))
    await follow(org_sessions, clock)
    await leave(company, "E3", "2026-01-08")
    assert await allowed(company, "2026-01-12") == [False]
    clock.set(2026, 1, 11, 1)
    assert await follow(org_sessions, clock) == 0
    clock.set(2026, 1, 12, 1)
    assert await follow(org_sessions, clock) == 1


async def test_checks_need_the_same_statements_however_many_delegations_there_are(
    org: Clients, company: Organisation, org_connection: AsyncConnection
) -> None:
    asked = {"employee_id": company.ids["E4"], "authority_type": "single_payment", "amount": "1", "as_of": "2026-01-05"}
    body = {"checks": [{**asked, "unit_id": company.ids["S"]}]}
    counts = []
    for _ in range(2):
        with statements(org_connection) as seen:
            await ok(await company.hr.post(CHECKS, json=body))
        counts.append(len(seen))
        for _ in range(5):
            await ok(await org(himself(company, "E3")).post(DELEGATIONS, json=delegation(company)))
    assert counts[0] == counts[1]


@pytest.mark.req("PLT-02")
async def test_a_delegation_about_to_end_waits_for_its_delegator_and_for_nobody_else(
    org: Clients, company: Organisation, given: str, org_sessions: RolledBack, clock: SetClock
) -> None:
    async def waiting(who: str) -> list[dict[str, Any]]:
        page = await ok(await org(himself(company, who)).get("/v1/org/my/tasks", params={"kind": "delegation.renew"}))
        found: list[dict[str, Any]] = page["items"]
        return found

    for day, expected in ((9, 0), (10, 1), (11, 1), (17, 0)):  # its last day is the 16th
        clock.set(2026, 1, day, 1)
        async with org_sessions.write() as session:
            await effective_days.tell(UnitOfWork(session, SYSTEM, clock.now(), clock.now().date(), ZONE))
        assert len(await waiting("E3")) == expected, day
        assert await waiting("E4") == []
        if day == 10:
            (task,) = await waiting("E3")
            assert (task["due_at"], task["link"]) == ("2026-01-16T16:00:00Z", f"{DELEGATIONS}/{given}")


@pytest.mark.req("PLT-02")
async def test_a_delegation_that_is_revoked_waits_no_more(
    org: Clients, company: Organisation, given: str, org_sessions: RolledBack, clock: SetClock
) -> None:
    clock.set(2026, 1, 12, 1)
    async with org_sessions.write() as session:
        await effective_days.tell(UnitOfWork(session, SYSTEM, clock.now(), clock.now().date(), ZONE))
    delegator = org(himself(company, "E3"))
    assert len((await ok(await delegator.get("/v1/org/my/tasks")))["items"]) == 1
    await ok(await act(delegator, f"{DELEGATIONS}/{given}/revoke", json={"reason": "收回"}))
    assert (await ok(await delegator.get("/v1/org/my/tasks")))["items"] == []
