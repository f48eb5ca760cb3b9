"""A gateway on a real port before one talkative service, one dead one and one that breaks off."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from gateway.connections import GuardedConnection
from gateway.main import create_app
from gateway.settings import GatewaySettings
from tests.gateway.servers import Service, dead_origin, listening, serving

OPERATIONS = {
    "echo": ("get", "put", "post", "patch", "delete", "head"),
    "things/{id}": ("get",),
    "things/mine": ("get",),
    "sessions": ("post",),
    "sessions/refresh": ("post",),
    "sessions/revoke": ("post",),
    "service_tokens": ("post",),
    **dict.fromkeys(
        (
            "stream",
            "brief",
            "endless",
            "big",
            "slow",
            "waiting",
            "gzip",
            "unchanged",
            "nothing",
            "elsewhere",
            "refusal",
        ),
        ("get",),
    ),
}

Start = Callable[..., httpx2.Client]
METRICS_TOKEN = "token-of-the-prometheus-under-test"
SCRAPING = {"Authorization": f"Bearer {METRICS_TOKEN}"}


def document(service: str) -> dict[str, Any]:
    """A small OpenAPI document of a service."""
    thing = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Thing"}, service: {}}}
    answer = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
    refusal = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    paths: dict[str, Any] = {
        f"/v1/{service}/{path}": {
            method: {
                "operationId": f"{method}_{service}_{path.replace('/', '_')}",
                "tags": ["things"],
                "responses": {"200": answer, "4XX": refusal},
                "security": [{"HTTPBearer": []}],
                "x-permission": {"roles": ["hr"], "scope": None},
            }
            for method in methods
        }
        for path, methods in OPERATIONS.items()
    }
    paths[f"/v1/{service}/imports"] = {
        "post": {"operationId": f"import_{service}", "x-answer-seconds": 6, "responses": {}}
    }
    paths[f"/v1/{service}/rating_forms/{{id}}/submit"] = {
        "post": {"operationId": f"submit_{service}", "x-leaves-no-figure": True, "responses": {}}
    }
    paths[f"/v1/{service}/inbox"] = {"post": {"x-internal": True, "responses": {}}}
    paths["/health/ready"] = {"get": {"responses": {}}}
    problem = {"type": "object", "properties": {"code": {"type": "string"}}}
    schemas = {"Thing": thing, "Problem": problem, "TaskSummary": {"type": "object"}}
    return {"openapi": "3.1.0", "paths": paths, "components": {"schemas": schemas}}


@pytest.fixture(scope="session")
def api_documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the documents of all three services."""
    folder = tmp_path_factory.mktemp("documents")
    for service in ("org", "appraisal", "incentive"):
        (folder / service).mkdir()
        (folder / service / "openapi.json").write_text(json.dumps(document(service)))
    return folder


@pytest.fixture(scope="session")
def org_origin() -> Iterator[tuple[Service, str]]:
    """The talkative service, running."""
    service = Service()
    with serving(service) as origin:
        service.origin = origin
        yield service, origin


@pytest.fixture
def org(org_origin: tuple[Service, str]) -> Service:
    """The service behind /v1/org, with nothing asked yet."""
    service, _ = org_origin
    service.asked.clear()
    service.readiness = 200
    return service


def break_off(connection: socket.socket) -> None:
    """Begin an answer and hang up in the middle of it."""
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nhalf")


def say_nothing(connection: socket.socket) -> None:
    """Hang up without a word."""


@pytest.fixture
def start(api_documents: Path, org_origin: tuple[Service, str]) -> Iterator[Start]:
    """Starts gateways with the settings given and gives a client of each."""
    with ExitStack() as stack:

        def run(**settings: Any) -> httpx2.Client:
            chosen = {
                "org_url": org_origin[1],
                "appraisal_url": dead_origin(),
                "incentive_url": dead_origin(),
                "api_documents": api_documents,
                "answer_seconds": 0.8,
                **settings,
            }
            origin = stack.enter_context(serving(create_app(GatewaySettings(**chosen)), GuardedConnection))
            return stack.enter_context(httpx2.Client(base_url=origin, timeout=10, trust_env=False))

        yield run


@pytest.fixture(scope="session")
def shared_gateway(api_documents: Path, org_origin: tuple[Service, str]) -> Iterator[str]:
    """The origin of a gateway with usual settings but little patience."""
    with listening(break_off) as broken:
        settings = GatewaySettings(
            org_url=org_origin[1],
            appraisal_url=dead_origin(),
            incentive_url=broken,
            api_documents=api_documents,
            answer_seconds=0.8,
            max_body_bytes=1_000_000,
            metrics_token=SecretStr(METRICS_TOKEN),
        )
        with serving(create_app(settings), GuardedConnection) as origin:
            yield origin


@pytest.fixture
def client(shared_gateway: str, org: Service) -> Iterator[httpx2.Client]:
    """A client of the shared gateway."""
    with httpx2.Client(base_url=shared_gateway, timeout=10, trust_env=False) as client:
        yield client
