"""What people do with their own account: invitation, who am I, password, sessions, language (ORG-12)."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import text

from gateway.authentication import CREDENTIALS
from services.kit.identity import Role
from services.org.identity.api.sign_ins import PATIENT
from services.org.identity.usecases import passwords
from tests.builders.accounts import ACCEPT, ACCOUNTS, PASSWORD, account, sign_in
from tests.builders.org import act, ok, said_twice, small_company
from tests.clients import Clients
from tests.databases import RolledBack
from tests.identities import client_system, person

pytestmark = pytest.mark.req("ORG-12")
ME = "/v1/org/me"
ANOTHER = "seven unrelated garden words"


async def invited(administrator: httpx2.AsyncClient, **body: Any) -> Any:
    return await ok(await administrator.post(ACCOUNTS, json={"login": "li.ting", "name": "李婷", **body}))


async def accept(signing: Clients, token: str, password: str = PASSWORD) -> httpx2.Response:
    return await signing.stranger().post(ACCEPT, json={"token": token, "password": password})


async def test_a_new_person_sets_their_own_password_with_a_link_that_works_once(
    signing: Clients, administrator: httpx2.AsyncClient
) -> None:
    made = await invited(administrator)
    assert made["state"] == "invited"
    token = made["invitation"]["token"]
    before = {"login": "li.ting", "password": PASSWORD}
    assert (await signing.stranger().post("/v1/org/sessions", json=before)).status_code == 401
    done = await ok(await accept(signing, token))
    assert done == {"login": "li.ting", "name": "李婷"}
    await sign_in(signing, "li.ting")
    again = await accept(signing, token, ANOTHER)
    assert (again.status_code, again.json()["code"]) == (404, "invitation_unknown")
    shown = await administrator.get(f"{ACCOUNTS}/{made['id']}")
    assert shown.json()["state"] == "enabled"
    assert token not in shown.text


async def test_an_invitation_expires_is_replaced_by_a_later_one_and_ends_with_the_account(
    signing: Clients, administrator: httpx2.AsyncClient, org_sessions: RolledBack
) -> None:
    made = await invited(administrator)
    first = made["invitation"]["token"]
    again = await ok(await administrator.post(f"{ACCOUNTS}/invitations", json={"account_ids": [made["id"]]}))
    (second,) = [each["token"] for each in again["items"]]
    assert (await accept(signing, first)).status_code == 404
    async with org_sessions.write() as session:
        await session.execute(text("UPDATE org.invitation SET expires_at = now() - interval '1 second'"))
    assert (await accept(signing, second)).status_code == 404
    again = await ok(await administrator.post(f"{ACCOUNTS}/invitations", json={"account_ids": [made["id"]]}))
    other = await invited(administrator, login="wang.fang")
    await ok(await act(administrator, f"{ACCOUNTS}/{made['id']}/disable", json={}))
    assert (await accept(signing, again["items"][0]["token"])).status_code == 404
    for account_id in (made["id"], str(uuid4())):
        refused = await administrator.post(f"{ACCOUNTS}/invitations", json={"account_ids": [account_id]})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/account_ids/0")
    await ok(await accept(signing, other["invitation"]["token"]))  # that of another account stays good
    third = await invited(administrator, login="zhao.lei")
    async with org_sessions.write() as session:
        await session.execute(text("UPDATE account SET disabled_at = now() WHERE login = 'zhao.lei'"))
    unusable = await accept(signing, third["invitation"]["token"], "short")  # nobody is told about passwords then
    assert (unusable.status_code, unusable.json()["code"]) == (404, "invitation_unknown")


async def test_what_was_decided_while_a_new_password_was_hashed_stands(
    signing: Clients, administrator: httpx2.AsyncClient, org_sessions: RolledBack, monkeypatch: pytest.MonkeyPatch
) -> None:
    await account(administrator, "li.ting")
    made = await invited(administrator, login="wang.fang")
    client = signing.bearing((await sign_in(signing, "li.ting"))["access_token"])
    hashed = passwords.hashed
    meanwhile = {
        ANOTHER: "UPDATE account SET password_hash = 'another' WHERE login = 'li.ting'",
        PASSWORD: "UPDATE account SET disabled_at = now() WHERE login = 'wang.fang'",
    }

    async def slowly(password: str) -> str:
        async with org_sessions.write() as session:
            await session.execute(text(meanwhile[password]))
        return await hashed(password)

    monkeypatch.setattr(passwords, "hashed", slowly)
    body = {"current_password": PASSWORD, "new_password": ANOTHER}
    changed = await client.post(f"{ME}/password", json=body)
    assert (changed.status_code, changed.json()["code"]) == (409, "password_just_changed")
    accepted = await accept(signing, made["invitation"]["token"])
    assert (accepted.status_code, accepted.json()["code"]) == (404, "invitation_unknown")


async def test_who_forgot_the_password_sets_another_by_invitation_and_no_administrator_ever_gives_one(
    signing: Clients, administrator: httpx2.AsyncClient
) -> None:
    account_id = await account(administrator, "li.ting")
    tokens = await sign_in(signing, "li.ting")
    for method, path in (("POST", ACCOUNTS), ("PATCH", f"{ACCOUNTS}/{account_id}")):
        headers = {"If-Match": '"1"'}
        body = {"password": ANOTHER} | ({"login": "x"} if method == "POST" else {})
        refused = await administrator.request(method, path, json=body, headers=headers)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/password")
    made = await ok(await administrator.post(f"{ACCOUNTS}/invitations", json={"account_ids": [account_id]}))
    await sign_in(signing, "li.ting")  # the old password is good until the invitation is used
    await ok(await accept(signing, made["items"][0]["token"], ANOTHER))
    old = {"refresh_token": tokens["refresh_token"]}
    assert (await signing.stranger().post("/v1/org/sessions/refresh", json=old)).status_code == 401
    assert (await signing.bearing(tokens["access_token"]).get(ME)).json()["code"] == "revoked"
    await sign_in(signing, "li.ting", ANOTHER)


async def test_a_password_that_is_short_common_or_holds_the_name_is_refused_and_not_repeated(
    signing: Clients, administrator: httpx2.AsyncClient, org: Clients
) -> None:
    await small_company(org)
    made = await invited(administrator, employee_number="E2")
    for password in ("1234567890", "P@ssw0rd123456", "yes Li.Ting yes", "welcome 员工E2 here"):
        refused = await accept(signing, made["invitation"]["token"], password)
        assert (refused.status_code, refused.json()["code"]) == (422, "password_too_weak")
        assert refused.json()["errors"][0]["pointer"] == "/password"
        assert password not in refused.text
    await ok(await accept(signing, made["invitation"]["token"], "correct horse, 2 staples"))


async def test_everybody_sees_who_they_are_where_they_work_and_whom_they_report_to(
    signing: Clients, administrator: httpx2.AsyncClient, org: Clients
) -> None:
    company = await small_company(org)
    await account(administrator, "e4", employee_number="E4")
    me = await ok(await signing.bearing((await sign_in(signing, "e4"))["access_token"]).get(ME))
    assert (me["login"], me["roles"], me["role_assignments"]) == ("e4", ["employee"], [])
    assert me["employee"]["number"] == "E4"
    shown = await ok(await org(Role.HR).get(f"/v1/org/employees/{company.ids['E4']}"))
    assert me["assignment"]["id"] == shown["main_assignment"]["assignment_id"]
    assert me["assignment"]["unit"] == shown["main_assignment"]["unit"]
    assert said_twice(me) == {"title_en", "name_en"}
    chain = await ok(await org(Role.HR).get(f"/v1/org/employees/{company.ids['E4']}/manager"))
    assert me["manager"]["number"] == chain["manager"]["number"]
    await company.person("E8")
    await account(administrator, "e8", employee_number="E8")
    unplaced = await ok(await signing.bearing((await sign_in(signing, "e8"))["access_token"]).get(ME))
    assert (unplaced["employee"]["number"], unplaced["assignment"], unplaced["manager"]) == ("E8", None, None)
    own = await ok(await administrator.get(ME))
    assert (own["employee"], own["assignment"], own["manager"]) == (None, None, None)


async def test_an_org_without_a_signing_key_lets_nobody_sign_in(org: Clients) -> None:
    answer = await org.stranger().post("/v1/org/sessions", json={"login": "li.ting", "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_a_client_system_is_nobody_and_has_no_own_account(org: Clients) -> None:
    assert (await org(client_system("directory")).get(ME)).json()["code"] == "account_unknown"
    body = {"current_password": PASSWORD, "new_password": ANOTHER}
    gone = await org(person(Role.HR)).post(f"{ME}/password", json=body)
    assert (gone.status_code, gone.json()["code"]) == (404, "account_unknown")


async def test_the_language_is_set_by_who_read_the_account_last(administrator: httpx2.AsyncClient) -> None:
    assert (await ok(await administrator.get(ME)))["language"] is None
    tag = {"If-Match": (await administrator.get(ME)).headers["ETag"]}
    assert (await ok(await administrator.patch(ME, json={"language": "en"}, headers=tag)))["language"] == "en"
    assert (await administrator.patch(ME, json={"language": "zh"}, headers=tag)).status_code == 412
    assert (await administrator.patch(ME, json={"language": "fr"}, headers=tag)).status_code == 422


async def test_a_password_is_changed_by_who_knows_it_and_the_other_sessions_end(
    signing: Clients, administrator: httpx2.AsyncClient
) -> None:
    await account(administrator, "li.ting")
    elsewhere, here = await sign_in(signing, "li.ting"), await sign_in(signing, "li.ting")
    client = signing.bearing(here["access_token"])

    async def change(current: str, new: str) -> httpx2.Response:
        return await client.post(f"{ME}/password", json={"current_password": current, "new_password": new})

    wrong = await change("not the password", ANOTHER)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "current_password_wrong")
    assert (await change(PASSWORD, "1234567890")).json()["errors"][0]["pointer"] == "/new_password"
    assert (await change(PASSWORD, ANOTHER)).status_code == 204

    async def refresh(tokens: Any) -> int:
        body = {"refresh_token": tokens["refresh_token"]}
        return (await signing.stranger().post("/v1/org/sessions/refresh", json=body)).status_code

    assert (await refresh(elsewhere), await refresh(here)) == (401, 201)
    assert (await signing.bearing(elsewhere["access_token"]).get(ME)).json()["code"] == "revoked"
    old = {"login": "li.ting", "password": PASSWORD}
    assert (await signing.stranger().post("/v1/org/sessions", json=old)).status_code == 401
    await sign_in(signing, "li.ting", ANOTHER)


async def test_whoever_holds_a_token_alone_cannot_try_out_the_password(
    signing: Clients, administrator: httpx2.AsyncClient
) -> None:
    await account(administrator, "li.ting")
    client = signing.bearing((await sign_in(signing, "li.ting"))["access_token"])
    body = {"current_password": "guess", "new_password": ANOTHER}
    statuses = [(await client.post(f"{ME}/password", json=body)).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


async def test_sessions_are_listed_and_ended_and_nobody_ends_those_of_others(
    signing: Clients, administrator: httpx2.AsyncClient
) -> None:
    await account(administrator, "li.ting")
    await sign_in(signing, "li.ting")
    elsewhere, here = await sign_in(signing, "li.ting"), await sign_in(signing, "li.ting")
    client = signing.bearing(here["access_token"])
    listed = (await ok(await client.get(f"{ME}/sessions")))["items"]
    assert [each["is_current"] for each in listed] == [False, False, True]
    assert all(each["address"] == "127.0.0.1" and "httpx2" in each["user_agent"] for each in listed)
    path = f"{ME}/sessions/{listed[1]['id']}"
    assert (await administrator.delete(path)).status_code == 404
    assert (await client.delete(path)).status_code == 204
    body = {"refresh_token": elsewhere["refresh_token"]}
    assert (await signing.stranger().post("/v1/org/sessions/refresh", json=body)).status_code == 401
    assert (await signing.bearing(elsewhere["access_token"]).get(ME)).json()["code"] == "revoked"
    renewed = await later(signing, here)
    assert (await renewed.delete(path)).json()["code"] == "session_unknown"
    assert (await renewed.delete(f"{ME}/sessions")).status_code == 204
    left = (await ok(await (await later(signing, await sign_in(signing, "li.ting"))).get(f"{ME}/sessions")))["items"]
    assert [each["is_current"] for each in left] == [False, True]


async def later(signing: Clients, tokens: Any) -> httpx2.AsyncClient:
    """The session of ``tokens`` with a new access token: what was issued before a session ended is refused."""
    body = {"refresh_token": tokens["refresh_token"]}
    renewed = await ok(await signing.stranger().post("/v1/org/sessions/refresh", json=body))
    return signing.bearing(renewed["access_token"])


async def test_whatever_checks_or_sets_a_password_may_take_its_turn_at_the_gateway_too(signing: Clients) -> None:
    quick = {"/v1/org/sessions/refresh", "/v1/org/sessions/revoke"}
    assert PATIENT.keys() == CREDENTIALS - quick
    described = signing.app.openapi()["paths"]
    assert {described[path]["post"]["x-answer-seconds"] for path in PATIENT} == {30}
