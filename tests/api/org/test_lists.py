"""Every list of org: one number of SQL statements whatever the page, and pages that together are the whole (PLT-01)."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kit.database.sessions import new_id
from services.kit.identity import Role
from services.org.identity.store.tables import AccountRow, RefreshTokenRow, SignInRow
from tests.api.filtering import Filters
from tests.api.org.counting import statements
from tests.builders.org import Organisation, act, ok, said_twice, small_company
from tests.clients import Clients
from tests.databases import RolledBack
from tests.identities import person

DESCRIPTION = Path(__file__).parents[3] / "services" / "org" / "openapi.json"
ELSEWHERE = {"/v1/org/dead_letters", "/v1/org/my/tasks"}  # the kit's own, and its tests'
DAY = "2026-01-05"


def lists() -> list[str]:
    """The paths of all operations that take a limit."""
    paths = json.loads(DESCRIPTION.read_text(encoding="utf-8"))["paths"]
    paged = [path for path, each in paths.items() if "limit" in names(each.get("get", {}))]
    return [path for path in paged if path not in ELSEWHERE]


def names(operation: dict[str, Any]) -> set[str]:
    return {parameter["name"] for parameter in operation.get("parameters", [])}


@pytest.fixture
async def client(org: Clients, org_sessions: RolledBack) -> httpx2.AsyncClient:
    """Somebody who may read everything and has signed in three times."""
    reader = person(Role.HR, Role.EXECUTIVE, Role.AUDITOR, Role.ADMINISTRATOR)
    async with org_sessions.write() as session:
        session.add(AccountRow(id=reader.account_id, login="reader", name=reader.name, revision=1))
        await session.flush()
        now = datetime.now(UTC)  # sign-ins end by the time of the machine
        span = {"started_at": now, "ends_at": now + timedelta(days=7)}
        begun = [SignInRow(id=new_id(), account_id=reader.account_id, address="", user_agent="", **span) for _ in "123"]
        session.add_all(begun)
        await session.flush()
        for each in begun:
            session.add(RefreshTokenRow(id=new_id(), sign_in_id=each.id, token_hash=each.id.bytes, issued_at=now))
    return org(reader)


@pytest.fixture
async def company(org: Clients, client: httpx2.AsyncClient) -> Organisation:
    """The small company with at least three of everything that is listed."""
    made = await small_company(org, client)
    ids = made.ids
    asked = {"code": "department_of_seven", "valid_from": DAY}
    documents = (await ok(await client.post(f"/v1/org/units/{ids['S']}/apply_template", json=asked)))["document_ids"]
    grounds = {"reason": "业务调整", "benchmark": "同业", "business_need": "新渠道"}
    span = {"valid_from": DAY, "valid_to": "2026-06-30"}
    for n, (low, high) in enumerate((("E4", "E3"), ("E5", "E3"), ("E6", "E2"))):
        limit = {"authority_type": "single_payment", "limit": "1000", "valid_from": DAY, "reason": "权限表"}
        steps = [{"code": "one", "track": "professional", "standing": 1, "name": {"zh": "专员", "en": "Specialist"}}]
        give = {"unit_id": ids["M"], "authority_type": "single_payment", "limit": "10", "reason": "出差"}
        posts: dict[str, dict[str, Any]] = {
            "absences": {
                "employee_id": ids["E2"],
                "kind": "sick",
                "valid_from": f"2026-0{n + 2}-01",
                "valid_to": f"2026-0{n + 2}-07",
            },
            "accounts": {
                "login": f"login{n}",
                "name": "某某",
                "role_assignments": [{"role": "auditor"}],
            },
            "amendments": {"document_id": documents[n], **grounds},
            "authority_policy_changes": {
                "valid_from": f"2026-0{n + 2}-01",
                "threshold": "1000",
                "authority_types": ["single_payment"],
            },
            "career_ladders": {
                "code": f"L{n}",
                "name": {"zh": "阶梯", "en": "Ladder"},
                "steps": steps,
                "valid_from": DAY,
                "reason": "新设",
            },
            "dotted_lines": {"employee_id": ids[low], "superior_id": ids["E1"], "valid_from": DAY},
            "document_reviews": {"trigger": "strategy_change", "recorded_on": DAY, "unit_ids": [ids["S"]]},
            "service_clients": {"client_id": f"crm{n}", "scopes": ["directory"]},
        }
        await made.limit({"position_id": ids[("S1", "M1", "GM")[n]], **limit})
        for noun, body in posts.items():
            await ok(await client.post(f"/v1/org/{noun}", json=body))
        if high == "E3":
            people = {"delegator_id": ids[high], "delegate_id": ids[low], **give, "unit_id": ids["S"]}
            await ok(await client.post("/v1/org/delegations", json={**people, **span}))
            await made.person(f"N{n}", hired_on="2026-01-01", probation_until="2026-03-31")
            await ok(await client.post("/v1/org/probation_reviews", json={"employee_id": ids[f"N{n}"]}))
    return made


@pytest.mark.req("PLT-01", "ORG-01", "ORG-02", "ORG-03", "ORG-07", "ORG-08", "ORG-09", "ORG-10", "ORG-12", "ORG-13")
async def test_a_list_takes_as_many_statements_for_one_row_as_for_all_and_its_pages_are_the_whole(
    company: Organisation, client: httpx2.AsyncClient, org_connection: AsyncConnection
) -> None:
    assert len(lists()) >= 19
    counts: dict[str, list[int]] = {}
    for path in lists():
        employee = company.ids["E4" if "peers" in path else "E2"]
        address = path.format(employee_id=employee, unit_id=company.ids["G"])
        params = {"employee_id": employee} if "absences" in path else {"direct": "false"} if "reports" in path else {}
        for limit in ("1", "500"):
            with statements(org_connection) as seen:
                page = await ok(await client.get(address, params={"limit": limit, **params}))
            counts.setdefault(path, []).append(len(seen))
        whole = page["items"]
        assert len(whole) >= (1 if "peers" in path else 2), path
        assert await one_by_one(client, address, params) == whole, path
    assert {path: one for path, (one, _) in counts.items()} == {path: many for path, (_, many) in counts.items()}
    filters = Filters("org", {"employee_id": company.ids["E4"], "unit_id": company.ids["G"]})
    assert await filters.loose(client) == []
    assert len(filters.tried) >= 30, filters.tried


async def one_by_one(client: httpx2.AsyncClient, address: str, params: dict[str, str]) -> list[Any]:
    """The list in pages of one."""
    page = await ok(await client.get(address, params={"limit": "1", **params}))
    found: list[Any] = page["items"]
    while page["next"] is not None:
        page = await ok(await client.get(address, params={"limit": "1", "cursor": page["next"], **params}))
        found += page["items"]
    return found


@pytest.mark.req("ORG-01", "ORG-02", "ORG-03", "ORG-07", "ORG-09")
async def test_what_units_and_positions_were_called_until_yesterday_doubles_and_names_nothing_in_a_list(
    company: Organisation, client: httpx2.AsyncClient
) -> None:
    async def listed() -> dict[str, list[Any]]:
        found = {}
        for path in lists():
            address = path.format(employee_id=company.ids["E4" if "peers" in path else "E2"], unit_id=company.ids["G"])
            params = {"employee_id": company.ids["E2"]} if "absences" in path else {}
            found[path] = (await ok(await client.get(address, params={"limit": "500", **params})))["items"]
        return {path: items for path, items in found.items() if not path.endswith(("tasks", "audit_entries"))}

    for code in ("G", "C", "M", "S", "B"):
        await ok(await company.change_unit(code, valid_from=DAY, name=f"今单元{code}"))
    moved = {"parent_id": company.ids["C"], "valid_from": DAY}
    await ok(await act(client, f"/v1/org/units/{company.ids['S']}/move", moved))
    for position in (await listed())["/v1/org/positions"]:
        address = f"/v1/org/positions/{position['id']}"
        changed = {"valid_from": DAY, "title": f"今{position['title']}"}
        await ok(await client.patch(address, json=changed, headers={"If-Match": str(position["revision"])}))
    after = await listed()
    ids = {path: [each["id"] for each in items if "id" in each] for path, items in after.items()}
    assert {path for path, found in ids.items() if len(set(found)) < len(found)} == set()
    assert {path for path, items in after.items() if '"单元' in json.dumps(items, ensure_ascii=False)} == set()


@pytest.mark.req("PLT-01", "ORG-01", "ORG-02")
async def test_lists_name_units_and_positions_in_both_languages(
    company: Organisation, client: httpx2.AsyncClient
) -> None:
    await ok(await company.change_unit("S", valid_from=DAY, name="单元T", name_en="Unit T"))
    await company.position("S9", "S", reports_to="S1")
    found = {}
    for path in lists():
        address = path.format(employee_id=company.ids["E4" if "peers" in path else "E2"], unit_id=company.ids["G"])
        params = {"employee_id": company.ids["E2"]} if "absences" in path else {}
        found[path] = said_twice((await ok(await client.get(address, params={"limit": "500", **params})))["items"])
    held, unit = {"title_en", "name_en"}, {"name_en", "parent_name_en", "head_position_title_en"}
    del found["/v1/org/audit_entries"]  # what was entered
    assert {path.removeprefix("/v1/org/"): fields for path, fields in found.items() if fields} == {
        "assignments": {"title_en"},
        "authority_limits": {"name_en"},
        "delegations": {"name_en"},
        "document_reviews": {"unit_name_en"},
        "employees": held,
        "employees/{employee_id}/peers": held,
        "employees/{employee_id}/reports": held,
        "headcount": {"name_en"},
        "org_charts/flat": {"name_en", "title_en"},
        "positions": {"title_en", "unit_name_en", "reports_to_title_en"},
        "role_documents": {"unit_name_en"},
        "units": unit,
        "units/{unit_id}/subtree": unit,
    }
