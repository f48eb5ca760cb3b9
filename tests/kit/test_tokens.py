"""Access tokens: every forged one is refused alike, a real one tells exactly who calls (PLT-03)."""

import asyncio
import base64
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.kit.access.revocations import revoke
from services.kit.access.tokens import LIFETIME, FetchedKeys, FixedKeys, TokenRefused, Verifier, claims_of
from services.kit.errors import Unavailable
from services.kit.identity import Caller, Role, RoleAssignment
from services.org.identity.usecases.signing import ACCESS_LIFETIME
from tests.clients import Clients
from tests.identities import ISSUER, Issuer, client_system, person
from tests.kit.conftest import EVENT_SECRET  # noqa: F401 - the fixtures of this folder

pytestmark = pytest.mark.req("PLT-03")

UNIT = uuid4()
HR = person(Role.HR, over=UNIT, employee_id=uuid4(), name="人事王")


async def read(token: str, issuer: Issuer, audience: str = "org") -> Caller:
    return await Verifier(issuer.keys, issuer=ISSUER, audience=audience).verify(token)


@pytest.mark.parametrize("caller", [HR, client_system("snapshot", "results"), person(Role.AUDITOR)])
async def test_a_real_token_tells_who_calls(issuer: Issuer, caller: Caller) -> None:
    known = await read(issuer.token(caller), issuer)
    assert known.issued_at is not None
    assert replace(known, issued_at=None) == caller


PAST = datetime.now(UTC) - timedelta(minutes=10)


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": ["incentive"]},
        {"aud": []},
        {"aud": None},
        {"iss": "somebody"},
        {"iss": None},
        {"exp": PAST},
        {"exp": None},
        {"iat": None},
        {"jti": None},
        {"sub": None},
        {"sub": "administrator"},
        {"kind": None, "name": None},
        {"role_assignments": [{"role": "emperor"}]},
        {"role_assignments": [{"role": "hr", "unit_id": "everywhere"}]},
        {"nbf": datetime.now(UTC) + timedelta(hours=1)},
        {"iat": -1e18},
        {"exp": datetime.now(UTC) + timedelta(hours=2)},  # of collecting: a long test run may begin minutes later
        {"exp": datetime(9999, 12, 31, tzinfo=UTC)},
        {"exp": 1e300},
        {"exp": "99999999999"},
        {"iat": datetime.now(UTC) - timedelta(hours=1)},
    ],
)
async def test_a_token_with_wrong_claims_is_refused(issuer: Issuer, changed: dict[str, Any]) -> None:
    absent = {name for name, value in changed.items() if value is None}
    payload = jwt.decode(issuer.token(HR), options={"verify_signature": False})
    payload = {name: value for name, value in {**payload, **changed}.items() if name not in absent}
    headers = {"typ": "at+jwt", "kid": issuer.key_id}
    token = jwt.encode(payload, issuer.private_key, algorithm="EdDSA", headers=headers)
    with pytest.raises(TokenRefused):
        await read(token, issuer)


async def test_an_issuer_of_longer_tokens_has_to_be_configured(issuer: Issuer) -> None:
    token = issuer.token(HR, exp=datetime.now(UTC) + timedelta(hours=1))
    with pytest.raises(TokenRefused):
        await read(token, issuer)

    def verifier_of(lifetime: timedelta) -> Verifier:
        return Verifier(issuer.keys, issuer=ISSUER, audience="org", lifetime=lifetime)

    assert (await verifier_of(timedelta(hours=1)).verify(token)).account_id == HR.account_id
    with pytest.raises(TokenRefused):
        await verifier_of(timedelta(minutes=58)).verify(token)


async def test_what_a_service_is_told_of_the_lifetime_holds_in_each_service(kit: Clients, issuer: Issuer) -> None:
    token = issuer.token(HR, exp=datetime.now(UTC) + timedelta(hours=1))
    assert (await kit.bearing(token).get("/v1/kit/things")).status_code == 401
    kit.app.state.app_context = replace(kit.app.state.app_context, token_lifetime=timedelta(hours=1))
    assert (await kit.bearing(token).get("/v1/kit/things")).status_code == 200


def test_org_issues_what_the_services_accept() -> None:
    assert ACCESS_LIFETIME <= LIFETIME


