"""Access tokens: every forged one is refused alike, a real one tells exactly who calls (PLT-03)."""

import asyncio
import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.kit.errors import Unavailable
from services.kit.identity import Caller, Grant, Role
from services.kit.tokens import LIFETIME, FetchedKeys, TokenRefused, claims_of, verify
from services.org.identity.usecases.signing import ACCESS_LIFETIME
from tests.clients import Clients
from tests.identities import ISSUER, Issuer, client_system, person
from tests.kit.conftest import EVENT_SECRET  # noqa: F401 - the fixtures of this folder

pytestmark = pytest.mark.req("PLT-03")

UNIT = uuid4()
HR = person(Role.HR, over=UNIT, employee_id=uuid4(), name="人事王")


async def read(token: str, issuer: Issuer, audience: str = "org") -> Caller:
    return await verify(token, keys=issuer.keys, issuer=ISSUER, audience=audience)


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
        {"grants": [{"role": "emperor"}]},
        {"grants": [{"role": "hr", "unit_id": "everywhere"}]},
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
    known = {"keys": issuer.keys, "issuer": ISSUER, "audience": "org"}
    assert (await verify(token, **known, lifetime=timedelta(hours=1))).account_id == HR.account_id
    with pytest.raises(TokenRefused):
        await verify(token, **known, lifetime=timedelta(minutes=58))


async def test_what_a_service_is_told_of_the_lifetime_holds_at_its_door(kit: Clients, issuer: Issuer) -> None:
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


async def test_a_forged_token_gets_the_same_answer_at_the_door(kit: Clients, issuer: Issuer) -> None:
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
        keys._read_at -= 1000
        assert await keys.find("test") is not None
        state.update(up=True, keys={"keys": [{**issuer.key_set["keys"][0], "kid": "next"}]})
        keys._read_at -= 1000
        assert await keys.find("next") is not None
        assert await keys.find("test") is None


async def test_a_crowd_with_unknown_keys_makes_the_issuer_be_asked_once(issuer: Issuer) -> None:
    """Anybody can send made-up key ids; those who wait for one reading must not each make another."""
    asked = []

    async def org(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        await asyncio.sleep(0.01)
        return httpx2.Response(200, json=issuer.key_set)

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(org)) as http:
        keys = FetchedKeys("http://org.test/v1/org/jwks", http)
        assert await asyncio.gather(*(keys.find(f"made-up-{n}") for n in range(50))) == [None] * 50
        assert len(asked) == 1
        keys._read_at -= 1000
        await asyncio.gather(*(keys.find("test" if n % 2 else f"made-up-{n}") for n in range(50)))
        assert len(asked) == 2


async def test_without_keys_ever_read_the_service_is_unavailable_not_open(issuer: Issuer) -> None:
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(lambda _: httpx2.Response(503))) as http:
        with pytest.raises(Unavailable):
            await verify(issuer.token(HR), keys=FetchedKeys("http://org.test/", http), issuer=ISSUER, audience="org")


def test_roles_over_a_unit_reach_down_and_not_up_or_aside() -> None:
    root, other = uuid4(), uuid4()
    assert HR.has_over([root, UNIT, other], Role.HR)
    assert not HR.has_over([root], Role.HR)
    assert not HR.has_over([root, UNIT], Role.FINANCE)
    assert person(Role.HR).has_over([root], Role.HR)
    assert HR.units_of(Role.HR) == (UNIT,)
    assert person(Role.HR).units_of(Role.HR) is None
    assert person(Role.HR).units_of(Role.FINANCE) == ()


def test_a_person_with_a_seat_is_an_employee_and_a_client_system_a_service() -> None:
    assert HR.has(Role.EMPLOYEE)
    assert not person(Role.HR).has(Role.EMPLOYEE)
    assert client_system("x").roles == {Role.SERVICE}
    assert claims_of(Caller(uuid4(), "x", grants=(Grant(Role.HR),)))["grants"] == [{"role": "hr", "unit_id": None}]
