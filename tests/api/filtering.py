"""A walk over the filters of every list: what does not fit is not in it (PLT-01, PLT-03).

An id or a text that nothing has finds nothing; the values of an enumeration find rows of their own and share none.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

import httpx2

from tests.api.walking import SERVICES

NOBODY: Final = UUID("01980000-0000-7000-8000-00000000dead")
NO_YEAR: Final = 2001
NO_TEXTS: Final = ("nothing-is-called-this", f"{NO_YEAR}-12")
"""A name of nothing, and a month; the first that a filter's pattern lets through is asked for."""

ORDER: Final = "sort"
"""It lets through every row, whatever its value."""

OVERLAPPING: Final = {"/v1/org/employees state"}
"""Whoever is on probation is employed as well."""


class Filters:
    """The filters of a service's lists; ``tried`` are those that had rows to choose from."""

    def __init__(self, service: str, records: Mapping[str, Any]) -> None:
        """``records`` fills the parameters of paths; lists whose path names others are left out."""
        self._document = json.loads((SERVICES / service / "openapi.json").read_text(encoding="utf-8"))
        self._records = records
        self.tried: set[str] = set()

    async def loose(self, client: httpx2.AsyncClient) -> list[str]:
        """Filters that let through what does not fit."""
        found = []
        for path, asked in self._lists():
            whole = await client.get(path, params={"limit": "500"})
            if not whole.is_success or not whole.json()["items"]:
                continue
            for name, schema in asked.items():
                values = self._values(schema)
                if not values or f"{path} {name}" in OVERLAPPING:
                    continue
                self.tried.add(f"{path} {name}")
                pages = [await client.get(path, params={"limit": "500", name: value}) for value in values]
                rows = [json.dumps(row) for page in pages if page.is_success for row in page.json()["items"]]
                most = len(set(rows)) * (len(values) if name == ORDER else 1)
                if len(rows) > (most if len(values) > 1 else 0):
                    found.append(f"{path}?{name}={values}: {len(rows)} of {len(whole.json()['items'])}")
        return found

    def _lists(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for path, operations in self._document["paths"].items():
            parameters = operations.get("get", {}).get("parameters", ())
            asked = {each["name"]: each["schema"] for each in parameters if each["in"] == "query"}
            needed = {each["name"] for each in parameters if each["in"] == "path"}
            if "limit" in asked and needed <= self._records.keys():
                yield path.format(**self._records), asked

    def _values(self, given: dict[str, Any]) -> list[str]:
        """What to ask for: all values of an enumeration, or one that nothing has."""
        schemas = [self._resolved(each) for each in given.get("anyOf", [given])]
        for schema in schemas:
            if "enum" in schema:
                return [str(value) for value in schema["enum"]]
            if schema.get("format") == "uuid":
                return [str(NOBODY)]
            if schema.get("type") == "string" and "format" not in schema:
                fitting = [text for text in NO_TEXTS if re.search(schema.get("pattern", ""), text)]
                return [text[: schema.get("maxLength", 100)] for text in fitting[:1]]
            if schema.get("type") == "integer" and schema.get("minimum", 0) <= NO_YEAR <= schema.get("maximum", 0):
                return [str(NO_YEAR)]
        return []

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            schema = self._document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return schema
