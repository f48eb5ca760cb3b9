"""What passes through the gateway arrives as it was sent, and what must not pass does not (PLT-01)."""

import gzip
import http.client
import json
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.gateway.conftest import Start
from tests.gateway.servers import Service

pytestmark = pytest.mark.req("PLT-01")


def raw(origin: str, request: bytes) -> bytes:
    """The answer to hand-written bytes."""
    parts = urlsplit(origin)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as connection:
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer


def test_a_request_arrives_with_method_path_query_and_body_as_sent(client: httpx2.Client, org: Service) -> None:
    answer = client.post("/v1/org/echo?as_of=2026-03-31&name=%E5%BC%A0&x=a%2Fb", content=b"hello")
    assert answer.json() == {"bytes": 5, "start": "hello"}
    method, target, _, body = org.asked[-1]
    assert (method, target, body) == ("POST", "/v1/org/echo?as_of=2026-03-31&name=%E5%BC%A0&x=a%2Fb", b"hello")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_every_method_of_the_api_is_forwarded(client: httpx2.Client, org: Service, method: str) -> None:
    assert client.request(method, "/v1/org/echo").status_code == 200
    assert org.asked[-1][0] == method


def test_headers_that_the_api_uses_reach_the_service(client: httpx2.Client, org: Service) -> None:
    sent = {
        "authorization": "Bearer abc",
        "accept-language": "en",
        "idempotency-key": "k-1",
        "if-match": '"3.ab"',
        "content-type": "text/csv",
    }
    client.post("/v1/org/echo", content=b"a,b", headers=sent)
    assert sent.items() <= org.last_headers.items()


@pytest.mark.parametrize(
    "claim",
    [
        "X-User",
        "X-User-Id",
        "X-Employee-Id",
        "X-Roles",
        "X-Remote-User",
        "X-Forwarded-User",
        "X-Forwarded-Host",
        "X-Original-URL",
        "X-HTTP-Method-Override",
        "Forwarded",
        "X_User",
        "Cookie",
        "Proxy-Authorization",
        "Webhook-Signature",
    ],
)
def test_a_header_that_claims_an_identity_is_not_passed_on(client: httpx2.Client, org: Service, claim: str) -> None:
    client.get("/v1/org/echo", headers={claim: "administrator"})
    assert "administrator" not in org.last_headers.values()


def test_the_service_is_told_the_address_that_the_gateway_saw(client: httpx2.Client, org: Service) -> None:
    client.get("/v1/org/echo", headers={"X-Forwarded-For": "8.8.8.8", "X-Real-IP": "8.8.8.8"})
    assert org.last_headers["x-forwarded-for"] == "127.0.0.1"
    assert "8.8.8.8" not in org.last_headers.values()


def test_the_service_is_told_the_scheme_that_the_gateway_saw(client: httpx2.Client, org: Service) -> None:
    client.get("/v1/org/echo", headers={"X-Forwarded-Proto": "https"})
    assert org.last_headers["x-forwarded-proto"] == "http"


def test_hop_by_hop_headers_stay_with_the_hop(client: httpx2.Client, org: Service) -> None:
    client.get("/v1/org/echo", headers={"Connection": "x-secret", "X-Secret": "1", "TE": "trailers", "Upgrade": "h2c"})
    assert not {"x-secret", "te", "upgrade"} & org.last_headers.keys()


def test_a_service_does_not_get_a_compression_that_the_client_did_not_ask_for(
    client: httpx2.Client, org: Service, shared_gateway: str
) -> None:
    raw(shared_gateway, b"GET /v1/org/echo HTTP/1.1\r\nHost: m\r\nConnection: close\r\n\r\n")
    assert org.last_headers["accept-encoding"] == "identity"


def test_the_request_id_of_the_client_is_kept_and_answered(client: httpx2.Client, org: Service) -> None:
    answer = client.get("/v1/org/echo", headers={"X-Request-Id": "order-4711-a"})
    assert answer.headers["x-request-id"] == org.last_headers["x-request-id"] == "order-4711-a"


