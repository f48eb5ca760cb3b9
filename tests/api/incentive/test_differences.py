"""What changes after posting is booked as an exact difference, and a reversal reaches everything (INC-12, INC-13)."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from services.kit.identity import Role
from tests.builders.incentive_awards import reverse_entry
from tests.builders.incentive_quarter import Quarter

pytestmark = pytest.mark.req("INC-13")

INCENTIVE = "/v1/incentive"


async def get(quarter: Quarter, path: str, **query: str) -> Any:
    """What finance reads."""
    answer = await quarter.clients(quarter.payer).get(f"{INCENTIVE}{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def details(quarter: Quarter, line: dict[str, Any]) -> dict[str, Any]:
    """A line with its explanation, as compensation reads it."""
    path = f"{INCENTIVE}/runs/{quarter.run_id}/lines/{line['id']}"
    answer = await quarter.clients(quarter.clerk).get(path, headers={"Accept-Language": "zh"})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def payroll(quarter: Quarter, **query: str) -> list[list[str]]:
    """The rows of the run's payroll file."""
    path = f"{INCENTIVE}/runs/{quarter.run_id}/payroll.csv"
    answer = await quarter.clients(quarter.payer).get(path, params=query)
    assert answer.status_code == 200, answer.text
    return [row.split(",") for row in answer.content.decode("utf-8-sig").split("\r\n")[1:] if row]


async def reverse(quarter: Quarter, line_id: str, kind: str = "accrual") -> httpx2.Response:
    """Undo the entry of a kind about a line."""
    entries = (await get(quarter, "/journal/entries", source_id=line_id, kind=kind))["items"]
    return await reverse_entry(quarter, entries[-1]["id"])


async def balance(quarter: Quarter, kind: str, reference: str) -> str:
    """What an account stands at."""
    found = (await get(quarter, "/journal/balances", kind=kind, reference=reference))["items"]
    return str(found[0]["balance"]) if found else "0.00"


async def replayed(quarter: Quarter) -> bool:
    """Whether calculating the run again from what it froze gives the same bytes."""
    answer = await quarter.clients(Role.AUDITOR).get(f"{INCENTIVE}/runs/{quarter.run_id}/replay")
    assert answer.status_code == 200, answer.text
    return bool(answer.json()["identical"])


async def test_a_raise_entered_late_is_a_line_of_its_own_that_names_the_profiles(quarter: Quarter) -> None:
    await quarter.reach("posted")  # fixed pay 18,000 at 6:4 is a monthly base of 12,000: S earns 54,000
    first = (await quarter.lines())["E001"]
    assert first["amount"] == "54000.00"
    await quarter.raise_pay("E001", "22500.00", "2025-01-01")
    await quarter.raise_pay("E001", "22500.00", "2026-01-01")
    await quarter.next_run("2026-Q2")
    await quarter.reach("calculated")
    late = (await quarter.lines_of("2026-Q1"))["E001"]
    assert (late["due"], late["posted_before"], late["amount"]) == ("67500.00", "54000.00", "13500.00")
    assert list(await quarter.lines_of("2026-Q1")) == ["E001"]  # nobody else changed
    told = (await details(quarter, late))["explanation"]
    assert told["tree"]["formula"] == "67500.00 − 54000.00"
    changed = [each for each in told["tree"]["inputs"] if each["source"] and each["source"].count("pay_profile")]
    assert changed[0]["value"] == "18000.00 → 22500.00"
    assert changed[0]["source"].count("pay_profile:") == 2
    assert await replayed(quarter)
    await quarter.reach("posted")
    await quarter.next_run("2026-Q3")
    await quarter.reach("calculated")
    assert await quarter.lines_of("2026-Q1") == {}  # paid once
    assert await quarter.lines_of("2026-Q2") == {}


