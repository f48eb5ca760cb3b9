"""Every operation of every service, called as every role: who is let in is what the reviewed table says."""

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.kit.access.callers import permission_of
from services.kit.identity import Caller, Role
from services.kit.web.openapi import routes_of
from services.kit.yaml_files import read_yaml
from tests.clients import Clients
from tests.identities import client_system, person

TABLE: dict[str, dict[str, list[str]]] = read_yaml(Path(__file__).with_name("permission_matrix.yaml"))
PEOPLE = set(Role) - {Role.MANAGER, Role.SERVICE}
SCOPES = ("snapshot", "directory", "results", "measurements")


def callers() -> dict[str, Caller]:
    """One caller a role, one client system a scope, and a person with nothing but an assignment."""
    employee = {"employee_id": uuid4()}
    roles = {role.value: person(role) for role in PEOPLE - {Role.EMPLOYEE}}
    return {**roles, "employee": person(**employee), **{f"scope:{scope}": client_system(scope) for scope in SCOPES}}


CALLERS = callers()


def admitted(cell: list[str]) -> set[str]:
    if "everyone" in cell:
        return set(CALLERS)
    people = {role.value for role in PEOPLE} if "people" in cell else set()
    return people | {entry for entry in cell if entry not in {"people", "whole"}}


@pytest.fixture
def clients(service: str, request: pytest.FixtureRequest) -> Clients:
    """The clients of the service that the test is about."""
    found: Clients = request.getfixturevalue(service)
    return found


def addressed(service: str, operation: str) -> dict[str, Any]:
    """A request of an operation, with ids of nothing and an empty body."""
    method, path = operation.split(" ")
    filled = re.sub(r"\{\w+\}", lambda _: str(uuid4()), path.replace("{job}", "1"))
    sent = {"json": {}} if method in {"POST", "PUT", "PATCH"} else {}
    return {"method": method, "url": f"/v1/{service}{filled}", **sent}


@pytest.mark.req("PLT-03")
@pytest.mark.parametrize("service", list(TABLE))
async def test_every_operation_has_a_cell_and_every_cell_an_operation(service: str, clients: Clients) -> None:
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
@pytest.mark.parametrize("service", list(TABLE))
def test_whoever_may_decide_about_a_record_may_read_it(service: str) -> None:
    table, blind, seen = TABLE[service], [], 0
    for operation, cell in table.items():
        method, path = operation.split(" ")
        readers = table.get(f"GET {path[: path.rfind('}') + 1]}")
        if method == "GET" or readers is None:
            continue
        seen += 1
        if not admitted(cell) <= admitted(readers) or ("whole" in readers and "whole" not in cell):
            blind.append(operation)
    assert seen
    assert blind == []


@pytest.mark.req("PLT-03")
@pytest.mark.parametrize("service", list(TABLE))
async def test_every_operation_lets_in_whom_its_cell_names(service: str, clients: Clients) -> None:
    callers = {name: clients(caller) for name, caller in CALLERS.items()}
    stranger = clients.stranger()
    wrong = []
    for operation, cell in TABLE[service].items():
        asked = addressed(service, operation)
        unknown = (await stranger.request(**asked)).status_code
        if "public" in cell:
            wrong += [(operation, unknown)] if unknown in {403, 500} else []
            continue
        let_in = set()
        for name, client in callers.items():
            answer = await client.request(**asked)
            assert answer.status_code < 500, (operation, name, answer.text)
            if answer.status_code != 403 or answer.json()["code"] != "role_missing":
                let_in.add(name)
        if unknown != 401 or let_in != admitted(cell):
            wrong.append((operation, unknown, sorted(let_in ^ admitted(cell))))
    assert wrong == []


@pytest.mark.req("PLT-03", "INC-02")
@pytest.mark.parametrize("service", list(TABLE))
async def test_what_concerns_everybody_takes_a_role_over_the_whole_organisation(service: str, clients: Clients) -> None:
    over_some = {role.value: clients(person(role, over=uuid4())) for role in PEOPLE}
    concerning_all = {operation: cell for operation, cell in TABLE[service].items() if "whole" in cell}
    assert concerning_all
    for operation, cell in concerning_all.items():
        for role in over_some.keys() & set(cell):
            answer = await over_some[role].request(**addressed(service, operation))
            assert (answer.status_code, answer.json()["code"]) == (403, "whole_organisation_only"), operation
