"""Virtual shares from the grant to the statement: released, vested, paid, corrected, forfeited (INC-07)."""

from typing import Any
from uuid import uuid4

import pytest

from services.incentive.plans.domain.rules.virtual_shares import VirtualShares
from services.incentive.shares.usecases.exits import FOLLOW_EXITS
from services.kit.clock import business_date
from services.kit.events.outbox import CloudEvent
from services.kit.identity import SYSTEM, Caller, Role
from services.kit.work.unit_of_work import UnitOfWork
from tests.api.incentive.test_awards import tasks
from tests.api.incentive.test_differences import balance, get, replayed
from tests.builders.incentive_awards import INCENTIVE, post, reverse_entry, who
from tests.builders.incentive_claims import plan_of_claims, run_of_claims
from tests.builders.incentive_quarter import Quarter
from tests.clients import ZONE
from tests.identities import SetClock, person

pytestmark = pytest.mark.req("INC-07")

GOALS = [
    {"year": year, "goal": "西南市场前三", "attainment": "105", "evidence": "https://docs.example.com/goals"}
    for year in (2023, 2024, 2025)
]


@pytest.fixture
async def quarter(quarter: Quarter, clock: SetClock) -> Quarter:
    """January 2028, with a plan of virtual shares."""
    clock.set(2028, 1, 20, 1)
    await plan_of_claims(quarter, VirtualShares)
    return quarter


@pytest.fixture
def chief() -> Caller:
    """An executive."""
    return person(Role.EXECUTIVE, employee_id=uuid4(), name="董事长")


def grant(number: str, units: int, **changed: Any) -> dict[str, Any]:
    """A grant of March 2026, or as changed."""
    years = {"granted_on": "2026-03-01", "goals": GOALS}
    return {"plan_code": "VS", "employee_number": number, "units": units, "reason": "连续三年达成"} | years | changed


async def granted(quarter: Quarter, chief: Caller, number: str, units: int, **changed: Any) -> dict[str, Any]:
    """A released grant."""
    made = await post(quarter, quarter.clerk, "share_grants", grant(number, units, **changed))
    assert made.status_code == 201, made.text
    answer = await post(quarter, chief, f"share_grants/{made.json()['id']}/release", seen=1)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def dividend(quarter: Quarter, profit: str, year: int = 2027) -> dict[str, Any]:
    """The released figures of a year."""
    body = {"plan_code": "VS", "year": year, "profit": profit, "target": "1000000.00"}
    made = await post(quarter, quarter.payer, "share_dividends", body)
    assert made.status_code == 201, made.text
    answer = await post(quarter, quarter.approver, f"share_dividends/{made.json()['id']}/release", seen=1)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def parts(quarter: Quarter, found: dict[str, Any]) -> dict[str, str]:
    """What holders get."""
    items = (await get(quarter, f"/share_dividends/{found['id']}/parts"))["items"]
    return {each["employee_number"]: each["amount"] for each in items}


async def hear(quarter: Quarter, event: str, number: str, last_day: str) -> None:
    """org tells that somebody leaves, or does not."""
    now = quarter.clock.now()
    data = {"employee_id": str(who(quarter, number).employee_id), "last_day": last_day}
    async with quarter.sessions.write() as session:
        uow = UnitOfWork(session, SYSTEM, now, business_date(now, ZONE), ZONE)
        await FOLLOW_EXITS[event].apply(uow, CloudEvent(str(uuid4()), "merit/org", event, "employee/1", now, data))


async def test_a_grant_states_why_and_is_released_by_a_second_person_who_is_not_concerned(
    quarter: Quarter, chief: Caller
) -> None:
    missed = [*GOALS[:2], GOALS[2] | {"attainment": "99.99"}]
    wrong = await post(quarter, quarter.clerk, "share_grants", grant("E999", 1000, goals=missed))
    assert (wrong.status_code, wrong.json()["code"]) == (422, "share_grant_unsound")
    assert [each["pointer"] for each in wrong.json()["errors"]] == ["/goals/2/attainment", "/employee_number"]
    assert "plan_unknown" in (await post(quarter, quarter.clerk, "share_grants", grant("E001", 1, plan_code="X"))).text
    holder = person(Role.COMPENSATION, Role.EXECUTIVE, employee_id=who(quarter, "E001").employee_id)
    assert (await post(quarter, holder, "share_grants", grant("E001", 1000))).json()["code"] == "own_share_grant"
    made = (await post(quarter, quarter.clerk, "share_grants", grant("E001", 1000))).json()
    twice = await post(quarter, quarter.clerk, "share_grants", grant("E001", 1000))
    assert (twice.status_code, twice.json()["code"]) == (409, "share_grant_exists")
    people = (chief, quarter.reviewer, quarter.clerk, holder)  # the last two propose it and get it
    assert ["share_grant.release" in await tasks(quarter, each) for each in people] == [True, True, False, False]
    path = f"share_grants/{made['id']}"
    mine = quarter.clients(who(quarter, "E001"))
    assert (await mine.get(f"/v1/incentive/{path}")).status_code == 404
    refused = {
        name: (await post(quarter, caller, f"{path}/release", seen=seen)).json()["code"]
        for name, caller, seen in (
            ("entered it", quarter.clerk, 1),
            ("the person", holder, 1),
            ("another unit", person(Role.EXECUTIVE, over=quarter.company.people[0].unit.id), 1),
            ("finance", quarter.payer, 1),
            ("stale", chief, 3),
        )
    }
    assert refused == {
        "entered it": "second_person_needed",
        "the person": "own_share_grant",
        "another unit": "whole_organisation_only",
        "finance": "role_missing",
        "stale": "stale",
    }
    released = await post(quarter, chief, f"{path}/release", seen=1)
    assert released.json()["state"] == "released"
    assert [each["units"] for each in released.json()["vesting"]] == [250, 250, 250, 250]
    assert (released.json()["vested"], released.json()["vesting"][0]["vests_on"]) == (250, "2027-03-01")
    shown = (await mine.get("/v1/incentive/my/share_grants")).json()["items"]
    assert [(each["units"], each["vested"], each["forfeited"]) for each in shown] == [(1000, 250, 0)]
    assert (await mine.get(f"/v1/incentive/{path}")).status_code == 200
    assert (await quarter.clients(who(quarter, "E002")).get(f"/v1/incentive/{path}")).status_code == 404


