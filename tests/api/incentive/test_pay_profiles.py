"""Pay profiles at the API: who sees them, how they change, how a file comes in (INC-01)."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from services.kit.identity import Role
from tests.builders.incentive import PAY_HEADER
from tests.builders.incentive_quarter import Quarter
from tests.clients import Clients
from tests.identities import person

pytestmark = [pytest.mark.req("INC-01"), pytest.mark.usefixtures("known_people")]

PEOPLE = set(Role) - {Role.SERVICE}
PATH = "/v1/incentive/pay_profiles"
CHANGES = "/v1/incentive/pay_changes"
PAY: dict[str, Any] = {
    "employee_number": "E001",
    "fixed_pay": "18000.00",
    "fixed_share": "6",
    "variable_share": "4",
    "cost_centre": "CC-1",
    "valid_from": "2026-01-01",
}


async def created(incentive: Clients, **changed: Any) -> dict[str, Any]:
    """A profile, entered by one person and released by another."""
    entered = await incentive(Role.COMPENSATION).post(CHANGES, json={**PAY, **changed})
    assert entered.status_code == 201, entered.text
    return await released(incentive, entered.json()["id"], {**PAY, **changed})


async def released(incentive: Clients, change_id: str, terms: dict[str, Any]) -> dict[str, Any]:
    """The profile that comes of a change when another person releases it."""
    done = await incentive(Role.COMPENSATION).post(f"{CHANGES}/{change_id}/release", headers={"If-Match": "1"})
    assert done.status_code == 200, done.text
    wanted = {"employee_number": terms["employee_number"], "as_of": terms["valid_from"]}
    (profile,) = (await incentive(Role.COMPENSATION).get(PATH, params=wanted)).json()["items"]
    found: dict[str, Any] = profile
    return found


async def imported(incentive: Clients, *rows: str, dry_run: bool = False) -> httpx2.Response:
    """A pay file with these rows, entered and, if it changes anything, released."""
    answer = await incentive(Role.COMPENSATION).post(
        f"{CHANGES}/imports",
        content="\n".join((PAY_HEADER, *rows)).encode("utf-8-sig"),
        headers={"content-type": "text/csv"},
        params={"dry_run": str(dry_run).lower()},
    )
    if answer.is_success and answer.json()["change_id"]:
        path = f"{CHANGES}/{answer.json()['change_id']}/release"
        assert (await incentive(Role.COMPENSATION).post(path, headers={"If-Match": "1"})).status_code == 200
    return answer


async def in_force(client: httpx2.AsyncClient, **query: str) -> list[tuple[str, str, str, str | None]]:
    """Who has what from when to when."""
    items = (await client.get(PATH, params=query)).json()["items"]
    return [(item["employee_number"], item["fixed_pay"], item["valid_from"], item["valid_to"]) for item in items]


async def test_a_raise_ends_the_profile_before_it(incentive: Clients) -> None:
    client = incentive(Role.COMPENSATION)
    await created(incentive)
    raised = await created(incentive, fixed_pay="27000.00", valid_from="2026-02-10")
    assert (raised["version"], raised["monthly_base"], raised["currency"]) == (2, None, "CNY")
    assert await in_force(client) == [
        ("E001", "18000.00", "2026-01-01", "2026-02-09"),
        ("E001", "27000.00", "2026-02-10", None),
    ]
    assert await in_force(client, as_of="2026-02-09") == [("E001", "18000.00", "2026-01-01", "2026-02-09")]


async def test_terms_created_later_for_an_earlier_day_hold_until_the_next_begin(incentive: Clients) -> None:
    client = incentive(Role.COMPENSATION)
    await created(incentive, valid_from="2026-03-01")
    await created(incentive, fixed_pay="10000.00", valid_from="2026-01-01")
    await created(incentive, fixed_pay="11000.00", valid_from="2026-02-01")
    assert sorted(await in_force(client)) == [
        ("E001", "10000.00", "2026-01-01", "2026-01-31"),
        ("E001", "11000.00", "2026-02-01", "2026-02-28"),
        ("E001", "18000.00", "2026-03-01", None),
    ]


async def test_the_same_terms_again_are_no_change(incentive: Clients) -> None:
    await created(incentive)
    again = await incentive(Role.COMPENSATION).post(CHANGES, json=PAY)
    assert (again.status_code, again.json()["code"]) == (409, "pay_unchanged")


async def test_a_correction_needs_the_version_that_was_read(incentive: Clients) -> None:
    client = incentive(Role.COMPENSATION)
    path = f"{PATH}/{(await created(incentive))['id']}"
    read = await client.get(path)
    change = {"fixed_pay": "19000.00", "monthly_base": "15000.00"}
    missing = await client.post(f"{path}/correct", json=change)
    assert (missing.status_code, missing.json()["code"]) == (428, "precondition_required")
    stale = await client.post(f"{path}/correct", json=change, headers={"If-Match": '"7.abc"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    for field in ("fixed_pay", "fixed_share", "variable_share", "currency", "cost_centre"):
        taken = await client.post(f"{path}/correct", json={field: None}, headers={"If-Match": read.headers["etag"]})
        assert (taken.status_code, taken.json()["errors"][0]["pointer"]) == (422, f"/{field}")
    seen = {"If-Match": read.headers["etag"]}
    entered = await client.post(f"{path}/correct", json=change, headers=seen)
    other = await client.post(f"{path}/correct", json={"cost_centre": "CC-9"}, headers=seen)
    assert (entered.status_code, other.status_code) == (201, 201)
    assert (await client.get(path)).json()["fixed_pay"] == "18000.00"
    done = await released(incentive, entered.json()["id"], PAY)
    assert (done["version"], done["fixed_pay"], done["monthly_base"]) == (2, "19000.00", "15000.00")
    assert done["valid_from"] == "2026-01-01"
    overtaken = f"{CHANGES}/{other.json()['id']}/release"
    late = await incentive(Role.COMPENSATION).post(overtaken, headers={"If-Match": "1"})
    assert (late.status_code, late.json()["code"]) == (412, "stale")
    again = await client.post(f"{path}/correct", json=change, headers=seen)
    assert (again.status_code, again.json()["code"]) == (412, "stale")
    assert (await client.get(path)).json()["replaced_at"] is not None
    assert await in_force(client) == [("E001", "19000.00", "2026-01-01", None)]


@pytest.mark.req("PLT-08")
@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        ("fixed_pay", 18000.5, "/fixed_pay"),
        ("fixed_pay", "1e4", "/fixed_pay"),
        ("fixed_pay", "１８０００", "/fixed_pay"),
        ("fixed_pay", "1.001", "/fixed_pay"),
        ("fixed_pay", "-1.00", "/fixed_pay"),
        ("fixed_pay", "9999999999999.00", "/fixed_pay"),
        ("fixed_share", "0", "/fixed_share"),
        ("monthly_base", "NaN", "/monthly_base"),
        ("currency", "yuan", "/currency"),
        ("currency", "ZZZ", "/currency"),
        ("currency", "XAU", "/currency"),
        ("fixed_share", "Infinity", "/fixed_share"),
        ("cost_centre", " ", "/cost_centre"),
        ("valid_from", "2026-02-30", "/valid_from"),
        ("employee_number", "", "/employee_number"),
        ("bonus", "1.00", "/bonus"),
    ],
)
async def test_bad_terms_are_refused_by_field(incentive: Clients, field: str, value: object, pointer: str) -> None:
    client = incentive(Role.COMPENSATION)
    refused = await client.post(CHANGES, json={**PAY, field: value})
    assert refused.status_code == 422
    assert [fault["pointer"] for fault in refused.json()["errors"]] == [pointer]
    assert await in_force(client) == []


async def test_a_base_beyond_all_reason_is_refused(incentive: Clients) -> None:
    terms = {"fixed_pay": "900000000.00", "fixed_share": "1", "variable_share": "2"}
    refused = await incentive(Role.COMPENSATION).post(CHANGES, json={**PAY, **terms})
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/fixed_share"]


@pytest.mark.req("PLT-08")
@pytest.mark.parametrize("body", ['{"fixed_pay": NaN}', '{"fixed_pay": 1e400}', '{"a": 1, "a": 2}', "{", "[]"])
async def test_broken_json_is_a_problem_and_never_a_defect(incentive: Clients, body: str) -> None:
    client = incentive(Role.COMPENSATION)
    refused = await client.post(CHANGES, content=body, headers={"content-type": "application/json"})
    assert refused.status_code in {400, 422}
    assert refused.headers["content-type"] == "application/problem+json"


@pytest.mark.req("PLT-03")
async def test_only_the_person_compensation_finance_and_approvers_see_a_profile(quarter: Quarter) -> None:
    await quarter.reach("calculated")
    owner = quarter.company.people[0]
    clerk = quarter.clients(quarter.clerk)
    profile = (await clerk.get(PATH, params={"employee_number": owner.number})).json()["items"][0]
    path = f"{PATH}/{profile['id']}"
    for role in (Role.COMPENSATION, Role.FINANCE):
        assert (await quarter.clients(role).get(path)).status_code == 200
    assert (await quarter.clients(owner.caller).get(path)).json()["fixed_pay"] == "18000.00"
    colleague = quarter.company.people[3].caller
    nobody = [person(role) for role in PEOPLE - {Role.COMPENSATION, Role.FINANCE}]
    for caller in (colleague, *nobody):
        hidden = await quarter.clients(caller).get(path)
        missing = await quarter.clients(caller).get(f"{PATH}/{uuid4()}")
        assert hidden.status_code == missing.status_code == 404
        assert hidden.json()["code"] == missing.json()["code"]
        assert (await quarter.clients(caller).get(PATH)).status_code == 403
        assert (await quarter.clients(caller).post(CHANGES, json=PAY)).status_code == 403
        assert (await quarter.clients(caller).get(CHANGES)).status_code == 403
    assert (await quarter.clients.stranger().get(path)).status_code == 401


async def test_a_person_reads_the_own_profiles_alone(quarter: Quarter) -> None:
    await quarter.reach("calculated")
    owner = quarter.company.people[1]
    mine = await quarter.clients(owner.caller).get("/v1/incentive/my/pay_profiles")
    assert [item["fixed_pay"] for item in mine.json()["items"]] == ["18000.00", "27000.00"]
    assert (await quarter.clients(person(Role.ADMINISTRATOR)).get("/v1/incentive/my/pay_profiles")).json()[
        "items"
    ] == []


@pytest.mark.req("PLT-03")
async def test_a_role_over_one_unit_reaches_its_people_alone(quarter: Quarter) -> None:
    await quarter.reach("calculated")
    brand = quarter.company.people[1].unit
    scoped = quarter.clients(person(Role.COMPENSATION, over=brand.id))
    assert {item["employee_number"] for item in (await scoped.get(PATH)).json()["items"]} == {"E002", "E003"}
    assert (
        await scoped.post(CHANGES, json={**PAY, "employee_number": "E002", "cost_centre": "CC-2"})
    ).status_code == 201
    for number in ("E001", "NEW"):
        refused = await scoped.post(CHANGES, json={**PAY, "employee_number": number})
        assert (refused.status_code, refused.json()["code"]) == (403, "outside_your_units")


async def test_a_file_is_tried_and_then_taken_in(incentive: Clients) -> None:
    client = incentive(Role.COMPENSATION)
    rows = (
        "E001,18000.00,6,4,,CNY,CC-1,2026-01-01",
        "E001,27000.00,6,4,,CNY,CC-1,2026-02-10",
        "E002,9000,5,5,8000,,C,2026/1/1",
    )
    tried = await imported(incentive, *rows, dry_run=True)
    assert tried.json() == {
        "dry_run": True,
        "rows": 3,
        "changed": 3,
        "unchanged": 0,
        "unknown_numbers": [],
        "change_id": None,
        "error_count": 0,
        "errors": [],
    }
    assert await in_force(client) == []
    assert (await imported(incentive, *rows)).json()["changed"] == 3
    assert await in_force(client) == [
        ("E001", "18000.00", "2026-01-01", "2026-02-09"),
        ("E001", "27000.00", "2026-02-10", None),
        ("E002", "9000.00", "2026-01-01", None),
    ]
    again = await imported(incentive, *rows)
    assert (again.json()["changed"], again.json()["unchanged"], again.json()["change_id"]) == (0, 3, None)


async def test_every_bad_cell_is_named_and_nothing_is_stored(incentive: Clients) -> None:
    client = incentive(Role.COMPENSATION)
    refused = await imported(
        incentive,
        "E001,18000.00,6,4,,CNY,CC-1,2026-01-01",
        "E002,lots,6,4,,CNY,CC-1,2026-01-01",
        "E003,18000.00,0,4,,CNY,CC-1,31.12.2026",
        "E004,18000.00,0,4,,cny,,2026-01-01",
        "E001,19000.00,6,4,,CNY,CC-1,2026-01-01",
    )
    assert refused.status_code == 422
    assert sorted(fault["pointer"] for fault in refused.json()["errors"]) == [
        "/薪酬/3/固定月薪",
        "/薪酬/4/生效日期",
        "/薪酬/5/成本中心",
        "/薪酬/6/生效日期",
    ]
    assert all(fault["expected"] for fault in refused.json()["errors"])
    assert await in_force(client) == []


async def test_terms_that_contradict_themselves_are_named_by_cell_too(incentive: Clients) -> None:
    refused = await imported(incentive, "E004,18000.00,0,4,,cny,CC,2026-01-01")
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/薪酬/2/固定占比", "/薪酬/2/币种"]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{}", "application/json", 415),
        (b"\xff\xfe\x00", "text/csv", 400),
        ("工号\nE001".encode(), "text/csv", 422),
        (b"", "text/csv", 422),
    ],
)
async def test_a_file_that_is_no_pay_file_is_refused(
    incentive: Clients, content: bytes, kind: str, status: int
) -> None:
    client = incentive(Role.COMPENSATION)
    refused = await client.post(f"{CHANGES}/imports", content=content, headers={"content-type": kind})
    assert refused.status_code == status
