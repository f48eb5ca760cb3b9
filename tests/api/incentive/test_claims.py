"""What was approved for somebody is paid by the ordinary run, once, and corrected by the next one (design §3)."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from services.incentive.runs.usecases.claim_runs import open_claim_runs
from services.kit.identity import Role
from services.kit.work.unit_of_work import SystemWork
from tests.api.incentive.test_differences import balance, get, payroll, replayed, reverse
from tests.builders.incentive_claims import claimed, plan_of_claims, run_of_claims, withdrawn
from tests.builders.incentive_quarter import Quarter
from tests.clients import ZONE
from tests.identities import SetClock, person

pytestmark = pytest.mark.req("INC-04", "INC-10", "INC-13")

INCENTIVE = "/v1/incentive"


async def tasks(quarter: Quarter) -> list[str]:
    """What waits for compensation because of claims."""
    items = (await quarter.clients(quarter.clerk).get(f"{INCENTIVE}/my/tasks")).json()["items"]
    return [each["title"] for each in items if each["kind"] == "claim.pay"]


async def amounts(quarter: Quarter) -> dict[tuple[str, str], tuple[str, str]]:
    """Due and booked by person and occasion."""
    path = f"{INCENTIVE}/runs/{quarter.run_id}/lines"
    items = (await quarter.clients(quarter.clerk).get(path)).json()["items"]
    return {(each["employee_number"], each["occasion"]): (each["due"], each["amount"]) for each in items}


async def test_a_claim_is_paid_off_cycle_at_once_and_asks_nobody(quarter: Quarter) -> None:
    plan = await plan_of_claims(quarter)
    await claimed(quarter, "E001", "25000.00")
    await claimed(quarter, "E001", "300.00", occasion="SA-2")
    await claimed(quarter, "E002", "700.00", due_on=date(2026, 5, 1))
    assert len(await tasks(quarter)) == 3
    quarter.company.away = {"org", "appraisal"}
    run = await run_of_claims(quarter, plan, "posted")
    assert quarter.company.asked == []
    snapshot = run["input_snapshot"]
    assert (run["cycle_id"], snapshot["snapshot_hash"], snapshot["results_hash"]) == (None, None, None)
    assert await amounts(quarter) == {
        ("E001", "SA-1"): ("25000.00", "25000.00"),
        ("E001", "SA-2"): ("300.00", "300.00"),
    }
    assert len(await tasks(quarter)) == 1  # the one that is due in May
    assert await replayed(quarter)
    assert [row[1:] for row in await payroll(quarter)] == [
        ["E001", "林一", "CC-9", "CNY", "25000.00"],
        ["E001", "林一", "CC-9", "CNY", "300.00"],
    ]
    assert await balance(quarter, "expense", "CC-9") == "25300.00"
    await quarter.reach("paid")
    assert (await get(quarter, "/journal/trial_balance"))["total"] == "0.00"
    mine = quarter.clients(quarter.company.people[0].caller)
    first = (await mine.get(f"{INCENTIVE}/my/statements")).json()["items"][0]
    told = (await mine.get(f"{INCENTIVE}/statements/{first['id']}", headers={"Accept-Language": "zh"})).json()
    assert told["unit_name"] == "销售部"
    assert told["explanation"]["narration"][0] == "专项奖励（税前，人民币元）：25,000.00"
    assert any("新市场一半" in line for line in told["explanation"]["narration"])


async def test_another_run_of_the_same_period_pays_what_is_new_and_what_changed_alone(quarter: Quarter) -> None:
    plan = await plan_of_claims(quarter)
    one = await claimed(quarter, "E001", "25000.00")
    await run_of_claims(quarter, plan)
    await run_of_claims(quarter, plan)
    assert await amounts(quarter) == {}
    await claimed(quarter, "E001", "30000.00", source=one)
    await claimed(quarter, "E002", "700.00", occasion="SA-2")
    run = await run_of_claims(quarter, plan)
    assert await amounts(quarter) == {
        ("E001", "SA-1"): ("30000.00", "5000.00"),
        ("E002", "SA-2"): ("700.00", "700.00"),
    }
    assert run["calculation"]["totals"] == [{"currency": "CNY", "amount": "5700.00"}]
    line = (await quarter.lines())["E001"]
    path = f"{INCENTIVE}/runs/{quarter.run_id}/lines/{line['id']}"
    tree = (await quarter.clients(quarter.clerk).get(path)).json()["explanation"]["tree"]
    changed = next(each for each in tree["inputs"] if each["source"].count("claim:") == 2)
    assert changed["value"] == "25000.00 → 30000.00"
    assert await replayed(quarter)


@pytest.mark.req("INC-12")
async def test_a_claim_withdrawn_after_posting_is_taken_back_and_before_it_never_paid(quarter: Quarter) -> None:
    plan = await plan_of_claims(quarter)
    paid = await claimed(quarter, "E001", "25000.00")
    await run_of_claims(quarter, plan, "paid")
    never = await claimed(quarter, "E002", "700.00")
    await withdrawn(quarter, never)
    await withdrawn(quarter, paid)
    await withdrawn(quarter, paid)  # again: nothing happens
    await run_of_claims(quarter, plan)
    assert await amounts(quarter) == {("E001", "SA-1"): ("0.00", "-25000.00")}
    owing = quarter.company.people[0]
    assert await balance(quarter, "receivable", str(owing.id)) == "25000.00"
    await claimed(quarter, "E001", "10000.00", occasion="SA-3")
    await run_of_claims(quarter, plan, "paid")
    assert await balance(quarter, "receivable", str(owing.id)) == "23000.00"  # a fifth of the next is kept back
    details = (await get(quarter, "/claims", source_id=str(paid)))["items"][0]
    assert (details["version"], details["amount"], details["costs"]) == (2, "0.00", [])
    read = await get(quarter, f"/claims/{details['id']}")
    assert [each["amount"] for each in read["versions"]] == ["25000.00", "0.00"]
    assert "重复申报" in read["explanation"]["narration"][0]


async def test_a_reversed_line_of_a_claim_is_due_again(quarter: Quarter) -> None:
    plan = await plan_of_claims(quarter)
    await claimed(quarter, "E001", "25000.00")
    await run_of_claims(quarter, plan)
    line = (await quarter.lines())["E001"]
    assert (await reverse(quarter, line["id"])).is_success
    assert await payroll(quarter) == []
    await run_of_claims(quarter, plan)
    assert await amounts(quarter) == {("E001", "SA-1"): ("25000.00", "25000.00")}


async def test_of_two_runs_of_the_same_claim_one_is_posted(quarter: Quarter) -> None:
    plan = await plan_of_claims(quarter)
    await claimed(quarter, "E001", "25000.00")
    await run_of_claims(quarter, plan, "approved", period="2026-04")
    first = quarter.run_id
    await run_of_claims(quarter, plan, "posted", period="2026-05")
    quarter.run_id = first
    refused = await quarter.act(quarter.payer, "post")
    assert (refused.status_code, refused.json()["code"]) == (409, "posted_meanwhile")


async def test_whoever_has_left_is_paid_all_the_same_and_who_sits_nowhere_is_listed(quarter: Quarter) -> None:
    quarter.company.lost = "E003"
    plan = await plan_of_claims(quarter)
    await claimed(quarter, "E004", "500.00")
    await claimed(quarter, "E003", "500.00")
    quarter.company.people = quarter.company.people[:3]
    await quarter.learn_people()
    await run_of_claims(quarter, plan)
    assert await amounts(quarter) == {("E004", "SA-1"): ("500.00", "500.00")}
    path = f"/runs/{quarter.run_id}/exclusions"
    assert [each["reason"] for each in (await get(quarter, path))["items"]] == ["unknown_unit"]


async def test_a_run_of_claims_takes_no_cycle_and_a_month(quarter: Quarter) -> None:
    plan = await plan_of_claims(quarter)
    clerk = quarter.clients(quarter.clerk)

    async def code(**body: Any) -> str:
        return str((await clerk.post(f"{INCENTIVE}/runs", json={"plan_code": plan, **body})).json()["code"])

    assert await code(period="2026-04", cycle_id=str(uuid4())) == "cycle_not_needed"
    assert await code(period="2026-Q1") == "period_unsuitable"


@pytest.mark.req("INC-01")
async def test_claims_are_seen_by_the_person_and_by_those_who_see_their_pay(quarter: Quarter) -> None:
    await plan_of_claims(quarter)
    one, two = quarter.company.people[:2]
    await claimed(quarter, "E001", "25000.00")
    claim = (await quarter.clients(one.caller).get(f"{INCENTIVE}/my/claims")).json()["items"][0]
    path = f"{INCENTIVE}/claims/{claim['id']}"
    answers = {
        "the person": (await quarter.clients(one.caller).get(path)).status_code,
        "a colleague": (await quarter.clients(two.caller).get(path)).status_code,
        "compensation there": (
            await quarter.clients(person(Role.COMPENSATION, over=one.unit.id)).get(path)
        ).status_code,
        "finance elsewhere": (await quarter.clients(person(Role.FINANCE, over=two.unit.id)).get(path)).status_code,
        "an executive": (await quarter.clients(Role.EXECUTIVE).get(path)).status_code,
    }
    assert answers == {
        "the person": 200,
        "a colleague": 404,
        "compensation there": 200,
        "finance elsewhere": 404,
        "an executive": 404,
    }
    for number, count in (("E001", 1), ("E002", 0)):
        assert len((await get(quarter, "/claims", employee_number=number))["items"]) == count
    there = await quarter.clients(person(Role.FINANCE, over=two.unit.id)).get(f"{INCENTIVE}/claims")
    assert there.json()["items"] == []
    assert (await quarter.clients(Role.EXECUTIVE).get(f"{INCENTIVE}/claims")).status_code == 403


@pytest.mark.req("INC-04", "INC-10")
async def test_what_is_claimed_is_calculated_by_the_system_and_decided_by_people(
    quarter: Quarter, clock: SetClock
) -> None:
    system = SystemWork(quarter.sessions, clock, ZONE)
    await quarter.learn_people()
    await claimed(quarter, "E001", "30000.00")
    await open_claim_runs(system)  # no plan pays it yet
    assert await runs(quarter) == []
    plan = await plan_of_claims(quarter)
    for _ in range(2):
        await open_claim_runs(system)
    assert [(each["plan_code"], each["period"]) for each in await runs(quarter)] == [(plan, "2026-04")]
    await quarter.work()
    (run,) = await runs(quarter)
    assert (run["state"], run["created_by_name"], run["calculation"]["lines"]) == ("calculated", "Merit", 1)
    quarter.run_id = run["id"]
    assert (await quarter.act(quarter.reviewer, "review")).status_code == 200
    alone = await quarter.act(quarter.reviewer, "approve")
    assert alone.status_code == 403, alone.text
    await claimed(quarter, "E002", "500.00")
    await open_claim_runs(system)  # waits until the run under way is over
    assert len(await runs(quarter)) == 1
    await quarter.reach("posted")
    await open_claim_runs(system)
    await quarter.work()
    _, second = await runs(quarter)
    quarter.run_id = second["id"]
    assert set(await quarter.lines()) == {"E002"}
    assert (await quarter.act(quarter.clerk, "cancel")).status_code == 200
    await open_claim_runs(system)
    assert len(await runs(quarter)) == 2  # who gave it up is not asked again
    await claimed(quarter, "E004", "1.00")
    await open_claim_runs(system)
    await quarter.work()
    quarter.run_id = (await runs(quarter))[-1]["id"]
    assert set(await quarter.lines()) == {"E002", "E004"}


async def runs(quarter: Quarter) -> list[dict[str, Any]]:
    """All runs, as the clerk sees them."""
    items = (await quarter.clients(quarter.clerk).get("/v1/incentive/runs")).json()["items"]
    return [(await quarter.clients(quarter.clerk).get(f"/v1/incentive/runs/{each['id']}")).json() for each in items]
