"""Routes of events: the inbox for our own services, subscriptions and dead letters for the administrator."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import text

from services.kit.audit import trail
from services.kit.errors import Conflict
from services.kit.events.outbox import CloudEvent, publish
from services.kit.events.webhooks import Deliverer, deliver_events
from services.kit.identity import Caller, Role
from services.kit.jobs.queue import JobApp
from services.kit.jobs.trial import run_due
from services.kit.signatures import key_of, sign, verify
from tests.clients import CIPHER, Clients
from tests.databases import RolledBack
from tests.identities import SetClock, person
from tests.kit.conftest import EVENT_SECRET, SERVICE, count

pytestmark = pytest.mark.req("PLT-05")

WANTED = {"name": "CRM", "url": "https://crm.example.org/hooks", "types": ["kit.*"]}


def revocation(account_id: object, event_id: str = "e1") -> bytes:
    data = {"account_id": str(account_id), "not_before": (datetime.now(UTC) + timedelta(seconds=5)).isoformat()}
    return CloudEvent(event_id, "merit/org", "org.account.revoked", "account/1", datetime.now(UTC), data).as_json()


async def delivered(client: httpx2.AsyncClient, body: bytes, secret: str = EVENT_SECRET) -> httpx2.Response:
    headers = {"content-type": "application/cloudevents+json", **sign("e1", body, [secret], datetime.now(UTC))}
    return await client.post("/v1/kit/inbox", content=body, headers=headers)


@pytest.mark.req("PLT-03")
async def test_a_revocation_that_arrives_ends_approving_and_paying_at_once(kit: Clients, clock: SetClock) -> None:
    caller = person(Role.FINANCE)
    pay = f"/v1/kit/things/{uuid4()}/pay"
    key = {"idempotency-key": "k"}
    assert (await kit(caller).post(pay, headers=key)).status_code == 404
    clock.moment = datetime.now(UTC) + timedelta(seconds=5)
    for _ in range(3):
        assert (await delivered(kit.stranger(), revocation(caller.account_id))).status_code == 204
    refused = await kit(caller).post(pay, headers=key)
    assert (refused.status_code, refused.json()["code"]) == (401, "revoked")
    assert (await kit(person(Role.FINANCE)).post(pay, headers=key)).status_code == 404


async def test_what_is_not_signed_by_us_never_reaches_the_inbox(kit: Clients, kit_sessions: RolledBack) -> None:
    client, body = kit.stranger(), revocation(uuid4())
    plain = {"content-type": "application/json"}
    assert (await delivered(client, body, "another secret")).status_code == 401
    assert (await client.post("/v1/kit/inbox", content=body, headers=plain)).status_code == 401
    signed = sign("e1", body, [EVENT_SECRET], datetime.now(UTC))
    assert (await client.post("/v1/kit/inbox", content=body + b" ", headers={**plain, **signed})).status_code == 401
    assert (await client.post("/v1/kit/inbox", content=body, headers=signed)).status_code == 415
    assert (await delivered(client, b"{}")).status_code == 400
    assert (await delivered(client, b"nonsense")).status_code == 400
    assert await count(kit_sessions, "SELECT count(*) FROM inbox") == 0


@pytest.mark.req("PLT-08")
@pytest.mark.parametrize(
    "data",
    [
        {},
        {"account_id": "7"},
        {"account_id": str(uuid4()), "not_before": "soon"},
        {"account_id": None, "not_before": 1},
    ],
)
async def test_an_event_with_malformed_data_is_refused_and_not_remembered(
    kit: Clients, kit_sessions: RolledBack, data: dict[str, object]
) -> None:
    body = CloudEvent("e1", "merit/org", "org.account.revoked", "account/1", datetime.now(UTC), data).as_json()
    refused = await delivered(kit.stranger(), body)
    assert (refused.status_code, refused.json()["code"]) == (400, "not_an_event")
    assert await count(kit_sessions, "SELECT count(*) FROM inbox") == 0


async def test_the_installations_secret_is_changed_without_a_gap(kit: Clients) -> None:
    context = kit.app.state.app_context
    kit.app.state.app_context = replace(context, event_secrets=(f"next {EVENT_SECRET}",))
    for number, secret in enumerate(("next", EVENT_SECRET)):
        assert (await delivered(kit.stranger(), revocation(uuid4(), f"e{number}"), secret)).status_code == 204
    assert (await delivered(kit.stranger(), revocation(uuid4(), "e3"), "other")).status_code == 401


async def test_events_of_other_types_are_remembered_without_effect(kit: Clients, kit_sessions: RolledBack) -> None:
    body = CloudEvent("e9", "merit/org", "org.unit.moved", "unit/1", datetime.now(UTC), {}).as_json()
    assert (await delivered(kit.stranger(), body)).status_code == 204
    assert await count(kit_sessions, "SELECT count(*) FROM inbox") == 1


async def test_the_administrator_subscribes_a_system_and_is_shown_the_secret_once(
    kit: Clients, kit_sessions: RolledBack
) -> None:
    client = kit(Role.ADMINISTRATOR)
    made = await client.post("/v1/kit/subscriptions", json=WANTED, headers={"idempotency-key": "k"})
    assert made.status_code == 201
    secret = made.json()["secret"]
    assert len(key_of(secret)) == 32
    [listed] = (await client.get("/v1/kit/subscriptions")).json()["items"]
    assert listed == {"id": made.json()["id"], **WANTED, "internal": False, "active": True}
    again = await client.post("/v1/kit/subscriptions", json={**WANTED, "types": ["*"]})
    assert (again.status_code, again.json()["id"], again.json()["secret"]) == (201, listed["id"], None)
    renewed = (await client.post(f"/v1/kit/subscriptions/{listed['id']}/rotate_secret")).json()["secret"]
    assert renewed != secret
    async with kit_sessions.read() as session:
        rows = (await session.execute(text("SELECT CAST(subscription AS text) FROM subscription"))).scalars().all()
    assert not any(shown in row or shown.removeprefix("whsec_") in row for row in rows for shown in (secret, renewed))
    assert (await client.delete(f"/v1/kit/subscriptions/{listed['id']}")).status_code == 204
    assert (await client.get("/v1/kit/subscriptions")).json()["items"][0]["active"] is False
    revived = (await client.post("/v1/kit/subscriptions", json=WANTED)).json()
    assert (revived["id"], revived["active"]) == (listed["id"], True)
    assert revived["secret"] not in {secret, renewed, None}
    assert (await client.delete(f"/v1/kit/subscriptions/{uuid4()}")).status_code == 404


@pytest.mark.parametrize(
    "change",
    [{"url": "http://crm.example.org/"}, {"url": "https://u:p@crm.example.org/"}, {"url": "https://"}, {"url": "ftp://x"},
     {"types": ["*.kit"]}, {"types": ["kit.*.x"]}, {"types": [""]}, {"types": "kit.*"}, {"name": ""}],
)  # fmt: skip
async def test_a_subscription_that_makes_no_sense_is_refused(kit: Clients, change: dict[str, object]) -> None:
    answer = await kit(Role.ADMINISTRATOR).post("/v1/kit/subscriptions", json={**WANTED, **change})
    assert answer.status_code == 422


@pytest.mark.req("PLT-03")
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
async def test_only_the_administrator_looks_after_events(kit: Clients, role: Role) -> None:
    client = kit(role)
    assert (await client.get("/v1/kit/subscriptions")).status_code == 403
    assert (await client.post("/v1/kit/subscriptions", json=WANTED)).status_code == 403
    assert (await client.get("/v1/kit/dead_letters")).status_code == 403
    assert (await client.post("/v1/kit/dead_letters/1/replay")).status_code == 403


async def test_dead_letters_are_listed_replayed_and_discarded(kit: Clients, kit_sessions: RolledBack) -> None:
    taken: list[httpx2.Request] = []
    status = 500

    def crm(request: httpx2.Request) -> httpx2.Response:
        taken.append(request)
        return httpx2.Response(status)

    caller = person(Role.ADMINISTRATOR, name="运维")
    client = kit(caller)
    subscribed = (await client.post("/v1/kit/subscriptions", json={**WANTED, "url": "https://93.184.215.14/"})).json()
    for n in range(3):
        async with kit_sessions.write() as session:
            await publish(session, type="kit.thing.paid", subject="thing/1", data={"n": n}, now=datetime.now(UTC))
    app = JobApp[Deliverer](SERVICE)
    deliver_events(app, lambda deliverer: deliverer)
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(crm)) as http:
        deliverer = Deliverer(kit_sessions, http, EVENT_SECRET, cipher=CIPHER)
        await run_due(app, kit_sessions, deliverer, ahead=True, raising=False)
        first = (await client.get("/v1/kit/dead_letters", params={"limit": 2})).json()
        rest = (await client.get("/v1/kit/dead_letters", params={"limit": 2, "cursor": first["next"]})).json()
        letters = first["items"] + rest["items"]
        assert [letter["task"] for letter in letters] == ["deliver_event"] * 3
        assert rest["next"] is None
        assert letters[0]["arguments"]["subscription_id"] == subscribed["id"]
        status = 200
        taken.clear()
        assert (await client.post(f"/v1/kit/dead_letters/{letters[0]['id']}/discard")).status_code == 204
        assert (await client.post(f"/v1/kit/dead_letters/{letters[0]['id']}/replay")).status_code == 404
        assert (await client.post(f"/v1/kit/dead_letters/{letters[1]['id']}/replay")).status_code == 204
        replayed = await client.post(f"/v1/kit/subscriptions/{subscribed['id']}/replay")
        assert replayed.json() == {"count": 1}
        await run_due(app, kit_sessions, deliverer, ahead=True)
    assert [json.loads(request.content)["data"]["n"] for request in taken] == [1, 2]
    verify(taken[0].headers, taken[0].content, [subscribed["secret"]], datetime.now(UTC))
    async with kit_sessions.read() as session:
        trail = text(
            "SELECT actor_id, action, resource_id, before FROM audit WHERE resource = 'dead_letter' ORDER BY id"
        )
        noted = (await session.execute(trail)).all()
    assert [(line.actor_id, line.action) for line in noted] == [
        (caller.account_id, "kit.dead_letter.discarded"),
        (caller.account_id, "kit.dead_letter.replayed"),
    ]
    for line, letter in zip(noted, letters[:2], strict=True):
        wanted = {"job": letter["id"], **{name: letter[name] for name in ("task", "lock", "arguments")}}
        assert (line.resource_id.int, line.before) == (letter["id"], wanted)


@pytest.mark.req("PLT-04")
@pytest.mark.parametrize("action", ["replay", "discard"])
async def test_a_dead_letter_is_not_touched_where_the_trail_cannot_be_written(
    kit: Clients, kit_sessions: RolledBack, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    async with kit_sessions.write() as session:
        inserted = text(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('kit', 'x', 'failed') RETURNING id"
        )
        job = (await session.execute(inserted)).scalar_one()

    async def broken(*_: object, **__: object) -> None:
        raise Conflict

    monkeypatch.setattr(trail, "record", broken)
    client = kit(Role.ADMINISTRATOR)
    assert (await client.post(f"/v1/kit/dead_letters/{job}/{action}")).status_code == 409
    assert await count(kit_sessions, "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'") == 1


@pytest.mark.req("PLT-04")
async def test_what_the_administrator_does_is_in_the_trail(kit: Clients, kit_sessions: RolledBack) -> None:
    caller: Caller = person(Role.ADMINISTRATOR)
    await kit(caller).post("/v1/kit/subscriptions", json=WANTED)
    trail = "SELECT count(*) FROM audit WHERE action = 'kit.subscription.created' AND after->>'url' = 'https://crm.example.org/hooks'"
    assert await count(kit_sessions, trail) == 1
