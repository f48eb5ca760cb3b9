"""What a recalculation changed, shown to those who see the lines (INC-10)."""

import pytest

from services.kit.identity import Role
from tests.builders.incentive_quarter import Quarter
from tests.identities import person


@pytest.mark.req("INC-10", "INC-11", "PLT-03")
async def test_a_recalculation_shows_line_by_line_what_it_changed(quarter: Quarter) -> None:
    await quarter.reach("reviewed")
    path = f"/v1/incentive/runs/{quarter.run_id}/changes"
    clerk = quarter.clients(quarter.clerk)
    assert (await clerk.get(path)).json() == {"items": [], "next": None}  # calculated once
    quarter.company.change("E001", grade="A")
    quarter.company.change("E002", grade=None)
    assert (await quarter.act(quarter.clerk, "calculate")).status_code == 202
    assert (await clerk.get(path)).status_code == 409  # nothing to compare while it is calculated
    await quarter.work()
    first = (await clerk.get(path, params={"limit": 1})).json()
    found = first["items"] + (await clerk.get(path, params={"cursor": first["next"], "limit": 1})).json()["items"]
    assert [(each["employee_number"], each["occasion"], each["difference"]) for each in found] == [
        ("E001", "2026-Q1", "-10800.00"),
        ("E002", "2026-Q1", "-55200.00"),
    ]
    raised, gone = found
    assert raised["before"] == {"grade": "S", "days": 90, "due": "54000.00", "amount": "54000.00"}
    assert raised["after"] == {"grade": "A", "days": 90, "due": "43200.00", "amount": "43200.00"}
    assert (gone["before"]["amount"], gone["after"]) == ("55200.00", None)
    there = person(Role.COMPENSATION, over=quarter.company.people[0].unit.id)
    seen = (await quarter.clients(there).get(path)).json()["items"]
    assert [each["employee_number"] for each in seen] == ["E001"]
    brand = quarter.clients(person(Role.COMPENSATION, over=quarter.company.people[1].unit.id))
    assert [each["employee_number"] for each in (await brand.get(path)).json()["items"]] == ["E002"]
    assert (await quarter.clients(quarter.company.people[0].caller).get(path)).json()["code"] == "role_missing"
    assert (await quarter.act(quarter.clerk, "calculate")).status_code == 202
    await quarter.work()
    assert (await clerk.get(path)).json()["items"] == []  # the same again
    quarter.company.change("E002", grade="B")
    assert (await quarter.act(quarter.clerk, "calculate")).status_code == 202
    await quarter.work()
    back = (await brand.get(path)).json()["items"]
    assert [(each["employee_number"], each["before"]) for each in back] == [("E002", None)]
