"""What a run knows of a person and of the units, as org and appraisal stated it: the frozen inputs of a line.

Ids are kept as the text that they arrived as: nothing is done with them but compare, cite and store them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from services.incentive.pay.domain.pay_profile import PayProfile, Terms
from services.kit.periods import Period

SEATS = frozenset({"primary", "rotation"})
"""Assignments that earn a bonus: concurrent posts, acting and projects do not."""


@dataclass(frozen=True)
class Result:
    """The final appraisal result of a person or a unit: version, grade and total (0–120) as appraisal closed them."""

    id: str
    version: int
    grade: str
    total: str

    @property
    def source(self) -> str:
        """How explanations cite it."""
        return f"result:{self.id}@{self.version}"


@dataclass(frozen=True)
class Unit:
    """A unit as of the last day of the period. ``path`` holds the unit codes from the root down to itself."""

    id: str
    code: str
    name: str
    name_en: str
    path: tuple[str, ...]
    path_ids: tuple[str, ...]
    result: Result | None


@dataclass(frozen=True)
class Seat:
    """An assignment that earns: a primary one, or a rotation, which replaces the primary while it runs.

    ``unit_id`` is empty where org knows no unit for the position on that day.
    """

    id: str
    kind: str
    unit_id: str
    period: Period


@dataclass(frozen=True)
class Dossier:
    """Everything a line of one person is made from. ``left_on`` and ``probation_until`` are last days."""

    employee_id: str
    number: str
    name: str
    probation_until: date | None
    left_on: date | None
    seats: tuple[Seat, ...]
    profiles: tuple[PayProfile, ...]
    result: Result | None


def unit_from_json(facts: Mapping[str, Any]) -> Unit:
    """A unit from its frozen form."""
    return Unit(
        id=facts["id"],
        code=facts["code"],
        name=facts["name"],
        name_en=facts["name_en"] or facts["name"],
        path=tuple(facts["path"]),
        path_ids=tuple(facts["path_ids"]),
        result=_result(facts["result"]),
    )


def dossier_from_json(facts: Mapping[str, Any]) -> Dossier:
    """A person's dossier from its frozen form."""
    employee = facts["employee"]
    return Dossier(
        employee_id=employee["id"],
        number=employee["number"],
        name=employee["name"],
        probation_until=_day(employee["probation_until"]),
        left_on=_day(employee["left_on"]),
        seats=tuple(
            Seat(seat["id"], seat["kind"], seat["unit_id"] or "", _period(seat))
            for seat in facts["assignments"]
            if seat["kind"] in SEATS
        ),
        profiles=tuple(_profile(profile) for profile in facts["profiles"]),
        result=_result(facts["result"]),
    )


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
    return PayProfile(facts["id"], facts["version"], terms, _period(facts))


def _period(facts: Mapping[str, Any]) -> Period:
    return Period.closed(date.fromisoformat(facts["first"]), _day(facts["last"]))


def _result(facts: Mapping[str, Any] | None) -> Result | None:
    if facts is None:
        return None
    return Result(facts["id"], facts["version"], facts["grade"], facts["total"])


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)
