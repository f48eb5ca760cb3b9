"""Commands on what somebody has read are refused when it has changed since, and then change nothing (PLT-02)."""

from typing import Any

import httpx2
import pytest

from tests.api.org.test_role_documents import drafted, registered
from tests.builders.documents import DOCUMENTS
from tests.builders.org import Organisation, act, ok, small_company
from tests.builders.org_documents import DocumentStaff
from tests.clients import Clients

EMPLOYEES, UNITS = "/v1/org/employees", "/v1/org/units"
PART = {"code": "K", "name": "大客户部", "name_en": "Key accounts", "kind": "department"}


async def demand_unchanged(client: httpx2.AsyncClient, path: str, body: Any, seen: str, *reads: str) -> None:
    """Without a tag 428, with the one ``seen`` before the change 412; what the ``reads`` answer stays."""
    before = [(await client.get(read)).json() for read in reads]
    unnamed = await client.post(path, json=body)
    assert (unnamed.status_code, unnamed.json()["code"]) == (428, "precondition_required")
    stale = await client.post(path, json=body, headers={"If-Match": seen})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert [(await client.get(read)).json() for read in reads] == before


@pytest.mark.req("ORG-07", "PLT-02")
async def test_nobody_is_rehired_or_transferred_in_view_of_an_older_career(org: Clients) -> None:
    company = await small_company(org)
    path = f"{EMPLOYEES}/{company.ids['E4']}"
    seen = (await company.hr.get(path)).headers["ETag"]
    await ok(await act(company.hr, f"{path}/transfer", {"position_id": company.ids["B1"], "valid_from": "2026-02-10"}))
    reads = (f"{path}?as_of=2026-02-01", f"/v1/org/assignments?employee_id={company.ids['E4']}")
    again = {"position_id": company.ids["S2"], "valid_from": "2026-03-10"}
    await demand_unchanged(company.hr, f"{path}/transfer", again, seen, *reads)
    await company.terminate("E4", "2026-03-31")
    seen = (await company.hr.get(path)).headers["ETag"]
    await ok(await company.hr.patch(path, json={"name": "改名"}, headers={"If-Match": seen}))
    await demand_unchanged(company.hr, f"{path}/rehire", {"hired_on": "2026-06-01"}, seen, *reads)


@pytest.mark.req("ORG-01", "PLT-02")
async def test_a_unit_is_merged_and_split_only_as_it_was_seen(org: Clients) -> None:
    company = await small_company(org)
    path = f"{UNITS}/{company.ids['S']}"
    seen = (await company.hr.get(path)).headers["ETag"]
    split = {"parts": [{**PART, "position_ids": [company.ids["S2"]]}], "valid_from": "2026-04-01"}
    await ok(await act(company.hr, f"{path}/split", split))
    reads = (f"{path}?as_of=2026-05-01", f"{path}/versions", f"{path}/successions", "/v1/org/document_reviews")
    other = {"parts": [{**PART, "code": "K2", "position_ids": [company.ids["S1"]]}], "valid_from": "2026-05-01"}
    await demand_unchanged(company.hr, f"{path}/split", other, seen, *reads)
    merge = {"into_id": company.ids["B"], "valid_from": "2026-05-01"}
    await demand_unchanged(company.hr, f"{path}/merge", merge, seen, *reads)


@pytest.mark.req("ORG-06", "PLT-02")
async def test_a_variant_is_registered_only_as_it_was_seen(
    company: Organisation, staff: DocumentStaff, content: Any
) -> None:
    parent = await drafted(company, content)
    await ok(await company.change_unit("B", valid_from="2026-01-01", special=True))
    variant = await drafted(company, content, "B2", parent_id=parent)
    path = f"{DOCUMENTS}/{variant}/register"
    assert (await staff.reviewer.post(path)).status_code == 428
    await ok(await registered(staff.reviewer, variant))
    plain = await registered(staff.reviewer, parent)
    assert (plain.status_code, plain.json()["code"]) == (409, "not_a_variant")
    before = await ok(await company.hr.get(DOCUMENTS))
    stale = await registered(staff.reviewer, variant, seen=1)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert await ok(await company.hr.get(DOCUMENTS)) == before
