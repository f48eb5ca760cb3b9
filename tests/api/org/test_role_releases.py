"""A role is proposed by one administrator and counts once another person has released it (ORG-12)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import httpx2
import pytest

from services.kit.identity import Role
from tests.builders.accounts import ACCEPT, ACCOUNTS, ASSIGNMENTS, PASSWORD, account, released_by_the_second, sign_in
from tests.builders.org import act, ok, small_company
from tests.clients import Clients
from tests.identities import person

pytestmark = pytest.mark.req("ORG-12")

NEW = "another long passphrase"


@pytest.fixture
async def second(signing: Clients, administrator: httpx2.AsyncClient) -> httpx2.AsyncClient:
    return signing.bearing((await sign_in(signing, "second.administrator"))["access_token"])


async def proposed(administrator: httpx2.AsyncClient, login: str = "finance", **more: Any) -> tuple[str, str]:
    """Ids of an account whose owner has a password, and of the role that is proposed for it."""
    body = {"login": login, "role_assignments": [{"role": "finance"}]} | more
    made = await ok(await administrator.post(ACCOUNTS, json=body))
    await accept(administrator, made["invitation"]["token"], PASSWORD)
    return made["id"], made["role_assignments"][0]["id"]


async def accept(client: httpx2.AsyncClient, token: str, password: str = NEW) -> None:
    await ok(await client.post(ACCEPT, json={"token": token, "password": password}))


async def reinvited(administrator: httpx2.AsyncClient, account_id: str) -> None:
    body = {"account_ids": [account_id]}
    made = await ok(await administrator.post(f"{ACCOUNTS}/invitations", json=body))
    await accept(administrator, made["items"][0]["token"])


async def relinked(administrator: httpx2.AsyncClient, account_id: str, number: str) -> httpx2.Response:
    path = f"{ACCOUNTS}/{account_id}"
    tag = (await administrator.get(path)).headers["ETag"]
    return await administrator.patch(path, json={"employee_number": number}, headers={"If-Match": tag})


async def release(client: httpx2.AsyncClient, assignment_id: str) -> httpx2.Response:
    return await act(client, f"{ASSIGNMENTS}/{assignment_id}/release", json={})


async def roles(signing: Clients, login: str, password: str = PASSWORD) -> Sequence[str]:
    """What the token of a new sign-in carries."""
    bearing = signing.bearing((await sign_in(signing, login, password))["access_token"])
    found: Sequence[str] = (await ok(await bearing.get("/v1/org/me")))["roles"]
    return found


async def held(client: httpx2.AsyncClient, account_id: str) -> list[tuple[str, str]]:
    found = await ok(await client.get(f"{ACCOUNTS}/{account_id}"))
    return [(each["role"], each["state"]) for each in found["role_assignments"]]


async def test_an_administrator_alone_gives_nobody_a_role_and_another_person_does(
    signing: Clients, administrator: httpx2.AsyncClient, second: httpx2.AsyncClient
) -> None:
    account_id, role = await proposed(administrator)
    assert await roles(signing, "finance") == []
    refused = await release(administrator, role)
    assert (refused.status_code, refused.json()["code"]) == (403, "second_person_needed")
    assert await roles(signing, "finance") == []
    released = await ok(await release(second, role))
    assert (released["state"], released["account_login"], released["role"]) == ("released", "finance", "finance")
    assert (released["entered_by_name"], released["decided_by_name"]) == ("系统管理员", "第二系统管理员")
    assert await roles(signing, "finance") == ["finance"]
    again = await release(second, role)
    assert (again.status_code, again.json()["code"]) == (409, "transition_not_possible")
    assert await held(second, account_id) == [("finance", "released")]


async def test_whoever_invites_the_owner_again_needs_another_administrator(
    signing: Clients, administrator: httpx2.AsyncClient, second: httpx2.AsyncClient
) -> None:
    account_id, role = await proposed(administrator)
    await ok(await release(second, role))
    await reinvited(second, account_id)  # and could have used the invitation
    assert await roles(signing, "finance", NEW) == []
    assert (await release(second, role)).status_code == 404
    assert await held(second, account_id) == [("finance", "proposed")]
    (waits,) = (await ok(await second.get(ASSIGNMENTS, params={"state": "proposed"})))["items"]
    assert (await release(second, waits["id"])).json()["code"] == "second_person_needed"
    await ok(await release(administrator, waits["id"]))
    assert await roles(signing, "finance", NEW) == ["finance"]


async def test_whoever_invites_the_owner_of_a_proposed_role_does_not_release_it(
    administrator: httpx2.AsyncClient, second: httpx2.AsyncClient
) -> None:
    account_id, role = await proposed(administrator)
    seen = (await second.get(f"{ASSIGNMENTS}/{role}")).headers["ETag"]
    await reinvited(second, account_id)
    stale = await administrator.post(f"{ASSIGNMENTS}/{role}/release", json={}, headers={"If-Match": seen})
    assert stale.status_code in {403, 412}
    assert (await release(second, role)).json()["code"] == "second_person_needed"
    assert (await release(administrator, role)).json()["code"] == "second_person_needed"


async def test_whoever_links_an_account_to_another_person_needs_another_administrator(
    signing: Clients, administrator: httpx2.AsyncClient, second: httpx2.AsyncClient, org: Clients
) -> None:
    await small_company(org)
    account_id, role = await proposed(administrator, employee_number="E2")
    await ok(await release(second, role))
    await ok(await relinked(second, account_id, "E3"))
    assert await roles(signing, "finance") == ["employee"]
    (waits,) = (await ok(await second.get(ASSIGNMENTS, params={"state": "proposed"})))["items"]
    assert (waits["employee_number"], waits["account_id"]) == ("E3", account_id)
    (task,) = (await ok(await administrator.get("/v1/org/my/tasks", params={"kind": "role_assignment.release"})))[
        "items"
    ]
    assert task["title"].endswith("（全公司）"), "it is linked to an employee, so nothing more is said"
    assert (await release(second, waits["id"])).json()["code"] == "second_person_needed"
    await ok(await release(administrator, waits["id"]))
    assert await roles(signing, "finance") == ["employee", "finance"]


async def test_persons_are_compared_not_accounts_and_nobody_releases_their_own_role(
    administrator: httpx2.AsyncClient, org: Clients
) -> None:
    company = await small_company(org)
    someone, other = (UUID(company.ids[number]) for number in ("E1", "E3"))
    one = org(person(Role.ADMINISTRATOR, employee_id=someone))
    made = await ok(await one.post(ACCOUNTS, json={"login": "x", "role_assignments": [{"role": "finance"}]}))
    await accept(administrator, made["invitation"]["token"])
    role = made["role_assignments"][0]["id"]
    with_another_account = org(person(Role.ADMINISTRATOR, employee_id=someone))
    assert (await release(with_another_account, role)).json()["code"] == "second_person_needed"
    _, own = await proposed(administrator, "e3", employee_number="E3")
    owner = org(person(Role.ADMINISTRATOR, employee_id=other))
    assert (await release(owner, own)).json()["code"] == "own_role_assignment"
    assert (await relinked(administrator, await of(administrator, "administrator"), "E5")).status_code == 409


async def of(client: httpx2.AsyncClient, login: str) -> str:
    (found,) = (await ok(await client.get(ACCOUNTS, params={"login": login})))["items"]
    return str(found["id"])


async def test_a_role_waits_as_a_task_for_administrators_who_may_release_it(
    administrator: httpx2.AsyncClient, second: httpx2.AsyncClient
) -> None:
    account_id, role = await proposed(administrator)
    kind = {"kind": "role_assignment.release"}
    assert (await ok(await administrator.get("/v1/org/my/tasks", params=kind)))["items"] == []
    (task,) = (await ok(await second.get("/v1/org/my/tasks", params=kind)))["items"]
    assert task["link"] == f"{ASSIGNMENTS}/{role}"
    assert task["title"].endswith("（全公司，未关联员工）")
    await reinvited(second, account_id)
    assert (await ok(await second.get("/v1/org/my/tasks", params=kind)))["items"] == []
    await ok(await administrator.delete(f"{ASSIGNMENTS}/{role}"))
    account_id, role = await proposed(administrator, "other")
    await ok(await release(second, role))
    assert (await ok(await second.get("/v1/org/my/tasks", params=kind)))["items"] == []


async def test_a_role_is_released_once_its_owner_has_a_password_and_by_who_saw_this_version(
    administrator: httpx2.AsyncClient, second: httpx2.AsyncClient
) -> None:
    body = {"login": "finance", "role_assignments": [{"role": "finance"}]}
    made = await ok(await administrator.post(ACCOUNTS, json=body))
    role = made["role_assignments"][0]["id"]
    early = await release(second, role)
    assert (early.status_code, early.json()["code"]) == (409, "no_password_yet")
    seen = (await second.get(f"{ASSIGNMENTS}/{role}")).headers["ETag"]
    await accept(administrator, made["invitation"]["token"])
    path = f"{ASSIGNMENTS}/{role}/release"
    assert (await second.post(path, json={})).status_code == 428
    assert (await second.post(path, json={}, headers={"If-Match": seen})).status_code == 412
    await ok(await release(second, role))


async def test_a_refused_role_does_not_count_and_can_be_proposed_again(
    signing: Clients, administrator: httpx2.AsyncClient, second: httpx2.AsyncClient
) -> None:
    account_id, role = await proposed(administrator)
    body = {"reason": "未收到申请"}
    refused = await ok(await act(second, f"{ASSIGNMENTS}/{role}/refuse", json=body))
    assert (refused["state"], refused["decision"]) == ("refused", "未收到申请")
    assert await roles(signing, "finance") == []
    path = f"{ACCOUNTS}/{account_id}/role_assignments"
    again = await ok(await administrator.post(path, json={"role": "finance"}))
    assert (again["state"], again["id"] != role) == ("proposed", True)
    await ok(await release(second, again["id"]))
    assert await roles(signing, "finance") == ["finance"]


async def test_one_administrator_who_can_sign_in_always_remains(
    administrator: httpx2.AsyncClient, second: httpx2.AsyncClient, org: Clients
) -> None:
    company = await small_company(org)
    whole = [{"role": "administrator"}]
    await account(administrator, "of.one.unit", role_assignments=[{"role": "administrator", "unit_code": "S"}])
    await account(administrator, "gone", role_assignments=whole, employee_number="E4")
    await company.terminate("E4", "2025-12-31")
    await proposed(administrator, "waiting", role_assignments=whole)
    await account(administrator, "of.hr", role_assignments=[{"role": "hr"}])
    third = org(Role.ADMINISTRATOR)
    first_id, second_id = await of(third, "administrator"), await of(third, "second.administrator")
    await ok(await act(second, f"{ACCOUNTS}/{first_id}/disable", json={}))
    (role,) = (await ok(await third.get(f"{ACCOUNTS}/{second_id}")))["role_assignments"]
    refusals = (
        await act(third, f"{ACCOUNTS}/{second_id}/disable", json={}),
        await third.delete(f"{ASSIGNMENTS}/{role['id']}"),
        await relinked(third, second_id, "E2"),
    )
    assert [(each.status_code, each.json()["code"]) for each in refusals] == [(409, "last_administrator")] * 3
    for other in ({"role": "hr"}, {"role": "administrator", "unit_code": "S"}):
        given = await ok(await third.post(f"{ACCOUNTS}/{second_id}/role_assignments", json=other))
        await ok(await third.delete(f"{ASSIGNMENTS}/{given['id']}"))  # the administration itself remains
    made = await ok(await third.post(f"{ACCOUNTS}/invitations", json={"account_ids": [second_id]}))
    taken = await third.post(ACCEPT, json={"token": made["items"][0]["token"], "password": NEW})
    assert taken.json()["code"] == "last_administrator"
    await ok(await act(third, f"{ACCOUNTS}/{first_id}/enable", json={}))
    await ok(await act(third, f"{ACCOUNTS}/{second_id}/disable", json={}))


async def test_nobody_proposes_a_role_for_their_own_person_or_lays_down_their_own_administration(
    administrator: httpx2.AsyncClient, org: Clients
) -> None:
    company = await small_company(org)
    hers = await account(administrator, "hers", employee_number="E2")
    herself = org(person(Role.ADMINISTRATOR, employee_id=UUID(company.ids["E2"])))
    refused = await herself.post(f"{ACCOUNTS}/{hers}/role_assignments", json={"role": "finance"})
    assert (refused.status_code, refused.json()["code"]) == (403, "own_role_assignment")
    own = await of(org(Role.ADMINISTRATOR), "administrator")
    (role,) = (await ok(await administrator.get(f"{ACCOUNTS}/{own}")))["role_assignments"]
    refused = await administrator.delete(f"{ASSIGNMENTS}/{role['id']}")
    assert refused.json()["code"] == "own_administration"
    given = await ok(await herself.post(f"{ACCOUNTS}/{own}/role_assignments", json={"role": "hr"}))
    await ok(await administrator.delete(f"{ASSIGNMENTS}/{given['id']}"))  # another role is theirs to lay down
    assert await held(org(Role.ADMINISTRATOR), own) == [("administrator", "released")]


async def test_an_account_for_several_roles_waits_for_each_of_them(
    signing: Clients, administrator: httpx2.AsyncClient
) -> None:
    body = [{"role": "hr"}, {"role": "compensation"}]
    account_id = await account(administrator, "both", role_assignments=body)
    assert await roles(signing, "both") == ["hr", "compensation"]
    third = {"role": "administrator"}
    await ok(await administrator.post(f"{ACCOUNTS}/{account_id}/role_assignments", json=third))
    assert await roles(signing, "both") == ["hr", "compensation"]
    await released_by_the_second(administrator, account_id)
    assert await roles(signing, "both") == ["hr", "compensation", "administrator"]


async def test_whoever_made_linked_and_invited_an_account_without_roles_releases_none_of_those_that_follow(
    org: Clients, signing: Clients, administrator: httpx2.AsyncClient, second: httpx2.AsyncClient
) -> None:
    await small_company(org)
    account_id = await account(administrator, "wei.wang")
    await ok(await relinked(administrator, account_id, "E2"))
    await reinvited(administrator, account_id)
    assert await roles(signing, "wei.wang", NEW) == ["employee"]
    made = await ok(await second.post(f"{ACCOUNTS}/{account_id}/role_assignments", json={"role": "finance"}))
    for one in (administrator, second):
        refused = await release(one, made["id"])
        assert (refused.status_code, refused.json()["code"]) == (403, "second_person_needed")
    assert await roles(signing, "wei.wang", NEW) == ["employee"]
    assert (await ok(await release(org(Role.ADMINISTRATOR), made["id"])))["state"] == "released"


async def test_naming_the_employee_whom_an_account_has_already_changes_nothing(
    org: Clients, signing: Clients, administrator: httpx2.AsyncClient
) -> None:
    await small_company(org)
    account_id = await account(administrator, "wei.wang", employee_number="E2", role_assignments=[{"role": "finance"}])
    same = await ok(await relinked(administrator, account_id, "E2"))
    assert same["employee_number"] == "E2"
    assert await held(administrator, account_id) == [("finance", "released")]
    assert await roles(signing, "wei.wang") == ["employee", "finance"]
    other_id = await account(administrator, "na.li")
    for number in ("E2", "E99"):  # somebody else's, and nobody's
        refused = await relinked(administrator, other_id, number)
        assert (refused.status_code, refused.json()["code"]) == (422, "account_refused")
