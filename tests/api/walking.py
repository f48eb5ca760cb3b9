"""A walk over every route that writes: as whom it must not be open, and that it is open to who may (PLT-03).

One story a service makes the records; each request of the walk is undone, so that none needs what another did.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kit.identity import Caller
from services.kit.yaml_files import read_yaml
from tests.clients import Clients

MATRIX: Final[dict[str, dict[str, list[str]]]] = read_yaml(Path(__file__).with_name("permission_matrix.yaml"))
SERVICES: Final = Path(__file__).parents[2] / "services"
NEVER: Final = 999
"""A revision that nothing has."""

REFUSED: Final = {403, 404}
UNREAD: Final = {"role_missing", "whole_organisation_only"}
"""Refusals for want of a role: they would say nothing about the unit."""


def scoped_writes(service: str) -> set[str]:
    """The operations that write and whose permission alone does not say over which unit or about whom.

    What is below ``/my`` is the caller's alone.
    """
    return {
        operation
        for operation, cell in MATRIX[service].items()
        if not operation.startswith("GET ")
        and not operation.partition(" ")[2].startswith("/my/")
        and not {"whole", "public"} & set(cell)
    }


def shape(operation: str) -> tuple[str, ...]:
    """An operation, whatever its records are called: ``{id}``, ``$name`` or the number of a version."""
    parts = (part for part in operation.replace(" ", "/").split("/") if part)
    return tuple("{}" if part[0] in "${" or part == "1" else part for part in parts)


def revised(service: str) -> set[str]:
    """The operations that take the revision that was read."""
    document = json.loads((SERVICES / service / "openapi.json").read_text(encoding="utf-8"))
    return {
        f"{method.upper()} {path.removeprefix(f'/v1/{service}')}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if any(each.get("name") == "if-match" for each in operation.get("parameters", ()))
    }


@dataclass
class Walk:
    """The records of a story by name, and the connection on which everything is undone."""

    service: str
    clients: Clients
    connection: AsyncConnection
    records: Mapping[str, Any]

    async def send(
        self, who: Caller, operation: str, body: Any, revisions: Iterable[int] = range(1, 15)
    ) -> httpx2.Response:
        """One request, undone; its path and body name records by ``$name``, and it names the revision of today."""
        method, path = operation.split(" ")
        sent: dict[str, Any] = {} if body is None else {"json": self._filled(body)}
        if isinstance(body, str):
            sent = {"content": self._filled(body), "headers": {"Content-Type": "application/jsonl"}}
        undone = await self.connection.begin_nested()
        try:
            url = f"/v1/{self.service}{self._filled(path)}"
            answer = await self._asked(who, method, url, sent, revisions)
        finally:
            await undone.rollback()
        return answer

    async def _asked(
        self, who: Caller, method: str, url: str, sent: dict[str, Any], revisions: Iterable[int]
    ) -> httpx2.Response:
        """The answer, repeated with the present revision if the one sent was stale."""
        for revision in revisions:
            headers = {**sent.get("headers", {}), "If-Match": f'"{revision}"'}
            answer = await self.clients(who).request(method, url, **{**sent, "headers": headers})
            if answer.status_code != 412:
                return answer
        return answer

    def _filled(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._filled(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self._filled(each) for each in value]
        if isinstance(value, str) and "$" in value:
            if value.startswith("$") and value[1:] in self.records:
                return self.records[value[1:]]
            for name in sorted(self.records, key=len, reverse=True):
                value = value.replace(f"${name}", str(self.records[name]))
        return value

    async def done_by(self, callers: Iterable[Caller], table: Mapping[str, Any], **more: Any) -> set[str]:
        """The operations of the table that one of the callers brings about."""
        return {
            operation
            for operation, body in table.items()
            for who in callers
            if (await self.send(who, operation, body, **more)).is_success
        }

    async def done_unseen(self, callers: Iterable[Caller], table: Mapping[str, Any]) -> set[str]:
        """The operations that one of the callers brings about though they name a revision that there never was.

        Those that take no revision (tests/architecture/test_if_match.py says why) are left out.
        """
        seen = {shape(operation) for operation in revised(self.service)}
        taken = {operation: body for operation, body in table.items() if shape(operation) in seen}
        return await self.done_by(callers, taken, revisions=[NEVER])

    async def let_through(self, who: Caller, table: Mapping[str, Any]) -> set[str]:
        """The operations of the table that are not refused for who it is, whatever becomes of them."""
        return {each for each, body in table.items() if (await self.send(who, each, body)).status_code not in REFUSED}

    async def open_to(self, who: Caller, table: Mapping[str, Any]) -> list[str]:
        """The operations of the table that do not refuse ``who`` for the record's sake, each with its answer."""
        found = []
        for operation, body in table.items():
            answer = await self.send(who, operation, body)
            if answer.status_code not in REFUSED or answer.json()["code"] in UNREAD:
                found.append(f"{operation}: {answer.status_code} {answer.text[:300]}")
        return found

    async def closed_to(self, who: Caller, table: Mapping[str, Any], but: Iterable[str] = ()) -> list[str]:
        """The operations that refuse ``who``, or do not understand the request: then the walk proves nothing."""
        found = []
        for operation in table.keys() - set(but):
            answer = await self.send(who, operation, table[operation])
            if answer.status_code not in {200, 201, 204, 409}:
                found.append(f"{operation}: {answer.status_code} {answer.text[:300]}")
        return found
