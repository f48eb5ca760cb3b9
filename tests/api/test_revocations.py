"""A disabled, re-linked or re-passworded account and a withdrawn role are out in all services within five seconds."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.kit.access.callers import permission_of
from services.kit.access.clients import NeighbourAway
from services.kit.access.revocations import ASKING_SECONDS, PATH, revocations_of_org, revoke
from services.kit.access.tokens import FetchedKeys, FixedKeys
from services.kit.identity import Role
from services.kit.polled import OLDEST, REREAD, Polled
from services.kit.signatures import sign
from services.kit.web.openapi import routes_of
from services.org.identity.usecases import bootstrap
from services.org.identity.usecases.signing import SigningKey
from tests.api.test_every_operation_survives import DOCUMENTS
from tests.builders.accounts import ACCEPT, ACCOUNTS, PASSWORD, account, administrators, released_by_the_second
from tests.builders.org import act, ok, small_company
from tests.clients import Clients, app_context_of, app_of
from tests.databases import RolledBack
from tests.identities import ISSUER, Issuer, SetClock, client_system, person

pytestmark = pytest.mark.req("ORG-12", "PLT-03")

SECRET = "secret-of-the-installation-under-test"
READS = {"org": "/v1/org/units", "appraisal": "/v1/appraisal/cycles", "incentive": "/v1/incentive/plans"}
PEOPLE = [role for role in Role if role not in {Role.MANAGER, Role.SERVICE}]


ASK_FOR_NO_TOKEN = {
    "POST /v1/org/invitations/accept", "POST /v1/org/service_tokens", "POST /v1/org/sessions",
    "POST /v1/org/sessions/refresh", "POST /v1/org/sessions/revoke", "GET /v1/org/jwks", f"GET {PATH}",
    "POST /v1/appraisal/inbox", "POST /v1/incentive/inbox",
}  # fmt: skip
"""They ask for a password, an invitation, a refresh token, a secret or a signature instead, or tell what is public."""


def test_what_is_asked_for_and_how_long_it_counts_is_within_five_seconds() -> None:
    assert OLDEST + ASKING_SECONDS <= 5
    assert REREAD < OLDEST


@pytest.mark.parametrize("service", ["org", "appraisal", "incentive"])
async def test_no_operation_that_asks_who_calls_lets_a_withdrawn_token_in(
    service: str, org: Clients, appraisal: Clients, incentive: Clients
) -> None:
    clients = {"org": org, "appraisal": appraisal, "incentive": incentive}[service]
    callers = [person(*PEOPLE, employee_id=uuid4()), client_system("snapshot", "directory", "results", "measurements")]
    async with clients.app.state.app_context.sessions.write() as session:
        for caller in callers:
            await revoke(session, caller.account_id, datetime.now(UTC) + timedelta(hours=1))
    asked = set()
    for route in routes_of(clients.app):
        if permission_of(route.dependant) is None:
            continue
        path = re.sub(r"\{\w+\}", str(uuid4()), route.path_format)
        for method in route.methods or ():
            for caller in callers:
                answer = await clients(caller).request(method, path)
                assert (answer.status_code, answer.json()["code"]) == (401, "revoked"), f"{method} {path}"
                asked.add(f"{method} {route.path_format}")
    described = {
        f"{method.upper()} {path}"
        for path, operations in DOCUMENTS[service]["paths"].items()
        if path.startswith("/v1/")
        for method in operations
    }
    assert asked.isdisjoint(ASK_FOR_NO_TOKEN)
    assert described == asked | {each for each in ASK_FOR_NO_TOKEN if f"/v1/{service}/" in each}


@pytest.fixture
async def neighbours(
    org_sessions: RolledBack,
    appraisal_sessions: RolledBack,
    incentive_sessions: RolledBack,
    issuer: Issuer,
    clock: SetClock,
) -> AsyncIterator[dict[str, Clients]]:
    """org as it runs, and the other two, which ask it for keys and revocations; each request asks anew."""
    key = SigningKey(issuer.private_key, ISSUER)
    context = replace(
        app_context_of("org", org_sessions, issuer, clock), event_secrets=(SECRET,), keys=FixedKeys(key.public_set)
    )
    org = Clients(app_of(context, signing_key=key), issuer)
    found = {"org": org}
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=org.app)) as http:
        for name, sessions in (("appraisal", appraisal_sessions), ("incentive", incentive_sessions)):
            keys = FetchedKeys("http://org.test/v1/org/jwks", http)
            keys.polled._reread = keys.polled._oldest = 0
            read = Polled(revocations_of_org(http, "http://org.test", SECRET), reread=0, oldest=0)
            other = replace(app_context_of(name, sessions, issuer, clock), keys=keys, revoked=(read,))
            found[name] = Clients(app_of(other), issuer)
        yield found
        for clients in found.values():
            await clients.close()


async def test_whatever_withdraws_a_token_is_felt_in_every_service_and_a_new_sign_in_is_not(
    neighbours: dict[str, Clients], org_sessions: RolledBack
) -> None:
    org = neighbours["org"]
    await administrators(org_sessions)
    administrator = org.bearing(await token(org, "administrator"))
    await account(administrator, "hr", role_assignments=[{"role": "hr"}])
    reader = org.bearing(await token(org, "hr"))
    await small_company(org, reader)
    number = (await ok(await reader.get("/v1/org/employees")))["items"][0]["number"]

    async def changed(account_id: str, **body: str) -> httpx2.Response:
        seen = await administrator.get(f"{ACCOUNTS}/{account_id}")
        return await administrator.patch(
            f"{ACCOUNTS}/{account_id}", json=body, headers={"If-Match": seen.headers["ETag"]}
        )

    async def password_set(account_id: str) -> httpx2.Response:
        made = await ok(await administrator.post(f"{ACCOUNTS}/invitations", json={"account_ids": [account_id]}))
        body = {"token": made["items"][0]["token"], "password": "another long passphrase"}
        return await org.stranger().post(ACCEPT, json=body)

    async def withdrawn(account_id: str) -> httpx2.Response:
        held = (await ok(await administrator.get(f"{ACCOUNTS}/{account_id}")))["role_assignments"]
        return await administrator.delete(f"/v1/org/role_assignments/{held[0]['id']}")

    for login, change in {
        "password": password_set,
        "person": lambda account_id: changed(account_id, employee_number=number),
        "role": withdrawn,
        "disabled": lambda account_id: act(administrator, f"{ACCOUNTS}/{account_id}/disable", json={}),
    }.items():
        roles = [{"role": "auditor"}, {"role": "hr"}]
        account_id = await account(administrator, login, role_assignments=roles)
        old = await token(org, login)
        assert await answers(neighbours, old) == [200] * 3
        renamed = await changed(account_id, name="renamed")
        assert (renamed.status_code, await answers(neighbours, old)) == (200, [200] * 3)  # a name withdraws nothing
        await ok(await change(account_id))
        assert await answers(neighbours, old) == [401] * 3, login
        if login != "disabled":
            await released_by_the_second(administrator, account_id)
            password = "another long passphrase" if login == "password" else PASSWORD
            assert await answers(neighbours, await token(org, login, password)) == [200] * 3, login


async def token(org: Clients, login: str, password: str = PASSWORD) -> str:
    """What signing in gives."""
    answer = await org.stranger().post("/v1/org/sessions", json={"login": login, "password": password})
    found: str = (await ok(answer))["access_token"]
    return found


async def answers(neighbours: dict[str, Clients], bearing: str) -> list[int]:
    """The answers of the services to a read."""
    return [(await neighbours[name].bearing(bearing).get(READS[name])).status_code for name in READS]


async def test_a_retired_signing_key_is_trusted_nowhere(
    neighbours: dict[str, Clients], org_sessions: RolledBack
) -> None:
    org = neighbours["org"]
    async with org_sessions.write() as session:
        await bootstrap.administrator(session, password=PASSWORD, now=datetime.now(UTC))
    old = await token(org, "administrator")
    reads = {"org": ACCOUNTS, **{name: f"/v1/{name}/subscriptions" for name in ("appraisal", "incentive")}}
    assert [(await neighbours[name].bearing(old).get(path)).status_code for name, path in reads.items()] == [200] * 3
    key = SigningKey(Ed25519PrivateKey.generate(), ISSUER)
    org.app.state.signing_key = key
    org.app.state.app_context = replace(org.app.state.app_context, keys=FixedKeys(key.public_set))
    for _ in range(2):  # also where the token was known
        assert [(await neighbours[n].bearing(old).get(path)).status_code for n, path in reads.items()] == [401] * 3
    new = await token(org, "administrator")
    assert [(await neighbours[name].bearing(new).get(path)).status_code for name, path in reads.items()] == [200] * 3


async def test_only_our_own_services_are_told_and_gateways_do_not_pass_it_on(neighbours: dict[str, Clients]) -> None:
    stranger = neighbours["org"].stranger()
    assert (await stranger.get(PATH)).json()["code"] == "signature_invalid"
    wrong = sign("1", b"", ["another secret"], datetime.now(UTC))
    assert (await stranger.get(PATH, headers=wrong)).json()["code"] == "signature_invalid"
    right = sign("1", b"", [SECRET], datetime.now(UTC))
    assert (await stranger.get(PATH, headers=right)).json() == {"items": []}
    assert neighbours["org"].app.openapi()["paths"][PATH]["get"]["x-internal"] is True


async def test_org_counts_as_it_last_spoke_while_it_is_silent_and_no_longer_than_is_allowed(
    appraisal_sessions: RolledBack, issuer: Issuer, clock: SetClock
) -> None:
    away = False

    async def org() -> dict[UUID, datetime]:
        if away:
            raise NeighbourAway(service="org", reason="test", retry_after=2)
        return {}

    read = Polled(org, patience=3, reread=0, oldest=0.05)
    clients = Clients(
        app_of(replace(app_context_of("appraisal", appraisal_sessions, issuer, clock), revoked=(read,))), issuer
    )
    auditor = clients(Role.AUDITOR)
    assert (await auditor.get(READS["appraisal"])).status_code == 200
    away = True
    assert (await auditor.get(READS["appraisal"])).status_code == 200
    await asyncio.sleep(3.1)
    refused = await clients(Role.AUDITOR).get(READS["appraisal"])
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
    await clients.close()
