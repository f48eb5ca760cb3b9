"""Bonuses by readable cases: the YAML files say what is to come out."""

from dataclasses import fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.incentive.calculation.domain.line import Exclusion
from services.incentive.plans.api.examples import rule_example
from services.incentive.plans.domain.rules import Rule, rule_types
from services.kit.errors import Text
from services.kit.explanation import narrate
from services.kit.money import allocate
from services.kit.yaml_files import read_yaml
from tests.domain.incentive.building import calculation, calculation_input

CASES = Path(__file__).parent / "cases"
ASSIGNMENT = {"unit": "U", "first": date(2025, 1, 1)}
PAY = {"base": "12000.00", "first": date(2025, 1, 1)}


def read(name: str) -> list[dict[str, Any]]:
    """The cases of a file."""
    found: list[dict[str, Any]] = read_yaml(CASES / f"{name}.yaml")
    return found


def every_case() -> list[Any]:
    """The cases of every kind of rule, each called by its name."""
    return [
        pytest.param(case, rule, id=f"{rule.kind}: {case['name']}") for rule in rule_types() for case in read(rule.kind)
    ]


def period_of(rule: type[Rule]) -> str:
    """A period of 2026 that the rule pays."""
    mark = rule.period_marks[0]
    return f"2026-{mark}1" if mark else "2026"


def check(case: dict[str, Any], rule: type[Rule]) -> None:
    """Calculates a case and compares everything that it states."""
    units = {"U": None, **case.get("units", {})}
    policy = {**case.get("policy", {}), "rule": case.get("rule", {"kind": rule.kind})}
    facts = calculation_input(
        pay=case.get("pay", [PAY]),
        assignments=case.get("assignments", [ASSIGNMENT]),
        grade=case.get("grade", "B"),
        probation_until=case.get("probation_until"),
        left_on=case.get("left_on"),
        claims=case.get("claims", ()),
        absences=case.get("absences", ()),
    )
    outcome = calculation(case.get("period", period_of(rule)), policy, units).outcome(facts)
    if "exclusion" in case:
        assert isinstance(outcome, Exclusion)
        assert outcome.reason == case["exclusion"]
        return
    assert not isinstance(outcome, Exclusion), outcome
    found = {line.occasion if "claims" in case else line.currency: str(line.amount) for line in outcome}
    assert found == case["amounts"]
    for line in outcome:
        assert sum(share for _, share in line.costs) == line.amount
        assert line.explanation.value == str(line.amount)
    if "costs" in case:
        assert {centre: str(share) for centre, share in outcome[0].costs} == case["costs"]
    if "days" in case:
        assert {line.days for line in outcome} == {case["days"]}
    if "segments" in case:
        found = [
            (step.label.en[:10], step.label.en[14:24], step.value)
            for step in outcome[0].explanation.steps
            if step.rule == "segment"
        ]
        assert found == [(str(first), str(last), value) for first, last, value in case["segments"]]
    for language, narration in case.get("explanation", {}).items():
        assert narrate(outcome[0].explanation, language).split("\n") == narration


@pytest.mark.req("INC-02", "INC-03")
@pytest.mark.parametrize(("case", "rule"), every_case())
def test_a_bonus_comes_to_what_its_case_says(case: dict[str, Any], rule: type[Rule]) -> None:
    check(case, rule)


@pytest.mark.req("INC-11")
@pytest.mark.parametrize("rule", rule_types())
def test_every_kind_of_bonus_has_a_golden_explanation_in_both_languages(rule: type[Rule]) -> None:
    golden = [case["explanation"] for case in read(rule.kind) if "explanation" in case]
    assert any(set(each) == {"zh", "en"} for each in golden)


@pytest.mark.req("INC-02")
@pytest.mark.parametrize("rule", rule_types())
def test_every_parameter_of_a_bonus_has_its_name_in_both_languages_and_an_example(rule: type[Rule]) -> None:
    for parameter in (each for each in fields(rule) if each.name != "kind"):
        assert isinstance(parameter.metadata["name"], Text)
        assert all(parameter.metadata["name"])
        assert parameter.metadata["examples"]
    assert rule_example(rule)["kind"] == rule.kind


@pytest.mark.req("INC-05")
@pytest.mark.parametrize("case", [pytest.param(each, id=each["name"]) for each in read("pools")])
def test_pool(case: dict[str, Any]) -> None:
    shares = allocate(Decimal(case["total"]), [Decimal(weight) for weight in case["weights"]])
    assert [str(share) for share in shares] == case["shares"]
