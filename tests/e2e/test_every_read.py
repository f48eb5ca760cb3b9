"""Whatever can be read is answered by the running system: its sessions, processes and roles are not those of tests."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from tests.e2e.system import System

SERVICES: Final = Path(__file__).parents[2] / "services"
READERS: Final = ("方晴", "程雅琴", "秦国栋", "周启明", "林知远")
"""HR, compensation, finance, an executive and an employee; the first who may read something does."""
OTHERS: Final = ("auditor", "administrator")
"""Logins of accounts that are nobody's."""
DAYS: Final = {"as_of": "2026-03-31", "valid_from": "2026-01-01", "valid_to": "2026-03-31", "year": "2026"}
COMPARED: Final = {"before": "2026-01-01", "after": "2026-03-31"}
KEYS: Final = {"version": "version", "number": "version", "code": "code", "employee_id": "id"}
"""By the parameter of a path, the field of a listed record; `id` where none is named."""
MOST_SILENT: Final = 0.3
"""The share of operations for which the example company has no record."""


def reads(service: str) -> Iterator[tuple[str, list[str]]]:
    """The paths that can be read, those of few parameters first, with the query that each demands."""
    document = json.loads((SERVICES / service / "openapi.json").read_text(encoding="utf-8"))
    for path in sorted(document["paths"], key=lambda path: (path.count("{"), path.endswith("}"), path)):
        if (operation := document["paths"][path].get("get")) and path.startswith("/v1/"):
            given = operation.get("parameters", ())
            yield path, [each["name"] for each in given if each.get("in") == "query" and each.get("required")]


class Reading:
    """Reads on behalf of whoever may, and remembers a record of each list."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._query = {**DAYS, **COMPARED, "cycle_id": system.cycle()["id"], "indicator": "A02"}
        self._readers = [*map(system.company.named, READERS), *OTHERS]
        self._listed: dict[str, Mapping[str, Any]] = {}

    def path(self, pattern: str) -> str | None:
        """The path with ids of records that a list gave; None where the company has none."""
        filled = ""
        for part in re.split(r"(\{\w+\})", pattern):
            if not part.startswith("{"):
                filled += part
                continue
            record = self._listed.get(filled.rstrip("/"), self._listed.get(filled.split("/")[-2]))
            value = None if record is None else record.get(KEYS.get(part.strip("{}"), "id"))
            if value is None:
                return None
            filled += str(value)
        return filled

    def read(self, path: str, demanded: list[str]) -> httpx2.Response:
        """The answer to the first reader who is let in, or the last refusal."""
        query = {name: self._query[name] for name in demanded if name in self._query}
        for reader in self._readers:
            answer = self._system.ask(reader, path, **query)
            if answer.status_code not in {403, 404}:
                break
        if answer.is_success and answer.headers.get("content-type") == "application/json":
            body = answer.json()
            if isinstance(body, dict) and body.get("items"):
                self._listed[path] = self._listed[path.rpartition("/")[2]] = body["items"][0]
        return answer


@pytest.mark.req("PLT-01")
@pytest.mark.parametrize("service", ["org", "appraisal", "incentive"])
def test_whatever_can_be_read_is_answered(system: System, service: str) -> None:
    reading = Reading(system)
    broken, silent, answered = [], [], []
    for pattern, demanded in reads(service):
        path = reading.path(pattern)
        if path is None:
            silent.append(pattern)
            continue
        answer = reading.read(path, demanded)
        if answer.status_code >= 500:
            broken.append(f"{answer.status_code} {path}")
        (answered if answer.is_success else silent).append(pattern)
    assert broken == []
    assert len(silent) <= MOST_SILENT * len(answered + silent), silent
    if service == "incentive":
        assert "/v1/incentive/runs/{run_id}/payroll_answer.xlsx" in answered, "a cursor of the server"
