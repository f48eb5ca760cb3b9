"""Bonuses by readable cases: the YAML files say what is to come out."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.incentive.runs.domain.line import LeftOut
from services.kit.money import allocate
from tests.domain.incentive.building import calculation, dossier

CASES = Path(__file__).parent / "cases"
SEAT = {"unit": "U", "first": yaml.safe_load("2025-01-01")}
PAY = {"base": "12000.00", "first": yaml.safe_load("2025-01-01")}


def cases(name: str) -> list[Any]:
    """The cases of a file, each called by its name."""
    return [pytest.param(case, id=case["name"]) for case in yaml.safe_load((CASES / f"{name}.yaml").read_text("utf-8"))]


def check(case: dict[str, Any], period: str, rule: dict[str, Any]) -> None:
    """Calculates a case and compares everything that it states."""
    units = {"U": None, **case.get("units", {})}
    policy = {**case.get("policy", {}), "rule": case.get("rule", rule)}
    facts = dossier(
        pay=case.get("pay", [PAY]),
        seats=case.get("seats", [SEAT]),
        grade=case.get("grade", "B"),
        probation_until=case.get("probation_until"),
        left_on=case.get("left_on"),
    )
    outcome = calculation(case.get("period", period), policy, units).outcome(facts)
    if "left_out" in case:
        assert isinstance(outcome, LeftOut)
        assert outcome.reason == case["left_out"]
        return
    assert not isinstance(outcome, LeftOut), outcome
    assert {line.currency: str(line.amount) for line in outcome} == case["amounts"]
    for line in outcome:
        assert sum(share for _, share in line.costs) == line.amount
        assert line.explanation.value == str(line.amount)
    if "days" in case:
        assert [line.days for line in outcome] == [case["days"]]
    if "segments" in case:
        told = [
            (step.label.en[:10], step.label.en[14:24], step.value)
            for step in outcome[0].explanation.steps
            if step.rule == "segment"
        ]
        assert told == [(str(first), str(last), value) for first, last, value in case["segments"]]


@pytest.mark.req("INC-02", "INC-03")
@pytest.mark.parametrize("case", cases("quarterly_bonus"))
def test_quarterly_bonus(case: dict[str, Any]) -> None:
    check(case, "2026-Q1", {"kind": "quarterly_bonus", "months": "3"})


@pytest.mark.req("INC-02", "INC-03")
@pytest.mark.parametrize("case", cases("annual_bonus"))
def test_annual_bonus(case: dict[str, Any]) -> None:
    check(case, "2026", {"kind": "annual_bonus", "months": "2"})


@pytest.mark.req("INC-05")
@pytest.mark.parametrize("case", cases("pools"))
def test_pool(case: dict[str, Any]) -> None:
    shares = allocate(Decimal(case["total"]), [Decimal(weight) for weight in case["weights"]])
    assert [str(share) for share in shares] == case["shares"]
