"""Accounts for tests: created by an administrator, their passwords set by invitation, as in life."""

from datetime import UTC, datetime
from typing import Any

import httpx2

from services.kit.database.sessions import Sessions
from services.org.identity.usecases import bootstrap
from tests.builders.org import ok
from tests.clients import Clients

ACCOUNTS = "/v1/org/accounts"
ASSIGNMENTS = "/v1/org/role_assignments"
ACCEPT = "/v1/org/invitations/accept"
PASSWORD = "a long enough passphrase"


async def sign_in(signing: Clients, login: str, password: str = PASSWORD, **more: str) -> Any:
    """The tokens of a sign-in."""
    answer = await signing.stranger().post("/v1/org/sessions", json={"login": login, "password": password, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def account(administrator: httpx2.AsyncClient, login: str, **more: Any) -> str:
    """The id of an account whose owner has set a password."""
    made = await ok(await administrator.post(ACCOUNTS, json={"login": login, "name": login} | more))
    body = {"token": made["invitation"]["token"], "password": PASSWORD}
    await ok(await administrator.post(ACCEPT, json=body))
    if made["role_assignments"]:
        await released_by_the_second(administrator, made["id"])
    return str(made["id"])


async def administrators(sessions: Sessions) -> None:
    """The two administrators that an installation begins with; both have the password."""
    async with sessions.write() as session:
        for login in (bootstrap.ADMINISTRATOR, bootstrap.SECOND_ADMINISTRATOR):
            await bootstrap.administrator(session, login=login, password=PASSWORD, now=datetime.now(UTC))


async def release_roles(client: httpx2.AsyncClient, account_id: str, **headers: str) -> None:
    """Another administrator, ``client`` or whose headers these are, releases all roles of an account."""
    held = await ok(await client.get(f"{ACCOUNTS}/{account_id}", headers=headers))
    for each in held["role_assignments"]:
        if each["state"] == "proposed":
            tag = headers | {"If-Match": f'"{each["revision"]}"'}
            await ok(await client.post(f"{ASSIGNMENTS}/{each['id']}/release", json={}, headers=tag))


async def released_by_the_second(client: httpx2.AsyncClient, account_id: str) -> None:
    """The second administrator of the installation releases all roles of an account."""
    body = {"login": bootstrap.SECOND_ADMINISTRATOR, "password": PASSWORD}
    tokens = await ok(await client.post("/v1/org/sessions", json=body))
    await release_roles(client, account_id, Authorization=f"Bearer {tokens['access_token']}")
