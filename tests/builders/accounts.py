"""Accounts for tests: created by an administrator, their passwords set by invitation, as in life."""

from typing import Any

import httpx2

from tests.builders.org import ok
from tests.clients import Clients

ACCOUNTS = "/v1/org/accounts"
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
    return str(made["id"])
