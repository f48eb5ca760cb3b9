"""Scoring rules in requests and answers: a union told apart by ``kind``, every number as text."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from services.appraisal.library.domain.indicators import Rule
from services.kit.money import NotAnExactNumber, exact

_WORDS = frozenset({"kind", "comparator", "between", "method", "cycles"})


def _exact_numbers(raw: Any) -> Any:
    """Read every parameter that counts from text, so that no binary float slips in."""
    if not isinstance(raw, Mapping):
        return raw
    return {key: value if key in _WORDS else _exact(value) for key, value in raw.items()}


def _exact(value: Any) -> Any:
    if isinstance(value, list):
        return [_exact(part) for part in value]
    if not isinstance(value, str):
        raise PydanticCustomError("not_exact", "expected a decimal number as text")
    try:
        return exact(value)
    except NotAnExactNumber as fault:
        raise PydanticCustomError("not_exact", "expected a decimal number as text") from fault


RuleBody = Annotated[Annotated[Rule, Field(discriminator="kind")], BeforeValidator(_exact_numbers)]
