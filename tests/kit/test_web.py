"""What every route of every service does: strict JSON, problems, entity tags, once-only posts, permissions."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy.exc import TimeoutError as PoolExhausted

from services.kit.access.revocations import revoke
from services.kit.database.sessions import Database
from services.kit.identity import Role
from services.kit.web.openapi import describe
from tests.clients import Clients
from tests.databases import RolledBack
from tests.identities import Issuer, SetClock, client_system, person
from tests.kit.conftest import count, little_service

THING = {"name": "笔记本", "amount": "5400.00"}


async def created(client: httpx2.AsyncClient, **changes: str) -> str:
    answer = await client.post("/v1/kit/things", json={**THING, **changes})
    assert answer.status_code == 201
    return str(answer.json()["id"])


def assert_problem(answer: httpx2.Response, status: int, code: str) -> dict[str, object]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, object] = answer.json()
    assert (problem["status"], problem["code"], problem["type"]) == (status, code, f"/problems/{code}")
    assert problem["trace_id"] == answer.headers["x-request-id"]
    return problem


async def test_numbers_leave_and_enter_as_text(kit: Clients) -> None:
    client = kit(Role.HR)
    thing = await client.get(f"/v1/kit/things/{await created(client)}")
    assert thing.json()["amount"] == "5400.00"


@pytest.mark.req("PLT-08")
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "json_broken"),
        (b"{", 400, "json_broken"),
        (b'{"name":"a","name":"b","amount":"1"}', 400, "json_broken"),
        (b'{"name":"a","amount":NaN}', 400, "json_broken"),
        (b'{"name":"a","amount":-Infinity}', 400, "json_broken"),
        (b"\xff\xfe", 400, "json_broken"),
        (b"[" * 100_000, 400, "json_broken"),
        (b'{"\\ud800":1,"\\ud800":2}', 400, "json_broken"),
        (b'{"name":"a","amount":"1","\\uDEAD":"x"}', 400, "json_broken"),
        (b'{"name":"\xed\xa0\x80","amount":"1"}', 400, "json_broken"),
        ('{"name":"a","amount":"1"}'.encode("utf-16"), 400, "json_broken"),
        (b'{"name":"a","amount":1e400}', 422, "invalid"),
        (b'{"name":"a","amount":12.5}', 422, "invalid"),
        (b'{"name":"a","amount":"1e3"}', 422, "invalid"),
        (b'{"name":"a","amount":"1.005"}', 422, "invalid"),
        ('{"name":"a","amount":"１"}'.encode(), 422, "invalid"),
        (b'{"name":"a","amount":"1","colour":"red"}', 422, "invalid"),
        (b'{"name":" ","amount":"1"}', 422, "invalid"),
        (b'{"name":"a\\u0000b","amount":"1"}', 422, "invalid"),
        (b'{"amount":"1"}', 422, "invalid"),
        (b"[]", 422, "invalid"),
        (b"null", 422, "invalid"),
    ],
)
async def test_a_bad_body_is_refused_as_a_problem_and_nothing_is_stored(
    kit: Clients, kit_sessions: RolledBack, body: bytes, status: int, code: str
) -> None:
    headers = {"content-type": "application/json"}
    answer = await kit(Role.HR).post("/v1/kit/things", content=body, headers=headers)
    assert_problem(answer, status, code)
    assert await count(kit_sessions, "SELECT count(*) FROM thing") == 0


@pytest.mark.req("PLT-08")
async def test_a_problem_names_field_fault_and_expectation_in_the_readers_language(kit: Clients) -> None:
    client = kit(Role.HR)
    body = {"name": "车", "amount": "2000000.00"}
    chinese = assert_problem(await client.post("/v1/kit/things", json=body), 422, "too_dear")
    english = assert_problem(
        await client.post("/v1/kit/things", json=body, headers={"accept-language": "en-GB,zh;q=0.5"}), 422, "too_dear"
    )
    assert chinese["title"] == "金额 2000000.00 超过上限。"
    assert english["title"] == "The amount 2000000.00 is above the limit."
    assert chinese["errors"] == [{"pointer": "/amount", "found": "2000000.00", "expected": "不超过 1000000"}]
    assert english["errors"] == [{"pointer": "/amount", "found": "2000000.00", "expected": "at most 1000000"}]


@pytest.mark.req("PLT-08")
async def test_every_refusal_is_a_problem(kit: Clients) -> None:
    client = kit(Role.HR)
    thing = f"/v1/kit/things/{await created(client)}"
    assert_problem(await client.get("/v1/kit/nothing"), 404, "route_unknown")
    assert_problem(await client.delete("/v1/kit/things"), 405, "method_not_allowed")
    assert_problem(await client.get(f"/v1/kit/things/{uuid4()}"), 404, "not_found")
    assert_problem(await client.get("/v1/kit/things/7"), 422, "invalid")
    assert_problem(await client.post("/v1/kit/things", content="a=1"), 415, "unsupported_media")
    assert_problem(await client.put(thing, json=THING), 428, "precondition_required")
    assert_problem(await client.put(thing, json=THING, headers={"if-match": '"7.x"'}), 412, "stale")
    assert_problem(await client.put(thing, json=THING, headers={"if-match": "*"}), 422, "invalid")
    assert_problem(await client.post("/v1/kit/notes", json={**THING, "name": "长" * 100}), 413, "too_large")


@pytest.mark.req("PLT-08")
async def test_a_day_that_has_none_after_it_is_refused_and_is_no_fault_of_ours(kit: Clients) -> None:
    answer = await kit(Role.HR).get("/v1/kit/day_after?day=9999-12-31", headers={"accept-language": "en"})
    assert_problem(answer, 422, "beyond_calendar")
    expected = "a date from 1900-01-01 to 9000-12-31"
    assert answer.json()["errors"] == [{"pointer": "query/day", "found": "9999-12-31", "expected": expected}]
    spans = {"name": "x", "spans": [{"first": "2026-01-01", "days": 3}, {"first": "0001-01-01", "days": -1}]}
    answer = await kit(Role.HR).post("/v1/kit/spans", json=spans, headers={"accept-language": "en"})
    assert_problem(answer, 422, "beyond_calendar")
    assert answer.json()["errors"] == [{"pointer": "/spans/1/first", "found": "0001-01-01", "expected": expected}]
    spans["spans"] = [{"first": "2026-01-01", "days": 10**12}]
    answer = await kit(Role.HR).post("/v1/kit/spans", json=spans)
    assert_problem(answer, 422, "beyond_calendar")
    assert answer.json()["errors"][0]["pointer"] == "/spans/0/days"


@pytest.mark.req("PLT-08")
async def test_a_fault_of_ours_tells_only_where_to_look(kit: Clients, issuer: Issuer) -> None:
    transport = httpx2.ASGITransport(app=kit.app, raise_app_exceptions=False)
    headers = {"authorization": f"Bearer {issuer.token(person(Role.HR))}"}
    async with httpx2.AsyncClient(transport=transport, base_url="http://merit.test", headers=headers) as client:
        answer = await client.get("/v1/kit/defect")
    assert answer.status_code == 500
    assert answer.json()["code"] == "defect"
    assert "54321.99" not in answer.text
    assert "RuntimeError" not in answer.text


async def test_an_edit_needs_the_version_it_was_read_with(kit: Clients) -> None:
    client = kit(Role.HR)
    thing = f"/v1/kit/things/{await created(client)}"
    etag = (await client.get(thing)).headers["etag"]
    edit = {"name": "台式机", "amount": "1.00"}
    assert (await client.put(thing, json=edit, headers={"if-match": etag})).status_code == 200
    assert_problem(await client.put(thing, json=edit, headers={"if-match": etag}), 412, "stale")
    assert (await client.get(thing)).json()["name"] == "台式机"


async def test_who_has_it_already_is_not_sent_it_again(kit: Clients) -> None:
    client = kit(Role.HR)
    thing = f"/v1/kit/things/{await created(client)}"
    etag = (await client.get(thing)).headers["etag"]
    again = await client.get(thing, headers={"if-none-match": etag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert (await client.get(thing, headers={"if-none-match": '"other"'})).status_code == 200


async def test_the_same_post_twice_acts_once_and_answers_alike(kit: Clients, kit_sessions: RolledBack) -> None:
    client, key = kit(Role.HR), {"idempotency-key": "k1"}
    first = await client.post("/v1/kit/things", json=THING, headers=key)
    second = await client.post("/v1/kit/things", json=THING, headers=key)
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["idempotency-replayed"] == "true"
    assert await count(kit_sessions, "SELECT count(*) FROM thing") == 1
    other = await client.post("/v1/kit/things", json={**THING, "name": "x"}, headers=key)
    assert_problem(other, 422, "idempotency_key_reused")
    somebody_else = await kit(Role.HR).post("/v1/kit/things", json={**THING, "name": "x"}, headers=key)
    assert somebody_else.status_code == 201


async def test_a_refused_post_leaves_its_key_free(kit: Clients) -> None:
    client, key = kit(Role.HR), {"idempotency-key": "k1"}
    assert (await client.post("/v1/kit/things", json={"name": "x"}, headers=key)).status_code == 422
    assert (await client.post("/v1/kit/things", json=THING, headers=key)).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb"])
async def test_an_unusable_key_is_refused(kit: Clients, key: str) -> None:
    answer = await kit(Role.HR).post("/v1/kit/things", json=THING, headers={"idempotency-key": key})
    assert_problem(answer, 400, "idempotency_key_missing")


async def test_of_many_equal_posts_at_once_one_acts(kit_live: Clients, kit_committed: Database) -> None:
    client, key = kit_live(Role.HR), {"idempotency-key": "k1"}
    answers = await asyncio.gather(*(client.post("/v1/kit/things", json=THING, headers=key) for _ in range(20)))
    statuses = {answer.status_code for answer in answers}
    assert statuses <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"idempotency_in_flight"}
    assert await count(kit_committed, "SELECT count(*) FROM thing") == 1


@pytest.mark.req("INC-10")
async def test_what_pays_needs_a_key_and_pays_once(kit_live: Clients, kit_committed: Database) -> None:
    payer = kit_live(Role.FINANCE)
    pay = f"/v1/kit/things/{await created(kit_live(Role.HR))}/pay"
    assert_problem(await payer.post(pay), 400, "idempotency_key_missing")
    answers = await asyncio.gather(*(payer.post(pay, headers={"idempotency-key": f"k{n}"}) for n in range(8)))
    assert sorted(answer.status_code for answer in answers) == [204] + [409] * 7
    assert await count(kit_committed, "SELECT count(*) FROM transition") == 1


async def test_more_payers_at_once_than_there_are_connections_do_not_wait_for_each_other(
    kit_live: Clients, kit_committed: Database
) -> None:
    """A keyed request holds one connection; had it to wait for a second, ten such would wait for ever."""
    payer = kit_live(Role.FINANCE)
    pay = f"/v1/kit/things/{await created(kit_live(Role.HR))}/pay"
    answers = await asyncio.gather(*(payer.post(pay, headers={"idempotency-key": f"k{n}"}) for n in range(40)))
    assert sorted(answer.status_code for answer in answers) == [204] + [409] * 39


async def test_who_gets_no_connection_in_time_is_told_to_come_again(
    kit: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted() -> None:
        raise PoolExhausted

    monkeypatch.setattr(kit.app.state.app_context.sessions, "read", exhausted)
    assert_problem(await kit(Role.HR).get("/v1/kit/things"), 503, "unavailable")


@pytest.mark.req("PLT-03")
async def test_a_revoked_account_is_not_given_its_stored_answer_either(kit: Clients, kit_sessions: RolledBack) -> None:
    payer, key = person(Role.FINANCE), {"idempotency-key": "k1"}
    pay = f"/v1/kit/things/{await created(kit(Role.HR))}/pay"
    assert (await kit(payer).post(pay, headers=key)).status_code == 204
    assert (await kit(payer).post(pay, headers=key)).headers["idempotency-replayed"] == "true"
    async with kit_sessions.write() as session:
        await revoke(session, payer.account_id, datetime.now(UTC) + timedelta(seconds=5))
    assert_problem(await kit(payer).post(pay, headers=key), 401, "revoked")


@pytest.mark.req("APR-10")
async def test_a_post_that_must_leave_no_trace_leaves_none(kit: Clients, kit_sessions: RolledBack) -> None:
    answer = await kit(Role.EMPLOYEE).post("/v1/kit/ratings", json=THING, headers={"idempotency-key": "k"})
    assert answer.status_code == 204
    assert await count(kit_sessions, "SELECT count(*) FROM idempotency_key") == 0
    assert await count(kit_sessions, "SELECT count(*) FROM audit") == 0


@pytest.mark.req("PLT-03")
async def test_only_the_roles_and_scopes_of_the_signature_may_call(kit: Clients) -> None:
    assert_problem(await kit.stranger().get("/v1/kit/report"), 401, "unauthenticated")
    assert_problem(await kit(Role.EMPLOYEE).get("/v1/kit/report"), 403, "role_missing")
    assert_problem(await kit(client_system("other")).get("/v1/kit/report"), 403, "role_missing")
    assert (await kit(Role.HR).get("/v1/kit/report")).status_code == 200
    assert (await kit(client_system("report")).get("/v1/kit/report")).status_code == 200
    assert (await kit(Role.EMPLOYEE, Role.HR).get("/v1/kit/report")).status_code == 200


@pytest.mark.req("PLT-04")
async def test_the_trail_says_who_did_what_and_from_which_request(kit: Clients, kit_sessions: RolledBack) -> None:
    caller = person(Role.HR, name="人事王")
    await kit(caller).post("/v1/kit/things", json=THING, headers={"x-request-id": "r-1"})
    row = await _first(kit_sessions, "SELECT actor_name, action, resource, after, request_id FROM audit")
    assert row == ("人事王", "create", "thing", {"name": "笔记本", "amount": "5400.00"}, "r-1")


async def test_a_request_keeps_the_id_it_was_given_and_gets_one_otherwise(kit: Clients) -> None:
    client = kit(Role.HR)
    assert (await client.get("/v1/kit/things", headers={"x-request-id": "abc"})).headers["x-request-id"] == "abc"
    for bad in ("", "x" * 65, "a\tb"):
        fresh = (await client.get("/v1/kit/things", headers={"x-request-id": bad})).headers["x-request-id"]
        assert len(fresh) == 32
    assert (await client.get("/health/live")).headers["x-content-type-options"] == "nosniff"


async def test_the_description_names_permissions_and_problems(
    kit_sessions: RolledBack, issuer: Issuer, clock: SetClock
) -> None:
    document = json.loads(describe(little_service(kit_sessions, issuer, clock)))
    pay = document["paths"]["/v1/kit/things/{thing_id}/pay"]["post"]
    assert pay["x-permission"] == {"roles": ["finance"], "scope": None}
    assert pay["responses"]["4XX"] == {"$ref": "#/components/responses/Problem"}
    assert "application/problem+json" in document["components"]["responses"]["Problem"]["content"]
    assert {"$ref": "#/components/parameters/IdempotencyKeyDemanded"} in pay["parameters"]
    assert document["components"]["schemas"]["NewThing"]["properties"]["amount"]["type"] == "string"


async def _first(sessions: RolledBack, sql: str) -> tuple[object, ...]:
    async with sessions.read() as session:
        connection = await session.connection()
        return tuple((await connection.exec_driver_sql(sql)).one())
