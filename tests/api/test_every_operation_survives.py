"""Every operation meets nonsense at every place where it listens: a refusal in the agreed form, never a defect of ours.

Bodies are made from the committed descriptions, so that one value at a time is wrong and the rest is what the
operation expects. What is tried is the same on every run.
"""

import copy
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path as File
from typing import Any
from uuid import UUID

import httpx2
import pytest

from services.kit.identity import Caller, Role
from services.org.identity.usecases.signing import SigningKey
from tests.clients import Clients
from tests.identities import ISSUER, Issuer, client_system, person

SERVICES = File(__file__).parents[2] / "services"
DOCUMENTS = {
    name: json.loads((SERVICES / name / "openapi.json").read_text(encoding="utf-8"))
    for name in ("org", "appraisal", "incentive")
}
SOMEBODY = UUID("01980000-0000-7000-8000-000000000001")
NOBODY = UUID("01980000-0000-7000-8000-00000000dead")
FOUND_ANYWAY = {
    "org": {"GET units/{unit_id}/successions": 200},
    "appraisal": {"GET cycles/{cycle_id}/raters": 200},
    "incentive": {"POST runs/{run_id}/payroll_answers": 415},
}
"""Lists of nothing, and what is asked for a file first."""
SCOPES = ("snapshot", "directory", "results", "measurements")
AS_MANY_AS = 6  # requests of each sort that an operation gets

HALF_A_CHARACTER = r'"\ud800"'
TOO_DEEP = "[" * 900 + "]" * 900
NONSENSE = (
    r'"a\u0000b"', HALF_A_CHARACTER, r'"\u202e=1+1"', r'{"\ud800":1}', '{"a":1,"a":2}', "1e400", "NaN", "-Infinity",
    "9" * 400, "9223372036854775808", "-1", "0.1", '"１２３"', '"1e5"', '"-0"', f'"{"9" * 30}"', f'"0.{"1" * 200}"',
    '"0001-01-01"', '"9999-12-31"', '"2026-02-30"', '"9999-12-31T23:59:59-14:00"', '"0000-Q1"', '"9999-Q4"',
    '"9999-12"', '"2026-13"', "[]", "{}", "null", "true", '""', '" "', f'"{"长" * 5000}"', TOO_DEEP,
    '"00000000-0000-0000-0000-000000000000"', "[" + ",".join(["{}"] * 10_001) + "]",
)  # fmt: skip
DATES = ('"0001-01-01"', '"9999-12-31"')
QUERIES = (
    "", "%00", "%ED%A0%80", "%FF%FE", "%20", "-1", "0", "1e400", "NaN", "９", "9223372036854775808", "0001-01-01",
    "9999-12-31", "2026-02-30", "2026-Q1", "9999-Q4", "0000", "AAAA", "eyJhIjoxfQ==", "x" * 3000, "'; --",
)  # fmt: skip
FILES = (
    b"", b"\x00", b"\xff\xfe", b"{}", b"[]", b'{"a":1}\n{"a":', b"a,b\n1", b"a\x00b,c\n", b'"' * 99, b"\n" * 99,
    b"PK\x03\x04junk", b"\xef\xbb\xbf", b'{"value":NaN}\n', rb'{"\ud800":1}', "工号,姓名\n１,\u202e\n".encode(),
)  # fmt: skip
KEYS = ("", " ", "x" * 201, "a\tb", "é" * 150, "🙂".encode().decode("latin-1"))
TAGS = ('"1.x"', "*", "", '""', 'W/"1"', '"-1"', '"²"', '"99999999999"', "x" * 3000)


