"""Guards on who may read and do what in org: each of them fails here if it is taken away (PLT-03)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from services.kit.identity import Role, RoleAssignment
from tests.api.org.test_delegations import DELEGATIONS, delegation, himself, prepared
from tests.api.org.test_role_documents import GROUNDS, drafted
from tests.builders.documents import AMENDMENTS, DOCUMENTS, REVIEWS
from tests.builders.org import Organisation, act, ok, small_company
from tests.clients import Clients
from tests.identities import person

pytestmark = pytest.mark.req("PLT-03")


@pytest.mark.req("ORG-05")
async def test_an_amendment_request_is_read_by_those_who_have_a_part_in_it(org: Clients, content: Any) -> None:
    company = await small_company(org)
    document = await drafted(company, content)
    asked = await ok(await company.hr.post(AMENDMENTS, json={"document_id": document, **GROUNDS}))
    path = f"{AMENDMENTS}/{asked['id']}"
    for caller in (person(Role.HR), person(Role.HR, over=UUID(company.ids["S"])), person(Role.EXECUTIVE)):
        assert (await org(caller).get(path)).status_code == 200
    for caller in (person(Role.EMPLOYEE), person(Role.FINANCE), person(Role.HR, over=UUID(company.ids["B"]))):
        refused = await org(caller).get(path)
        assert refused.status_code in {403, 404}, refused.text


@pytest.mark.req("ORG-05")
async def test_roles_over_a_unit_list_the_requests_and_reviews_of_that_unit_alone(org: Clients, content: Any) -> None:
    company = await small_company(org)
    there = {unit: UUID(company.ids[unit]) for unit in ("S", "B")}
    asker, requests, reviews = person(Role.HR, over=there["B"]), {}, {}
    for position, unit in (("S2", "S"), ("B2", "B")):
        document = await drafted(company, content, position=position)
        hr = org(asker) if unit == "B" else company.hr
        requests[unit] = (await ok(await hr.post(AMENDMENTS, json={"document_id": document, **GROUNDS})))["id"]
        opened = {"trigger": "strategy_change", "recorded_on": "2026-01-05", "unit_ids": [company.ids[unit]]}
        reviews[unit] = (await ok(await company.hr.post(REVIEWS, json=opened)))["items"][0]["id"]

    for role in (Role.HR, Role.EXECUTIVE, Role.AUDITOR):
        for route, made in ((AMENDMENTS, requests), (REVIEWS, reviews)):
            assert {row["id"] for row in (await ok(await org(role).get(route)))["items"]} == set(made.values())
        for mine, other in (("S", "B"), ("B", "S")):
            client = org(person(role, over=there[mine]))
            for route, made in ((AMENDMENTS, requests), (REVIEWS, reviews)):
                assert [row["id"] for row in (await ok(await client.get(route)))["items"]] == [made[mine]]
                beside = await ok(await client.get(route, params={"unit_id": company.ids[other]}))
                assert beside["items"] == []
                assert (await ok(await client.get(f"{route}/{made[mine]}")))["id"] == made[mine]
                assert (await client.get(f"{route}/{made[other]}")).status_code == 404

    moved = org(replace(asker, role_assignments=(RoleAssignment(Role.HR, there["S"]),)))
    assert {row["id"] for row in (await ok(await moved.get(AMENDMENTS)))["items"]} == set(requests.values())
    assert (await ok(await moved.get(f"{AMENDMENTS}/{requests['B']}")))["state"] == "requested"


@pytest.mark.req("ORG-04")
async def test_a_head_writes_documents_of_the_own_unit_alone(org: Clients, content: Any) -> None:
    company = await small_company(org)
    head = org(himself(company, "E3"))
    for position, status in (("B2", 403), ("M1", 403), ("S2", 201)):
        made = await head.post(DOCUMENTS, json={"position_id": company.ids[position], "content": content})
        assert made.status_code == status, made.text


@pytest.mark.req("ORG-09")
async def test_the_list_of_delegations_holds_ones_own_and_those_of_the_person_asked_for(org: Clients) -> None:
    company = await prepared(org)
    made = (await ok(await org(himself(company, "E3")).post(DELEGATIONS, json=delegation(company))))["id"]

    async def listed(caller: Any, **filters: str) -> list[str]:
        page = await ok(await org(caller).get(DELEGATIONS, params=filters))
        return [row["id"] for row in page["items"]]

    assert await listed(himself(company, "E3")) == [made]
    assert await listed(himself(company, "E4")) == [made]
    assert await listed(himself(company, "E6")) == []
    assert await listed(person(Role.HR), employee_id=company.ids["E4"]) == [made]
    assert await listed(person(Role.HR), employee_id=company.ids["E6"]) == []


@pytest.mark.req("ORG-13")
async def test_only_hr_over_the_last_unit_takes_somebody_on_again(org: Clients) -> None:
    company: Organisation = await small_company(org)
    await company.terminate("E6", "2026-01-31")
    path = f"/v1/org/employees/{company.ids['E6']}"
    elsewhere = org(person(Role.HR, over=UUID(company.ids["S"])))
    refused = await act(elsewhere, f"{path}/rehire", json={"hired_on": "2026-06-01"})
    assert (refused.status_code, refused.json()["code"]) == (403, "out_of_scope")
    there = org(person(Role.HR, over=UUID(company.ids["B"])))
    await ok(await act(there, f"{path}/rehire", json={"hired_on": "2026-06-01"}))
