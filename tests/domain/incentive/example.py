"""A few people's bonuses that use every rule, from inputs as a run stores them.

``python -m tests.domain.incentive.example`` keeps what the present version of the rules writes of them.
"""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from services.incentive.calculation.domain.calculation import RULES, Calculation
from services.incentive.calculation.domain.calculation_input import calculation_input_from_json, unit_from_json
from services.incentive.calculation.domain.line import Exclusion, Line
from services.incentive.plans.domain.plan import PlanVersion
from services.incentive.plans.store.plans import RULES as BONUS_RULES
from services.incentive.runs.store.lines import explained
from services.kit.errors import Text
from services.kit.explanation import canonical_json
from services.kit.money import plain
from services.kit.periods import Period, calendar_period
from tests.domain.incentive.building import policy
from tests.domain.kept import keep

FOLDER = Path(__file__).parent / "kept"
QUARTERLY: Mapping[str, Any] = {"kind": "quarterly_bonus", "months": "3"}
ANNUAL: Mapping[str, Any] = {"kind": "annual_bonus", "months": "2.5"}
FIGURES: Mapping[str, Any] = {
    "company_coefficient": "1.05",
    "caps": {"times_target": "1.6", "amounts": {"USD": "900.00"}},
    "overrides": [{"unit": "U2", "first": date(2026, 2, 1), "last": date(2026, 2, 28), "unit_coefficient": "0.85"}],
}


def _result(name: str, grade: str) -> dict[str, Any]:
    return {"id": f"result-{name}", "version": 2, "grade": grade, "total": "88.00"}


def _unit(code: str, grade: str | None) -> dict[str, Any]:
    result = None if grade is None else _result(code, grade)
    names = {"name": f"单元{code}", "name_en": None if grade is None else f"Unit {code}"}
    path = {"path": ["G", code], "path_ids": ["unit-G", f"unit-{code}"]}
    return {"id": f"unit-{code}", "code": code, **names, **path, "result": result}


def _assignment(unit: str, first: str, last: str | None, kind: str = "primary") -> dict[str, Any]:
    return {"id": f"assignment-{unit}-{first}", "kind": kind, "unit_id": f"unit-{unit}", "first": first, "last": last}


def _pay(version: int, first: str, last: str | None, **given: Any) -> dict[str, Any]:
    terms = {"fixed_pay": "17999.99", "fixed_share": "6", "variable_share": "4", "monthly_base": None}
    rest = {"currency": "CNY", "cost_centre": "CC-1"}
    return {"id": f"pay-{version}", "version": version, "first": first, "last": last, **terms, **rest, **given}


def _person(
    number: str, grade: str | None, assignments: list[Any], profiles: list[Any], **given: Any
) -> dict[str, Any]:
    days = {"probation_until": None, "left_on": None}
    return {
        "employee": {"id": f"person-{number}", "number": number, "name": f"员工 “{number}”", **days, **given},
        "assignments": assignments,
        "profiles": profiles,
        "result": None if grade is None else _result(number, grade),
    }


def stored_inputs() -> dict[str, Any]:
    """Units and calculation inputs in the form in which an input snapshot holds them."""
    whole, pay = [_assignment("U1", "2025-01-01", None)], [_pay(1, "2025-01-01", None)]
    moved = [_assignment("U1", "2025-01-01", "2026-02-09"), _assignment("U2", "2026-02-10", None, "rotation")]
    raised = [
        _pay(1, "2025-01-01", "2026-01-31"),
        _pay(2, "2026-02-01", None, monthly_base="18000.00", cost_centre="CC-2"),
    ]
    abroad = [_pay(1, "2025-01-01", "2026-02-28"), _pay(2, "2026-03-01", None, currency="USD", cost_centre="CC-3")]
    yen = [
        _pay(1, "2025-01-01", "2026-02-28", fixed_pay="300001.00", currency="JPY"),
        _pay(2, "2026-03-01", None, fixed_pay="300001.00", monthly_base="210000.00", currency="JPY"),
    ]
    late = [_assignment("U1", "2026-03-15", None)]
    return {
        "units": [_unit("U1", "A"), _unit("U2", None)],
        "people": [
            _person("E1", "A", moved, raised),
            _person("E2", "S", whole, abroad),
            _person("E3", "B", whole, pay, probation_until="2026-01-31"),
            _person("E4", "B", whole, pay, left_on="2026-03-15"),
            _person("E5", "C", late, pay),
            _person("E6", "D", whole, pay),
            _person("E7", None, whole, pay),
            _person("E8", "B", whole, yen, probation_until="2026-01-31"),
        ],
    }


def written(facts: Mapping[str, Any]) -> Mapping[str, bytes]:
    """What is stored: the inputs, and each kind of bonus with digests and explanations of its lines."""
    return {
        "frozen.json": canonical_json(facts),
        "quarterly.json": _lines(facts, QUARTERLY, "2026-Q1"),
        "annual.json": _lines(facts, ANNUAL, "2026"),
    }


def read(stored: bytes) -> Mapping[str, Any]:
    """Stored inputs as a replay reads them."""
    facts: Mapping[str, Any] = json.loads(stored)
    return facts


def outcomes(facts: Mapping[str, Any], rule: Mapping[str, Any], period: str) -> list[list[Line] | Exclusion]:
    """What everybody gets."""
    units = {unit.id: unit for unit in map(unit_from_json, facts["units"])}
    name, validity = Text("示例方案", "Example"), Period(date(2020, 1, 1))
    plan = PlanVersion(UUID(int=1), "EX", 4, name, BONUS_RULES.load(rule), policy(FIGURES), validity)
    calculation = Calculation(plan, period, calendar_period(period), units)
    return [calculation.outcome(calculation_input_from_json(person)) for person in facts["people"]]


def _lines(facts: Mapping[str, Any], rule: Mapping[str, Any], period: str) -> bytes:
    return canonical_json([_outcome(outcome) for outcome in outcomes(facts, rule, period)])


def _outcome(outcome: list[Line] | Exclusion) -> Any:
    if isinstance(outcome, Exclusion):
        return {"number": outcome.number, "reason": outcome.reason.value, "detail": outcome.detail}
    return [_line(line) for line in outcome]


def _line(line: Line) -> Mapping[str, Any]:
    explanation, costs, digest = explained(line)
    values = {"number": line.number, "days": line.days, "currency": line.currency, "amount": plain(line.amount)}
    return {**values, "costs": costs, "explanation": explanation, "digest": digest}


if __name__ == "__main__":
    keep(FOLDER, RULES, written(stored_inputs()))
