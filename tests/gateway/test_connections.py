"""Clients that send slowly, endlessly or in another protocol tie up neither connections nor memory (PLT-01, PLT-08)."""

import socket
import time
from urllib.parse import urlsplit

import httpx2
import pytest

from gateway import connections
from tests.gateway.test_forwarding import raw

pytestmark = pytest.mark.req("PLT-01", "PLT-08")


def connected(origin: str) -> socket.socket:
    """A connection to the gateway."""
    parts = urlsplit(origin)
    return socket.create_connection((parts.hostname, parts.port), timeout=5)


@pytest.mark.parametrize(
    "junk", [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"HELO mail\r\n\r\n", b"GET\r\n\r\n"]
)
def test_what_is_no_http_is_refused_as_a_problem(shared_gateway: str, junk: bytes) -> None:
    answer = raw(shared_gateway, junk)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in answer
    assert b'"code": "not_http"' in answer


def test_a_head_without_end_is_cut_off(shared_gateway: str) -> None:
    with connected(shared_gateway) as connection:
        connection.sendall(b"GET /v1/org/echo HTTP/1.1\r\nHost: m\r\n")
        with pytest.raises(ConnectionError):
            connection.sendall(b"X-Long: 0123456789\r\n" * 1_000_000)


def test_a_head_in_pieces_is_put_together(shared_gateway: str) -> None:
    with connected(shared_gateway) as connection:
        for piece in (b"GET /v1/org/ec", b"ho HTTP/1.1\r\nHo", b"st: m\r\nConnection: close\r\n", b"\r\n"):
            connection.sendall(piece)
            time.sleep(0.05)
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_a_head_that_trickles_in_is_given_up(shared_gateway: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    with connected(shared_gateway) as silent, connected(shared_gateway) as trickling:
        trickling.sendall(b"GET /v1/org/echo HTTP/1.1\r\n")
        assert trickling.recv(1000) == b""
        assert silent.recv(1000) == b""


def test_a_kept_connection_may_rest_between_requests(client: httpx2.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)
    assert client.get("/v1/org/echo").status_code == 200
    time.sleep(0.5)
    assert client.get("/v1/org/echo").status_code == 200


def test_a_long_answer_outlives_the_watch_on_heads(client: httpx2.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)
    assert len(client.get("/v1/org/stream").text.splitlines()) == 4


def test_a_wish_for_another_protocol_is_overheard(shared_gateway: str) -> None:
    upgrade = b"Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    answer = raw(shared_gateway, b"GET /v1/org/echo HTTP/1.1\r\nHost: m\r\n" + upgrade + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