class Maker:
    """Makes values that a schema describes; the same ones for the same operation."""

    def __init__(self, document: dict[str, Any], name: str) -> None:
        self._document = document
        self.random = random.Random(name)  # noqa: S311 - nothing secret hangs on it

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A schema with its reference followed."""
        while "$ref" in schema:
            found = self._document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        return schema

    def value(self, given: dict[str, Any], depth: int = 0) -> Any:
        """Something that the schema describes, more or less."""
        schema = self.resolved(given)
        for known in ("const", "default"):
            if schema.get(known) is not None:
                return schema[known]
        if "enum" in schema or "examples" in schema:
            return self.random.choice(schema.get("enum") or schema["examples"])
        for choice in ("anyOf", "oneOf", "allOf"):
            if choice in schema:
                return self.value(self.random.choice(schema[choice]), depth)
        if "properties" in schema and depth < 6:  # some schemas hold themselves
            return {name: self.value(part, depth + 1) for name, part in schema["properties"].items()}
        if schema.get("type") == "array" and depth < 6:
            return [self.value(schema.get("items", {}), depth + 1)]
        return self._plain(schema)

    @staticmethod
    def _plain(schema: dict[str, Any]) -> Any:
        by_format = {"uuid": str(SOMEBODY), "date": "2026-03-31", "date-time": "2026-03-31T09:00:00+08:00"}
        by_type = {"integer": schema.get("minimum", 1), "boolean": True, "array": [], "object": {}, "null": None}
        return by_format.get(schema.get("format", "")) or by_type.get(schema.get("type", ""), "A1")


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value, the whole first."""
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield from places(part, (*path, name))


def spoilt(value: Any, path: tuple[Any, ...], by: str) -> bytes:
    """JSON with ``by``, which may be no JSON, in one place."""
    if not path:
        return by.encode()
    changed = inner = copy.deepcopy(value)
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = "@here@"
    return json.dumps(changed).replace('"@here@"', by, 1).encode()


