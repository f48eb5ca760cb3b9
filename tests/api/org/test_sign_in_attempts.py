"""Wrong passwords slow down whoever sends them, and lock nobody out (ORG-12)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.access.tokens import FixedKeys
from services.kit.database.sessions import Database
from services.org.identity.domain.sign_in_attempt import CLIENT, NAME, NAME_AND_PLACE, PLACE, Attempts, Pace, take_turn
from services.org.identity.usecases import bootstrap
from services.org.identity.usecases.signing import SigningKey
from tests.builders.accounts import PASSWORD, account, sign_in
from tests.builders.org import ok
from tests.clients import Clients, app_context_of, app_of
from tests.databases import TestDatabase
from tests.identities import ISSUER, Issuer, SetClock

pytestmark = pytest.mark.req("ORG-12")
SESSIONS = "/v1/org/sessions"
NOW = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture
async def committing(fresh_database: TestDatabase, issuer: Issuer, clock: SetClock) -> AsyncIterator[Clients]:
    """Clients of an org whose transactions commit, with its first account."""
    database = Database(fresh_database.app_url("org"), pool_size=8)
    key = SigningKey(issuer.private_key, ISSUER)
    context = replace(app_context_of("org", database, issuer, clock), keys=FixedKeys(key.public_set))
    clients = Clients(app_of(context, signing_key=key), issuer)
    async with database.write() as session:
        await bootstrap.administrator(session, password=PASSWORD, now=datetime.now(UTC))
    yield clients
    await clients.close()
    await database.close()


def from_address(clients: Clients, address: str) -> httpx2.AsyncClient:
    """A client whose connection comes from ``address``, as the gateway tells it."""
    transport = httpx2.ASGITransport(app=clients.app, client=(address, 4711))
    return httpx2.AsyncClient(transport=transport, base_url="http://merit.test")


def credentials(password: str, login: str = "administrator") -> dict[str, Any]:
    return {"login": login, "password": password}


async def test_twenty_right_sign_ins_beside_two_hundred_wrong_ones_of_the_same_name_and_address_all_succeed(
    committing: Clients,
) -> None:
    stranger = committing.stranger()
    wrong = [stranger.post(SESSIONS, json=credentials(f"guess number {n}")) for n in range(200)]
    right = [stranger.post(SESSIONS, json=credentials(PASSWORD)) for _ in range(20)]
    mixed = [answer for place in range(20) for answer in (*wrong[place * 10 : place * 10 + 10], right[place])]
    answers = await asyncio.gather(*mixed)
    is_right = [place % 11 == 10 for place in range(220)]
    assert [a.status_code for a, good in zip(answers, is_right, strict=True) if good] == [201] * 20
    assert {a.status_code for a, good in zip(answers, is_right, strict=True) if not good} == {401, 429}
    assert (await stranger.post(SESSIONS, json=credentials(PASSWORD))).status_code == 201


@pytest.mark.parametrize("route", ["sessions", "service_tokens"])
async def test_guesses_from_many_addresses_leave_the_next_place_to_a_sign_in_from_another_one(
    committing: Clients, route: str
) -> None:
    guessers = [from_address(committing, f"192.0.2.{n}") for n in range(8)]

    def guess(number: int) -> dict[str, Any]:
        if route == "sessions":
            return credentials(f"guess {number}", f"somebody{number}")
        return {"client_id": f"system{number}", "client_secret": "guess"}

    first = [g.post(f"/v1/org/{route}", json=guess(n)) for n, g in enumerate(guessers * 2)]
    assert {answer.status_code for answer in await asyncio.gather(*first)} == {401}
    flood = [asyncio.ensure_future(g.post(f"/v1/org/{route}", json=guess(n))) for n, g in enumerate(guessers * 10)]
    await asyncio.wait(flood, return_when=asyncio.FIRST_COMPLETED)
    right = await from_address(committing, "192.0.2.99").post(SESSIONS, json=credentials(PASSWORD))
    assert right.status_code == 201
    checked = sum(each.done() for each in flood)
    await asyncio.gather(*flood)
    assert checked < 40, f"{checked} of 80 guesses were checked before the right password"


async def test_a_name_that_many_addresses_guess_at_is_not_slow_for_its_owner_at_an_address_of_his_own(
    committing: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    pace = Pace(0, timedelta(hours=1), timedelta(hours=1), refuses=False, of_others=True)
    monkeypatch.setattr("services.org.identity.usecases.sign_in_attempts.NAME", pace)
    monkeypatch.setattr("services.org.identity.usecases.sign_in_attempts.asyncio.sleep", sleep)
    guesser, owner = from_address(committing, "192.0.2.1"), from_address(committing, "192.0.2.2")
    for n in range(5):
        assert (await guesser.post(SESSIONS, json=credentials(f"guess {n}"))).status_code == 401
    assert len(slept) == 2  # three are spared
    assert (await owner.post(SESSIONS, json=credentials(PASSWORD))).status_code == 201
    assert len(slept) == 2


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::2", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("not an address", "not an address", True),
    ],
)
async def test_all_addresses_of_one_subscriber_count_as_one(
    committing: Clients, monkeypatch: pytest.MonkeyPatch, first: str, second: str, *, is_one: bool
) -> None:
    pace = Pace(2, timedelta(hours=1), timedelta(), refuses=True)
    monkeypatch.setattr("services.org.identity.usecases.sign_in_attempts.NAME_AND_PLACE", pace)
    guesser, other = from_address(committing, first), from_address(committing, second)
    statuses = [(await guesser.post(SESSIONS, json=credentials(f"guess {n}"))).status_code for n in range(4)]
    assert statuses == [401, 401, 401, 429]
    answer = await other.post(SESSIONS, json=credentials(PASSWORD))
    assert answer.status_code == (429 if is_one else 201)


async def test_after_ten_wrong_passwords_the_answer_is_too_many_and_the_right_one_still_gets_in(
    committing: Clients,
) -> None:
    stranger = committing.stranger()
    for login in ("administrator", "nobody"):
        statuses = [(await stranger.post(SESSIONS, json=credentials("wrong", login))).status_code for _ in range(11)]
        assert statuses == [401] * 10 + [429]
    refused = await stranger.post(SESSIONS, json=credentials("wrong"))
    assert refused.json()["code"] == "too_many_attempts"
    assert int(refused.headers["Retry-After"]) > 0
    assert (await stranger.post(SESSIONS, json=credentials(PASSWORD))).status_code == 201


async def test_parallel_right_sign_ins_are_never_too_many(committing: Clients) -> None:
    stranger = committing.stranger()
    answers = await asyncio.gather(*(stranger.post(SESSIONS, json=credentials(PASSWORD)) for _ in range(40)))
    assert {answer.status_code for answer in answers} == {201}
    wrong = await stranger.post(SESSIONS, json=credentials("wrong"))
    assert wrong.status_code == 401  # none of the right ones counts


async def test_a_guesser_who_used_up_the_turns_of_an_address_slows_down_neither_other_addresses_nor_known_devices(
    committing: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    pace = Pace(3, timedelta(hours=1), timedelta(), refuses=True)
    device = (await sign_in(committing, "administrator"))["device_token"]
    monkeypatch.setattr("services.org.identity.usecases.sign_in_attempts.NAME_AND_PLACE", pace)
    guesser, owner = from_address(committing, "192.0.2.1"), from_address(committing, "192.0.2.2")
    statuses = [(await guesser.post(SESSIONS, json=credentials(f"{n}"))).status_code for n in range(6)]
    assert statuses == [401, 401, 401, 401, 429, 429]
    assert (await guesser.post(SESSIONS, json=credentials(PASSWORD))).status_code == 429
    assert (await owner.post(SESSIONS, json=credentials(PASSWORD))).status_code == 201
    known = await guesser.post(SESSIONS, json=credentials(PASSWORD) | {"device_token": device})
    assert known.status_code == 201
    for forged in (device[:-4] + "AAAA", "made up", known.json()["access_token"]):
        answer = await guesser.post(SESSIONS, json=credentials(PASSWORD) | {"device_token": forged})
        assert answer.status_code == 429


async def test_a_device_is_known_for_the_account_that_signed_in_on_it_and_no_other(
    committing: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    administrator = committing.bearing((await sign_in(committing, "administrator"))["access_token"])
    await account(administrator, "li.ting")
    device = (await sign_in(committing, "li.ting"))["device_token"]
    pace = Pace(0, timedelta(hours=1), timedelta(), refuses=True)
    monkeypatch.setattr("services.org.identity.usecases.sign_in_attempts.NAME_AND_PLACE", pace)
    stranger = committing.stranger()
    await stranger.post(SESSIONS, json=credentials("wrong"))
    answer = await stranger.post(SESSIONS, json=credentials(PASSWORD) | {"device_token": device})
    assert answer.status_code == 429


async def test_a_client_system_is_never_kept_out_by_wrong_secrets(
    committing: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    administrator = committing.bearing((await sign_in(committing, "administrator"))["access_token"])
    body = {"client_id": "crm", "scopes": ["directory"]}
    secret = (await ok(await administrator.post("/v1/org/service_clients", json=body)))["client_secret"]
    monkeypatch.setattr(
        "services.org.identity.usecases.sign_in_attempts.CLIENT",
        Pace(3, timedelta(hours=1), timedelta(milliseconds=10), refuses=False),
    )
    stranger = committing.stranger()
    for n in range(8):
        await stranger.post("/v1/org/service_tokens", json={"client_id": "crm", "client_secret": f"{n}"})
    good = await stranger.post("/v1/org/service_tokens", json={"client_id": "crm", "client_secret": secret})
    assert good.status_code == 201


@given(st.sampled_from([NAME_AND_PLACE, NAME, PLACE, CLIENT]), st.integers(1, 400), st.integers(0, 3_600_000))
def test_nobody_waits_longer_than_the_pace_allows_and_turns_keep_their_distance(
    pace: Pace, attempts: int, milliseconds: int
) -> None:
    known, turns = Attempts(pace.free, NOW, NOW), []
    for n in range(attempts):
        now = NOW + timedelta(milliseconds=milliseconds * n // attempts)
        turn = take_turn(known, pace, now)
        known = turn.attempts
        if turn.wait is None:
            assert pace.refuses
            assert turn.retry_after > pace.longest
        else:
            assert turn.wait <= pace.longest
            turns.append(now + turn.wait)
    if pace.refuses:
        assert all(later - earlier >= pace.gap for earlier, later in pairwise(turns))
    assert take_turn(known, pace, NOW + timedelta(hours=2)).attempts.count == 1
