"""The one codec between frozen domain values and JSON: for JSON columns, data files, events and the audit trail.

A domain knows nothing of JSON; the store says once which dataclass a column holds::

    SCHEMES = Codec(Scheme)
    row.body = SCHEMES.dump(scheme)      # numbers, days and ids as text, a period as valid_from and valid_to
    scheme = SCHEMES.load(row.body)      # an equal value, or Unreadable with a pointer to each fault
    rows = [..., SCHEMES.text(scheme)]   # JSON text for COPY

``Codec`` takes what ``TypeAdapter`` takes: a dataclass, ``tuple[Item, ...]``, a union. In a request or response model
the same value is a field ``Annotated[Scheme, Exact()]``: it is read as strictly, and OpenAPI shows its shape.

Dataclasses refuse unknown fields, numbers come as exact text, and a union of dataclasses that carry a literal ``kind``
is recognised by it. What a dataclass refuses in ``__post_init__`` keeps its error, with pointers from the outside.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Final, Generic, TypeVar
from uuid import UUID

from pydantic import ConfigDict, GetCoreSchemaHandler, TypeAdapter, ValidationError
from pydantic_core import CoreSchema, core_schema

from services.kit.database.codec_leaves import LEAVES, keeping_refusals, period_object
from services.kit.errors import FieldError, Invalid, Text
from services.kit.fields import Model
from services.kit.money import plain as number_text
from services.kit.periods import Period
from services.kit.problem import field_error_of

Value = TypeVar("Value")
_KIND: Final = "kind"
_MOST_FAULTS: Final = 50


class Unreadable(Invalid):
    """The data has not the shape of what it should be."""

    code = "unreadable_data"
    zh = "数据结构不符合要求。"
    en = "The data does not have the expected shape."


class Codec(Generic[Value]):
    """Reads and writes one type of value."""

    def __init__(self, shape: Any, *, omit_defaults: bool = False) -> None:
        """``shape`` is a dataclass, a tuple or a union of dataclasses; ``omit_defaults`` writes no default."""
        self._adapter: TypeAdapter[Value] = TypeAdapter(Annotated[shape, Exact()])
        self._omit_defaults = omit_defaults

    def dump(self, value: Value) -> Any:
        """``value`` as dictionaries, lists, text, integers, booleans and None."""
        return self._adapter.dump_python(value, mode="json", exclude_defaults=self._omit_defaults)

    def text(self, value: Value) -> str:
        """``value`` as JSON text."""
        return self._adapter.dump_json(value, exclude_defaults=self._omit_defaults).decode()

    def load(self, data: object, pointer: str = "", texts: Mapping[str, Text] | None = None) -> Value:
        """The value that ``data`` describes; where a bilingual text belongs, the name of one of ``texts`` will do.

        Raises:
            Unreadable: with a fault for everything of the wrong shape; ``pointer`` is put before each place.
            Invalid: whatever a dataclass itself refuses.
        """
        try:
            return self._adapter.validate_python(data, context=texts)
        except ValidationError as wrong:
            found = wrong.errors(include_url=False)
            raise domain_refusal(found, data, pointer) or _unreadable(found, data, pointer) from wrong

    def schema(self) -> dict[str, Any]:
        """The JSON schema of the data."""
        return self._adapter.json_schema()


class Exact:
    """Marks a dataclass in a model: ``Annotated[Scheme, Exact()]`` is read and written as ``Codec`` does it."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic's own schema with everything in it made exact."""
        found = handler(source)
        _make_exact(found, handler.resolve_ref_schema, set())
        return found


class DomainModel(Model):
    """Base of models with fields ``Annotated[Scheme, Exact()]``: the lines below a domain's fields describe them."""

    model_config = ConfigDict(use_attribute_docstrings=True)


def domain_refusal(faults: Sequence[Mapping[str, Any]], data: object, pointer: str = "") -> Invalid | None:
    """The errors that a dataclass itself raised among pydantic's ``faults`` about ``data``, which is
    at ``pointer``.
    """
    for fault in faults:
        refused = fault.get("ctx", {}).get("refused")
        if isinstance(refused, Invalid):
            start = pointer + "".join(f"/{part}" for part in place_in(fault["loc"], data))
            refused.field_errors = tuple(
                FieldError(f"{start}{each.pointer}", each.found, each.expected) for each in refused.field_errors
            )
            return refused
    return None


