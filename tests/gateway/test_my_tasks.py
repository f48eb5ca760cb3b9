"""``GET /v1/my/tasks``: the tasks of all services in one answer, a missing part named (PLT-02)."""

import json
from typing import Any

import httpx2
import pytest
from starlette.types import Receive, Send

from tests.gateway.conftest import Start
from tests.gateway.servers import Service, reply

pytestmark = pytest.mark.req("PLT-02")

PATH = "/v1/my/tasks"


def task(number: int, due: str | None) -> dict[str, Any]:
    return {"id": str(number), "due_at": due, "opened_at": "2026-04-01T00:00:00Z", "title": f"待办 {number}"}


@pytest.fixture
def pages(org: Service, monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[int, dict[str, Any]]]:
    """What each service answers; the talkative service stands for all three."""
    answers: dict[str, tuple[int, dict[str, Any]]] = {}

    async def answer(_receive: Receive, send: Send) -> None:
        service = org.asked[-1][1].split("/")[2]
        status, page = answers.get(service, (200, {"items": [], "next": None}))
        await reply(send, status, json.dumps(page).encode(), {"content-type": "application/json"})

    monkeypatch.setattr(org, "answer_tasks", answer, raising=False)
    return answers


@pytest.fixture
def whole(start: Start, org: Service) -> httpx2.Client:
    """A client of a gateway behind which all three services answer."""
    return start(appraisal_url=org.origin, incentive_url=org.origin)


def test_the_earliest_deadline_of_all_services_comes_first(
    whole: httpx2.Client, org: Service, pages: dict[str, tuple[int, dict[str, Any]]]
) -> None:
    pages["org"] = 200, {"items": [task(1, "2026-04-30T00:00:00Z"), task(2, None)], "next": None}
    pages["appraisal"] = 200, {"items": [task(3, "2026-04-22T00:00:00Z")], "next": "more"}
    answer = whole.get(PATH, params={"overdue": "false"}, headers={"Authorization": "Bearer t"})
    assert answer.status_code == 200
    assert [item["id"] for item in answer.json()["items"]] == ["3", "1", "2"]
    assert (answer.json()["missing"], answer.json()["has_more"]) == ([], True)
    assert {asked[1] for asked in org.asked} == {
        f"/v1/{service}/my/tasks?overdue=false&limit=50" for service in ("org", "appraisal", "incentive")
    }
    assert {dict(asked[2])["authorization"] for asked in org.asked} == {"Bearer t"}


def test_what_is_beyond_the_limit_is_left_for_another_call(
    whole: httpx2.Client, pages: dict[str, tuple[int, dict[str, Any]]]
) -> None:
    for service in ("org", "appraisal", "incentive"):
        pages[service] = 200, {"items": [task(1, None)], "next": None}
    answer = whole.get(PATH, params={"limit": 2}).json()
    assert (len(answer["items"]), answer["has_more"]) == (2, True)


def test_a_part_that_does_not_answer_is_named_in_words_and_the_rest_answers(
    client: httpx2.Client, pages: dict[str, tuple[int, dict[str, Any]]]
) -> None:
    pages["org"] = 200, {"items": [task(1, None)], "next": None}
    answer = client.get(PATH, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    assert [item["id"] for item in answer.json()["items"]] == ["1"]
    missing = {part["service"]: part["message"] for part in answer.json()["missing"]}
    assert set(missing) == {"appraisal", "incentive"}
    assert "does not answer" in missing["appraisal"]
    assert "没有应答" in client.get(PATH).json()["missing"][0]["message"]


def test_a_token_that_no_service_takes_is_refused(
    whole: httpx2.Client, pages: dict[str, tuple[int, dict[str, Any]]]
) -> None:
    for service in ("org", "appraisal", "incentive"):
        pages[service] = 401, {}
    answer = whole.get(PATH)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "limit=1&limit=2", "page=2"])
def test_a_query_that_is_not_understood_is_refused_by_name(whole: httpx2.Client, query: str) -> None:
    answer = whole.get(f"{PATH}?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"query/{query.partition('=')[0]}"


def test_it_is_only_read(whole: httpx2.Client) -> None:
    answer = whole.post(PATH, json={})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
