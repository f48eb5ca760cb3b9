"""Rules and schemes as JSON in the database, and back as values of the domain."""

from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from services.appraisal.library.domain.indicators import Rule
from services.appraisal.library.domain.scheme import Scheme

_RULE: TypeAdapter[Rule] = TypeAdapter(Annotated[Rule, Field(discriminator="kind")])
_SCHEME: TypeAdapter[Scheme] = TypeAdapter(Scheme)


def rule_body(rule: Rule) -> dict[str, Any]:
    """A rule as JSON, numbers as text."""
    body: dict[str, Any] = _RULE.dump_python(rule, mode="json")
    return body


def rule_of(body: dict[str, Any]) -> Rule:
    """The rule that ``rule_body`` wrote."""
    return _RULE.validate_python(body)


def scheme_body(scheme: Scheme) -> dict[str, Any]:
    """A scheme as JSON, numbers as text."""
    body: dict[str, Any] = _SCHEME.dump_python(scheme, mode="json")
    return body


def scheme_of(body: dict[str, Any]) -> Scheme:
    """The scheme that ``scheme_body`` wrote."""
    return _SCHEME.validate_python(body)
