"""What a run knows of a person, as org and appraisal stated it, and of their claims: the input of a line.

Ids are kept as the text that they arrived as: nothing is done with them but compare, cite and store them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from services.incentive.pay.domain.pay_profile import PayProfile, Terms
from services.incentive.plans.domain.absences import AbsenceKind
from services.incentive.plans.domain.unit import Result, Unit
from services.kit.explanation import Step, from_json
from services.kit.periods import Period

EARNING_KINDS = frozenset({"primary", "rotation"})
"""Assignments that earn a bonus: concurrent posts, acting and projects do not."""


@dataclass(frozen=True)
class Assignment:
    """An assignment that earns: a primary one, or a rotation, which replaces the primary while it runs.

    ``unit_id`` is empty where org knows no unit for the position on that day.
    """

    id: str
    kind: str
    unit_id: str
    period: Period


@dataclass(frozen=True)
class Absence:
    """Days on which the person was away, and why."""

    id: str
    kind: AbsenceKind
    period: Period


@dataclass(frozen=True)
class ClaimInput:
    """A version of a claim, as it is gathered into a line; ``citation`` is how explanations cite it."""

    citation: str
    occasion: str
    currency: str
    amount: Decimal
    costs: tuple[tuple[str, Decimal], ...]
    due_on: date
    explanation: Step


@dataclass(frozen=True)
class CalculationInput:
    """Everything a line of one person is made from. ``left_on`` and ``probation_until`` are last days.

    ``claims`` and ``unit_id``, where the person sits, are known where the rule needs claims; the rest is empty then.
    """

    employee_id: str
    number: str
    name: str
    probation_until: date | None
    left_on: date | None
    assignments: tuple[Assignment, ...]
    profiles: tuple[PayProfile, ...]
    result: Result | None
    unit_id: str = ""
    claims: tuple[ClaimInput, ...] = ()
    absences: tuple[Absence, ...] = ()


def unit_from_json(facts: Mapping[str, Any]) -> Unit:
    """A unit from its stored form."""
    return Unit(
        id=facts["id"],
        code=facts["code"],
        name=facts["name"],
        name_en=facts["name_en"] or facts["name"],
        path=tuple(facts["path"]),
        path_ids=tuple(facts["path_ids"]),
        result=_result(facts["result"]),
    )


def calculation_input_from_json(facts: Mapping[str, Any]) -> CalculationInput:
    """A person's input from its stored form."""
    employee = facts["employee"]
    if "claims" in facts:
        return _claimant(employee, facts["claims"])
    return CalculationInput(
        employee_id=employee["id"],
        number=employee["number"],
        name=employee["name"],
        probation_until=_day(employee["probation_until"]),
        left_on=_day(employee["left_on"]),
        assignments=tuple(
            Assignment(assignment["id"], assignment["kind"], assignment["unit_id"] or "", _days(assignment))
            for assignment in facts["assignments"]
            if assignment["kind"] in EARNING_KINDS
        ),
        profiles=tuple(_profile(profile) for profile in facts["profiles"]),
        result=_result(facts["result"]),
        # Inputs that were taken before absences counted know of none.
        absences=tuple(map(_absence, facts.get("absences", ()))),
    )


def _absence(facts: Mapping[str, Any]) -> Absence:
    return Absence(facts["id"], AbsenceKind(facts["kind"]), _days(facts))


def _claimant(employee: Mapping[str, Any], claims: Sequence[Mapping[str, Any]]) -> CalculationInput:
    gathered = tuple(
        ClaimInput(
            citation=f"claim:{claim['id']}@{claim['version']}",
            occasion=claim["occasion"],
            currency=claim["currency"],
            amount=Decimal(claim["amount"]),
            costs=tuple((centre, Decimal(share)) for centre, share in claim["costs"].items()),
            due_on=date.fromisoformat(claim["due_on"]),
            explanation=from_json(claim["explanation"]),
        )
        for claim in claims
    )
    who = (employee["id"], employee["number"], employee["name"])
    return CalculationInput(*who, None, None, (), (), None, employee["unit_id"] or "", gathered)


def _profile(facts: Mapping[str, Any]) -> PayProfile:
    base = facts["monthly_base"]
    terms = Terms(
        fixed_pay=Decimal(facts["fixed_pay"]),
        fixed_share=Decimal(facts["fixed_share"]),
        variable_share=Decimal(facts["variable_share"]),
        monthly_base=None if base is None else Decimal(base),
        currency=facts["currency"],
        cost_centre=facts["cost_centre"],
    )
    return PayProfile(facts["id"], facts["version"], terms, _days(facts))


def _days(facts: Mapping[str, Any]) -> Period:
    return _period(facts["first"], facts["last"])


@lru_cache(maxsize=4096)
def _period(first: str, last: str | None) -> Period:
    """Most people's assignments and pay begin and end on the same few days."""
    return Period.closed(date.fromisoformat(first), _day(last))


def _result(facts: Mapping[str, Any] | None) -> Result | None:
    if facts is None:
        return None
    return Result(facts["id"], facts["version"], facts["grade"], facts["total"])


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)
