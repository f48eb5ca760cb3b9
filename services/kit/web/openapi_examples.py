"""Examples of whole bodies, composed from the examples of their fields, so that each is written once."""

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import NAMESPACE_OID, uuid5

NUMBER: Final = "^-?\\d"
"""How the pattern of an exact number begins."""

_BY_FORMAT: Final = {
    "uuid": "0197a3c2-8f4e-7c31-9a57-3d1f0a2b4c5d",
    "date": "2026-04-01",
    "date-time": "2026-04-01T01:30:00Z",
    "binary": "…",
}
_UUID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WORD: Final = re.compile("(?<=[a-z])(?=[A-Z])")
_BY_TYPE: Final[Mapping[str, Any]] = {"string": "text", "boolean": True, "null": None, "number": 1}


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], within: frozenset[str] = frozenset()) -> Any:
    """One value that ``schema`` describes: its own example, else one composed of those of its parts.

    ``within`` names the schemas around this one: what holds itself (a tree) is given without branches.
    """
    if "$ref" in schema and "examples" not in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _distinguished(example_of(schemas[name], schemas, within | {name}), schemas[name], name)
    said = [*schema.get("examples", ()), *(schema[name] for name in ("example", "const", "default") if name in schema)]
    said = [*(value for value in said if value is not None), *schema.get("enum", ())] or said
    if said:
        return said[0]
    for choice in ("oneOf", "anyOf", "allOf"):
        if choice in schema:
            fitting = (one for one in schema[choice] if one.get("type") != "null" and not _holds_itself(one, within))
            return example_of(next(fitting, {"type": "null"}), schemas, within)
    if schema.get("type") == "array":
        item = schema.get("items", {})
        return [] if _holds_itself(item, within) else [example_of(item, schemas, within)]
    if "properties" in schema:
        return {name: example_of(field, schemas, within) for name, field in schema.get("properties", {}).items()}
    return _simple(schema)


def _distinguished(example: Any, schema: Mapping[str, Any], name: str) -> Any:
    """The example with ids that differ where they are those of different things; one thing has the same everywhere."""
    if "properties" not in schema or not isinstance(example, dict):
        return example
    own = _WORD.sub("_", name).lower()
    own = f"{own} record" if f"{own}_id" in example else own  # one who rates, and what says that they do
    return {field: id_for(own if field == "id" else field, value) for field, value in example.items()}


def id_for(name: str, value: Any) -> Any:
    """The id that what a field or parameter names has in examples, in place of another; anything else as it is."""
    if isinstance(value, list) and name.endswith("_ids"):
        return [id_for(name.removesuffix("s"), each) for each in value]
    if isinstance(value, str) and _UUID.fullmatch(value):
        return str(uuid5(NAMESPACE_OID, name.removesuffix("_id")))
    return value


def left_by(example: Any, changed: Mapping[str, Any]) -> Any:
    """The example of a record (of each in a list) as an operation leaves it, which changes some fields."""
    if "items" in example:
        return {**example, "items": [left_by(each, changed) for each in example["items"]]}
    return {**example, **changed}


def _holds_itself(schema: Mapping[str, Any], within: frozenset[str]) -> bool:
    return schema.get("$ref", "").rpartition("/")[2] in within


def _simple(schema: Mapping[str, Any]) -> Any:
    if schema.get("pattern", "").startswith(NUMBER):
        return "12.5"
    if schema.get("type") == "integer":
        return max(1, schema.get("minimum", 1))
    return _BY_FORMAT.get(schema.get("format", ""), _BY_TYPE.get(schema.get("type", ""), {}))
