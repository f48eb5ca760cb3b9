"""Accounts, signing in, tokens (ORG-12, the local half)."""

from datetime import UTC, datetime
from typing import Any

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import text

from services.org.identity.usecases import bootstrap
from services.org.identity.usecases.signing import SigningKey
from tests.builders.accounts import ACCEPT, ACCOUNTS, PASSWORD, account, sign_in
from tests.builders.org import act, ok, small_company
from tests.clients import Clients
from tests.databases import RolledBack
from tests.identities import ISSUER, SetClock

pytestmark = pytest.mark.req("ORG-12")


def claims(token: str, key: SigningKey, audience: str = "incentive") -> Any:
    public = jwt.PyJWKSet.from_dict(key.public_set).keys[0]
    return jwt.decode(token, public, algorithms=["EdDSA"], audience=audience, issuer=ISSUER)


async def test_a_sign_in_gives_a_short_token_that_every_service_accepts(
    signing: Clients, administrator: httpx2.AsyncClient, key: SigningKey
) -> None:
    account_id = await account(administrator, "hr", role_assignments=[{"role": "hr"}])
    tokens = await sign_in(signing, "hr")
    read = claims(tokens["access_token"], key)
    assert (read["sub"], read["role_assignments"]) == (account_id, [{"role": "hr", "unit_id": None}])
    assert tokens["expires_in"] == 300
    assert read["exp"] - read["iat"] == pytest.approx(300, abs=1)
    assert jwt.get_unverified_header(tokens["access_token"])["typ"] == "at+jwt"
    assert (await signing.bearing(tokens["access_token"]).get("/v1/org/units")).status_code == 200


def test_a_key_of_another_kind_signs_nothing() -> None:
    pem = Ed448PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with pytest.raises(ValueError, match="Ed25519"):
        SigningKey.of_pem(pem, ISSUER)


async def test_the_public_keys_are_there_for_everybody_and_hold_no_secret(signing: Clients, key: SigningKey) -> None:
    keys = (await ok(await signing.stranger().get("/v1/org/jwks")))["keys"]
    assert [set(each) for each in keys] == [{"kty", "crv", "x", "kid", "use", "alg"}]
    assert keys == key.public_set["keys"]


