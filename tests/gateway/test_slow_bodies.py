"""A client that sends its body slowly delays nobody else and is cut off in the end (PLT-01, PLT-08)."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx2
import pytest

from gateway import connections
from tests.gateway.conftest import Start
from tests.gateway.servers import Service, received
from tests.gateway.test_failures import assert_problem

pytestmark = pytest.mark.req("PLT-01", "PLT-08")

ATTACKERS = 200
GOOD = {"login": "zhang.min", "password": "right"}


@contextmanager
def dawdling(client: httpx2.Client, path: str, *, length: int = 100_000) -> Iterator[socket.socket]:
    """A connection that announces a body and sends its first byte."""
    place = (client.base_url.host, client.base_url.port or 80)
    with socket.create_connection(place, timeout=10) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: m\r\nContent-Length: {length}\r\n\r\nx".encode())
        yield connection


@pytest.mark.parametrize("attacked", ["/v1/org/echo", "/v1/sign_in"])
def test_two_hundred_slow_bodies_keep_nobody_from_signing_in_and_reading(
    start: Start, org: Service, attacked: str
) -> None:
    client = start(answer_seconds=2.0)
    with ExitStack() as stack:
        attackers = [stack.enter_context(dawdling(client, attacked, length=10_000)) for _ in range(ATTACKERS)]
        for _ in range(3):
            for attacker in attackers[-16:]:
                attacker.sendall(b"x")
            started = time.monotonic()
            assert client.post("/v1/sign_in", json=GOOD).status_code == 200
            assert client.get("/v1/org/echo").status_code == 200
            assert time.monotonic() - started < 4
    assert len(org.asked) == 6  # no service heard of an unfinished body


def test_a_body_must_keep_a_least_rate(start: Start) -> None:
    client = start(body_grace_seconds=0.5, body_bytes_per_second=1000)
    started = time.monotonic()
    with dawdling(client, "/v1/org/echo") as connection:
        connection.settimeout(0.05)
        answer = b""
        while not answer and time.monotonic() - started < 5:
            connection.sendall(b"x")
            try:
                answer = received(connection, connection.recv(65536))
            except TimeoutError:
                continue
    assert b"request_incomplete" in answer
    assert time.monotonic() - started < 2


def test_a_body_has_a_last_moment_however_fast_it_is(start: Start) -> None:
    client = start(body_seconds=0.6, body_bytes_per_second=1)

    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * 1000
            time.sleep(0.05)

    assert_problem(client.post("/v1/org/echo", content=pieces()), 400, "request_incomplete")


def test_of_too_many_slow_bodies_of_one_caller_the_oldest_ends(start: Start) -> None:
    client = start(bodies_per_caller=2)
    with ExitStack() as stack:
        first, *others = [stack.enter_context(dawdling(client, "/v1/org/echo")) for _ in range(3)]
        assert b"request_incomplete" in received(first)
        for other in others:
            other.settimeout(0.2)
            with pytest.raises(TimeoutError):
                other.recv(65536)


def test_a_long_body_waits_in_a_file_and_arrives_whole(start: Start) -> None:
    answer = start().post("/v1/org/echo", content=b"x" * 5_000_000)
    assert answer.json()["bytes"] == 5_000_000


def test_long_bodies_together_have_a_limit(start: Start, org: Service) -> None:
    client = start(max_spooled_bytes=1_000_000)
    assert_problem(client.post("/v1/org/echo", content=b"x" * 1_500_000), 503, "uploads_full")
    assert org.asked == []
    assert client.post("/v1/org/echo", content=b"x" * 900_000).status_code == 200  # the file was given back


@pytest.mark.parametrize("path", ["/v1/org/nothing_here", "/docs", "/v1/org/echo"])
def test_after_a_refusal_the_rest_of_a_body_is_not_listened_to(
    client: httpx2.Client, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "LEFT_OVER_SECONDS", 0.5)
    place = (client.base_url.host, client.base_url.port or 80)
    taken, started = 0, time.monotonic()
    with socket.create_connection(place, timeout=5) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: m\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        piece = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        while time.monotonic() - started < 5:
            try:
                connection.sendall(piece)
            except ConnectionError:
                break
            taken += len(piece)
    assert taken < 30_000_000  # what fits into the buffers of the system; else it would be gigabytes
    assert time.monotonic() - started < 3


def test_a_refusal_reaches_a_client_that_is_still_sending(client: httpx2.Client) -> None:
    refused = client.post("/v1/org/nothing_here", content=b"x" * 3_000_000)
    assert_problem(refused, 404, "route_unknown")
    assert refused.headers["connection"] == "close"
    assert_problem(client.post("/v1/org/echo", content=b"x" * 3_000_000), 413, "too_large")


def test_a_body_that_is_announced_too_large_is_refused_before_it_comes(client: httpx2.Client) -> None:
    with dawdling(client, "/v1/org/echo", length=3_000_000) as connection:
        assert b"too_large" in received(connection)


def test_a_short_rest_is_taken_and_the_connection_goes_on(client: httpx2.Client) -> None:
    place = (client.base_url.host, client.base_url.port or 80)
    with socket.create_connection(place, timeout=5) as connection:
        connection.sendall(b"POST /v1/org/nothing_here HTTP/1.1\r\nHost: m\r\nContent-Length: 20\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 404 ")
        connection.sendall(b"x" * 20 + b"GET /v1/org/echo HTTP/1.1\r\nHost: m\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
