"""One OpenAPI document for everything behind the gateway, merged from the services' committed ones (PLT-01).

The documents are shipped with the code, so that the description is complete even while a service is down. Names that
could clash (schemas, tags) get the service's name in front; a schema that is the same everywhere, such as Problem, is
kept once. Operation ids are unique over all services.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gateway.authentication import SIGN_IN, short_path
from gateway.composed import OPERATION, SCHEMAS, TASKS
from gateway.routes import operations
from gateway.words import SERVICES as TITLES
from services.kit.identity import ROLE_NAMES, Role

Document = dict[str, Any]

SERVICES = ("org", "appraisal", "incentive")

_SCHEMA = "#/components/schemas/"

SIGN_IN_TAG = "登录、续期与待办 · Signing in, renewing tokens, and what waits for me"

_INTRODUCTION = """\
Merit 统一接口：组织（org）、考核（appraisal）、激励（incentive）三个服务，一个入口。

先 `POST /v1/sign_in` 登录，此后在每个请求中携带 `Authorization: Bearer <access_token>`；令牌 5 分钟有效，\
以 `POST /v1/sign_in/refresh` 续期。金额、分数、权重一律为字符串。错误为 `application/problem+json`，\
语言取决于 `Accept-Language`（zh / en）。新建用的 `POST` 请求可带 `Idempotency-Key`，\
涉及付款的须带；修改须带读取时得到的 `If-Match`；列表以 `next` 翻页。

One origin for three services. Sign in first, then send `Authorization: Bearer <access_token>`; a token lives five
minutes and is renewed by `POST /v1/sign_in/refresh`. Money, scores and weights are strings. Every refusal is an
`application/problem+json` document in the language of `Accept-Language`. A POST that creates may
carry an `Idempotency-Key`, one that moves money must; an edit carries the `If-Match` that was read; lists are paged
with `next`.
"""

_SECURITY = {
    "access_token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "POST /v1/sign_in 所得的 access_token · the access_token of POST /v1/sign_in",
    }
}


class DocumentMissing(Exception):
    """A service's OpenAPI document is not where it should be; the gateway cannot know which routes exist."""


def load_documents(folder: Path) -> dict[str, Document]:
    """The documents of all services from ``<folder>/<service>/openapi.json``; raises DocumentMissing."""
    documents = {}
    for service in SERVICES:
        path = folder / service / "openapi.json"
        try:
            documents[service] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DocumentMissing(f"{path}: no readable OpenAPI document; write it with `make openapi`.") from error
    return documents


def merge(documents: Mapping[str, Document], *, permissions: bool = True) -> Document:
    """The one document; the gateway's own operations come first. ``permissions``: descriptions say who may call."""
    shared = _shared_schemas(documents)
    merged: Document = {
        "openapi": "3.1.0",
        "info": {"title": "Merit", "version": "1", "description": _INTRODUCTION, **_shared_info(documents)},
        "servers": [{"url": "/"}],
        "paths": {},
        "components": {"schemas": {}, "securitySchemes": _SECURITY, **_shared_parts(documents)},
        "tags": [{"name": "sign_in", "description": SIGN_IN_TAG}],
    }
    for service, document in documents.items():
        _take(merged, service, _renamed(document, service, shared), permissions=permissions)
    org = merged["paths"]
    merged["paths"] = {
        path: {"post": _own(org[target]["post"], path)} for path, target in SIGN_IN.items() if target in org
    } | {TASKS: {"get": OPERATION}, **org}
    merged["components"]["schemas"] |= SCHEMAS
    schemas = merged["components"]["schemas"]
    used = _reached([merged["paths"], merged["components"].get("responses")], schemas)
    merged["components"]["schemas"] = {name: schemas[name] for name in sorted(schemas) if name in used}
    return merged


def _shared_info(documents: Mapping[str, Document]) -> Document:
    """Contact and licence, which every service names alike."""
    info = next(iter(documents.values())).get("info", {})
    return {name: info[name] for name in ("contact", "license") if name in info}


