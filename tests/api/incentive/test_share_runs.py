"""Runs under way when a grant of virtual shares is revoked, or its holder has left (INC-07)."""

import pytest

from services.kit.identity import Caller
from tests.api.incentive.test_differences import balance, get
from tests.api.incentive.test_shares import chief, dividend, grant, granted, hear, quarter, revoked
from tests.builders.incentive_awards import post, reverse_entry, who
from tests.builders.incentive_claims import run_of_claims
from tests.builders.incentive_quarter import Quarter

__all__ = ["chief", "quarter"]
pytestmark = pytest.mark.req("INC-07")


@pytest.mark.req("PLT-02")
async def test_a_grant_and_its_revocation_wait_under_titles_that_name_the_person_and_the_day_of_the_grant(
    quarter: Quarter, chief: Caller
) -> None:
    async def title() -> str:
        found = await quarter.clients(chief).get("/v1/incentive/my/tasks")
        [only] = [each["title"] for each in found.json()["items"] if each["kind"].startswith("share_")]
        return str(only)

    name = who(quarter, "E001").name
    made = (await post(quarter, quarter.clerk, "share_grants", grant("E001", 1800))).json()
    assert await title() == f"确认 2026 年 3 月 1 日授予{name}的虚拟股票 1,800 份"
    await post(quarter, chief, f"share_grants/{made['id']}/release", seen=1)
    body = {"revoked_on": "2027-03-01", "reason": "误授"}
    await post(quarter, quarter.clerk, f"share_grants/{made['id']}/revocations", body, seen=2)
    assert await title() == f"确认撤销 2026 年 3 月 1 日授予{name}的虚拟股票 1,800 份"


@pytest.mark.req("INC-12", "INC-13")
async def test_a_share_of_a_revoked_grant_is_neither_posted_nor_paid_by_a_run_under_way(
    quarter: Quarter, chief: Caller
) -> None:
    one = await granted(quarter, chief, "E001", 800)
    two = await granted(quarter, chief, "E002", 400)
    await dividend(quarter, "1300000.00")
    await run_of_claims(quarter, "VS", "approved", period="2028-01")
    await revoked(quarter, chief, one, "2026-03-01")  # and nobody has shared out again
    refused = await quarter.act(quarter.payer, "post")
    assert (refused.status_code, refused.json()["code"]) == (409, "posted_meanwhile")
    assert "E001" in refused.json()["title"]
    await quarter.act(quarter.clerk, "cancel")
    await run_of_claims(quarter, "VS", "posted", period="2028-01")
    assert {number: line["amount"] for number, line in (await quarter.lines()).items()}.get("E001", "0.00") == "0.00"
    await revoked(quarter, chief, two, "2026-03-01")
    unpaid = await quarter.act(quarter.payer, "pay")
    assert (unpaid.status_code, unpaid.json()["code"]) == (409, "claim_reduced")
    line = (await quarter.lines())["E002"]
    (entry,) = (await get(quarter, "/journal/entries", source_id=line["id"]))["items"]
    assert (await reverse_entry(quarter, entry["id"])).is_success
    paid = await quarter.act(quarter.payer, "pay")
    assert paid.status_code == 200, paid.text
    assert await balance(quarter, "paid", "payroll") == "0.00"
    assert (await get(quarter, "/journal/trial_balance"))["total"] == "0.00"


async def test_who_left_before_a_dividend_is_owed_nothing_of_it_until_it_is_shared_out_again(
    quarter: Quarter, chief: Caller
) -> None:
    await granted(quarter, chief, "E001", 800)
    await granted(quarter, chief, "E002", 400)
    await dividend(quarter, "1300000.00")
    await run_of_claims(quarter, "VS", "approved", period="2028-01")

    async def owed() -> dict[str, str]:
        return {each["employee_number"]: each["amount"] for each in (await get(quarter, "/claims"))["items"]}

    await hear(quarter, "org.employee.terminated", "E002", "2027-12-31")  # still here on the last day
    assert await owed() == {"E001": "20000.00", "E002": "10000.00"}
    await hear(quarter, "org.employee.terminated", "E001", "2027-02-28")  # and org told late
    assert await owed() == {"E001": "0.00", "E002": "10000.00"}
    refused = await quarter.act(quarter.payer, "post")
    assert (refused.status_code, refused.json()["code"]) == (409, "posted_meanwhile")
    await hear(quarter, "org.employee.termination_rescheduled", "E002", "2027-12-30")
    assert await owed() == {"E001": "0.00", "E002": "0.00"}