async def test_a_grade_corrected_after_posting_shows_on_the_old_statement_at_once(quarter: Quarter) -> None:
    await quarter.reach("posted")
    person = quarter.company.change("E002", grade="S", result_version=2)
    await quarter.next_run("2026-Q2")
    await quarter.reach("posted")
    difference = (await quarter.lines_of("2026-Q1"))["E002"]
    assert (difference["due"], difference["amount"]) == ("69000.00", "13800.00")
    mine = quarter.clients(person.caller)
    statements = (await mine.get(f"{INCENTIVE}/my/statements")).json()["items"]
    old = next(each for each in statements if each["occasion"] == "2026-Q1" and each["posted_before"] == "0.00")
    read = (await mine.get(f"{INCENTIVE}/statements/{old['id']}")).json()
    assert [(each["due"], each["amount"]) for each in read["corrections"]] == [("69000.00", "13800.00")]
    assert read["amount"] == "55200.00"


async def test_the_same_period_run_again_pays_differences_alone(quarter: Quarter) -> None:
    cycle_id = str(uuid4())
    await quarter.begin(cycle_id=cycle_id)
    await quarter.reach("posted")
    quarter.company.change("E002", grade="S", result_version=2)
    await quarter.next_run("2026-Q1", cycle_id=cycle_id)
    run = await quarter.reach("posted")
    assert {number: line["amount"] for number, line in (await quarter.lines()).items()} == {"E002": "13800.00"}
    assert run["calculation"]["totals"] == [{"currency": "CNY", "amount": "13800.00"}]


async def test_what_was_paid_too_much_is_kept_back_within_the_cap_and_the_rest_later(quarter: Quarter) -> None:
    await quarter.reach("paid")
    person = quarter.company.change("E001", grade="B", result_version=2)
    await quarter.next_run("2026-Q2")
    await quarter.reach("posted")
    back = (await quarter.lines_of("2026-Q1"))["E001"]
    assert (back["due"], back["amount"]) == ("36000.00", "-18000.00")
    own = (await quarter.lines_of("2026-Q2"))["E001"]
    assert own["amount"] == "36000.00"
    # a fifth of 36,000 is kept back, the rest stays receivable
    assert await balance(quarter, "receivable", str(person.id)) == "10800.00"
    assert [row[3:] for row in await payroll(quarter) if row[1] == "E001"] == [
        ["CC-1", "CNY", "36000.00"],
        ["扣回以前期间多发", "CNY", "-7200.00"],
    ]
    for line, code in ((own, "recovery_stands"), (back, "already_recovered")):
        refused = await reverse(quarter, line["id"])
        assert (refused.status_code, refused.json()["code"]) == (409, code)
    await quarter.reach("paid")
    assert await balance(quarter, "payable", str(person.id)) == "0.00"
    await quarter.next_run("2026-Q3")
    await quarter.reach("paid")
    assert await balance(quarter, "receivable", str(person.id)) == "3600.00"
    await quarter.next_run("2026-Q4")
    await quarter.reach("paid")
    assert await balance(quarter, "receivable", str(person.id)) == "0.00"
    assert await balance(quarter, "payable", str(person.id)) == "0.00"
    assert [row[5] for row in await payroll(quarter) if row[1] == "E001"] == ["36000.00", "-3600.00"]
    assert (await get(quarter, "/journal/trial_balance"))["total"] == "0.00"


async def test_somebody_to_whom_nothing_is_due_any_more_owes_all_of_it(quarter: Quarter) -> None:
    await quarter.reach("paid")
    person = quarter.company.change("E003", first="2026-04-01")  # org corrected the day of hire
    await quarter.next_run("2026-Q2")
    await quarter.reach("posted")
    back = (await quarter.lines_of("2026-Q1"))["E003"]
    assert (back["due"], back["amount"]) == ("0.00", "-28320.00")
    assert "没有可计奖的任职" in str((await details(quarter, back))["explanation"]["narration"])
    assert await balance(quarter, "receivable", str(person.id)) != "0.00"
    assert await replayed(quarter)


