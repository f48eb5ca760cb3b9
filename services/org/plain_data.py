"""Frozen dataclasses as plain JSON data and back, exactly: for JSON columns, catalogue files and comparisons.

Reading is strict: an unknown field, a missing one, a number where exact text belongs, or an unknown choice is refused
with a pointer to it. A union of dataclasses is told apart by its field ``kind``. Decimals are text.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from services.kit.errors import FieldError, Invalid, Text
from services.kit.money import exact, plain

Thing = TypeVar("Thing")
SHOWN = 60
_TYPES: Mapping[type, Text] = {
    bool: Text("是（true）或否（false）", "true or false"),
    int: Text("整数", "an integer"),
    str: Text("文本", "text"),
}


class Unreadable(Invalid):
    """The data has not the shape of what it should be."""

    code = "unreadable_data"
    zh = "数据结构不符合要求，请按下列提示修改。"
    en = "The data does not have the expected structure; correct it as follows."

    @classmethod
    def at(cls, pointer: str, found: object, expected: Text) -> "Unreadable":
        """The refusal of one value."""
        return cls(field_errors=[FieldError(pointer or "/", None if found is None else str(found)[:SHOWN], expected)])


def written(value: object) -> Any:
    """``value`` as dictionaries, lists, text, integers, booleans and None."""
    if isinstance(value, Text):
        return {"zh": value.zh, "en": value.en}
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, (tuple, list)):
        return [written(item) for item in value]
    if is_dataclass(value):
        return {field.name: written(getattr(value, field.name)) for field in fields(value)}
    return value


def read(shape: type[Thing], data: object, pointer: str = "", words: Mapping[str, Text] | None = None) -> Thing:
    """``data`` as the dataclass ``shape``; a text may also be the name of one of ``words``.

    Raises:
        Unreadable: where the data has another shape; ``pointer`` is put before the place.
        DomainError: whatever the dataclass itself refuses.
    """
    return cast(Thing, _Reader(words or {}).read(shape, data, pointer))


def texts(value: object, pointer: str = "") -> Iterator[tuple[str, Text]]:
    """Every bilingual text inside ``value``, with the pointer to it."""
    if isinstance(value, Text):
        yield pointer, value
    elif isinstance(value, (tuple, list)):
        for index, item in enumerate(value):
            yield from texts(item, f"{pointer}/{index}")
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts(getattr(value, field.name), f"{pointer}/{field.name}")


class _Reader:
    """Reads data as what its declared shape says, each kind of shape by its own method."""

    def __init__(self, words: Mapping[str, Text]) -> None:
        self._words = words

    def read(self, shape: Any, data: object, pointer: str) -> object:
        """``data`` as ``shape``."""
        if get_origin(shape) in {Union, UnionType}:
            return self._one_of(get_args(shape), data, pointer)
        if get_origin(shape) is tuple:
            return tuple(
                self.read(get_args(shape)[0], item, f"{pointer}/{index}")
                for index, item in enumerate(_list(data, pointer))
            )
        if get_origin(shape) is Literal:
            return _choice(get_args(shape), data, pointer)
        if shape is Text:
            return self._text(data, pointer)
        if is_dataclass(shape):
            return self._fields(cast(type, shape), data, pointer)
        return self._scalar(shape, data, pointer)

    def _one_of(self, shapes: Sequence[Any], data: object, pointer: str) -> object:
        if data is None and NoneType in shapes:
            return None
        choices = [shape for shape in shapes if shape is not NoneType]
        if len(choices) == 1:
            return self.read(choices[0], data, pointer)
        kinds = {str(shape.kind): shape for shape in choices}
        kind = _choice(tuple(kinds), _object(data, pointer).get("kind"), f"{pointer}/kind")
        return self.read(kinds[kind], data, pointer)

    def _fields(self, shape: type, data: object, pointer: str) -> object:
        given = _object(data, pointer)
        known = {field.name: field for field in fields(shape)}
        unknown = sorted(set(given) - set(known))
        if unknown:
            raise Unreadable.at(
                f"{pointer}/{unknown[0]}", unknown[0], Text("没有该字段，请删除", "no such field; remove it")
            )
        missing = sorted(name for name, field in known.items() if name not in given and _needed(field))
        if missing:
            raise Unreadable.at(f"{pointer}/{missing[0]}", None, Text("必填", "required"))
        hints = get_type_hints(shape)
        values = {name: self.read(hints[name], value, f"{pointer}/{name}") for name, value in given.items()}
        try:
            return shape(**values)
        except Invalid as refused:
            refused.field_errors = tuple(
                FieldError(f"{pointer}{fault.pointer}", fault.found, fault.expected) for fault in refused.field_errors
            )
            raise

    def _scalar(self, shape: Any, data: object, pointer: str) -> object:
        if shape is Decimal:
            if not isinstance(data, str):
                raise Unreadable.at(
                    pointer, data, Text('以文本表示的十进制数，例如 "1.5"', 'a decimal as text such as "1.5"')
                )
            return exact(data, pointer=pointer)
        if issubclass(shape, StrEnum):
            return shape(_choice(tuple(item.value for item in shape), data, pointer))
        if type(data) is not shape:
            raise Unreadable.at(pointer, data, _TYPES[shape])
        return data

    def _text(self, data: object, pointer: str) -> Text:
        if isinstance(data, str) and data in self._words:
            return self._words[data]
        given = _object(data, pointer)
        if set(given) != {"zh", "en"} or not all(isinstance(half, str) for half in given.values()):
            raise Unreadable.at(pointer, sorted(given), Text("含中文（zh）与英文（en）的文本", "a text with zh and en"))
        return Text(zh=given["zh"].strip(), en=given["en"].strip())


def _needed(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _choice(choices: Sequence[str], data: object, pointer: str) -> str:
    if not isinstance(data, str) or data not in choices:
        raise Unreadable.at(pointer, data, Text(f"以下之一：{'、'.join(choices)}", f"one of {', '.join(choices)}"))
    return data


def _object(data: object, pointer: str) -> Mapping[str, Any]:
    if not isinstance(data, Mapping) or not all(isinstance(key, str) for key in data):
        raise Unreadable.at(pointer, data, Text("JSON 对象", "an object"))
    return data


def _list(data: object, pointer: str) -> Sequence[object]:
    if not isinstance(data, (list, tuple)):
        raise Unreadable.at(pointer, data, Text("数组（列表）", "a list"))
    return data
