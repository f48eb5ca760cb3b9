"""Holds the API descriptions against design §5: names, descriptions, examples. Prints every breach; 1 if there is any.

The rules are the house's own, beyond those of the usual linters: a name that another operation or schema has, a field
without a description, a spelling that the glossary gave up.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from deploy.database import SERVICES
from gates.openapi import described

Document = Mapping[str, Any]

_METHODS: Final = ("get", "head", "post", "put", "patch", "delete")
_OPERATION_ID: Final = re.compile(r"[a-z]+(_[a-z0-9]+)+")
_SCHEMA: Final = re.compile(r"[A-Z][A-Za-z0-9]+")
_FIELD: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_GIVEN_UP: Final = frozenset({"at", "effective_from", "first_day", "first", "last", "valid", "day_from", "day_to"})
"""Spellings of spans and moments that `valid_from`, `valid_to`, `…_on` and `…_at` replace."""


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    """Every operation with its method and path."""
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield method.upper(), path, item[method]


def _operation_faults(document: Document) -> Iterator[str]:
    tags = {tag["name"] for tag in document.get("tags", ()) if tag.get("description")}
    for method, path, operation in operations(document):
        where = f"{method} {path}"
        if not _OPERATION_ID.fullmatch(operation["operationId"]):
            yield f"{where}: operationId {operation['operationId']} is not verb_noun"
        if not operation.get("description"):
            yield f"{where}: no description"
        if len(operation.get("summary", "")) > 60:  # noqa: PLR2004 - a line of a table of contents
            yield f"{where}: the summary is longer than 60 characters"
        for tag in operation.get("tags", ()):
            if tag not in tags:
                yield f"{where}: the tag {tag} is not described"
        if "{action}" in path:
            yield f"{where}: each transition is a route of its own"


def _parameter_faults(document: Document) -> Iterator[str]:
    for method, path, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            where = f"{method} {path}: the parameter {parameter.get('name')}"
            if "$ref" not in parameter and not parameter.get("description"):
                yield f"{where} is not described"
            if _is_outside(parameter.get("example"), parameter.get("schema", {})):
                yield f"{where} has an example outside its bounds"


def _is_outside(example: object, schema: Document) -> bool:
    """Whether an example is a number that the schema does not take."""
    if "anyOf" in schema:
        return all(_is_outside(example, each) for each in schema["anyOf"] if each.get("type") != "null")
    if not isinstance(example, int):
        return False
    return not schema.get("minimum", example) <= example <= schema.get("maximum", example)


def _document_faults(document: Document) -> Iterator[str]:
    written = json.dumps(document)
    if not document.get("servers") or not document["info"].get("description"):
        yield "the document names no server, or does not describe itself"
    for kind, named in document["components"].items():
        for name in named:
            if kind != "securitySchemes" and f'"#/components/{kind}/{name}"' not in written:
                yield f"{kind} {name} is never used"
    if '"prefixItems"' in written:
        yield "a list has items by place, which generators do not know"


def _schema_faults(document: Document) -> Iterator[str]:
    for name, schema in document["components"]["schemas"].items():
        if not _SCHEMA.fullmatch(name):
            yield f"schema {name}: not a plain name"
        if not schema.get("description"):
            yield f"schema {name}: no description"
        for field, facts in schema.get("properties", {}).items():
            if not _FIELD.fullmatch(field):
                yield f"schema {name}: {field} is not snake_case"
            if field in _GIVEN_UP:
                yield f"schema {name}: {field} is spelt valid_from, valid_to, …_on or …_at"
            if not facts.get("description"):
                yield f"schema {name}: {field} is not described"


def _shared_faults(documents: Mapping[str, Document]) -> Iterator[str]:
    ids: dict[str, str] = {}
    for service, document in documents.items():
        for method, path, operation in operations(document):
            where, known = f"{method} {path}", ids.get(operation["operationId"])
            if path.startswith("/v1/") and not operation.get("x-internal"):
                if known is not None:
                    yield f"{where}: operationId {operation['operationId']} is that of {known}"
                ids[operation["operationId"]] = where
        del service


CHECKS: Final[tuple[Callable[[Document], Iterator[str]], ...]] = (
    _document_faults,
    _operation_faults,
    _parameter_faults,
    _schema_faults,
)


def faults(documents: Mapping[str, Document]) -> list[str]:
    """Every breach in the descriptions of all services."""
    own = [f"{service}: {fault}" for service, each in documents.items() for check in CHECKS for fault in check(each)]
    return own + list(_shared_faults(documents))


def main() -> int:
    """Prints the breaches; the exit code is 1 if there are any."""
    found = faults({service: json.loads(described(service)) for service in SERVICES})
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