async def test_who_is_missing_something_later_keeps_what_was_posted_and_is_listed(quarter: Quarter) -> None:
    await quarter.reach("posted")
    quarter.company.change("E001", grade=None)
    await quarter.next_run("2026-Q2")
    await quarter.reach("calculated")
    assert "E001" not in await quarter.lines_of("2026-Q1")
    path = f"{INCENTIVE}/runs/{quarter.run_id}/exclusions"
    listed = (await quarter.clients(quarter.clerk).get(path)).json()["items"]
    assert {(each["employee_number"], each["occasion"], each["reason"]) for each in listed} == {
        ("E001", "2026-Q1", "no_result"),
        ("E001", "2026-Q2", "no_result"),
    }


@pytest.mark.req("INC-12")
async def test_a_reversal_reaches_statement_payroll_file_and_what_is_due_next(quarter: Quarter) -> None:
    await quarter.reach("posted")
    line = (await quarter.lines())["E001"]
    before = await payroll(quarter)
    assert (await reverse(quarter, line["id"])).is_success
    assert [row for row in await payroll(quarter) if row[1] == "E001"] == []
    assert await payroll(quarter, version="1") == before
    statement = next(
        each
        for each in (await get(quarter, "/statements", run_id=quarter.run_id))["items"]
        if each["employee_number"] == "E001"
    )
    assert statement["reversed_at"] is not None
    assert (await get(quarter, f"/statements/{statement['id']}"))["reversal_reason"] == "重复发放"
    await quarter.reach("paid")
    cycle = (await quarter.read())["cycle_id"]
    await quarter.next_run("2026-Q1", cycle_id=cycle)
    await quarter.reach("posted")
    assert {number: row["amount"] for number, row in (await quarter.lines()).items()} == {"E001": "54000.00"}


async def test_a_run_does_not_post_differences_to_what_is_not_posted_any_more(quarter: Quarter) -> None:
    await quarter.reach("posted")
    first, line = quarter.run_id, (await quarter.lines())["E002"]
    quarter.company.change("E002", grade="S", result_version=2)
    await quarter.next_run("2026-Q2")
    await quarter.reach("approved")
    second, quarter.run_id = quarter.run_id, first
    assert (await reverse(quarter, line["id"])).is_success
    quarter.run_id = second
    refused = await quarter.act(quarter.payer, "post")
    assert (refused.status_code, refused.json()["code"]) == (409, "posted_meanwhile")
    assert "E002" in refused.text
    assert (await quarter.read())["state"] == "approved"
    cycle = (await quarter.read())["cycle_id"]
    assert (await quarter.act(quarter.clerk, "cancel")).json()["state"] == "cancelled"
    await quarter.next_run("2026-Q2", cycle_id=cycle)
    await quarter.reach("posted")
    again = (await quarter.lines_of("2026-Q1"))["E002"]
    assert (again["posted_before"], again["amount"], again["due"]) == ("0.00", again["due"], again["amount"])


async def test_what_was_reversed_for_an_earlier_period_is_due_again_in_the_next(quarter: Quarter) -> None:
    await quarter.reach("posted")
    line = (await quarter.lines())["E001"]
    assert (await reverse(quarter, line["id"])).is_success
    await quarter.next_run("2026-Q2")
    await quarter.reach("calculated")
    again = await quarter.lines_of("2026-Q1")
    assert {number: each["amount"] for number, each in again.items()} == {"E001": line["amount"]}
    assert await replayed(quarter)


async def test_somebody_with_a_new_number_is_not_paid_again(quarter: Quarter) -> None:
    await quarter.reach("posted")
    quarter.company.change("E001", number="E901")
    await quarter.learn_people()
    await quarter.raise_pay("E901", "18000.00", "2025-01-01")
    await quarter.next_run("2026-Q2")
    await quarter.reach("calculated")
    assert await quarter.lines_of("2026-Q1") == {}


async def test_somebody_whom_org_no_longer_has_owes_all_that_was_posted(quarter: Quarter) -> None:
    await quarter.reach("posted")
    quarter.company.people = [each for each in quarter.company.people if each.number != "E001"]
    await quarter.next_run("2026-Q2")
    await quarter.reach("calculated")
    earlier = await quarter.lines_of("2026-Q1")
    assert list(earlier) == ["E001"]
    assert (earlier["E001"]["due"], earlier["E001"]["amount"]) == ("0.00", "-54000.00")
    assert await replayed(quarter)
