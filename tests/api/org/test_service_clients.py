"""Client systems of other makers: what they are given, and what is taken from them (ORG-12, PLT-03)."""

import pytest
from sqlalchemy import select

from services.kit.identity import Role
from services.org.identity.store.tables import ServiceClientRow
from services.org.identity.usecases import bootstrap
from services.org.identity.usecases.bootstrap import Client
from services.org.identity.usecases.signing import SigningKey
from tests.builders.org import act, ok
from tests.clients import Clients, app_context_of, app_of
from tests.databases import RolledBack
from tests.identities import ISSUER, Issuer, SetClock

pytestmark = pytest.mark.req("ORG-12")
CLIENTS = "/v1/org/service_clients"


@pytest.fixture
async def signing(org_sessions: RolledBack, issuer: Issuer, clock: SetClock) -> Clients:
    """Clients of an org that also issues tokens."""
    key = SigningKey(issuer.private_key, ISSUER)
    context = app_context_of("org", org_sessions, issuer, clock)
    both = type(issuer.keys)({"keys": [*issuer.key_set["keys"], *key.public_set["keys"]]})
    return Clients(app_of(type(context)(**{**vars(context), "keys": both}), signing_key=key), issuer)


async def test_a_client_system_signs_in_with_the_secret_it_was_shown_once(signing: Clients) -> None:
    administrator = signing(Role.ADMINISTRATOR)
    made = await ok(await administrator.post(CLIENTS, json={"client_id": "crm", "scopes": ["directory"]}))
    secret = {"client_id": "crm", "client_secret": made["client_secret"]}
    token = (await ok(await signing.stranger().post("/v1/org/service_tokens", json=secret)))["access_token"]
    assert (await signing.bearing(token).get("/v1/org/units")).status_code == 200
    assert (await signing.bearing(token).get("/v1/org/snapshot")).status_code == 403
    listed = await administrator.get(CLIENTS)
    assert made["client_secret"] not in listed.text
    shown = {item["client_id"]: item for item in listed.json()["items"]}["crm"]
    assert (shown["scopes"], shown["audiences"], shown["disabled_at"]) == (["directory"], ["org"], None)


async def test_another_secret_or_a_closed_access_ends_the_old_one(signing: Clients) -> None:
    administrator = signing(Role.ADMINISTRATOR)
    made = await ok(await administrator.post(CLIENTS, json={"client_id": "crm", "scopes": ["measurements"]}))
    old = {"client_id": "crm", "client_secret": made["client_secret"]}
    stale = await administrator.post(f"{CLIENTS}/{made['id']}/rotate_secret", json={}, headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    renewed = await ok(await act(administrator, f"{CLIENTS}/{made['id']}/rotate_secret", json={}))
    assert (await signing.stranger().post("/v1/org/service_tokens", json=old)).status_code == 401
    new = {"client_id": "crm", "client_secret": renewed["client_secret"]}
    assert (await signing.stranger().post("/v1/org/service_tokens", json=new)).is_success
    await ok(await act(administrator, f"{CLIENTS}/{made['id']}/disable", json={}))
    assert (await signing.stranger().post("/v1/org/service_tokens", json=new)).status_code == 401


async def test_a_name_in_use_or_of_our_own_services_is_refused(signing: Clients) -> None:
    administrator = signing(Role.ADMINISTRATOR)
    await ok(await administrator.post(CLIENTS, json={"client_id": "crm", "scopes": ["directory"]}))
    for name in ("crm", "appraisal"):
        again = await administrator.post(CLIENTS, json={"client_id": name, "scopes": ["directory"]})
        assert (again.status_code, again.json()["code"]) == (409, "service_client_taken")


async def test_no_administrator_disables_one_of_our_own_services_or_renews_its_secret(
    signing: Clients, org_sessions: RolledBack, clock: SetClock
) -> None:
    ours = Client("appraisal", "secret", ("org",), ("snapshot",))
    async with org_sessions.write() as session:
        await bootstrap.clients(session, wanted=[ours], now=clock.now())
        [row_id] = (await session.scalars(select(ServiceClientRow.id))).all()
    administrator = signing(Role.ADMINISTRATOR)
    for action in ("rotate_secret", "disable"):
        refused = await administrator.post(f"{CLIENTS}/{row_id}/{action}", json={}, headers={"If-Match": '"1"'})
        assert (refused.status_code, refused.json()["code"]) == (404, "service_client_unknown")


async def test_only_known_scopes_can_be_given_and_only_by_the_administrator(signing: Clients) -> None:
    unknown = await signing(Role.ADMINISTRATOR).post(CLIENTS, json={"client_id": "crm", "scopes": ["everything"]})
    assert unknown.json()["errors"][0]["pointer"] == "/scopes/0"
    assert (await signing(Role.HR).post(CLIENTS, json={"client_id": "crm", "scopes": ["directory"]})).status_code == 403
