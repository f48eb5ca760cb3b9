"""Reads that one frontend call needs from several services at once (PLT-02).

``GET /v1/my/tasks`` asks every service for what waits for the caller, as the caller, and merges the answers. One slow
or dead service costs its own part, which is named; the rest answers.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from multidict import CIMultiDict

from gateway.proxy import Proxy
from gateway.routes import MethodRefused, Route
from services.kit.errors import DomainError, FieldError, Invalid, Language, Text, Unauthenticated
from services.kit.identity import SERVICE_NAMES

TASKS: Final = "/v1/my/tasks"
ROUTE: Final = Route("gateway", TASKS)
PATIENCE_SECONDS: Final = 2.0
"""How long a part may take; what comes later is left out and named."""

_ITEM = {"$ref": "#/components/schemas/TaskSummary"}
SCHEMAS: Final = {
    "MissingPart": {
        "type": "object",
        "description": "A service that did not supply its part.",
        "required": ["service", "message"],
        "properties": {
            "service": {"type": "string", "description": "Name of the service.", "examples": ["incentive"]},
            "message": {
                "type": "string",
                "description": "Explanation in words.",
                "examples": ["激励暂时没有应答。"],
            },
        },
    },
    "MyTasks": {
        "type": "object",
        "description": "The caller's tasks in all services.",
        "required": ["items", "has_more", "missing"],
        "properties": {
            "items": {"type": "array", "items": _ITEM, "description": "Tasks, the earliest deadline first."},
            "has_more": {
                "type": "boolean",
                "description": "Whether there are more tasks than listed.",
                "examples": [False],
            },
            "missing": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/MissingPart"},
                "description": "Services that did not answer; empty if all did.",
            },
        },
    },
}
OPERATION: Final = {
    "operationId": "list_my_tasks",
    "summary": "List what waits for me",
    "description": "The caller's tasks in all services, the earliest deadline first. A service that does not answer "
    "is named under `missing`; the others' tasks are returned.",
    "tags": ["sign_in"],
    "security": [{"access_token": []}],
    "parameters": [
        {
            "name": "limit",
            "in": "query",
            "description": "Largest number of tasks to return.",
            "schema": {"type": "integer", "minimum": 1, "maximum": 500, "default": 50},
            "example": 50,
        },
        {
            "name": "overdue",
            "in": "query",
            "description": "true: only overdue tasks; false: only tasks that are not overdue.",
            "schema": {"type": "boolean"},
            "example": True,
        },
        {
            "name": "kind",
            "in": "query",
            "description": "Only tasks of this kind.",
            "schema": {"type": "string"},
            "example": "run.approve",
        },
    ],
    "responses": {
        "200": {
            "description": "The tasks, and the services that did not answer.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/MyTasks"}}},
        },
        "4XX": {"$ref": "#/components/responses/Problem"},
        "5XX": {"$ref": "#/components/responses/Problem"},
    },
}
"""How the API's description shows it."""

_MOST = 500
_DEFAULT = 50
_PASSED_ON = ("overdue", "kind")
_UNAUTHORISED, _OK = 401, 200


class PartMissing(DomainError):
    """A service did not answer in time, or refused."""

    code = "part_missing"
    zh = "{service}暂时没有应答，其待办未列出，请稍后刷新。"
    en = "The {service} service does not answer at the moment, so its tasks are not listed; refresh later."


async def my_tasks(
    proxy: Proxy, services: Sequence[str], *, method: str, query: str, headers: CIMultiDict[str], language: Language
) -> bytes:
    """The caller's tasks in all services as JSON, the earliest deadline first.

    Raises:
        MethodRefused: not a read.
        Invalid: an unknown query parameter or a limit out of range.
        Unauthenticated: the services do not take the token.
    """
    if method not in {"GET", "HEAD"}:
        raise MethodRefused(allow="GET, HEAD")
    limit, asked = _asked(query)
    own = CIMultiDict(headers)
    own["accept-encoding"] = "identity"
    parts = await asyncio.gather(*(_part(proxy, service, asked, own) for service in services))
    if all(status == _UNAUTHORISED for status, _ in parts):
        raise Unauthenticated
    items = [item for status, page in parts if status == _OK for item in page["items"]]
    items.sort(key=lambda item: (item["due_at"] is None, item["due_at"] or "", item["opened_at"], item["id"]))
    more = len(items) > limit or any(status == _OK and page["next"] is not None for status, page in parts)
    missing = [
        {"service": service, "message": PartMissing(service=SERVICE_NAMES[service]).text(language)}
        for service, (status, _) in zip(services, parts, strict=True)
        if status != _OK
    ]
    return json.dumps({"items": items[:limit], "has_more": more, "missing": missing}, ensure_ascii=False).encode()


def _asked(query: str) -> tuple[int, str]:
    """How many tasks are wanted, and the query of each part."""
    given = parse_qsl(query, keep_blank_values=True)
    passed = [(name, value) for name, value in given if name in _PASSED_ON]
    limits = [value for name, value in given if name == "limit"]
    others = sorted({name for name, _ in given} - {"limit", *_PASSED_ON})
    limit = int(limits[0]) if limits and limits[0].isdecimal() and len(limits[0]) <= 3 else _DEFAULT  # noqa: PLR2004 - up to 500
    known = Text(
        f"条数（limit）1 至 {_MOST}、逾期（overdue）、类型（kind），各至多填一次",
        f"limit (1 to {_MOST}), overdue, kind, each at most once",
    )
    wrong = [FieldError(f"query/{name}", None, known) for name in others]
    if limits and (len(limits) > 1 or not 1 <= limit <= _MOST or str(limit) != limits[0]):
        wrong.append(FieldError("query/limit", limits[0][:40], known))
    if wrong:
        raise Invalid(field_errors=wrong)
    return limit, urlencode([*passed, ("limit", limit)])


async def _part(proxy: Proxy, service: str, query: str, headers: CIMultiDict[str]) -> tuple[int, Mapping[str, Any]]:
    """The status and page of one service; status 0 where there is no answer to use."""
    try:
        status, body = await proxy.read(
            service, f"/v1/{service}/my/tasks?{query}", headers=headers, seconds=PATIENCE_SECONDS
        )
        return status, json.loads(body) if status == _OK else {}
    except (DomainError, ValueError):
        return 0, {}
