"""A team pool from finance's figures to the statements, corrected by difference (INC-05)."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.incentive.plans.domain.rules.team_pool import TeamPool
from services.kit.identity import Role
from services.org.exchange.api.snapshots import LONGEST
from tests.api.incentive.test_awards import tasks
from tests.api.incentive.test_differences import get, replayed
from tests.builders.incentive import Unit
from tests.builders.incentive_awards import answering_org, post, who
from tests.builders.incentive_claims import plan_of_claims, run_of_claims
from tests.builders.incentive_quarter import Quarter
from tests.identities import SetClock, person, second_account

pytestmark = pytest.mark.req("INC-05")

CYCLE = str(uuid4())


@pytest.fixture
async def quarter(quarter: Quarter, clock: SetClock) -> AsyncIterator[Quarter]:
    """January 2027: three people of one department were there for all of 2026, one of another."""
    clock.set(2027, 1, 20, 1)
    company = quarter.company
    sales = company.people[0].unit
    company.change("E002", grade="A", unit=sales, pay=(("18000.00", "2026-01-01"),))
    company.change("E004", grade="B", left_on=None, last=None)
    company.change("E003", probation_until=None)
    company.cycles[CYCLE] = {
        "code": "2026",
        "state": "closed",
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
    }
    await plan_of_claims(quarter, TeamPool)
    await quarter.enter_pay()
    async with answering_org(quarter):
        yield quarter


async def enter(quarter: Quarter, **changed: Any) -> Any:
    """Finance enters the figures of the department."""
    body = {
        "unit_id": str(quarter.company.people[0].unit.id),
        "year": 2026,
        "plan_code": "TP",
        "cycle_id": CYCLE,
        "attainment": "126.40",
        "profit": "1234567.89",
    } | changed
    return await post(quarter, quarter.payer, "team_pools", body)


async def released(quarter: Quarter, **changed: Any) -> dict[str, Any]:
    """The figures are entered and released, and the job has run."""
    entered = await enter(quarter, **changed)
    assert entered.status_code == 201, entered.text
    await quarter.work()
    path = f"team_pools/{entered.json()['id']}"
    answer = await post(quarter, quarter.approver, f"{path}/release", seen=1)
    assert answer.status_code == 200, answer.text
    await quarter.work()
    found: dict[str, Any] = await get(quarter, f"/{path}")
    return found


async def parts(quarter: Quarter, pool: dict[str, Any]) -> dict[str, str]:
    """What the members get."""
    items = (await get(quarter, f"/team_pools/{pool['id']}/members"))["items"]
    return {each["employee_number"]: each["amount"] for each in items}


async def test_a_pool_is_released_by_a_second_person_shared_out_exactly_and_paid(quarter: Quarter) -> None:
    pool = await released(quarter)
    assert (pool["amount"], pool["problem"], pool["shared_at"] is None) == ("61728.39", None, False)
    assert (pool["plan_code"], pool["plan_version"], pool["cycle_code"]) == ("TP", 1, "2026")
    worth = {"E001": "25025.02", "E002": "20020.02", "E004": "16683.35"}  # S, A and B on one base; E003 sits elsewhere
    assert await parts(quarter, pool) == worth
    await run_of_claims(quarter, "TP", "paid", period="2027-01")
    assert {number: line["amount"] for number, line in (await quarter.lines()).items()} == worth
    assert {line["occasion"] for line in (await quarter.lines()).values()} == {"2026/SALES"}
    assert await replayed(quarter)
    assert (await get(quarter, "/journal/trial_balance"))["total"] == "0.00"
    mine = quarter.clients(who(quarter, "E004"))
    statement = (await mine.get("/v1/incentive/my/statements")).json()["items"][0]
    told = (await mine.get(f"/v1/incentive/statements/{statement['id']}")).json()["explanation"]["narration"]
    assert any("126.40%" in line for line in told)


@pytest.mark.req("INC-13")
async def test_later_figures_and_a_corrected_grade_are_booked_as_differences(quarter: Quarter) -> None:
    first = await released(quarter, profit="200000.00")
    await run_of_claims(quarter, "TP", "paid", period="2027-01")
    second = await released(quarter, profit="400000.00")
    stale = await post(quarter, quarter.clerk, f"team_pools/{first['id']}/share_out", seen=first["revision"])
    assert (stale.status_code, stale.json()["code"]) == (409, "team_pool_not_released")
    await run_of_claims(quarter, "TP", period="2027-01")
    booked = {number: (line["due"], line["amount"]) for number, line in (await quarter.lines()).items()}
    assert booked["E001"] == ("8108.11", "4054.05")  # 4054.06 were posted
    quarter.company.change("E004", grade="S", result_version=2)
    quarter.company.people = [one for one in quarter.company.people if one.number != "E002"]
    path = f"team_pools/{second['id']}/share_out"
    assert (await post(quarter, quarter.clerk, path, seen=1)).status_code == 412
    assert (await post(quarter, quarter.clerk, path, seen=second["revision"])).status_code == 202
    await quarter.work()
    assert (await get(quarter, f"/team_pools/{second['id']}"))["problem"] is None
    assert await parts(quarter, second) == {"E001": "10000.00", "E004": "10000.00"}
    await run_of_claims(quarter, "TP", period="2027-01")
    due = {number: line["due"] for number, line in (await quarter.lines()).items()}
    assert due == {"E001": "10000.00", "E002": "0.00", "E004": "10000.00"}
    assert (await get(quarter, "/journal/trial_balance"))["total"] == "0.00"


async def test_what_is_missing_is_named_and_waits_for_compensation(quarter: Quarter) -> None:
    quarter.company.change("E004", grade=None)
    pool = await released(quarter)
    assert (pool["problem"]["code"], pool["shared_at"]) == ("members_incomplete", None)
    assert "王四（E004）" in pool["problem"]["title"]
    assert (await get(quarter, "/claims"))["items"] == []
    tasks = (await quarter.clients(quarter.clerk).get("/v1/incentive/my/tasks")).json()["items"]
    assert [each["kind"] for each in tasks] == ["team_pool.share_out"]
    year = dict(quarter.company.cycles[CYCLE])
    quarter.company.cycles[CYCLE] |= {"valid_from": "2025-01-01", "valid_to": "2025-12-31"}
    await post(quarter, quarter.clerk, f"team_pools/{pool['id']}/share_out", seen=pool["revision"])
    await quarter.work()
    pool = await get(quarter, f"/team_pools/{pool['id']}")
    assert pool["problem"]["code"] == "cycle_period_unsuitable"  # grades of another year
    quarter.company.cycles[CYCLE] = year
    quarter.company.change("E004", grade="B")
    quarter.company.away = {"appraisal"}
    await post(quarter, quarter.clerk, f"team_pools/{pool['id']}/share_out", seen=pool["revision"])
    await quarter.work(raising=False, ahead=False)
    assert (await get(quarter, f"/team_pools/{pool['id']}"))["shared_at"] is None
    quarter.company.away = set()
    await quarter.work()
    assert len(await parts(quarter, pool)) == 3
    tasks = (await quarter.clients(quarter.clerk).get("/v1/incentive/my/tasks")).json()["items"]
    assert [each["kind"] for each in tasks] == ["claim.pay"]


async def test_days_that_earn_nothing_by_the_plan_weigh_nothing(quarter: Quarter) -> None:
    quarter.company.change("E001", grade="B", absences=(("unpaid", "2026-07-02", "2026-12-31"),))
    quarter.company.change("E002", grade="B")
    pool = await released(quarter, profit="182400.00")  # 9,120.00 by 182, 365 and 365 days
    assert await parts(quarter, pool) == {"E001": "1820.00", "E002": "3650.00", "E004": "3650.00"}


async def test_figures_are_checked_and_take_two_people_of_finance(quarter: Quarter) -> None:
    refused = await enter(quarter, attainment="120.00", profit="0.00")
    assert (refused.status_code, refused.json()["code"]) == (422, "pool_not_reached")
    assert {each["pointer"] for each in refused.json()["errors"]} == {"/attainment", "/profit"}
    assert (await enter(quarter, attainment="9999999999999.00")).status_code == 422
    assert (await enter(quarter, unit_id=str(uuid4()))).json()["code"] == "team_pool_unsound"
    assert (await enter(quarter, plan_code="XX")).status_code == 404
    pool = (await enter(quarter)).json()
    assert (await enter(quarter)).json()["code"] == "team_pool_proposed"
    path = f"team_pools/{pool['id']}"
    own = await post(quarter, quarter.payer, f"{path}/release", seen=1)
    assert (own.status_code, own.json()["code"]) == (403, "second_person_needed")
    elsewhere = person(Role.FINANCE, over=quarter.company.people[0].unit.id)
    assert (await post(quarter, elsewhere, f"{path}/release", seen=1)).status_code == 403
    assert (await post(quarter, quarter.approver, f"{path}/release", seen=3)).status_code == 412
    assert await tasks(quarter, quarter.approver) == []
    gone = quarter.company.people[3]
    assert gone.number == "E004"
    quarter.company.moved = [quarter.company.assignment(gone, valid_to="2026-06-30")]
    quarter.company.change("E004", unit=quarter.company.people[2].unit, first="2026-07-01")
    await quarter.work()
    assert await tasks(quarter, quarter.approver) == ["team_pool.release"]
    for inside in (quarter.company.people[0], gone):
        member = person(Role.FINANCE, employee_id=inside.id)
        assert await tasks(quarter, member) == [], inside.number
        refused = await post(quarter, member, f"{path}/release", seen=1)
        assert (refused.status_code, refused.json()["code"]) == (403, "team_pool_of_own_unit"), inside.number
    taken = await post(quarter, second_account(quarter.payer), f"{path}/refuse", {"reason": "重报"}, seen=1)
    assert taken.json()["state"] == "refused"
    assert (await post(quarter, quarter.approver, f"{path}/release", seen=2)).status_code == 409
    for caller in (who(quarter, "E001"), person(Role.EXECUTIVE), elsewhere):
        assert (await quarter.clients(caller).get(f"/v1/incentive/{path}/members")).status_code == 403


async def test_org_is_asked_at_the_release_who_worked_there_also_between_entry_and_release(quarter: Quarter) -> None:
    pool = (await enter(quarter)).json()
    path = f"team_pools/{pool['id']}/release"
    await quarter.work()
    passing = quarter.company.people[2]
    assert passing.number == "E003"
    visitor = person(Role.FINANCE, employee_id=passing.id)
    assert await tasks(quarter, visitor) == ["team_pool.release"]  # the job found them elsewhere
    sales = quarter.company.people[0].unit
    way = [str(quarter.company.group.id), str(sales.id)]
    span = {"valid_from": "2027-01-11", "valid_to": "2027-01-15"}
    quarter.company.moved = [quarter.company.assignment(passing, unit_id=str(sales.id), unit_path=way, **span)]
    refused = await post(quarter, visitor, path, seen=1)
    assert (refused.status_code, refused.json()["code"]) == (403, "team_pool_of_own_unit")
    quarter.company.away = {"org"}
    outsider = person(Role.FINANCE, employee_id=uuid4())
    silent = await post(quarter, outsider, path, seen=1)
    assert silent.status_code == 503
    assert (await get(quarter, f"/team_pools/{pool['id']}"))["state"] == "proposed"
    assert (await post(quarter, person(Role.HR), path, seen=1)).status_code == 403  # without asking
    quarter.company.away = set()
    assert (await post(quarter, outsider, path, seen=1)).is_success


async def test_of_several_units_at_the_top_none_is_everybodys(quarter: Quarter) -> None:
    quarter.company.other_roots = [Unit("G2", "第二集团")]
    whole = (await enter(quarter, unit_id=str(quarter.company.group.id))).json()
    await quarter.work()
    member = person(Role.FINANCE, employee_id=quarter.company.people[0].id)
    assert await tasks(quarter, member) == []
    path = f"team_pools/{whole['id']}/release"
    refused = await post(quarter, member, path, seen=1)
    assert (refused.status_code, refused.json()["code"]) == (403, "team_pool_of_own_unit")
    assert (await post(quarter, quarter.approver, path, seen=1)).is_success


async def test_a_member_of_the_whole_company_releases_its_pool_and_the_trail_says_so(quarter: Quarter) -> None:
    member, outsider = quarter.company.people[0], quarter.company.people[2]
    assert member.unit.id != outsider.unit.id
    whole = (await enter(quarter, unit_id=str(quarter.company.group.id))).json()
    part = (await enter(quarter)).json()
    await quarter.work()
    releasers = {whole["id"]: (member, True), part["id"]: (outsider, False)}
    for pool, (who_releases, _) in releasers.items():
        releaser = person(Role.FINANCE, employee_id=who_releases.id)
        answer = await post(quarter, releaser, f"team_pools/{pool}/release", seen=1)
        assert answer.status_code == 200, answer.text
    async with quarter.sessions.read() as session:
        query = text("SELECT resource_id, after FROM audit WHERE action = 'incentive.team_pool.released'")
        trail = {str(row.resource_id): row.after["decided_by_member"] for row in await session.execute(query)}
    assert trail == {pool: is_member for pool, (_, is_member) in releasers.items()}
    (listed,) = (await get(quarter, "/team_pools", unit_id=whole["unit_id"]))["items"]
    assert listed["id"] == whole["id"]
    again = await post(quarter, quarter.clerk, f"team_pools/{whole['id']}/share_out", seen=listed["revision"])
    assert again.status_code == 202, again.text


async def test_nobody_releases_the_pool_they_share_whose_position_has_left_the_unit_since(
    quarter: Quarter, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.set(2031, 1, 20, 1)
    company = quarter.company
    sales, elsewhere, said = company.people[0].unit, company.people[2].unit, company.snapshot

    def as_of(first: str, last: str) -> Any:
        assert date.fromisoformat(last) - date.fromisoformat(first) <= LONGEST  # or org refuses
        company.change("E004", unit=sales if last < "2027" else elsewhere)
        return said(first, last)

    monkeypatch.setattr(company, "snapshot", as_of)
    await quarter.learn_people()
    pool = (await enter(quarter)).json()
    await quarter.work()
    member = person(Role.FINANCE, employee_id=company.people[3].id)
    assert await tasks(quarter, member) == []
    refused = await post(quarter, member, f"team_pools/{pool['id']}/release", seen=1)
    assert (refused.status_code, refused.json()["code"]) == (403, "team_pool_of_own_unit")
    assert (await post(quarter, quarter.approver, f"team_pools/{pool['id']}/release", seen=1)).is_success
    await quarter.work()
    assert "E004" in await parts(quarter, pool)
