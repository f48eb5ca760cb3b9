"""The open responsibilities of a leaver, for the people who prepare the exit (ORG-07)."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kit.database.codec import plain
from services.kit.identity import Role
from services.org.templates.store.templates import starter_templates
from tests.api.org.counting import statements
from tests.api.org.test_delegations import DELEGATIONS, delegation, himself, prepared
from tests.api.org.test_role_documents import GROUNDS
from tests.builders.accounts import ACCEPT, PASSWORD, release_roles
from tests.builders.documents import AMENDMENTS, DOCUMENTS, REVIEWS, act, version_of
from tests.builders.org import Organisation, ok, said_twice
from tests.builders.org import act as transition
from tests.clients import Clients
from tests.identities import SetClock, person

pytestmark = pytest.mark.req("ORG-07")


@pytest.fixture
async def company(org: Clients) -> Organisation:
    return await prepared(org)


async def handover(company: Organisation, number: str, **asked: str) -> Any:
    path = f"/v1/org/employees/{company.ids[number]}/handover"
    return await ok(await company.hr.get(path, params=asked))


async def account(org: Clients, number: str, role: str, unit: str | None) -> str:
    roles = [{"role": role, "unit_code": unit}]
    body = {
        "login": number.lower(),
        "employee_number": number,
        "role_assignments": roles,
    }
    made = await ok(await org(Role.ADMINISTRATOR).post("/v1/org/accounts", json=body))
    accepted = {"token": made["invitation"]["token"], "password": PASSWORD}
    await ok(await org(Role.ADMINISTRATOR).post(ACCEPT, json=accepted))
    await release_roles(org(Role.ADMINISTRATOR), made["id"])
    return str(made["id"])


async def document(company: Organisation, position: str) -> str:
    entry = next(entry for entry in starter_templates().entries if entry.position is not None)
    body = {"position_id": company.ids[position], "content": plain(entry.document)}
    made: str = (await ok(await company.hr.post(DOCUMENTS, json=body)))["document_id"]
    return made


@pytest.mark.req("ORG-09")
async def test_delegations_in_force_or_to_come_are_listed_on_both_sides(
    org: Clients, company: Organisation, clock: SetClock
) -> None:
    giver = org(himself(company, "E3"))
    now = (await ok(await giver.post(DELEGATIONS, json=delegation(company))))["id"]
    ahead = delegation(company, to="E5", valid_from="2026-03-01", valid_to="2026-03-31", limit="100")
    later = (await ok(await giver.post(DELEGATIONS, json=ahead)))["id"]
    revoked = (await ok(await giver.post(DELEGATIONS, json=delegation(company, to="E6"))))["id"]
    await ok(await transition(giver, f"{DELEGATIONS}/{revoked}/revoke", json={"reason": "收回"}))
    found = await handover(company, "E3")
    given = found["delegations_given"]
    assert given["count"] == 2
    assert [(each["id"], each["delegate"]["number"], each["limit"]) for each in given["items"]] == [
        (now, "E4", "20000.00"),
        (later, "E5", "100.00"),
    ]
    assert found["delegations_received"] == {"count": 0, "items": []}
    assert given["items"][0]["unit"]["code"] == "S"
    received = (await handover(company, "E4"))["delegations_received"]
    assert [(each["id"], each["delegator"]["number"]) for each in received["items"]] == [(now, "E3")]
    clock.set(2026, 1, 20, 1)
    assert [each["id"] for each in (await handover(company, "E3"))["delegations_given"]["items"]] == [later]
    assert (await handover(company, "E4"))["delegations_received"]["count"] == 0


@pytest.mark.req("ORG-04", "ORG-05")
async def test_decisions_that_wait_for_the_roles_of_his_account_are_listed(org: Clients, company: Organisation) -> None:
    await account(org, "E1", "executive", "M")
    await account(org, "E2", "hr", "S")
    in_s, in_b = await document(company, "S2"), await document(company, "B2")
    for made in (in_s, in_b):
        await ok(await act(company.hr, company.hr, version_of(made), "submit"))
    asked = await ok(await company.hr.post(AMENDMENTS, json={"document_id": in_b, **GROUNDS}))
    hr_of_s = (await handover(company, "E2"))["approvals"]
    assert [(each["kind"], each["document_id"], each["state"]) for each in hr_of_s["items"]] == [
        ("role_document", in_s, "hr_review")
    ]
    executive = (await handover(company, "E1"))["approvals"]
    assert [(each["kind"], each["amendment_id"], each["unit_code"]) for each in executive["items"]] == [
        ("amendment", asked["id"], "B")
    ]
    await ok(await act(company.hr, org(Role.HR), version_of(in_s), "endorse"))
    executive = (await handover(company, "E1"))["approvals"]
    assert [(each["kind"], each["state"]) for each in executive["items"]] == [
        ("amendment", "requested"),
        ("role_document", "reviewed"),
    ]
    assert (await handover(company, "E2"))["approvals"]["count"] == 0


async def test_an_account_that_is_shut_decides_nothing(org: Clients, company: Organisation) -> None:
    made = await account(org, "E2", "hr", None)
    await ok(await act(company.hr, company.hr, version_of(await document(company, "S2")), "submit"))
    assert (await handover(company, "E2"))["approvals"]["count"] == 1
    await ok(await transition(org(Role.ADMINISTRATOR), f"/v1/org/accounts/{made}/disable", json={}))
    assert (await handover(company, "E2"))["approvals"]["count"] == 0


@pytest.mark.req("ORG-05")
async def test_open_reviews_of_the_units_he_heads_are_listed_the_most_urgent_first(company: Organisation) -> None:
    for day, units in (("2026-01-05", ["S", "B"]), ("2025-11-01", ["S"])):
        ids = [company.ids[unit] for unit in units]
        body = {"trigger": "strategy_change", "recorded_on": day, "unit_ids": ids}
        made = await ok(await company.hr.post(REVIEWS, json=body))
    found = (await handover(company, "E3"))["document_reviews"]
    assert [(each["unit_code"], each["due_on"], each["days_overdue"]) for each in found["items"]] == [
        ("S", "2025-12-01", 35),
        ("S", "2026-02-04", 0),
    ]
    await ok(await act(company.hr, company.hr, f"{REVIEWS}/{made['items'][0]['id']}", "close", outcome="无需修订"))
    assert (await handover(company, "E3"))["document_reviews"]["count"] == 1
    assert (await handover(company, "E4"))["document_reviews"]["count"] == 0


async def test_a_hundred_are_shown_all_are_counted_and_the_statements_stay_the_same(
    org: Clients, company: Organisation, org_connection: AsyncConnection
) -> None:
    counts = []
    for _ in range(2):
        with statements(org_connection) as seen:
            found = await handover(company, "E3")
        counts.append(len(seen))
        if len(counts) == 1:
            giver = org(himself(company, "E3"))
            for _ in range(101):
                await ok(await giver.post(DELEGATIONS, json=delegation(company)))
    assert counts[0] == counts[1]
    assert (found["delegations_given"]["count"], len(found["delegations_given"]["items"])) == (101, 100)


@pytest.mark.req("PLT-03")
async def test_only_who_oversees_the_persons_unit_is_told(org: Clients, company: Organisation) -> None:
    path = f"/v1/org/employees/{company.ids['E3']}/handover"
    for role in (Role.HR, Role.EXECUTIVE, Role.AUDITOR):
        assert (await org(person(role, over=UUID(company.ids["S"]))).get(path)).status_code == 200
        elsewhere = await org(person(role, over=UUID(company.ids["B"]))).get(path)
        assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "out_of_scope")


@pytest.mark.req("ORG-01", "ORG-05")
async def test_what_was_headed_until_yesterday_or_given_to_nobody_yet_is_not_left_behind(
    org: Clients, company: Organisation
) -> None:
    body = {"trigger": "strategy_change", "recorded_on": "2026-01-05", "unit_ids": [company.ids["S"]]}
    await ok(await company.hr.post(REVIEWS, json=body))
    await ok(await company.change_unit("S", valid_from="2026-01-05", head_position_id=company.ids["S2"]))
    found = {number: await handover(company, number) for number in ("E3", "E4")}
    assert [len(each["headed_units"]) for each in found.values()] == [0, 1]
    assert [each["document_reviews"]["count"] for each in found.values()] == [0, 1]
    assert [[held["position_code"] for held in each["assignments"]] for each in found.values()] == [["S1"], ["S2"]]
    assert said_twice(found["E4"]) == {"name_en", "position_title_en"}
    unreleased = {"login": "e2", "employee_number": "E2", "role_assignments": [{"role": "hr", "unit_code": None}]}
    await ok(await org(Role.ADMINISTRATOR).post("/v1/org/accounts", json=unreleased))
    await ok(await act(company.hr, company.hr, version_of(await document(company, "S2")), "submit"))
    assert (await handover(company, "E2"))["approvals"]["count"] == 0