@pytest.mark.req("INC-11", "INC-12", "INC-13")
async def test_a_dividend_is_shared_by_vested_units_paid_explained_and_corrected_by_difference(
    quarter: Quarter, chief: Caller
) -> None:
    nobody = {"plan_code": "VS", "year": 2027, "profit": "1300000.00", "target": "1000000.00"}
    assert "year_not_over" in (await post(quarter, quarter.payer, "share_dividends", {**nobody, "year": 2028})).text
    early = (await post(quarter, quarter.payer, "share_dividends", nobody)).json()
    release = f"share_dividends/{early['id']}/release"
    assert (await post(quarter, quarter.approver, release, seen=1)).json()["code"] == "nobody_vested"
    await granted(quarter, chief, "E001", 800)
    await granted(quarter, chief, "E002", 400)
    own = await post(quarter, quarter.payer, release, seen=1)
    assert (own.status_code, own.json()["code"]) == (403, "second_person_needed")
    assert (await post(quarter, quarter.approver, release, seen=4)).status_code == 412
    assert (await post(quarter, quarter.approver, release, seen=1)).status_code == 200
    assert (await post(quarter, quarter.approver, release, seen=2)).status_code == 409
    assert await parts(quarter, early) == {"E001": "20000.00", "E002": "10000.00"}
    assert await balance(quarter, "equity", "VS") == "0.00"
    kinds = {each["kind"] for each in (await get(quarter, "/journal/entries", source_id=early["id"]))["items"]}
    assert kinds == {"declaration", "distribution"}
    entry = (await get(quarter, "/journal/entries", kind="declaration"))["items"][0]
    undone = await reverse_entry(quarter, entry["id"])
    assert undone.json()["code"] == "undone_at_its_source"
    assert "claim.pay" in await tasks(quarter, quarter.clerk)
    await run_of_claims(quarter, "VS", "paid", period="2028-01")
    assert await replayed(quarter)
    assert await balance(quarter, "expense", "VIRTUAL-SHARES") == "30000.00"
    mine = quarter.clients(who(quarter, "E001"))
    statement = (await mine.get("/v1/incentive/my/statements")).json()["items"][0]
    for language, wanted in (("zh", "超额利润的 10%"), ("en", "10 % of excess profit")):
        path = f"/v1/incentive/statements/{statement['id']}"
        told_ = (await mine.get(path, headers={"Accept-Language": language})).json()["explanation"]["narration"]
        assert any(wanted in line for line in told_), told_
    later = await dividend(quarter, "1150000.00")
    assert (await parts(quarter, later))["E001"] == "10000.00"
    assert await balance(quarter, "equity", "VS") == "0.00"
    await run_of_claims(quarter, "VS", period="2028-01")
    booked = {number: (line["due"], line["amount"]) for number, line in (await quarter.lines()).items()}
    assert booked == {"E001": ("10000.00", "-10000.00"), "E002": ("5000.00", "-5000.00")}
    assert (await get(quarter, "/journal/trial_balance"))["total"] == "0.00"
    stale = await post(quarter, quarter.clerk, f"share_dividends/{early['id']}/share_out", seen=2)
    assert stale.json()["code"] == "share_dividend_not_released"


