"""Examples of plans for the API's description, one for each kind of rule, made from what the rules declare."""

from dataclasses import fields
from typing import Any, Final

from fastapi.openapi.models import Example

from services.incentive.plans.domain.rules import Rule, rule_types
from services.incentive.plans.domain.rules.weight import Need

_POLICY: Final = {
    "grade_coefficients": {"S": "1.5", "A": "1.2", "B": "1.0", "C": "0.6", "D": "0"},
    "unit_coefficients": {"S": "1.2", "A": "1.1", "B": "1.0", "C": "0.9", "D": "0.8"},
}


def rule_example(rule: type[Rule]) -> dict[str, Any]:
    """A rule of this kind as it is sent: the example of each parameter."""
    examples = {each.name: each.metadata["examples"][0] for each in fields(rule) if each.name != "kind"}
    return {"kind": rule.kind, **examples}


def plan_example(rule: type[Rule]) -> dict[str, Any]:
    """A plan with a rule of this kind, as it is sent."""
    code = "".join(word[0] for word in rule.kind.split("_")).upper()
    names = {"code": code, "name": rule.label.zh, "name_en": rule.label.en}
    policy = {"policy": _POLICY} if Need.GRADES in rule.needs else {}
    return {**names, "rule": rule_example(rule), **policy, "valid_from": "2026-01-01"}


PLAN_EXAMPLES: Final = {rule.kind: Example(summary=rule.label.en, value=plan_example(rule)) for rule in rule_types()}