async def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(
    signing: Clients, administrator: httpx2.AsyncClient
) -> None:
    await account(administrator, "hr")
    answers = [
        await signing.stranger().post("/v1/org/sessions", json={"login": login, "password": "wrong"})
        for login in ("hr", "nobody")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json()["code"] == answers[1].json()["code"] == "sign_in_refused"


async def test_a_refresh_token_is_good_once_and_reuse_ends_the_sign_in(
    signing: Clients, administrator: httpx2.AsyncClient
) -> None:
    await account(administrator, "hr")
    first = (await sign_in(signing, "hr"))["refresh_token"]

    async def refresh(token: str) -> httpx2.Response:
        return await signing.stranger().post("/v1/org/sessions/refresh", json={"refresh_token": token})

    second = (await ok(await refresh(first)))["refresh_token"]
    assert second != first
    assert (await refresh(first)).status_code == 401  # somebody copied it
    assert (await refresh(second)).status_code == 401  # so the one handed out last is gone too
    assert (await refresh("made up")).status_code == 401


async def test_signing_out_ends_the_family(signing: Clients, administrator: httpx2.AsyncClient) -> None:
    await account(administrator, "hr")
    token = (await sign_in(signing, "hr"))["refresh_token"]
    stranger = signing.stranger()
    assert (await stranger.post("/v1/org/sessions/revoke", json={"refresh_token": token})).status_code == 204
    assert (await stranger.post("/v1/org/sessions/refresh", json={"refresh_token": token})).status_code == 401
    assert (await stranger.post("/v1/org/sessions/revoke", json={"refresh_token": "made up"})).status_code == 204


async def test_a_disabled_account_is_out_at_once_and_the_news_goes_round(
    signing: Clients, administrator: httpx2.AsyncClient, org_sessions: RolledBack
) -> None:
    account_id = await account(administrator, "hr", role_assignments=[{"role": "administrator"}])
    tokens = await sign_in(signing, "hr")
    await ok(await act(administrator, f"{ACCOUNTS}/{account_id}/disable", json={}))
    stranger = signing.stranger()
    refresh = await stranger.post("/v1/org/sessions/refresh", json={"refresh_token": tokens["refresh_token"]})
    again = await stranger.post("/v1/org/sessions", json={"login": "hr", "password": PASSWORD})
    assert (refresh.status_code, again.status_code) == (401, 401)
    held = signing.bearing(tokens["access_token"])
    assert (await act(held, f"{ACCOUNTS}/{account_id}/enable", json={})).json()["code"] == "revoked"
    async with org_sessions.read() as session:
        query = "SELECT subject, data FROM org.event WHERE type = 'org.account.revoked'"
        read = (await session.execute(text(query))).one()
    assert read.subject == f"account/{account_id}"
    assert set(read.data) == {"account_id", "not_before"}


async def test_a_revoked_role_is_gone_from_the_next_token_and_refused_where_it_counts(
    signing: Clients, administrator: httpx2.AsyncClient, key: SigningKey
) -> None:
    account_id = await account(administrator, "second", role_assignments=[{"role": "administrator"}, {"role": "hr"}])
    tokens = await sign_in(signing, "second")
    made = await ok(await administrator.get(f"{ACCOUNTS}/{account_id}"))
    role = next(each["id"] for each in made["role_assignments"] if each["role"] == "administrator")
    await ok(await administrator.delete(f"/v1/org/role_assignments/{role}"))
    assert (await administrator.delete(f"/v1/org/role_assignments/{role}")).json()["code"] == "role_assignment_unknown"
    held = signing.bearing(tokens["access_token"])
    assert (await held.post(f"{ACCOUNTS}/{account_id}/role_assignments", json={"role": "finance"})).status_code == 401
    fresh = await sign_in(signing, "second")
    assert claims(fresh["access_token"], key)["role_assignments"] == [{"role": "hr", "unit_id": None}]


async def test_nobody_takes_the_administration_from_himself(administrator: httpx2.AsyncClient) -> None:
    (own,) = (await ok(await administrator.get(ACCOUNTS, params={"login": "administrator"})))["items"]
    assert (await act(administrator, f"{ACCOUNTS}/{own['id']}/disable", json={})).status_code == 409


async def test_accounts_are_made_in_bulk_all_or_none_with_a_fault_for_each(
    signing: Clients, administrator: httpx2.AsyncClient, org: Clients
) -> None:
    company = await small_company(org)

    def hr(unit: str) -> dict[str, str]:
        return {"role": "hr", "unit_code": unit}

    items: list[dict[str, Any]] = [
        {
            "login": "e2",
            "employee_number": "E2",
            "role_assignments": [{"role": "hr", "unit_code": "S"}],
        },
        {"login": "e2", "employee_number": "E9"},
        {
            "login": "e3",
            "role_assignments": [{"role": "manager"}, {"role": "hr", "unit_code": "Z"}],
        },
    ]
    refused = await administrator.post(f"{ACCOUNTS}/bulk", json={"items": items})
    assert refused.status_code == 422
    assert [fault["pointer"] for fault in refused.json()["errors"]] == [
        "/items/1/login",
        "/items/1/employee_number",
        "/items/2/role_assignments/0/role",
        "/items/2/role_assignments/1/unit_code",
    ]
    assert len((await ok(await administrator.get(ACCOUNTS)))["items"]) == 2
    await ok(await administrator.post(f"{ACCOUNTS}/bulk", json={"items": items[:1]}))
    (made,) = (await ok(await administrator.get(ACCOUNTS, params={"login": "e2"})))["items"]
    assert (made["employee_id"], made["name"], made["employee_number"]) == (company.ids["E2"], "员工E2", "E2")
    (role,) = made["role_assignments"]
    assert (role["role"], role["unit_id"], role["unit_code"]) == ("hr", company.ids["S"], "S")
    found = await ok(await administrator.get(f"/v1/org/role_assignments/{role['id']}"))
    assert found == role


async def test_an_account_is_linked_to_a_person_later_with_the_version_read(
    administrator: httpx2.AsyncClient, org: Clients
) -> None:
    company = await small_company(org)
    path = f"{ACCOUNTS}/{await account(administrator, 'hr')}"
    change = {"employee_number": "E2"}
    assert (await administrator.patch(path, json=change)).status_code == 428
    tag = (await administrator.get(path)).headers["ETag"]
    await ok(await administrator.patch(path, json=change, headers={"If-Match": tag}))
    assert (await ok(await administrator.get(path)))["employee_id"] == company.ids["E2"]


async def test_somebody_who_left_cannot_sign_in_or_stay_signed_in(
    signing: Clients, administrator: httpx2.AsyncClient, org: Clients, clock: SetClock
) -> None:
    company = await small_company(org)
    await account(administrator, "e4", employee_number="E4")
    tokens = await sign_in(signing, "e4")
    await company.terminate("E4", "2026-01-31")
    clock.set(2026, 2, 1, 1)
    stranger = signing.stranger()
    refresh = await stranger.post("/v1/org/sessions/refresh", json={"refresh_token": tokens["refresh_token"]})
    again = await stranger.post("/v1/org/sessions", json={"login": "e4", "password": PASSWORD})
    assert (refresh.status_code, again.status_code) == (401, 401)


async def test_a_client_system_gets_a_token_for_its_audiences_and_scopes_only(
    signing: Clients, org_sessions: RolledBack, key: SigningKey
) -> None:
    client = bootstrap.Client("appraisal", "the secret of appraisal", ["org"], ["snapshot"])
    for _ in range(2):  # running it again changes nothing
        async with org_sessions.write() as session:
            await bootstrap.clients(session, wanted=[client], now=datetime.now(UTC))
    asked = {"client_id": "appraisal", "client_secret": "the secret of appraisal"}
    tokens = await ok(await signing.stranger().post("/v1/org/service_tokens", json=asked))
    assert tokens["refresh_token"] is None
    read = claims(tokens["access_token"], key, audience="org")
    assert (read["aud"], read["scopes"], read["kind"]) == (["org"], ["snapshot"], "service")
    with pytest.raises(jwt.InvalidAudienceError):
        claims(tokens["access_token"], key, audience="incentive")
    wrong = await signing.stranger().post("/v1/org/service_tokens", json={**asked, "client_secret": "guessed"})
    assert wrong.status_code == 401


async def test_accounts_are_found_by_name_role_and_state(administrator: httpx2.AsyncClient) -> None:
    await account(administrator, "li.ting", name="李婷", role_assignments=[{"role": "hr"}])
    left = await account(administrator, "wang", name="王强")
    await ok(await act(administrator, f"{ACCOUNTS}/{left}/disable", json={}))

    async def found(**params: str) -> list[str]:
        return [each["login"] for each in (await ok(await administrator.get(ACCOUNTS, params=params)))["items"]]

    assert await found(q="李") == await found(q="TING") == await found(role="hr") == ["li.ting"]
    assert await found(state="disabled") == ["wang"]


async def test_an_account_that_is_disabled_loses_its_invitation_and_no_other_does(
    signing: Clients, administrator: httpx2.AsyncClient
) -> None:
    made = [
        await ok(await administrator.post(ACCOUNTS, json={"login": login, "name": "新人"})) for login in ("one", "two")
    ]
    await ok(await act(administrator, f"{ACCOUNTS}/{made[0]['id']}/disable", json={}))
    bodies = [{"token": each["invitation"]["token"], "password": PASSWORD} for each in made]
    accepted = [await signing.stranger().post(ACCEPT, json=body) for body in bodies]
    assert [each.is_success for each in accepted] == [False, True]