def _unreadable(faults: Sequence[Mapping[str, Any]], data: object, pointer: str) -> Unreadable:
    found = [
        field_error_of({**fault, "loc": ("body", *place_in(fault["loc"], data))}) for fault in faults[:_MOST_FAULTS]
    ]
    return Unreadable(
        field_errors=[
            FieldError((pointer + each.pointer).rstrip("/") or "/", each.found, each.expected) for each in found
        ]
    )


def place_in(steps: Sequence[str | int], data: object) -> list[str | int]:
    """``steps`` into ``data`` without the kinds of unions, which pydantic names though they are no part of the data."""
    place: list[str | int] = []
    for step in steps:
        if isinstance(data, Mapping) and step not in data and step == data.get(_KIND):
            continue
        place.append(step)
        if isinstance(data, Mapping):
            data = data.get(step)
        elif isinstance(data, list | tuple) and isinstance(step, int) and step < len(data):
            data = data[step]
    return place


def _make_exact(node: Any, resolve: Callable[[Any], Any], seen: set[int]) -> None:
    """Change a schema in place: leaves by ``LEAVES``, strict dataclasses, unions distinguished by kind."""
    if isinstance(node, list | tuple):
        for each in node:
            _make_exact(each, resolve, seen)
    elif isinstance(node, dict) and node.get("type") == "definition-ref":
        _make_exact(resolve(node), resolve, seen)
    elif isinstance(node, dict) and id(node) not in seen:
        seen.add(id(node))
        _make_node_exact(node, resolve, seen)


def _make_node_exact(node: dict[str, Any], resolve: Callable[[Any], Any], seen: set[int]) -> None:
    leaf = LEAVES.get(node.get("cls")) or LEAVES.get(node.get("type"))
    if leaf is not None:
        _replace(node, deepcopy(leaf))
        return
    for key, part in list(node.items()):
        if key not in {"metadata", "serialization"}:
            _make_exact(part, resolve, seen)
    match node.get("type"):
        case "int" | "bool" | "str":
            node["strict"] = True
        case "dataclass":
            node["config"] = {**node.get("config", {}), "extra_fields_behavior": "forbid"}
            if node["post_init"]:
                inner: Any = {key: part for key, part in node.items() if key != "ref"}
                _replace(node, core_schema.no_info_wrap_validator_function(keeping_refusals, inner))
        case "union":
            _tell_apart(node, resolve)


def _replace(node: dict[str, Any], new: Mapping[str, Any]) -> None:
    ref = node.get("ref")
    node.clear()
    node.update(new)
    if ref is not None:
        node["ref"] = ref


def _tell_apart(node: dict[str, Any], resolve: Callable[[Any], Any]) -> None:
    """Make a union of dataclasses that all carry a literal ``kind`` one that is distinguished by it."""
    fields_found = [_kind_field(choice, resolve) for choice in node["choices"]]
    kinds = {}
    for field, choice in zip(fields_found, node["choices"], strict=True):
        if field is None:
            return
        field["schema"] = field["schema"].get("schema", field["schema"])  # without its default: it must be given
        kinds.update(dict.fromkeys(field["schema"]["expected"], choice))
    _replace(node, core_schema.tagged_union_schema(kinds, _KIND))


def _kind_field(choice: Any, resolve: Callable[[Any], Any]) -> dict[str, Any] | None:
    found = resolve(choice) if choice["type"] == "definition-ref" else choice
    while found["type"] in {"function-wrap", "dataclass"}:
        found = found["schema"]
    named = (field for field in found.get("fields", ()) if isinstance(field, dict) and field.get("name") == _KIND)
    return next(named, None)


def plain(value: object) -> Any:
    """Any domain value as JSON, by its own type: for the audit trail and events, which nobody reads back as a value."""
    if isinstance(value, Period):
        return period_object(value)
    if isinstance(value, Text):
        return value._asdict()
    if isinstance(value, Mapping):
        return plain_object(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return fields_of(value) if is_dataclass(value) else _scalar(value)


def plain_object(value: Mapping[str, object]) -> dict[str, Any]:
    """A mapping of domain values as a JSON object."""
    return {str(key): plain(item) for key, item in value.items()}


def fields_of(value: Any) -> dict[str, Any]:
    """The fields of a dataclass as a JSON object."""
    return {field.name: plain(getattr(value, field.name)) for field in fields(value)}


def _scalar(value: object) -> object:
    if isinstance(value, Decimal):
        return number_text(value)
    return str(value) if isinstance(value, UUID | date | Fraction) else value
