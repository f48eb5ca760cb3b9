"""A dead, slow or broken service, a silent or greedy client: a problem document in time (PLT-01, PLT-08)."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.gateway.conftest import SCRAPING, Start, say_nothing
from tests.gateway.servers import Service, dead_origin, listening, received, serving

pytestmark = pytest.mark.req("PLT-01", "PLT-08")


def assert_problem(answer: httpx2.Response, status: int, code: str) -> None:
    """The answer is a whole problem document."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["code"], problem["type"]) == (status, code, f"/problems/{code}")
    assert problem["trace_id"] == answer.headers["x-request-id"]
    assert "Traceback" not in answer.text


def test_a_dead_service_is_503_at_once_and_says_that_nothing_was_done(client: httpx2.Client) -> None:
    started = time.monotonic()
    answer = client.get("/v1/appraisal/echo", headers={"Accept-Language": "en"})
    assert_problem(answer, 503, "service_down")
    assert int(answer.headers["retry-after"]) >= 1
    assert "appraisal" in answer.json()["title"]
    assert "not carried out" in answer.json()["title"]
    assert time.monotonic() - started < 2


def test_a_dead_service_does_not_hinder_the_others(client: httpx2.Client) -> None:
    assert client.get("/v1/appraisal/echo").status_code == 503
    assert client.get("/v1/org/echo").status_code == 200


def test_a_service_that_comes_back_is_used_again_at_once(start: Start, org: Service) -> None:
    origin = dead_origin()
    client = start(appraisal_url=origin)
    assert client.get("/v1/appraisal/echo").status_code == 503
    with serving(org, port=int(origin.rpartition(":")[2])):
        assert client.get("/v1/appraisal/echo").status_code == 200
    assert client.get("/v1/appraisal/echo").status_code == 503
    with serving(org, port=int(origin.rpartition(":")[2])):
        assert client.get("/v1/appraisal/echo").status_code == 200