def _shared_parts(documents: Mapping[str, Document]) -> Document:
    """Parameters and responses that the services' descriptions share."""
    parts: Document = {}
    for document in documents.values():
        for kind in ("parameters", "responses"):
            parts.setdefault(kind, {}).update(document.get("components", {}).get(kind, {}))
    return {kind: named for kind, named in parts.items() if named}


def serialised(document: Document) -> bytes:
    """A document as sent."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _take(merged: Document, service: str, document: Document, *, permissions: bool) -> None:
    """Put the paths, schemas and tags of one renamed document into the merged one."""
    merged["components"]["schemas"].update(document.get("components", {}).get("schemas", {}))
    tags: dict[str, str] = {}
    words = {tag["name"]: tag["description"] for tag in document.get("tags", ())}
    for method, template, operation in operations(service, document):
        names = {f"{service} · {tag}": words.get(tag, TITLES[service]) for tag in operation.get("tags") or ["other"]}
        tags |= names
        merged["paths"].setdefault(short_path(template), {})[method] = {
            **operation,
            "tags": list(names),
            "description": _described(operation) if permissions else operation.get("description", ""),
            "security": [{"access_token": []}] if operation.get("security") else [],
        }
    merged["tags"] += [{"name": tag, "description": words} for tag, words in tags.items()]


def _own(operation: Document, path: str) -> Document:
    """An operation of org under the gateway's own path."""
    return {**operation, "operationId": path.removeprefix("/v1/").replace("/", "_"), "tags": ["sign_in"]}


def _described(operation: Mapping[str, Any]) -> str:
    """The description with who may call, from what the route's signature says."""
    permission = operation.get("x-permission")
    text: str = operation.get("description", "")
    if not permission:
        return text
    who = (
        "、".join(f"{ROLE_NAMES[Role(role)].zh} {role}" for role in permission["roles"])
        or "任何已登录者 anyone signed in"
    )
    lines = [text, f"**权限 · Permission:** {who}" if who else ""]
    if permission.get("scope"):
        lines.append(f"**接入系统权限 · Client scope:** `{permission['scope']}`")
    return "\n\n".join(line for line in lines if line)


def _shared_schemas(documents: Mapping[str, Document]) -> set[str]:
    """Names of schemas that mean the same wherever they appear: one service has them, or all have them alike."""
    found: dict[str, list[str]] = {}
    for document in documents.values():
        for name, schema in document.get("components", {}).get("schemas", {}).items():
            found.setdefault(name, []).append(json.dumps(schema, sort_keys=True))
    alike = {name: versions[0] for name, versions in found.items() if len(set(versions)) == 1}
    several = {name for name, versions in found.items() if len(versions) > 1}
    while True:  # what is alike in words may still refer to something that is not
        foreign = [name for name in alike if name in several and not _references(alike[name]) <= alike.keys()]
        if not foreign:
            return set(alike)
        for name in foreign:
            del alike[name]


def _references(schema: str) -> set[str]:
    return set(re.findall(rf'"{re.escape(_SCHEMA)}(\w+)"', schema))


def _reached(start: Any, schemas: Mapping[str, Any]) -> set[str]:
    """Names of the schemas that are referred to from ``start``, directly or through others."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str) and value.startswith(_SCHEMA):
            name = value.removeprefix(_SCHEMA)
            if name in schemas and name not in reached:
                reached.add(name)
                waiting.append(schemas[name])
    return reached


def _renamed(document: Document, service: str, shared: set[str]) -> Document:
    """The document with the schemas that clash renamed ``<Service><Name>``, in definitions and references alike."""
    schemas = document.get("components", {}).get("schemas", {})
    names = {name: name if name in shared else f"{service.title()}{name}" for name in schemas}

    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: renamed(item) for key, item in value.items()}
        if isinstance(value, list):
            return [renamed(item) for item in value]
        if isinstance(value, str) and value.startswith(_SCHEMA):
            name = value.removeprefix(_SCHEMA)
            return _SCHEMA + names.get(name, name)
        return value

    result: Document = renamed(document)
    result.setdefault("components", {})["schemas"] = {names[name]: renamed(schemas[name]) for name in schemas}
    return result
