"""A crowd is refused early and delays nobody else; requests without a caller are dropped (PLT-01, PLT-08)."""

import base64
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx2
import pytest

from gateway import connections
from gateway.admission import caller_of, subject_of
from tests.gateway.conftest import METRICS_TOKEN, SCRAPING, Start
from tests.gateway.servers import Service
from tests.gateway.test_failures import assert_problem

pytestmark = pytest.mark.req("PLT-01", "PLT-08")


def token_of(account: str) -> dict[str, str]:
    """A header with what looks like an account's token."""
    payload = base64.urlsafe_b64encode(json.dumps({"sub": account}).encode()).decode().rstrip("=")
    return {"Authorization": f"Bearer e30.{payload}.c2ln"}


@contextmanager
def hung() -> Iterator[str]:
    """A service that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_crowd_at_a_busy_service_is_refused_within_half_a_second(start: Start) -> None:
    with hung() as origin, ThreadPoolExecutor(20) as crowd:
        client = start(incentive_url=origin, connections=4, answer_seconds=2.0)
        started = time.monotonic()
        asked = [crowd.submit(client.get, "/v1/incentive/echo", headers=token_of(f"a{n}")) for n in range(20)]
        answers = [each.result() for each in asked]
    refused = [answer for answer in answers if answer.status_code == 503]
    assert len(refused) == 16
    for answer in refused:
        assert_problem(answer, 503, "service_busy")
        assert int(answer.headers["retry-after"]) >= 1
        assert answer.elapsed.total_seconds() < 1.5
    assert time.monotonic() - started < 4


def crowd_at_a_brisk_service(client: httpx2.Client, size: int) -> list[httpx2.Response]:
    """What so many accounts are answered who ask at once for what takes a tenth of a second."""
    with ThreadPoolExecutor(size) as crowd:
        asked = [crowd.submit(client.get, "/v1/org/brief", headers=token_of(f"a{n}")) for n in range(size)]
        return [each.result() for each in asked]


def test_in_a_line_that_moves_fast_enough_everybody_is_answered(start: Start) -> None:
    answers = crowd_at_a_brisk_service(start(connections=4, answer_seconds=4.8), 40)  # the last one after a second
    assert {answer.status_code for answer in answers} == {200}


def test_of_a_line_that_is_too_long_the_end_is_refused_within_half_a_second(start: Start) -> None:
    answers = crowd_at_a_brisk_service(start(connections=4, answer_seconds=1.2), 90)
    refused = [answer for answer in answers if answer.status_code == 503]
    answered = [answer for answer in answers if answer.status_code == 200]
    assert len(refused) + len(answered) == 90
    assert len(refused) >= 20
    assert len(answered) >= 30  # those who found a place at once or in 0.4 s, and as many again who could expect one
    assert {answer.json()["code"] for answer in refused} == {"service_busy"}


def test_nobody_has_more_under_way_than_his_share(start: Start) -> None:
    with hung() as origin, ThreadPoolExecutor(6) as crowd:
        client = start(incentive_url=origin, requests_per_caller=2, answer_seconds=1.5)
        mine = [crowd.submit(client.get, "/v1/incentive/echo", headers=token_of("me")) for _ in range(5)]
        time.sleep(0.2)
        assert client.get("/v1/org/echo", headers=token_of("somebody else")).status_code == 200
        statuses = sorted(each.result().status_code for each in mine)
        codes = {each.result().json()["code"] for each in mine}
    assert statuses == [503] * 3 + [504] * 2
    assert codes == {"too_many_at_once", "service_slow"}
    assert client.get("/v1/org/echo", headers=token_of("me")).status_code == 200  # his places are free again


def test_a_crowd_of_readers_does_not_keep_others_from_signing_in(start: Start) -> None:
    client = start(connections=2, answer_seconds=2.0)
    with ThreadPoolExecutor(10) as crowd:
        reading = [crowd.submit(client.get, "/v1/org/slow", headers=token_of(f"a{n}")) for n in range(10)]
        time.sleep(0.2)
        started = time.monotonic()
        answer = client.post("/v1/sign_in", json={"login": "zhang.min", "password": "right"})
        assert answer.status_code == 200
        assert time.monotonic() - started < 1
        assert {each.result().status_code for each in reading} == {503, 504}


def test_guesses_from_one_address_do_not_keep_others_from_signing_in(start: Start) -> None:
    client = start(connections=2, answer_seconds=4.8)
    guess, right = ({"login": "zhang.min", "password": password} for password in ("guess", "right"))
    with ThreadPoolExecutor(4) as crowd:
        guesses = [crowd.submit(client.post, "/v1/sign_in", json=guess, headers=token_of(f"a{n}")) for n in range(4)]
        time.sleep(0.2)
        elsewhere = httpx2.HTTPTransport(local_address="127.0.0.2")
        with httpx2.Client(base_url=client.base_url, transport=elsewhere) as other:
            assert other.post("/v1/sign_in", json=right).status_code == 200
        assert sum(each.done() for each in guesses) < 3
        assert {each.result().status_code for each in guesses} == {401}


def test_guesses_from_many_addresses_do_not_keep_others_from_signing_in(start: Start) -> None:
    client = start(connections=4, answer_seconds=4.8)
    guess, right = ({"login": "zhang.min", "password": password} for password in ("guess", "right"))

    def sign_in(address: str, body: dict[str, str]) -> httpx2.Response:
        elsewhere = httpx2.HTTPTransport(local_address=address)
        with httpx2.Client(base_url=client.base_url, transport=elsewhere, timeout=20) as other:
            return other.post("/v1/sign_in", json=body)

    with ThreadPoolExecutor(24) as crowd:
        guesses = [crowd.submit(sign_in, f"127.0.0.{10 + n % 12}", guess) for n in range(24)]
        time.sleep(0.3)
        assert sign_in("127.0.0.2", right).status_code == 200
        assert sum(each.done() for each in guesses) <= 15  # one of each address, and three more
        assert {each.result().status_code for each in guesses} == {401}


def test_a_crowd_at_the_merged_tasks_takes_turns_too(start: Start) -> None:
    with hung() as origin, ThreadPoolExecutor(6) as crowd:
        client = start(org_url=origin, incentive_url=origin, connections=1)
        asked = [crowd.submit(client.get, "/v1/my/tasks", headers=token_of(f"a{n}")) for n in range(6)]
        assert {each.result().status_code for each in asked} == {200}
        missing = {each["service"] for answer in asked for each in answer.result().json()["missing"]}
    assert missing == {"org", "appraisal", "incentive"}


def asked_and_left(client: httpx2.Client, request: bytes) -> None:
    """Ask, wait a moment and hang up."""
    with socket.create_connection((client.base_url.host, client.base_url.port or 80)) as connection:
        connection.sendall(request)
        time.sleep(0.2)


def test_a_read_whose_reader_leaves_is_dropped_before_the_service_answers(start: Start, org: Service) -> None:
    client = start(answer_seconds=20.0, connections=1, metrics_token=METRICS_TOKEN)
    org.reader_gone.clear()
    asked_and_left(client, b"GET /v1/org/waiting HTTP/1.1\r\nHost: m\r\n\r\n")
    assert org.reader_gone.wait(2)
    assert client.get("/v1/org/echo").status_code == 200  # the place is free again
    assert 'service="gateway",status="499"' in client.get("/metrics", headers=SCRAPING).text


def test_whoever_leaves_the_line_is_not_served(start: Start, org: Service) -> None:
    client = start(connections=1, wait_seconds=5.0)
    with ThreadPoolExecutor(1) as crowd:
        working = crowd.submit(client.get, "/v1/org/slow")
        time.sleep(0.2)
        asked_and_left(client, b"GET /v1/org/things/1 HTTP/1.1\r\nHost: m\r\n\r\n")
        working.result()
    client.get("/v1/org/echo")
    assert [target for _, target, *_ in org.asked] == ["/v1/org/slow", "/v1/org/echo"]


def test_a_write_is_seen_through_though_its_caller_leaves(start: Start, org: Service) -> None:
    org.imported.clear()
    asked_and_left(start(), b"POST /v1/org/imports HTTP/1.1\r\nHost: m\r\nContent-Length: 2\r\n\r\na,")
    assert org.imported.wait(3)


def test_an_answer_that_nobody_reads_is_given_up(
    client: httpx2.Client, org: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "UNREAD_SECONDS", 0.3)
    org.reader_gone.clear()
    with socket.create_connection((client.base_url.host, client.base_url.port or 80)) as connection:
        connection.sendall(b"GET /v1/org/endless HTTP/1.1\r\nHost: m\r\n\r\n")
        assert org.reader_gone.wait(10)


@pytest.mark.parametrize(
    "written", [None, "Bearer opaque", "Bearer a.!!.c", "Bearer a.W10.c", "Bearer a.eyJzdWIiOjF9.c"]
)
def test_without_an_account_the_address_is_the_caller(written: str | None) -> None:
    assert caller_of(written, "10.0.0.1") == "10.0.0.1"


def test_an_account_is_the_same_caller_whatever_its_token() -> None:
    token = token_of("me")["Authorization"]
    assert caller_of(token, "10.0.0.1") == caller_of(token + "x", "10.0.0.1")
    assert caller_of(token, "10.0.0.1") != caller_of(token_of("you")["Authorization"], "10.0.0.1")


@pytest.mark.req("PLT-08")
def test_large_tokens_that_nobody_has_verified_take_no_memory() -> None:
    written = base64.urlsafe_b64encode(json.dumps({"sub": "me", "filling": "x" * 50_000}).encode()).decode()
    kept = subject_of.cache_info().currsize
    assert caller_of(f"Bearer a.{written}.c", "10.0.0.1") == caller_of(token_of("me")["Authorization"], "10.0.0.1")
    assert subject_of.cache_info().currsize <= kept + 1