def test_a_crowd_before_a_hung_service_does_not_hinder_the_others(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hung:
        incentive = f"http://127.0.0.1:{hung.getsockname()[1]}"
        client = start(incentive_url=incentive, connections=2, answer_seconds=3.0)  # longer than a crowd needs to come
        with ThreadPoolExecutor(6) as crowd:
            waiting = [crowd.submit(client.get, "/v1/incentive/echo") for _ in range(6)]
            assert client.get("/v1/org/echo").status_code == 200
            assert sum(not answer.done() for answer in waiting) >= 2  # the two that the service has not answered yet
            assert sorted(answer.result().status_code for answer in waiting) == [503] * 4 + [504] * 2


def test_a_slow_service_is_504_within_the_deadline(client: httpx2.Client) -> None:
    started = time.monotonic()
    answer = client.get("/v1/org/slow")
    assert_problem(answer, 504, "service_slow")
    assert 0.7 < time.monotonic() - started < 2


def test_a_route_documented_as_long_is_given_its_time(client: httpx2.Client) -> None:
    assert client.post("/v1/org/imports", content=b"a,b").text == "imported"


def test_the_usual_deadline_lies_within_five_seconds(start: Start) -> None:
    hung = socket.create_server(("127.0.0.1", 0))  # takes connections and never reads
    client = start(incentive_url=f"http://127.0.0.1:{hung.getsockname()[1]}", answer_seconds=4.8)
    started = time.monotonic()
    answer = client.get("/v1/incentive/echo")
    assert_problem(answer, 504, "service_slow")
    assert time.monotonic() - started < 5
    hung.close()


def test_a_service_that_stops_reading_a_long_upload_is_504(start: Start) -> None:
    hung = socket.create_server(("127.0.0.1", 0))
    client = start(incentive_url=f"http://127.0.0.1:{hung.getsockname()[1]}")
    answer = client.post("/v1/incentive/echo", content=b"x" * 20_000_000)
    assert_problem(answer, 504, "service_slow")
    hung.close()


def test_a_slow_uplink_is_not_the_services_fault(client: httpx2.Client) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(4):
            yield b"x"
            time.sleep(0.4)

    assert client.post("/v1/org/echo", content=pieces()).json()["bytes"] == 4


def test_a_service_that_hangs_up_without_a_word_is_502_and_the_outcome_is_called_unknown(start: Start) -> None:
    with listening(say_nothing) as broken:
        client = start(incentive_url=broken)
        answer = client.post("/v1/incentive/echo", content=b"{}", headers={"Accept-Language": "en"})
        assert_problem(answer, 502, "service_broke")
        assert "Idempotency-Key" in answer.json()["title"]


def test_a_service_that_speaks_no_http_is_502(start: Start) -> None:
    with listening(lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")) as broken:
        assert_problem(start(incentive_url=broken).get("/v1/incentive/echo"), 502, "service_broke")


def test_an_answer_cut_short_is_cut_short_for_the_client_too(client: httpx2.Client) -> None:
    with pytest.raises(httpx2.RemoteProtocolError):
        client.get("/v1/incentive/echo")


def test_a_body_announced_too_large_is_refused_before_it_is_read(client: httpx2.Client, org: Service) -> None:
    answer = client.post("/v1/org/echo", content=b"x" * 1_000_001)
    assert_problem(answer, 413, "too_large")
    assert "1000000" in answer.json()["title"]
    assert org.asked == []


def test_a_body_that_grows_too_large_on_the_way_is_refused(client: httpx2.Client, org: Service) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(30):
            yield b"x" * 50_000

    answer = client.post("/v1/org/echo", content=pieces())
    assert_problem(answer, 413, "too_large")
    assert all(len(body) < 1_000_001 for *_, body in org.asked)


def test_a_client_that_stops_sending_is_told_so(start: Start) -> None:
    client = start(body_grace_seconds=0.4)
    with socket.create_connection((client.base_url.host, client.base_url.port or 80), timeout=5) as connection:
        connection.sendall(b"POST /v1/org/echo HTTP/1.1\r\nHost: m\r\nContent-Length: 10\r\n\r\nhalf")
        answer = received(connection)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"request_incomplete" in answer


def test_a_client_that_hangs_up_while_sending_leaves_no_trace(client: httpx2.Client, shared_gateway: str) -> None:
    parts = urlsplit(shared_gateway)
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        connection.sendall(b"POST /v1/org/echo HTTP/1.1\r\nHost: m\r\nContent-Length: 100000\r\n\r\nhalf")
    assert client.get("/v1/org/echo").status_code == 200


@pytest.mark.parametrize(
    ("accept", "language", "words"),
    [
        (None, "zh", "没有此地址"),
        ("zh-CN,zh;q=0.9", "zh", "没有此地址"),
        ("en-GB,en;q=0.8", "en", "no such address"),
        ("fr", "zh", "没有此地址"),
    ],
)
def test_a_refusal_speaks_the_readers_language(
    client: httpx2.Client, accept: str | None, language: str, words: str
) -> None:
    for path in ("/v1/org/nothing_here", "/nothing_here"):
        answer = client.get(path, headers={"Accept-Language": accept} if accept else {})
        assert_problem(answer, 404, "route_unknown")
        assert answer.headers["content-language"] == language
        assert words in answer.json()["title"]


def test_refusals_carry_the_clients_request_id(client: httpx2.Client) -> None:
    answer = client.get("/v1/org/nothing_here", headers={"X-Request-Id": "order-4711-a"})
    assert answer.json()["trace_id"] == "order-4711-a"


def test_the_gateways_own_pages_refuse_in_the_same_form(client: httpx2.Client) -> None:
    assert_problem(client.post("/docs"), 405, "method_not_allowed")
    assert_problem(client.get("/docs?lang=fr"), 422, "invalid")
    assert_problem(client.get("/docs/assets/../main.py"), 404, "route_unknown")


def test_refusals_are_logged_without_path_token_or_address(
    client: httpx2.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get("/v1/appraisal/things/secret-subject?salary=54000", headers={"Authorization": "Bearer secret-token"})
    logged = capsys.readouterr().out
    assert "/v1/appraisal/things/{id}" in logged
    for secret in ("secret-subject", "54000", "secret-token", "127.0.0.1"):
        assert secret not in logged


def test_the_figures_count_by_template_only(client: httpx2.Client) -> None:
    client.get("/v1/org/things/secret-subject")
    client.get("/v1/org/made-up-by-an-attacker")
    figures = client.get("/metrics", headers=SCRAPING).text
    assert 'route="/v1/org/things/{id}"' in figures
    assert "secret-subject" not in figures
    assert "made-up" not in figures