def bodies(maker: Maker, described: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Content types and bodies for one operation."""
    for kind, content in described["content"].items():
        if kind != "application/json":
            yield from ((kind, file) for file in FILES)
            continue
        good = maker.value(content["schema"])
        yield kind, json.dumps(good).encode()
        yield kind, json.dumps(good).encode("utf-16")
        yield kind, b"\xff" + json.dumps(good).encode()
        yield "text/plain", json.dumps(good).encode()
        yield kind, spoilt({**good, HALF_A_CHARACTER: 1}, (), '{"\\ud800":1}') if isinstance(good, dict) else b"["
        everywhere = list(places(good))
        for path in everywhere:
            if path and re.search(r"day|date|_on$|from|until|first|last", str(path[-1])):
                yield from ((kind, spoilt(good, path, day)) for day in DATES)
        for _ in range(AS_MANY_AS):
            yield kind, spoilt(good, maker.random.choice(everywhere), maker.random.choice(NONSENSE))


def queries(maker: Maker, operation: dict[str, Any]) -> Iterator[str]:
    """Query strings: each parameter in turn wrong, the needed others right."""
    asked = [each for each in operation.get("parameters", ()) if each.get("in") == "query"]
    for one in asked:
        others = [f"{each['name']}={maker.value(each['schema'])}" for each in asked if each.get("required")]
        wrong = [*maker.random.sample(QUERIES, 4), "9999-12-31"]
        yield from ("&".join([*others, f"{one['name']}={value}"]) for value in wrong)


@pytest.fixture
def callers() -> list[Caller]:
    """Between them they may do everything."""
    roles = [role for role in Role if role not in {Role.MANAGER, Role.SERVICE}]
    return [person(*roles, employee_id=SOMEBODY), client_system(*SCOPES)]


@pytest.fixture
def services(org: Clients, appraisal: Clients, incentive: Clients, issuer: Issuer) -> dict[str, Clients]:
    """The clients of all three; org has a key to sign with, as it has where it runs."""
    org.app.state.signing_key = SigningKey(issuer.private_key, ISSUER)
    return {"org": org, "appraisal": appraisal, "incentive": incentive}


@pytest.mark.req("PLT-08")
@pytest.mark.parametrize("service", list(DOCUMENTS))
async def test_nonsense_is_refused_in_the_agreed_form(
    services: dict[str, Clients], callers: list[Caller], issuer: Issuer, service: str
) -> None:
    document = DOCUMENTS[service]
    # Defects must show as the answer 500 that everybody would get, not as the exception.
    transport = httpx2.ASGITransport(app=services[service].app, raise_app_exceptions=False)
    wrong, seen = [], set()
    async with httpx2.AsyncClient(transport=transport, base_url="http://merit.test") as client:
        for path, operations in document["paths"].items():
            for method, operation in operations.items() if path.startswith("/v1/") else ():
                caller = callers[operation.get("x-permission", {}).get("roles") == []]
                client.headers["authorization"] = f"Bearer {issuer.token(caller)}"
                for request in nonsense(Maker(document, f"{method} {path}"), method.upper(), path, operation):
                    answer = await client.send(client.build_request(**request))
                    seen.add(answer.status_code)
                    if not agreed(answer):
                        wrong.append(f"{request} → {answer.status_code} {answer.text[:200]}"[:1000])
    assert not wrong
    assert {200, 404, 415, 422} <= seen  # it was let in and looked at


@pytest.mark.req("PLT-01")
@pytest.mark.parametrize("service", list(DOCUMENTS))
async def test_what_nobody_knows_is_not_found_by_a_request_that_lacks_nothing(
    services: dict[str, Clients], callers: list[Caller], service: str
) -> None:
    document, others, asked = DOCUMENTS[service], {}, 0
    for path, operations in document["paths"].items():
        for method, operation in operations.items() if re.search(r"^/v1/.*_id}", path) else ():
            caller = callers[operation.get("x-permission", {}).get("roles") == []]
            request = complete(Maker(document, f"{method} {path}"), method, path, operation)
            answer = await services[service](caller).request(**request)
            asked += 1
            if answer.status_code != httpx2.codes.NOT_FOUND:
                others[f"{method.upper()} {path.removeprefix(f'/v1/{service}/')}"] = answer.status_code
    assert others == FOUND_ANYWAY[service]
    assert asked > 90


def complete(maker: Maker, method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    """A request with all that the operation takes, by its own example, about what there is not."""
    asked = [each for each in operation.get("parameters", ()) if each.get("in") == "query" and each.get("required")]
    bodies = operation.get("requestBody", {"content": {}})["content"]
    return {
        "method": method,
        "url": re.sub(r"\{\w+\}", "1", re.sub(r"\{\w+_id\}", str(NOBODY), path)),
        "params": {each["name"]: maker.value(each["schema"]) for each in asked},
        "headers": {"If-Match": '"1"', "Idempotency-Key": "a-key"},
        **({"json": bodies["application/json"]["example"]} if "application/json" in bodies else {}),
    }


def agreed(answer: httpx2.Response) -> bool:
    """Whether an answer is no defect, and a problem if it refuses."""
    if answer.status_code < httpx2.codes.BAD_REQUEST:
        return True
    form = answer.headers.get("content-type") == "application/problem+json"
    return form and answer.status_code < httpx2.codes.INTERNAL_SERVER_ERROR


def nonsense(maker: Maker, method: str, path: str, operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The requests that one operation gets."""
    address = re.sub(r"\{\w+\}", str(SOMEBODY), path)
    body = b"{}" if "requestBody" in operation else None

    def made(where: str, content: bytes | None, **headers: str) -> dict[str, Any]:
        named = {"content-type": "application/json", **{name.replace("_", "-"): v for name, v in headers.items()}}
        as_bytes = [(name.encode(), value.encode()) for name, value in named.items()]
        return {"method": method, "url": where, "content": content, "headers": as_bytes}

    for value in maker.random.sample(QUERIES[1:], 4) if "{" in path else ():
        yield made(re.sub(r"\{\w+\}", value, path), body)
    for query in queries(maker, operation):
        yield made(f"{address}?{query}", body)
    for kind, content in bodies(maker, operation.get("requestBody", {"content": {}})):
        yield made(address, content, content_type=kind, if_match='"1"')
    for tag in TAGS if method in {"PUT", "PATCH"} else ():
        yield made(address, body, if_match=tag)
    for key in maker.random.sample(KEYS, 3) if method == "POST" else ():
        yield made(address, body, idempotency_key=key)
    yield made(address, body, accept_language="zz;q=nan,,;q=;q", content_encoding="gzip", if_none_match="*,")
    yield made(address, body, if_match='"1"')