def forged(issuer: Issuer) -> list[str]:
    good = issuer.token(HR)
    header, payload, signature = good.split(".")
    claims = jwt.decode(good, options={"verify_signature": False})
    public = base64.urlsafe_b64decode(issuer.key_set["keys"][0]["x"] + "==")

    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    stranger = Ed25519PrivateKey.generate()
    typed = {"typ": "at+jwt", "kid": issuer.key_id}
    return [
        "", "x", "a.b.c", good[:-3], f"{header}.{payload}.", f"{header}.{payload}.{signature[::-1]}",
        f"{header}.{part({**claims, 'sub': str(uuid4())})}.{signature}",
        f"{part({**typed, 'alg': 'none'})}.{payload}.",
        jwt.encode(claims, public + b"\0" * 32, algorithm="HS256", headers=typed),
        jwt.encode(claims, stranger, algorithm="EdDSA", headers=typed),
        jwt.encode(claims, stranger, algorithm="EdDSA", headers={"typ": "at+jwt", "kid": "unknown"}),
        jwt.encode(claims, issuer.private_key, algorithm="EdDSA", headers={"typ": "JWT", "kid": issuer.key_id}),
        jwt.encode(claims, issuer.private_key, algorithm="EdDSA", headers={"kid": issuer.key_id}),
        jwt.encode(claims, issuer.private_key, algorithm="EdDSA", headers={**typed, "crit": ["exp"]}),
    ]  # fmt: skip


async def test_fourteen_forged_tokens_are_refused_alike(issuer: Issuer) -> None:
    for token in forged(issuer):
        with pytest.raises(TokenRefused) as refused:
            await read(token, issuer)
        assert refused.value.text("en") == TokenRefused().text("en")


async def test_a_forged_token_gets_the_same_answer_as_any_bad_token(kit: Clients, issuer: Issuer) -> None:
    for token in forged(issuer)[1:]:
        answer = await kit.bearing(token).get("/v1/kit/things")
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("value", ["Basic YTpi", "Bearer", "bearer ", "Token x"])
async def test_other_kinds_of_authorization_are_no_token(kit: Clients, value: str) -> None:
    answer = await kit.stranger().get("/v1/kit/things", headers={"authorization": value})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_keys_are_fetched_once_kept_while_the_issuer_is_away_and_renewed_for_a_new_one(issuer: Issuer) -> None:
    state: dict[str, Any] = {"asked": 0, "up": True, "keys": issuer.key_set}

    def org(_: httpx2.Request) -> httpx2.Response:
        state["asked"] += 1
        return httpx2.Response(200, json=state["keys"]) if state["up"] else httpx2.Response(503)

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(org)) as http:
        keys = FetchedKeys("http://org.test/v1/org/jwks", http)
        assert await keys.find("test") is not None
        assert await keys.find("test") is not None
        assert state["asked"] == 1
        state["up"] = False
        keys.polled._read_at = keys.polled._tried_at = -1000.0
        assert await keys.find("test") is not None
        state.update(up=True, keys={"keys": [{**issuer.key_set["keys"][0], "kid": "next"}]})
        keys.polled._tried_at = -1000.0
        assert await keys.find("test") is not None  # nobody waits for an issuer that was silent a moment ago
        await asyncio.sleep(0.1)
        assert await keys.find("next") is not None
        assert await keys.find("test") is None


async def test_a_crowd_with_unknown_keys_makes_the_issuer_be_asked_once(issuer: Issuer) -> None:
    """Anybody can send invented key ids; callers that wait for one read of the keys must not each start another."""
    asked = []

    async def org(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        await asyncio.sleep(0.01)
        return httpx2.Response(200, json=issuer.key_set)

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(org)) as http:
        keys = FetchedKeys("http://org.test/v1/org/jwks", http)
        assert await asyncio.gather(*(keys.find(f"made-up-{n}") for n in range(50))) == [None] * 50
        assert len(asked) == 1
        keys.polled._read_at = keys.polled._tried_at = -1000.0
        await asyncio.gather(*(keys.find("test" if n % 2 else f"made-up-{n}") for n in range(50)))
        assert len(asked) == 2


async def test_without_keys_ever_read_the_service_is_unavailable_not_open(issuer: Issuer) -> None:
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(lambda _: httpx2.Response(503))) as http:
        with pytest.raises(Unavailable):
            await Verifier(FetchedKeys("http://org.test/", http), issuer=ISSUER, audience="org").verify(
                issuer.token(HR)
            )


