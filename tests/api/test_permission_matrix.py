"""Every operation of every service, called as every role: who is let in is what the reviewed table says."""

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml

from services.kit.callers import permission_of
from services.kit.identity import Caller, Role
from services.kit.openapi import routes_of
from tests.clients import Clients
from tests.identities import client_system, person

TABLE: dict[str, dict[str, list[str]]] = yaml.safe_load(
    Path(__file__).with_name("permission_matrix.yaml").read_text(encoding="utf-8")
)
PEOPLE = set(Role) - {Role.MANAGER, Role.SERVICE}
SCOPES = ("snapshot", "directory", "results", "measurements")


def cells() -> list[Any]:
    return [
        pytest.param(service, operation, cell, id=f"{service} {operation}")
        for service, operations in TABLE.items()
        for operation, cell in operations.items()
    ]


def callers() -> dict[str, Caller]:
    """One caller a role, one client system a scope, and a person with nothing but an assignment."""
    employee = {"employee_id": uuid4()}
    roles = {role.value: person(role) for role in PEOPLE - {Role.EMPLOYEE}}
    return {**roles, "employee": person(**employee), **{f"scope:{scope}": client_system(scope) for scope in SCOPES}}


def admitted(cell: list[str]) -> set[str]:
    if "everyone" in cell:
        return set(callers())
    people = {role.value for role in PEOPLE} if "people" in cell else set()
    return people | {entry for entry in cell if entry not in {"people", "whole"}}


@pytest.fixture
def services(org: Clients, appraisal: Clients, incentive: Clients) -> dict[str, Clients]:
    """The clients of all three."""
    return {"org": org, "appraisal": appraisal, "incentive": incentive}


@pytest.mark.req("PLT-03")
@pytest.mark.parametrize("service", list(TABLE))
async def test_every_operation_has_a_cell_and_every_cell_an_operation(
    service: str, services: dict[str, Clients]
) -> None:
    clients = services[service]
    operations = {
        f"{method} {route.path_format.removeprefix(f'/v1/{service}')}": permission_of(route.dependant)
        for route in routes_of(clients.app)
        if route.path_format.startswith("/v1/")
        for method in route.methods or ()
    }
    assert operations.keys() == TABLE[service].keys()
    whole = {operation for operation, permission in operations.items() if permission and permission.whole}
    assert whole == {operation for operation, cell in TABLE[service].items() if "whole" in cell}


@pytest.mark.req("PLT-03")
@pytest.mark.parametrize(("service", "operation", "cell"), cells())
async def test_an_operation_lets_in_whom_its_cell_names(
    service: str, operation: str, cell: list[str], services: dict[str, Clients]
) -> None:
    clients = services[service]
    method, path = operation.split(" ")
    path = path.replace("{job}", "1")
    while "{" in path:
        path = path[: path.index("{")] + str(uuid4()) + path[path.index("}") + 1 :]
    sent = {"json": {}} if method in {"POST", "PUT", "PATCH"} else {}
    if "public" in cell:
        answer = await clients.stranger().request(method, f"/v1/{service}{path}", **sent)
        assert answer.status_code not in {403, 500}
        return
    stranger = await clients.stranger().request(method, f"/v1/{service}{path}", **sent)
    assert stranger.status_code == 401
    let_in = set()
    for name, caller in callers().items():
        answer = await clients(caller).request(method, f"/v1/{service}{path}", **sent)
        assert answer.status_code < 500, (name, answer.text)
        if answer.status_code != 403 or answer.json()["code"] != "role_missing":
            let_in.add(name)
    assert let_in == admitted(cell)


@pytest.mark.req("PLT-03")
@pytest.mark.req("INC-02")
@pytest.mark.parametrize(("service", "operation"), [cell.values[:2] for cell in cells() if "whole" in cell.values[2]])
async def test_what_concerns_everybody_takes_a_role_over_the_whole_organisation(
    service: str, operation: str, services: dict[str, Clients]
) -> None:
    method, path = operation.split(" ")
    path = re.sub(r"\{\w+\}", "1", path)
    sent = {"json": {}} if method in {"POST", "PUT", "PATCH"} else {}
    for role in PEOPLE & {Role(entry) for entry in TABLE[service][operation] if entry in set(Role)}:
        answer = await services[service](person(role, over=uuid4())).request(method, f"/v1/{service}{path}", **sent)
        assert (answer.status_code, answer.json()["code"]) == (403, "whole_organisation_only")
