"""One person acting for another (ORG-09)."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kit.database.sessions import Database
from services.kit.identity import Role
from tests.beginnings import begin
from tests.builders.org import Organisation, act, ok, small_company
from tests.clients import Clients, app_context_of, app_of
from tests.databases import TestDatabase
from tests.identities import Issuer, SetClock, client_system, person

pytestmark = pytest.mark.req("ORG-09")
DELEGATIONS = "/v1/org/delegations"
LIMITS = "/v1/org/authority_limits"
CHECKS = "/v1/org/approval_checks"
DAY = "2026-01-05"


async def prepared(org: Clients) -> Organisation:
    """The small company; the head of S may pay 50,000 there, the head of M 100,000 in M, both from DAY on."""
    hr = org(Role.HR)

    async def with_limits() -> dict[str, str]:
        company = await small_company(org)
        for position, amount in (("S1", "50000"), ("M1", "100000")):
            body = {"position_id": company.ids[position], "authority_type": "single_payment", "limit": amount}
            await company.limit({**body, "valid_from": DAY, "reason": "权限表"})
        return company.ids

    return Organisation(hr, await begin(org.app, "with limits", with_limits), org(Role.EXECUTIVE))


@pytest.fixture
async def company(org: Clients) -> Organisation:
    return await prepared(org)


def himself(company: Organisation, number: str, *roles: Role, over: str | None = None) -> Any:
    reach = None if over is None else UUID(company.ids[over])
    return person(*roles, over=reach, employee_id=UUID(company.ids[number]), name=number)


def delegation(company: Organisation, giver: str = "E3", to: str = "E4", **more: Any) -> dict[str, Any]:
    ids = company.ids
    people = {
        "delegator_id": ids[giver],
        "delegate_id": ids[to],
        "unit_id": ids["S"],
        "authority_type": "single_payment",
    }
    days = {"valid_from": "2026-01-05", "valid_to": "2026-01-16"}
    return {**people, "limit": "20000", **days, "reason": "出差", **more}


async def may(company: Organisation, who: str, amount: str, day: str, **more: Any) -> Any:
    asked = {"employee_id": company.ids[who], "authority_type": "single_payment", "amount": amount, "as_of": day}
    body = {"checks": [{**asked, "unit_id": company.ids["S"], **more}]}
    [answer] = (await ok(await company.hr.post(CHECKS, json=body)))["results"]
    return answer


async def test_a_delegate_acts_within_the_limit_and_the_days_and_it_ends_by_itself(
    org: Clients, company: Organisation
) -> None:
    await ok(await org(himself(company, "E3")).post(DELEGATIONS, json=delegation(company)))
    days = ["2026-01-05", "2026-01-16", "2026-01-17"]
    assert [(await may(company, "E4", "20000", day))["allowed"] for day in days] == [True, True, False]
    assert (await may(company, "E4", "20000.01", "2026-01-05"))["allowed"] is False
    answer = await may(company, "E4", "20000", "2026-01-05")
    link = answer["chain"][0]
    assert (link["verdict"], link["acting_for"]["number"], link["limit"]) == ("delegated", "E3", "20000.00")


@pytest.mark.parametrize(
    ("changed", "code", "pointer"),
    [
        ({"limit": "50000.01"}, "delegation_too_wide", "/limit"),
        ({"limit": None}, "delegation_too_wide", "/limit"),
        ({"authority_type": "contract"}, "delegation_too_wide", "/authority_type"),
        ({"unit_id": "M"}, "delegation_too_wide", "/authority_type"),
        ({"delegate_id": "E3"}, "delegation_invalid", "/delegate_id"),
        ({"valid_from": "2026-01-04"}, "delegation_backdated", "/valid_from"),
        ({"valid_to": "2026-01-04"}, "period_reversed", "/valid_to"),
        ({"delegate_id": "G"}, "reference_not_in_force", "/delegate_id"),
        ({"limit": "-1"}, "invalid", "/limit"),
        ({"authority_type": "staffing", "limit": "1.5"}, "delegation_invalid", "/limit"),
        ({"valid_to": "9999-12-31"}, "invalid", "/valid_to"),
        ({"valid_from": "9999-12-31", "valid_to": "9999-12-31"}, "invalid", "/valid_from"),
    ],
)
async def test_a_delegation_is_never_wider_than_the_delegators_own(
    org: Clients, company: Organisation, changed: dict[str, Any], code: str, pointer: str
) -> None:
    meant = {name: company.ids.get(value, value) if value else value for name, value in changed.items()}
    answer = await org(himself(company, "E3")).post(DELEGATIONS, json=delegation(company, **meant))
    assert answer.status_code in {409, 422}, answer.text
    assert (answer.json()["code"], answer.json()["errors"][0]["pointer"]) == (code, pointer)
    assert (await ok(await company.hr.get(DELEGATIONS)))["items"] == []


async def test_nothing_is_delegated_in_a_unit_beyond_its_last_day(org: Clients, company: Organisation) -> None:
    await company.unit("T", "S", kind="team")
    closing = {"valid_to": "2026-01-10"}
    await ok(await act(company.hr, f"/v1/org/units/{company.ids['T']}/close", closing))
    giver = org(himself(company, "E3"))
    for last, status in (("2026-01-11", 422), ("2026-01-10", 201)):
        body = delegation(company, unit_id=company.ids["T"], valid_to=last)
        answer = await giver.post(DELEGATIONS, json=body)
        assert answer.status_code == status, answer.text
        assert status == 201 or answer.json()["errors"][0]["pointer"] == "/unit_id"


async def test_a_delegation_shrinks_with_the_delegators_own_limit(org: Clients, company: Organisation) -> None:
    await ok(await org(himself(company, "E3")).post(DELEGATIONS, json=delegation(company)))
    lower = {"position_id": company.ids["S1"], "authority_type": "single_payment", "limit": "10000", "reason": "收紧"}
    await company.limit({**lower, "valid_from": "2026-01-10"})
    assert (await may(company, "E4", "20000", "2026-01-09"))["allowed"] is True
    assert (await may(company, "E4", "20000", "2026-01-10"))["allowed"] is False
    assert (await may(company, "E4", "10000", "2026-01-10"))["allowed"] is True


async def test_what_was_delegated_is_not_delegated_on(org: Clients, company: Organisation) -> None:
    await ok(await org(himself(company, "E3")).post(DELEGATIONS, json=delegation(company)))
    onward = delegation(company, giver="E4", to="E5", limit="100")
    answer = await org(himself(company, "E4")).post(DELEGATIONS, json=onward)
    assert (answer.status_code, answer.json()["code"]) == (422, "delegation_too_wide")


async def test_a_delegate_who_left_acts_for_nobody(org: Clients, company: Organisation) -> None:
    await ok(await org(himself(company, "E3")).post(DELEGATIONS, json=delegation(company)))
    await company.terminate("E4", "2026-01-08")
    assert (await may(company, "E4", "1", "2026-01-08"))["allowed"] is True
    assert (await may(company, "E4", "1", "2026-01-09"))["allowed"] is False


async def test_delegate_and_delegator_together_are_one_approver(org: Clients, company: Organisation) -> None:
    raised = {"position_id": company.ids["S1"], "authority_type": "single_payment", "limit": "300000", "reason": "旺季"}
    await company.limit({**raised, "valid_from": DAY})
    await ok(await org(himself(company, "E3")).post(DELEGATIONS, json=delegation(company, limit="300000")))
    both = [company.ids["E3"], company.ids["E4"]]
    assert (await may(company, "E3", "250000", DAY, approved_by=both))["complete"] is False


async def test_revoked_means_at_once(org: Clients, company: Organisation) -> None:
    giver = org(himself(company, "E3"))
    made = (await ok(await giver.post(DELEGATIONS, json=delegation(company))))["id"]
    assert (await may(company, "E4", "1", DAY))["allowed"] is True
    stale = await giver.post(f"{DELEGATIONS}/{made}/revoke", json={"reason": "收回"}, headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    await ok(await act(giver, f"{DELEGATIONS}/{made}/revoke", json={"reason": "提前返回"}))
    assert (await may(company, "E4", "1", DAY))["allowed"] is False
    seen = await ok(await giver.get(f"{DELEGATIONS}/{made}"))
    assert (seen["in_force"], seen["revoked_on"], seen["revocation_reason"]) == (False, DAY, "提前返回")
    again = await act(giver, f"{DELEGATIONS}/{made}/revoke", json={"reason": "收回"})
    assert (again.status_code, again.json()["code"]) == (409, "delegation_ended")


async def test_what_has_ended_cannot_be_revoked(org: Clients, company: Organisation, clock: SetClock) -> None:
    giver = org(himself(company, "E3"))
    made = (await ok(await giver.post(DELEGATIONS, json=delegation(company))))["id"]
    clock.set(2026, 1, 16, 16, 30)
    answer = await act(giver, f"{DELEGATIONS}/{made}/revoke", json={"reason": "收回"})
    assert (answer.status_code, answer.json()["code"]) == (409, "delegation_ended")


@pytest.mark.req("PLT-03")
async def test_only_the_delegator_or_hr_over_both_gives_and_never_to_herself(
    org: Clients, company: Organisation
) -> None:
    wanted = delegation(company)
    for stranger in (himself(company, "E4"), himself(company, "E1", Role.EXECUTIVE)):
        refused = await org(stranger).post(DELEGATIONS, json=wanted)
        assert (refused.status_code, refused.json()["code"]) == (403, "delegation_of_another")
    elsewhere = himself(company, "E6", Role.HR, over="B")
    assert (await org(elsewhere).post(DELEGATIONS, json=wanted)).status_code == 403
    local = himself(company, "E5", Role.HR, over="S")
    assert (await org(local).post(DELEGATIONS, json=wanted)).status_code == 201
    own = await org(local).post(DELEGATIONS, json=delegation(company, to="E5"))
    assert (own.status_code, own.json()["code"]) == (403, "delegation_to_self")


@pytest.mark.req("PLT-03")
async def test_a_delegation_is_known_to_those_concerned_only(org: Clients, company: Organisation) -> None:
    made = (await ok(await org(himself(company, "E3")).post(DELEGATIONS, json=delegation(company))))["id"]
    path, of_e3 = f"{DELEGATIONS}/{made}", {"employee_id": company.ids["E3"]}
    concerned = [
        himself(company, "E3"),
        himself(company, "E4"),
        himself(company, "E1"),
        person(Role.AUDITOR),
        person(Role.EXECUTIVE, over=UUID(company.ids["M"])),
        client_system("directory"),
    ]
    for caller in concerned:
        assert (await org(caller).get(path)).status_code == 200
        assert [row["id"] for row in (await ok(await org(caller).get(DELEGATIONS, params=of_e3)))["items"]] == [made]
    for caller in (himself(company, "E6"), person(Role.HR, over=UUID(company.ids["B"])), person(Role.FINANCE)):
        assert (await org(caller).get(path)).status_code == 404
        assert (await ok(await org(caller).get(DELEGATIONS, params=of_e3)))["items"] == []
        assert (await act(org(caller), f"{path}/revoke", json={"reason": "收回"})).status_code == 404


async def test_the_list_shows_what_is_in_force_on_a_day(org: Clients, company: Organisation) -> None:
    giver = org(himself(company, "E3"))
    made = (await ok(await giver.post(DELEGATIONS, json=delegation(company))))["id"]
    await ok(await company.change_unit("S", name="新名", valid_from="2026-03-01"))  # each shows once, as of the day
    for day, expected in (("2026-01-04", []), ("2026-01-16", [made]), ("2026-01-17", [])):
        page = await ok(await giver.get(DELEGATIONS, params={"as_of": day}))
        assert [row["id"] for row in page["items"]] == expected


@pytest.mark.req("PLT-04", "PLT-05")
async def test_a_delegation_is_listed_once_however_often_its_unit_was_renamed_and_moved(
    org: Clients, company: Organisation
) -> None:
    giver = org(himself(company, "E3"))
    made = await ok(await giver.post(DELEGATIONS, json=delegation(company)))
    await ok(await company.change_unit("S", valid_from="2026-02-01", name="大客户部"))
    await company.unit("N", "C")
    moved = {"parent_id": company.ids["N"], "valid_from": "2026-04-01"}
    await ok(await act(company.hr, f"/v1/org/units/{company.ids['S']}/move", json=moved))
    listed = (await ok(await giver.get(DELEGATIONS)))["items"]
    assert [(each["id"], each["unit"]["name"]) for each in listed] == [(made["id"], "单元S")]
    readers = {unit: org(himself(company, "E6", Role.HR, over=unit)) for unit in ("M", "N")}
    seen = {unit: (await ok(await hr.get(DELEGATIONS)))["items"] for unit, hr in readers.items()}
    assert {unit: len(items) for unit, items in seen.items()} == {"M": 1, "N": 0}


async def test_both_sides_are_told_and_the_trail_keeps_it(
    org: Clients, company: Organisation, org_connection: AsyncConnection
) -> None:
    giver = org(himself(company, "E3"))
    made = (await ok(await giver.post(DELEGATIONS, json=delegation(company))))["id"]
    await ok(await act(giver, f"{DELEGATIONS}/{made}/revoke", json={"reason": "收回"}))
    recorded = text("SELECT subject, type FROM org.event WHERE type LIKE 'org.delegation.%' ORDER BY id")
    assert [tuple(row) for row in await org_connection.execute(recorded)] == [
        (f"employee/{company.ids[number]}", f"org.delegation.{action}")
        for action in ("created", "revoked")
        for number in ("E3", "E4")
    ]
    trail = text("SELECT action FROM org.audit WHERE resource_id = :id ORDER BY id")
    audited = (await org_connection.execute(trail, {"id": made})).scalars().all()
    assert audited == ["org.delegation.created", "org.delegation.revoked"]


async def test_nothing_of_a_delegation_but_its_revocation_can_ever_be_changed(org_connection: AsyncConnection) -> None:
    rights = text(
        "SELECT has_table_privilege('org.delegation', 'DELETE'),"
        " has_column_privilege('org.delegation', 'amount', 'UPDATE'),"
        " has_column_privilege('org.delegation', 'revoked_on', 'UPDATE')"
    )
    assert tuple((await org_connection.execute(rights)).one()) == (False, False, True)


async def test_of_two_revocations_at_once_one_counts_and_every_later_answer_is_no(
    fresh_database: TestDatabase, issuer: Issuer, clock: SetClock
) -> None:
    database = Database(fresh_database.app_url("org"), pool_size=6)
    clients = Clients(app_of(app_context_of("org", database, issuer, clock)), issuer)
    try:
        company = await prepared(clients)
        giver = clients(himself(company, "E3"))
        made = (await ok(await giver.post(DELEGATIONS, json=delegation(company))))["id"]
        revoke = f"{DELEGATIONS}/{made}/revoke"

        async def asked_until_no() -> list[bool]:
            seen: list[bool] = []
            while not seen or seen[-1]:
                seen.append((await may(company, "E4", "1", DAY))["allowed"])
            return [*seen, (await may(company, "E4", "1", DAY))["allowed"]]

        seen, *answers = await asyncio.gather(
            asked_until_no(),
            act(giver, revoke, {"reason": "收回"}),
            act(clients(himself(company, "E4")), revoke, {"reason": "收回"}),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        assert seen[-2:] == [False, False]
    finally:
        await clients.close()
        await database.close()
