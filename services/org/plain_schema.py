"""What ``plain_data`` reads, as a JSON schema: so that an API can show the shape of a role document."""

from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from services.kit.errors import Text

_SCALARS: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    Decimal: {"type": "string", "pattern": r"^-?\d{1,30}(\.\d+)?$", "description": "exact decimal number as text"},
    Text: {
        "type": "object",
        "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
        "required": ["zh", "en"],
        "additionalProperties": False,
    },
}


def schema(shape: Any) -> dict[str, Any]:
    """The JSON schema of ``shape``: a dataclass of the kinds that ``plain_data.read`` takes."""
    if get_origin(shape) in {Union, UnionType}:
        return _union(get_args(shape))
    if get_origin(shape) is tuple:
        return {"type": "array", "items": schema(get_args(shape)[0])}
    if get_origin(shape) is Literal:
        return {"type": "string", "enum": list(get_args(shape))}
    if shape in _SCALARS:
        return _SCALARS[shape]
    if is_dataclass(shape):
        return _object(cast(type, shape))
    if issubclass(shape, StrEnum):
        return {"type": "string", "enum": [item.value for item in shape]}
    raise TypeError(f"no plain data for {shape}")


def _union(shapes: tuple[Any, ...]) -> dict[str, Any]:
    choices = [schema(shape) for shape in shapes if shape is not NoneType]
    if NoneType in shapes:
        choices.append({"type": "null"})
    return {"anyOf": choices}


def _object(shape: type) -> dict[str, Any]:
    hints = get_type_hints(shape)
    needed = [item.name for item in fields(shape) if item.default is MISSING and item.default_factory is MISSING]
    told_apart = ["kind"] if get_origin(hints.get("kind")) is Literal else []
    return {
        "type": "object",
        "title": shape.__name__,
        "description": (shape.__doc__ or "").strip(),
        "properties": {item.name: schema(hints[item.name]) for item in fields(shape)},
        "required": [*needed, *told_apart],
        "additionalProperties": False,
    }