@pytest.mark.req("PLT-02", "PLT-03")
async def test_nobody_releases_a_dividend_that_pays_them_and_an_executive_can_where_all_of_finance_hold_shares(
    quarter: Quarter, chief: Caller
) -> None:
    await granted(quarter, chief, "E001", 800)
    body = {"plan_code": "VS", "year": 2027, "profit": "1300000.00", "target": "1000000.00"}
    made = (await post(quarter, quarter.payer, "share_dividends", body)).json()
    path, holder_id = f"share_dividends/{made['id']}", who(quarter, "E001").employee_id
    holders = [person(role, employee_id=holder_id) for role in (Role.FINANCE, Role.EXECUTIVE)]
    for holder in holders:
        assert "share_dividend.release" not in await tasks(quarter, holder)
        own = await post(quarter, holder, f"{path}/release", seen=1)
        assert (own.status_code, own.json()["code"]) == (403, "own_share_dividend")
        assert (await quarter.clients(holder).get(f"{INCENTIVE}/{path}")).json()["state"] == "proposed"
    assert await parts(quarter, made) == {}
    local = person(Role.EXECUTIVE, over=quarter.company.people[0].unit.id)
    assert (await post(quarter, local, f"{path}/release", seen=1)).json()["code"] == "whole_organisation_only"
    assert "share_dividend.release" in await tasks(quarter, chief)
    client = quarter.clients(chief)
    assert (await client.get(f"{INCENTIVE}/{path}")).json()["amount"] == "30000.00"
    assert (await client.get(f"{INCENTIVE}/{path}/parts")).json()["code"] == "role_missing"  # what each person gets
    early = await granted(quarter, chief, "E004", 400)  # who holds units since the figures were entered
    late = person(Role.FINANCE, employee_id=who(quarter, "E004").employee_id)
    assert (await post(quarter, late, f"{path}/release", seen=1)).json()["code"] == "own_share_dividend"
    await revoked(quarter, chief, early, "2026-03-01")
    released = await post(quarter, chief, f"{path}/release", seen=1)
    assert (released.status_code, released.json()["state"]) == (200, "released")
    assert await parts(quarter, made) == {"E001": "30000.00"}
    refusable = (await post(quarter, quarter.payer, "share_dividends", body)).json()
    back = {"reason": "利润以审计报告为准"}
    refused = await post(quarter, holders[0], f"share_dividends/{refusable['id']}/refuse", back, seen=1)
    assert refused.json()["state"] == "refused"  # which pays nobody


async def test_who_leaves_forfeits_what_has_not_vested_and_dividends_are_shared_out_again(
    quarter: Quarter, chief: Caller, clock: SetClock
) -> None:
    one = await granted(quarter, chief, "E001", 800)
    two = await granted(quarter, chief, "E002", 400)
    found = await dividend(quarter, "1300000.00")
    own = (await quarter.clients(who(quarter, "E002")).get(f"{INCENTIVE}/my/share_grants")).json()["items"]
    assert [each["employee_number"] for each in own] == ["E002"]
    await hear(quarter, "org.employee.terminated", "E003", "2027-02-28")  # who holds none
    assert "share_dividend.share_out" not in await tasks(quarter, quarter.clerk)
    await hear(quarter, "org.employee.terminated", "E001", "2027-02-28")
    assert "share_dividend.share_out" in await tasks(quarter, quarter.clerk)
    gone = await get(quarter, f"/share_grants/{one['id']}")
    assert (gone["vested"], gone["forfeited"], gone["left_on"]) == (0, 800, "2027-02-28")
    path = f"share_dividends/{found['id']}/share_out"
    assert (await post(quarter, quarter.payer, path, seen=found["revision"])).status_code == 403
    assert (await post(quarter, quarter.clerk, path, seen=1)).status_code == 412
    again = await post(quarter, quarter.clerk, path, seen=found["revision"])
    assert (again.status_code, again.json()["attempt"]) == (200, 2)
    assert await parts(quarter, found) == {"E002": "30000.00"}
    assert "share_dividend.share_out" not in await tasks(quarter, quarter.clerk)
    due = {each["employee_number"]: each["amount"] for each in (await get(quarter, "/claims"))["items"]}
    assert due == {"E001": "0.00", "E002": "30000.00"}
    await hear(quarter, "org.employee.terminated", "E002", "2027-12-31")
    await hear(quarter, "org.employee.termination_rescheduled", "E001", "2027-12-31")
    await post(quarter, quarter.clerk, path, seen=again.json()["revision"])
    assert await parts(quarter, found) == {"E001": "20000.00", "E002": "10000.00"}  # still here on the last day
    kept = await get(quarter, f"/share_grants/{one['id']}")
    assert (kept["vested"], kept["forfeited"]) == (200, 600)
    await hear(quarter, "org.employee.termination_rescinded", "E001", "2027-12-31")
    back = await get(quarter, f"/share_grants/{one['id']}")
    assert (back["vested"], back["forfeited"], back["left_on"]) == (200, 0, None)
    assert (await get(quarter, f"/share_grants/{two['id']}"))["left_on"] == "2027-12-31"


async def revoked(quarter: Quarter, chief: Caller, given: dict[str, Any], day: str) -> dict[str, Any]:
    """The grant once two people have revoked it."""
    path, body = f"share_grants/{given['id']}", {"revoked_on": day, "reason": "目标数据经审计更正"}
    made = await post(quarter, quarter.clerk, f"{path}/revocations", body, seen=given["revision"])
    assert made.status_code == 201, made.text
    answer = await post(quarter, chief, f"share_revocations/{made.json()['id']}/release", seen=1)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = await get(quarter, f"/{path}")
    return found
