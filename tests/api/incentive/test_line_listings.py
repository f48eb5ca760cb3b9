"""The lines of a run by amount, and what they come to by unit and by cost centre, before anybody approves (INC-11)."""

from decimal import Decimal
from typing import Any

import pytest

from services.kit.identity import Role
from tests.builders.incentive_quarter import Quarter
from tests.identities import person

pytestmark = pytest.mark.req("INC-11")


async def amounts(quarter: Quarter, sort: str, limit: int = 500) -> list[Decimal]:
    """Every line's amount in that order, page by page."""
    client, path = quarter.clients(quarter.reviewer), f"/v1/incentive/runs/{quarter.run_id}/lines"
    found: list[Decimal] = []
    cursor: str | None = ""
    while cursor is not None:
        asked = {"sort": sort, "limit": limit, **({"cursor": cursor} if cursor else {})}
        answer = await client.get(path, params=asked)
        assert answer.status_code == 200, answer.text
        found += [Decimal(line["amount"]) for line in answer.json()["items"]]
        cursor = answer.json()["next"]
    return found


async def totals(quarter: Quarter, who: Any) -> dict[str, Any]:
    """The totals as somebody reads them."""
    answer = await quarter.clients(who).get(f"/v1/incentive/runs/{quarter.run_id}/totals")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_lines_come_by_amount_from_either_end_page_by_page(quarter: Quarter) -> None:
    await quarter.reach("calculated")
    by_number = await amounts(quarter, "employee_number")
    assert len(set(by_number)) > 1
    for limit in (1, 2, 500):
        assert await amounts(quarter, "amount", limit) == sorted(by_number)
        assert await amounts(quarter, "-amount", limit) == sorted(by_number, reverse=True)


async def test_a_cursor_of_one_order_is_refused_in_another(quarter: Quarter) -> None:
    await quarter.reach("calculated")
    client, path = quarter.clients(quarter.reviewer), f"/v1/incentive/runs/{quarter.run_id}/lines"
    cursor = (await client.get(path, params={"sort": "amount", "limit": 1})).json()["next"]
    refused = await client.get(path, params={"sort": "-amount", "limit": 1, "cursor": cursor})
    assert (refused.status_code, refused.json()["code"]) == (400, "cursor_foreign")
    unknown = await client.get(path, params={"sort": "name"})
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "query/sort")


async def test_totals_by_unit_and_by_cost_centre_sum_to_the_total_of_the_run(quarter: Quarter) -> None:
    run = await quarter.reach("calculated")
    found = await totals(quarter, quarter.reviewer)
    (total,) = run["calculation"]["totals"]
    for parts in (found["units"], found["cost_centres"]):
        assert {each["currency"] for each in parts} == {total["currency"]}
        assert sum(Decimal(each["amount"]) for each in parts) == Decimal(total["amount"])
    assert sum(each["lines"] for each in found["units"]) == run["calculation"]["lines"]
    brand = next(each for each in found["units"] if each["unit_code"] == "BRAND")
    assert (brand["people"], brand["amount"], brand["due"], brand["posted_before"]) == (
        2,
        "83520.00",
        "83520.00",
        "0.00",
    )
    assert brand["unit_name_en"]


async def test_a_role_over_a_unit_reads_the_totals_of_its_own_people(quarter: Quarter) -> None:
    await quarter.reach("calculated")
    scoped = person(Role.COMPENSATION, over=quarter.company.people[1].unit.id)
    found = await totals(quarter, scoped)
    assert [each["unit_code"] for each in found["units"]] == ["BRAND"]
    assert sum(Decimal(each["amount"]) for each in found["cost_centres"]) == Decimal("83520.00")


async def test_before_the_run_is_calculated_there_are_no_totals_and_executives_read_them_only_to_approve(
    quarter: Quarter,
) -> None:
    await quarter.begin()
    path = f"/v1/incentive/runs/{quarter.run_id}/totals"
    drafted = await quarter.clients(quarter.reviewer).get(path)
    assert (drafted.status_code, drafted.json()["code"]) == (409, "input_snapshot_missing")
    await quarter.reach("calculated")
    executive, nothing = person(Role.EXECUTIVE), {"units": [], "cost_centres": []}
    assert await totals(quarter, executive) == nothing
    await quarter.reach("reviewed")
    assert (await totals(quarter, executive))["units"]
    await quarter.reach("approved")
    assert await totals(quarter, executive) == nothing  # another one has approved it
    assert (await quarter.clients(Role.AUDITOR).get(path)).status_code == 403
