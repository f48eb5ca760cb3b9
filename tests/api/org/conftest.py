"""Fixtures of the tests about accounts and role documents; modules with their own company override them."""

from collections.abc import AsyncIterator
from copy import deepcopy
from typing import Any

import httpx2
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kit.database.codec import plain
from services.org.identity.usecases.signing import SigningKey
from services.org.templates.store.templates import starter_templates
from tests.api.conftest import Watch
from tests.builders.accounts import administrators, sign_in
from tests.builders.org import Organisation, small_company
from tests.builders.org_documents import DocumentStaff
from tests.clients import Clients, app_context_of, app_of
from tests.databases import RolledBack
from tests.identities import ISSUER, Issuer, SetClock


@pytest.fixture
async def company(org: Clients) -> Organisation:
    return await small_company(org)


@pytest.fixture
def content() -> dict[str, Any]:
    """The document of a position, complete."""
    entry = next(entry for entry in starter_templates().entries if entry.position is not None)
    made: dict[str, Any] = plain(entry.document)
    return deepcopy(made)


@pytest.fixture
def staff(org: Clients) -> DocumentStaff:
    return DocumentStaff(org)


@pytest.fixture
def key(issuer: Issuer) -> SigningKey:
    return SigningKey(issuer.private_key, ISSUER)


@pytest.fixture
async def signing(
    org_sessions: RolledBack, org_connection: AsyncConnection, issuer: Issuer, clock: SetClock, key: SigningKey
) -> AsyncIterator[Clients]:
    """Clients of an org that also issues tokens, trusting its own key as it does in life."""
    context = app_context_of("org", org_sessions, issuer, clock)
    keys = type(issuer.keys)(key.public_set)
    clients = Clients(app_of(type(context)(**{**vars(context), "keys": keys}), signing_key=key), issuer)
    clients.watch(Watch(org_connection, "org"))
    yield clients
    await clients.close()


@pytest.fixture
async def administrator(signing: Clients, org_sessions: RolledBack) -> httpx2.AsyncClient:
    await administrators(org_sessions)
    return signing.bearing((await sign_in(signing, "administrator"))["access_token"])