@dataclass
class Rotating:
    """Keys that change, as those of an issuer do."""

    keys: FixedKeys

    async def find(self, key_id: str) -> jwt.PyJWK | None:
        return await self.keys.find(key_id)


async def test_a_token_is_checked_once_and_then_known(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    verifier, token = Verifier(issuer.keys, issuer=ISSUER, audience="org"), issuer.token(HR)
    first = await verifier.verify(token)
    with monkeypatch.context() as patched:
        patched.setattr(jwt, "decode", None)
        assert await verifier.verify(token) is first
    for other in forged(issuer):
        with pytest.raises(TokenRefused):
            await verifier.verify(other)


async def test_a_known_token_is_refused_once_it_has_expired(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    verifier = Verifier(issuer.keys, issuer=ISSUER, audience="org")
    expires = datetime.now(UTC) + timedelta(seconds=2)
    token = issuer.token(HR, exp=expires)
    await verifier.verify(token)
    await asyncio.sleep((expires - datetime.now(UTC)).total_seconds())
    with pytest.raises(TokenRefused):
        await verifier.verify(token)


async def test_a_known_token_is_refused_once_its_key_is_withdrawn_or_replaced(issuer: Issuer) -> None:
    keys = Rotating(issuer.keys)
    verifier, token = Verifier(keys, issuer=ISSUER, audience="org"), issuer.token(HR)
    assert await verifier.verify(token) == await verifier.verify(token)
    keys.keys = FixedKeys({"keys": [{**issuer.key_set["keys"][0], "kid": "next"}]})
    with pytest.raises(TokenRefused):
        await verifier.verify(token)
    keys.keys = Issuer(key_id=issuer.key_id).keys  # another key under the same id
    with pytest.raises(TokenRefused):
        await verifier.verify(token)
    keys.keys = issuer.keys
    assert (await verifier.verify(token)).account_id == HR.account_id


@pytest.mark.req("ORG-12")
async def test_a_revoked_token_is_refused_at_every_route_whatever_it_got_before(kit: Clients, issuer: Issuer) -> None:
    caller = person(Role.FINANCE)
    client, key = kit.bearing(issuer.token(caller)), {"Idempotency-Key": "k-1-revoked"}
    thing = {"name": "x", "amount": "1.00"}
    assert (await client.post("/v1/kit/things", json=thing, headers=key)).status_code == 201
    async with kit.app.state.app_context.sessions.write() as session:
        await revoke(session, caller.account_id, datetime.now(UTC) + timedelta(seconds=1))
    refused = [
        await client.get("/v1/kit/things"),
        await client.post("/v1/kit/things", json=thing, headers=key),  # the stored answer is not given either
        await client.post(f"/v1/kit/things/{uuid4()}/pay", headers={"Idempotency-Key": "k-2-revoked"}),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(401, "revoked")] * 3


async def test_the_tokens_that_are_known_do_not_grow_without_bound(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.kit.access.tokens.MOST_REMEMBERED", 2)
    verifier = Verifier(issuer.keys, issuer=ISSUER, audience="org")
    first, *others = [issuer.token(person(Role.HR)) for _ in range(3)]
    known = await verifier.verify(first)
    await verifier.verify(others[0])
    assert await verifier.verify(first) is known
    await verifier.verify(others[1])  # others[0] was used longest ago and is forgotten
    assert await verifier.verify(first) is known
    again = await verifier.verify(others[0])
    assert await verifier.verify(others[0]) is again


def test_roles_over_a_unit_reach_down_and_not_up_or_aside() -> None:
    root, other = uuid4(), uuid4()
    assert HR.has_over([root, UNIT, other], Role.HR)
    assert not HR.has_over([root], Role.HR)
    assert not HR.has_over([root, UNIT], Role.FINANCE)
    assert person(Role.HR).has_over([root], Role.HR)
    assert HR.units_of(Role.HR) == (UNIT,)
    assert person(Role.HR).units_of(Role.HR) is None
    assert person(Role.HR).units_of(Role.FINANCE) == ()


def test_a_person_with_a_assignment_is_an_employee_and_a_client_system_a_service() -> None:
    assert HR.has(Role.EMPLOYEE)
    assert not person(Role.HR).has(Role.EMPLOYEE)
    assert client_system("x").roles == {Role.SERVICE}
    assert claims_of(Caller(uuid4(), "x", role_assignments=(RoleAssignment(Role.HR),)))["role_assignments"] == [
        {"role": "hr", "unit_id": None}
    ]