@pytest.mark.parametrize("bad", ["x", "a b c d e f g h", "z" * 65, "id\u00e9-with-accent"])
def test_a_request_id_that_is_none_is_replaced(client: httpx2.Client, org: Service, bad: str) -> None:
    answer = client.get("/v1/org/echo", headers={b"X-Request-Id": bad.encode("latin-1")})
    assert answer.headers["x-request-id"] == org.last_headers["x-request-id"] != bad


def test_a_trace_goes_on_through_the_gateway(client: httpx2.Client, org: Service) -> None:
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    client.get("/v1/org/echo", headers={"traceparent": parent, "tracestate": "a=b"})
    assert org.last_headers["traceparent"] == parent
    assert org.last_headers["tracestate"] == "a=b"


@pytest.mark.parametrize("parent", [None, "00-zz", "00-" + "0" * 32 + "-b7ad6b7169203331-01"])
def test_a_request_without_a_usable_trace_gets_one(client: httpx2.Client, org: Service, parent: str | None) -> None:
    client.get("/v1/org/echo", headers={"traceparent": parent} if parent else {})
    version, trace, span, _ = org.last_headers["traceparent"].split("-")
    assert (version, len(trace), len(span)) == ("00", 32, 16)
    assert int(trace, 16)


def test_the_answers_own_headers_pass_but_not_what_names_the_server(client: httpx2.Client) -> None:
    answer = client.get("/v1/org/echo")
    assert answer.headers["x-own"] == "kept"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "server" not in answer.headers
    assert len(answer.headers.get_list("date")) == 1


def test_a_services_refusal_passes_unchanged(client: httpx2.Client) -> None:
    answer = client.get("/v1/org/refusal")
    assert answer.status_code == 422
    assert answer.json() == {"code": "weights_not_100", "status": 422}


def test_a_compressed_answer_passes_compressed(shared_gateway: str) -> None:
    parts = urlsplit(shared_gateway)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=5)
    connection.request("GET", "/v1/org/gzip", headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.read()) == b'{"packed":true}'
    connection.close()


def test_an_unchanged_answer_has_no_body_and_leaves_the_connection_usable(client: httpx2.Client) -> None:
    answer = client.get("/v1/org/unchanged", headers={"If-None-Match": '"7"'})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"7"')
    assert client.get("/v1/org/nothing").status_code == 204
    assert client.get("/v1/org/echo").status_code == 200


def test_head_tells_the_length_and_sends_nothing(client: httpx2.Client) -> None:
    answer = client.head("/v1/org/echo")
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) > 0
    assert answer.content == b""


def test_lines_reach_the_reader_while_the_service_still_writes(client: httpx2.Client) -> None:
    arrivals = []
    with client.stream("GET", "/v1/org/stream") as answer:
        for line in answer.iter_lines():
            arrivals.append((time.monotonic(), json.loads(line)["line"]))
    assert [number for _, number in arrivals] == [0, 1, 2, 3]
    assert arrivals[-1][0] - arrivals[0][0] > 0.3


def test_a_long_answer_arrives_whole(client: httpx2.Client) -> None:
    assert client.get("/v1/org/big").content == b"0123456789abcdef" * 65536 * 4


def test_a_body_without_announced_length_is_streamed(client: httpx2.Client) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(5):
            yield b"x" * 100_000

    assert client.post("/v1/org/echo", content=pieces()).json()["bytes"] == 500_000


def test_when_the_reader_hangs_up_the_service_is_told(client: httpx2.Client, org: Service) -> None:
    org.reader_gone.clear()
    with client.stream("GET", "/v1/org/endless") as answer:
        next(answer.iter_raw())
    assert org.reader_gone.wait(5)


def test_a_redirect_of_the_service_stays_on_the_gateways_origin(client: httpx2.Client) -> None:
    answer = client.get("/v1/org/elsewhere")
    assert answer.status_code == 307
    assert answer.headers["location"] == "/v1/org/echo?from=elsewhere"


def test_an_absolute_request_target_cannot_choose_another_host(org: Service, shared_gateway: str) -> None:
    answer = raw(shared_gateway, b"GET http://10.0.0.1/v1/org/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert b"200 OK" in answer
    assert org.last_headers["host"] == urlsplit(org.origin).netloc


def test_several_gateways_share_nothing(start: Start, org: Service) -> None:
    first, second = start(), start()
    assert first.get("/v1/org/echo").status_code == second.get("/v1/org/echo").status_code == 200
