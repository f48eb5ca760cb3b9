"""The organisation of a period as one stream (design §6; ORG-01, ORG-07, ORG-08)."""

import gzip
import hashlib
import json
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kit.identity import Role
from tests.api.org.counting import statements
from tests.builders.org import Organisation, act, ok, small_company
from tests.clients import Clients
from tests.identities import client_system

pytestmark = pytest.mark.req("ORG-01", "ORG-07", "ORG-08")
QUARTER = {"valid_from": "2026-01-01", "valid_to": "2026-03-31"}


@pytest.fixture
async def company(org: Clients) -> Organisation:
    return await small_company(org)


async def lines(org: Clients, **asked: str) -> list[dict[str, Any]]:
    answer = await org(client_system("snapshot")).get("/v1/org/snapshot", params=asked or QUARTER)
    assert answer.status_code == 200
    return [json.loads(line) for line in answer.text.splitlines()]


def of_kind(found: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [line for line in found if line["kind"] == kind]


async def test_the_stream_proves_that_it_is_complete(org: Clients, company: Organisation) -> None:
    answer = await org(client_system("snapshot")).get("/v1/org/snapshot", params=QUARTER)
    *rest, last = answer.content.splitlines(keepends=True)
    end = json.loads(last)
    assert end == {"kind": "end", "lines": len(rest), "hash": hashlib.sha256(b"".join(rest)).hexdigest()}
    first = json.loads(rest[0])
    assert (first["kind"], first["valid_from"], first["valid_to"]) == ("snapshot", "2026-01-01", "2026-03-31")


async def test_who_asks_only_where_things_lie_gets_neither_people_nor_heads(
    org: Clients, company: Organisation
) -> None:
    whole, places = await lines(org), await lines(org, **QUARTER, people="false")
    assert {line["kind"] for line in places} == {"snapshot", "unit", "position", "end"}
    assert of_kind(places, "position") == of_kind(whole, "position")
    heads = {"head_employee_id": None}
    assert of_kind(places, "unit") == [{**line, **heads} for line in of_kind(whole, "unit")]


async def test_it_comes_compressed_to_who_asks_for_it(org: Clients, company: Organisation) -> None:
    client = org(client_system("snapshot"))
    request = client.build_request("GET", "/v1/org/snapshot", params=QUARTER, headers={"Accept-Encoding": "gzip"})
    answer = await client.send(request, stream=True)
    raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(raw).splitlines()[-1])["kind"] == "end"


async def test_it_tells_units_with_path_and_head_and_people_with_their_managers(
    org: Clients, company: Organisation
) -> None:
    ids = company.ids
    found = await lines(org)
    units = {unit["code"]: unit for unit in of_kind(found, "unit")}
    assert units["S"]["path"] == [ids["G"], ids["C"], ids["M"], ids["S"]]
    assert (units["S"]["head_employee_id"], units["B"]["head_employee_id"]) == (ids["E3"], None)
    assignments = {assignment["employee_id"]: assignment for assignment in of_kind(found, "assignment")}
    assert assignments[ids["E4"]]["manager_chain"] == [ids["E3"], ids["E2"], ids["E1"]]
    assert assignments[ids["E6"]]["manager_id"] == ids["E2"]
    assert assignments[ids["E1"]]["manager_id"] is None
    assert assignments[ids["E4"]]["unit_path"] == units["S"]["path"]
    positions = {position["code"]: position for position in of_kind(found, "position")}
    assert positions["S2"] == {
        "kind": "position",
        "id": ids["S2"],
        "code": "S2",
        "title": "岗位S2",
        "title_en": "Position S2",
        "unit_id": ids["S"],
        "track": "professional",
        "grade": "P5",
    }


async def test_a_transfer_shows_both_assignments_each_with_the_manager_of_its_own_last_day(
    org: Clients, company: Organisation
) -> None:
    ids = company.ids
    move = {"position_id": ids["B1"], "valid_from": "2026-02-10"}
    await ok(await act(company.hr, f"/v1/org/employees/{ids['E4']}/transfer", json=move))
    assignments = [
        assignment for assignment in of_kind(await lines(org), "assignment") if assignment["employee_id"] == ids["E4"]
    ]
    assert [
        (assignment["valid_from"], assignment["valid_to"], assignment["manager_id"]) for assignment in assignments
    ] == [
        ("2020-01-01", "2026-02-09", ids["E3"]),
        ("2026-02-10", None, ids["E2"]),
    ]
    other = [
        assignment for assignment in of_kind(await lines(org), "assignment") if assignment["employee_id"] == ids["E6"]
    ]
    assert other[0]["manager_chain"] == [ids["E4"], ids["E2"], ids["E1"]]  # the vacancy above is filled


async def test_leavers_of_the_period_are_in_it_with_their_last_day_and_earlier_ones_are_not(
    org: Clients, company: Organisation
) -> None:
    await company.terminate("E4", "2026-02-28")
    await company.terminate("E5", "2025-12-31")
    people = {person["number"]: person["left_on"] for person in of_kind(await lines(org), "employee")}
    assert people["E4"] == "2026-02-28"
    assert "E5" not in people


async def test_it_takes_the_same_number_of_statements_whatever_the_size(
    org: Clients, company: Organisation, org_connection: AsyncConnection
) -> None:
    counts = []
    for extra in range(2):
        if extra:
            await company.unit("T", "S", head="T1")
            for number in range(5):
                await company.person(f"T{number}", None)
        with statements(org_connection) as seen:
            await lines(org)
        counts.append(len(seen))
    assert counts[0] == counts[1]


async def test_a_reversed_or_overlong_period_is_refused(org: Clients, company: Organisation) -> None:
    client = org(client_system("snapshot"))
    for asked in (
        {"valid_from": "2026-03-31", "valid_to": "2026-01-01"},
        {"valid_from": "2020-01-01", "valid_to": "2026-01-01"},
        {"valid_from": "x"},
    ):
        answer = await client.get("/v1/org/snapshot", params=asked)
        assert answer.status_code == 422


@pytest.mark.req("PLT-03")
async def test_only_a_client_system_with_the_scope_gets_it(org: Clients) -> None:
    for caller in (org(Role.HR), org(Role.ADMINISTRATOR), org(client_system("results"))):
        assert (await caller.get("/v1/org/snapshot", params=QUARTER)).status_code == 403
    assert (await org.stranger().get("/v1/org/snapshot", params=QUARTER)).status_code == 401


async def test_absences_are_told_to_whoever_asks_for_them_alone(org: Clients, company: Organisation) -> None:
    away = {"employee_id": company.ids["E4"], "kind": "unpaid", "valid_from": "2026-03-10", "valid_to": "2026-04-09"}
    made = await ok(await company.hr.post("/v1/org/absences", json=away))
    later = {"employee_id": company.ids["E5"], "kind": "sick", "valid_from": "2026-04-01", "valid_to": None}
    await ok(await company.hr.post("/v1/org/absences", json=later))
    assert of_kind(await lines(org), "absence") == []
    assert of_kind(await lines(org, **QUARTER, absences="true"), "absence") == [
        {
            "kind": "absence",
            "id": made["id"],
            "employee_id": company.ids["E4"],
            "absence_kind": "unpaid",
            "valid_from": "2026-03-10",
            "valid_to": "2026-04-09",
        }
    ]
