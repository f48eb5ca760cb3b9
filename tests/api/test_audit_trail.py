"""The trail over HTTP: refused attempts and sign-ins are in it, auditors search it, nobody changes it (PLT-04)."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import text

from services.kit import json_lines
from services.kit.audit.chain import TRAIL
from services.kit.audit.hash_chain import seal_all
from services.kit.identity import Caller, Role
from services.org.identity.usecases import bootstrap
from services.org.identity.usecases.signing import SigningKey
from tests.clients import Clients
from tests.databases import RolledBack
from tests.identities import ISSUER, Issuer, person

pytestmark = pytest.mark.req("PLT-04")

PASSWORD = "a long enough passphrase"
HIDDEN = {
    "org": "/v1/org/accounts/{}",
    "appraisal": "/v1/appraisal/forms/{}",
    "incentive": "/v1/incentive/statements/{}",
}
READERS = {"org": Role.ADMINISTRATOR, "appraisal": Role.EMPLOYEE, "incentive": Role.EMPLOYEE}


@pytest.fixture
def services(org: Clients, appraisal: Clients, incentive: Clients) -> Callable[[str], Clients]:
    """The clients of a service."""
    return {"org": org, "appraisal": appraisal, "incentive": incentive}.__getitem__


async def trail(clients: Clients, **wanted: Any) -> list[dict[str, Any]]:
    """What an auditor finds."""
    service = clients.app.state.app_context.name
    answer = await clients(Role.AUDITOR).get(f"/v1/{service}/audit_entries", params=wanted)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


@pytest.mark.parametrize("service", list(HIDDEN))
async def test_an_attempt_on_what_is_hidden_leaves_a_line_and_the_same_answer(
    service: str, services: Callable[[str], Clients]
) -> None:
    clients, wanted = services(service), uuid4()
    caller: Caller = person(READERS[service], employee_id=uuid4(), name="好奇者")
    path = HIDDEN[service].format(wanted)
    refused = await clients(caller).get(path, headers={"X-Request-Id": "r-1"})
    assert refused.status_code == 404
    (line,) = await trail(clients, actor_id=str(caller.account_id))
    assert (line["action"], line["resource_id"], line["actor_name"]) == ("access.refused", str(wanted), "好奇者")
    assert line["after"] == {
        "method": "GET",
        "route": HIDDEN[service].format("{" + line["resource"] + "_id}"),
        "code": refused.json()["code"],
    }
    assert (line["request_id"], line["remote_address"]) == ("r-1", "127.0.0.1")
    forbidden = await clients(caller).get(f"/v1/{service}/audit_entries")
    assert forbidden.status_code == 403
    assert [each["resource"] for each in await trail(clients, actor_id=str(caller.account_id))][1:] == ["audit_entries"]
    assert (await clients.stranger().get(path)).status_code == 401
    assert len(await trail(clients, action="access.refused")) == 2  # of strangers nothing is known


@pytest.mark.parametrize("service", list(HIDDEN))
async def test_auditors_search_by_actor_subject_action_and_span_page_by_page_and_as_a_stream(
    service: str, services: Callable[[str], Clients]
) -> None:
    clients = services(service)
    callers = [person(READERS[service], employee_id=uuid4()) for _ in range(2)]
    wanted = [uuid4() for _ in range(3)]
    for caller in callers:
        for each in wanted:
            await clients(caller).get(HIDDEN[service].format(each))
    base = f"/v1/{service}/audit_entries"
    assert len(await trail(clients, actor_id=str(callers[0].account_id))) == 3
    about = await trail(clients, resource_id=str(wanted[0]))
    assert {line["actor_id"] for line in about} == {str(caller.account_id) for caller in callers}
    assert await trail(clients, resource="nothing") == await trail(clients, action="nothing") == []
    at = about[0]["done_at"]
    assert len(await trail(clients, since=at)) == 6
    assert await trail(clients, until=at) == []
    auditor = clients(Role.AUDITOR)
    seen, cursor = [], None
    while cursor != "":
        asked = {"limit": 4} | ({"cursor": cursor} if cursor else {})
        page = (await auditor.get(base, params=asked)).json()
        seen += [line["id"] for line in page["items"]]
        cursor = page["next"] or ""
    assert len(seen) == len(set(seen)) == 6
    answer = await auditor.get(f"{base}/all", params={"actor_id": str(callers[1].account_id)})
    *streamed, end = [json.loads(line) for line in answer.content.splitlines()]
    assert ([line["resource_id"] for line in streamed], end["lines"]) == ([str(each) for each in wanted], 3)
    assert answer.headers["content-type"].startswith(json_lines.MEDIA_TYPE)
    over = clients(person(Role.AUDITOR, over=uuid4()))
    for path in (base, f"{base}/all", f"/v1/{service}/audit_chain"):
        assert (await over.get(path)).json()["code"] == "whole_trail_only"
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert (await auditor.request(method, path)).status_code == 405


@pytest.mark.parametrize("service", list(HIDDEN))
async def test_auditors_are_told_whether_the_trail_is_whole(service: str, services: Callable[[str], Clients]) -> None:
    clients = services(service)
    path = f"/v1/{service}/audit_chain"
    await clients(person(READERS[service], employee_id=uuid4())).get(HIDDEN[service].format(uuid4()))
    before = (await clients(Role.AUDITOR).get(path)).json()
    assert (before["number"], before["waiting"], before["faults"]) == (0, 1, [])
    sessions = clients.app.state.app_context.sessions
    await seal_all(sessions, TRAIL)
    sealed = (await clients(Role.AUDITOR).get(path)).json()
    assert (sealed["number"], sealed["waiting"], sealed["faults"]) == (1, 0, [])
    async with sessions.write() as session:
        record = "jsonb_populate_record(audit, jsonb_build_object('id', CAST(:id AS text)))"
        slipped = text(f"INSERT INTO audit SELECT ({record}).* FROM audit")  # noqa: S608 - written here
        await session.execute(slipped, {"id": str(UUID(int=7))})
    found = (await clients(Role.AUDITOR).get(path)).json()["faults"]
    assert found == [{"fault": "unlinked", "number": None, "line_id": str(UUID(int=7))}]


async def test_sign_ins_and_their_failures_are_in_the_trail_and_no_password_is(
    org: Clients, org_sessions: RolledBack, issuer: Issuer
) -> None:
    org.app.state.signing_key = SigningKey(issuer.private_key, ISSUER)
    async with org_sessions.write() as session:
        await bootstrap.administrator(session, password=PASSWORD, now=datetime.now(UTC))

    async def sign_in(login: str, password: str) -> httpx2.Response:
        return await org.stranger().post("/v1/org/sessions", json={"login": login, "password": password})

    assert (await sign_in("administrator", "wrong one")).status_code == 401
    assert (await sign_in("my secret password", "x")).status_code == 401
    assert (await sign_in("administrator", PASSWORD)).status_code == 201
    client = {"client_id": "nobody", "client_secret": "guessed"}
    assert (await org.stranger().post("/v1/org/service_tokens", json=client)).status_code == 401
    refused = await trail(org, action="org.session.refused")
    (started,) = await trail(org, action="org.session.started")
    assert started["remote_address"] == "127.0.0.1"
    assert [line["actor_name"] for line in refused] == [started["actor_name"], "unknown", "unknown"]
    assert [line["resource"] for line in refused] == ["account", "account", "service_client"]
    assert refused[0]["actor_id"] == refused[0]["resource_id"] == started["actor_id"]
    assert refused[0]["after"] == {"code": "sign_in_refused"}
    everything = (await org(Role.AUDITOR).get("/v1/org/audit_entries/all")).text
    assert not any(word in everything for word in ("wrong one", "my secret password", PASSWORD, "guessed"))
