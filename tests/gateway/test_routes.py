"""Only what is documented can be reached, however a path is spelled (PLT-01, PLT-08)."""

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.routes import MethodRefused, Routes, RouteUnknown
from tests.gateway.conftest import document
from tests.gateway.servers import Service
from tests.gateway.test_forwarding import raw

pytestmark = pytest.mark.req("PLT-01", "PLT-08")

ROUTES = Routes({service: document(service) for service in ("org", "appraisal")})


@pytest.mark.parametrize(
    "path",
    [
        "/v1/org/unheard_of",
        "/v1/org",
        "/v1/org/",
        "/v1/org/echo/",
        "/v1/org//echo",
        "/v1/organisation/echo",
        "/v1/payroll/echo",
        "/v1/org/inbox",
        "/v1/org/health/ready",
        "/v1/org/../health/ready",
        "/v1/org/..%2fhealth/ready",
        "/v1/org/%2e%2e/health/ready",
        "/v1/org/things/%2e%2e",
        "/v1/org/things/a%2fb",
        "/v1/org/things/a%5cb",
        "/v1/org/things/a\\b",
        "/v1/org/things/a%00b",
        "/v1/org/things/a%0d%0ab",
        "/v1/org/things/.",
        "/v1/org/things/..",
        "/v1/org/things/a;b",
        "/v1/org/things/%zz",
        "/V1/org/echo",
        "/v1/org/ECHO",
        "/health/ready/../../v1/org/echo",
        "/metrics/x",
        "/admin",
    ],
)
def test_an_undocumented_or_crooked_path_is_refused_without_asking_a_service(
    client: httpx2.Client, org: Service, shared_gateway: str, path: str
) -> None:
    answer = raw(shared_gateway, f"GET {path} HTTP/1.1\r\nHost: m\r\nConnection: close\r\n\r\n".encode())
    head, _, _ = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 404 ")
    assert b"application/problem+json" in head
    assert org.asked == []


def test_a_path_that_is_no_path_at_all_is_refused(shared_gateway: str, org: Service) -> None:
    for target in ("/v1/org/things/张", "/v1/org/things/\x7f"):
        answer = raw(shared_gateway, f"GET {target} HTTP/1.1\r\nHost: m\r\nConnection: close\r\n\r\n".encode())
        assert answer.startswith((b"HTTP/1.1 404 ", b"HTTP/1.1 400 "))
    assert org.asked == []


def test_a_name_in_chinese_is_reached_percent_encoded(client: httpx2.Client, org: Service) -> None:
    assert client.get("/v1/org/things/张三").status_code == 200
    assert org.asked[-1][1] == "/v1/org/things/%E5%BC%A0%E4%B8%89"


@pytest.mark.parametrize("method", ["DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_a_method_that_a_route_does_not_take_is_refused_and_the_ones_it_takes_are_named(
    client: httpx2.Client, org: Service, method: str
) -> None:
    answer = client.request(method, "/v1/org/things/7")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert answer.json()["code"] == "method_not_allowed"
    assert org.asked == []


@pytest.mark.parametrize("header", ["Authorization", "Host", "Idempotency-Key", "If-Match", "Content-Type"])
def test_a_header_that_may_come_once_is_refused_twice(org: Service, shared_gateway: str, header: str) -> None:
    twice = f"{header}: a\r\n{header}: b\r\n"
    host = "" if header == "Host" else "Host: m\r\n"
    request = f"GET /v1/org/echo HTTP/1.1\r\n{host}{twice}Accept-Language: en\r\nConnection: close\r\n\r\n"
    answer = raw(shared_gateway, request.encode())
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"header_repeated" in answer
    assert org.asked == []


def test_two_lengths_of_one_body_never_reach_a_service(org: Service, shared_gateway: str) -> None:
    for lengths in (
        "Content-Length: 3\r\nContent-Length: 5\r\n",
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 0x3\r\n",
    ):
        request = f"POST /v1/org/echo HTTP/1.1\r\nHost: m\r\n{lengths}Connection: close\r\n\r\nabc"
        assert raw(shared_gateway, request.encode()).startswith(b"HTTP/1.1 400 ")
    assert org.asked == []


def test_a_query_in_raw_bytes_is_refused(org: Service, shared_gateway: str) -> None:
    request = "GET /v1/org/echo?name=张 HTTP/1.1\r\nHost: m\r\nConnection: close\r\n\r\n"
    assert raw(shared_gateway, request.encode()).startswith(b"HTTP/1.1 400 ")
    assert org.asked == []


def test_a_literal_segment_wins_over_a_parameter() -> None:
    assert ROUTES.find("GET", "/v1/org/things/mine").template == "/v1/org/things/mine"
    assert ROUTES.find("GET", "/v1/org/things/other").template == "/v1/org/things/{id}"


def test_each_service_owns_its_prefix() -> None:
    assert ROUTES.find("GET", "/v1/appraisal/echo").service == "appraisal"
    foreign = Routes({"org": {"paths": {"/v1/appraisal/echo": {"get": {}}}}})
    with pytest.raises(RouteUnknown):
        foreign.find("GET", "/v1/appraisal/echo")


@given(st.text(alphabet=st.sampled_from("/v1.org%2fF5cCe0things-张;\\\x00"), max_size=40))
def test_whatever_is_found_is_plainly_below_its_prefix(tail: str) -> None:
    path = f"/v1/org{tail}"
    try:
        route = ROUTES.find("GET", path)
    except (RouteUnknown, MethodRefused):
        return
    assert route.service == "org"
    lower = path.lower()
    assert not any(bad in lower for bad in ("//", "%2f", "%5c", "%2e", "%00", "\\", "\x00", ";"))
    assert not {".", ".."} & set(path.split("/"))
