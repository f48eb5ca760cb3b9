"""Sign-in and one's own account go to org, and leave no token anywhere on the way (PLT-01)."""

import json

import httpx2
import pytest

from gateway.authentication import operation_path, short_path
from tests.gateway.conftest import SCRAPING
from tests.gateway.servers import Service

pytestmark = pytest.mark.req("PLT-01")


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/v1/sign_in", "/v1/org/sessions"),
        ("/v1/sign_in/refresh", "/v1/org/sessions/refresh"),
        ("/v1/sign_out", "/v1/org/sessions/revoke"),
    ],
)
def test_sign_in_refresh_and_sign_out_are_orgs_sessions(
    client: httpx2.Client, org: Service, path: str, target: str
) -> None:
    sent = {"login": "zhang.min", "password": "right"}
    answer = client.post(path, json=sent)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    method, asked, _, body = org.asked[-1]
    assert (method, asked, json.loads(body)) == ("POST", target, sent)


def test_a_refused_sign_in_is_orgs_refusal(client: httpx2.Client) -> None:
    assert client.post("/v1/sign_in", json={"login": "a", "password": "wrong"}).status_code == 401


def test_what_is_no_json_is_left_for_org_to_refuse(client: httpx2.Client, org: Service) -> None:
    for body in (b"", b"[]", b'{"login":7}', b"\xff", b"[" * 10_000):
        client.post("/v1/sign_in", content=body)
        assert org.asked[-1][1] == "/v1/org/sessions"


def test_sign_in_takes_post_only_and_small_bodies(client: httpx2.Client, org: Service) -> None:
    assert client.get("/v1/sign_in").status_code == 405
    assert client.post("/v1/sign_in", content=b"x" * 20_000).status_code == 413
    assert org.asked == []


@pytest.mark.req("ORG-12")
def test_right_passwords_are_never_held_back_by_wrong_ones(client: httpx2.Client) -> None:
    wrong = [client.post("/v1/sign_in", json={"login": "zhang.min", "password": "guess"}) for _ in range(60)]
    assert {answer.status_code for answer in wrong} == {401}
    assert client.post("/v1/sign_in", json={"login": "zhang.min", "password": "right"}).status_code == 200


@pytest.mark.req("ORG-12")
def test_what_people_do_with_their_own_account_is_orgs() -> None:
    for path, target in (
        ("/v1/me", "/v1/org/me"),
        ("/v1/me/sessions", "/v1/org/me/sessions"),
        ("/v1/invitations/accept", "/v1/org/invitations/accept"),
        ("/v1/mexico", "/v1/mexico"),
        ("/v1/org/me", "/v1/org/me"),
    ):
        assert operation_path(path) == target
        assert short_path(target) == ("/v1/me" if path == "/v1/org/me" else path)


def test_neither_password_nor_token_is_logged_or_counted(
    client: httpx2.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    client.post("/v1/sign_in", json={"login": "zhang.min", "password": "canary-4711"})
    client.get("/v1/appraisal/echo", headers={"Authorization": "Bearer canary-4712"})
    seen = capsys.readouterr().out + client.get("/metrics", headers=SCRAPING).text
    for canary in ("canary-4711", "canary-4712", "zhang.min"):
        assert canary not in seen
