"""Pages of the origins in the settings may call the API, all others may not (PLT-01)."""

import json

import httpx2
import pytest
from pydantic import ValidationError
from starlette.types import Receive, Scope, Send

from gateway.settings import GatewaySettings
from tests.gateway.browser import PROGRAM, WHY_NOT, browsing
from tests.gateway.conftest import Start
from tests.gateway.servers import Service, reply, serving

pytestmark = pytest.mark.req("PLT-01")

PAGE = "https://merit.example"
ASKING = {
    "Origin": PAGE,
    "Access-Control-Request-Method": "PUT",
    "Access-Control-Request-Headers": "authorization,content-type,idempotency-key,if-match",
}
SHOWN = {"ETag", "Location", "Retry-After", "X-Request-Id", "Content-Disposition", "Idempotency-Replayed"}


@pytest.fixture
def open_client(start: Start) -> httpx2.Client:
    """A client of a gateway that allows one page's origin and that of a developer's machine."""
    return start(allowed_origins=f"{PAGE}, http://localhost:5173")


def test_a_listed_origin_may_ask_with_every_header_of_the_api(open_client: httpx2.Client, org: Service) -> None:
    answer = open_client.options("/v1/org/echo", headers=ASKING)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert "PUT" in answer.headers["access-control-allow-methods"]
    allowed = {name.strip().lower() for name in answer.headers["access-control-allow-headers"].split(",")}
    assert {"authorization", "content-type", "accept-language", "idempotency-key", "if-match", "prefer"} <= allowed
    assert int(answer.headers["access-control-max-age"]) >= 600
    assert "Origin" in answer.headers["vary"]
    assert "access-control-allow-credentials" not in answer.headers
    assert org.asked == []


@pytest.mark.parametrize("path", ["/v1/org/echo", "/v1/org/nothing_here", "/v1/appraisal/echo", "/openapi.json"])
def test_answers_and_refusals_can_be_read_with_their_headers(open_client: httpx2.Client, path: str) -> None:
    answer = open_client.get(path, headers={"Origin": PAGE})
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert {name.strip() for name in answer.headers["access-control-expose-headers"].split(",")} >= SHOWN
    assert "Origin" in answer.headers["vary"]


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://merit.example", "https://merit.example:8443", "null"]
)
def test_other_origins_are_refused_in_our_form(open_client: httpx2.Client, origin: str) -> None:
    refused = open_client.options("/v1/org/echo", headers={**ASKING, "Origin": origin, "Accept-Language": "en"})
    assert refused.status_code == 403
    assert refused.json()["code"] == "origin_refused"
    assert "access-control-allow-origin" not in refused.headers
    assert "access-control-allow-origin" not in open_client.get("/v1/org/echo", headers={"Origin": origin}).headers


def test_a_header_that_claims_an_identity_may_not_be_asked_for(open_client: httpx2.Client) -> None:
    refused = open_client.options("/v1/org/echo", headers={**ASKING, "Access-Control-Request-Headers": "x-user"})
    assert refused.status_code == 403


def test_without_the_setting_no_page_of_another_origin_may_call(client: httpx2.Client) -> None:
    assert client.options("/v1/org/echo", headers=ASKING).status_code == 405
    assert "access-control-allow-origin" not in client.get("/v1/org/echo", headers={"Origin": PAGE}).headers


@pytest.mark.parametrize("written", ["*", "null", "merit.example", "https://merit.example/app", "https://*.example/"])
def test_what_is_no_origin_stops_the_start(written: str) -> None:
    with pytest.raises(ValidationError):
        GatewaySettings(allowed_origins=written)


async def empty_page(scope: Scope, receive: Receive, send: Send) -> None:
    """The page of a frontend."""
    if scope["type"] == "http":
        await reply(send, 200, b"<!doctype html><title>frontend</title>", {"content-type": "text/html"})


CALL = """(async () => {
  const answer = await fetch(%s, {
    method: "PUT", body: JSON.stringify({a: 1}),
    headers: {"Authorization": "Bearer abc", "Content-Type": "application/json", "If-Match": '"3.ab"',
              "Idempotency-Key": "k-1", "Accept-Language": "en"},
  });
  return [answer.status, answer.headers.get("etag"), answer.headers.get("x-request-id"), (await answer.json()).bytes];
})().catch((error) => String(error))"""


@pytest.mark.skipif(PROGRAM is None, reason=WHY_NOT)
async def test_in_a_browser_a_listed_page_writes_and_reads_and_another_is_blocked(start: Start, org: Service) -> None:
    with serving(empty_page) as listed, serving(empty_page) as unlisted:
        client = start(allowed_origins=listed)
        call = CALL % json.dumps(f"{client.base_url}/v1/org/echo".replace("//v1", "/v1"))
        async with browsing() as tab:
            await tab.open(listed)
            status, etag, request_id, size = await tab.value(call)
            assert (status, etag, size) == (200, '"3.ab"', 7)
            assert request_id == org.last_headers["x-request-id"]
            assert org.last_headers["if-match"] == '"3.ab"'
            assert org.last_headers["idempotency-key"] == "k-1"
            asked = len(org.asked)
            await tab.open(unlisted)
            assert "Failed to fetch" in await tab.value(call)
            assert len(org.asked) == asked
