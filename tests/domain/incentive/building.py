"""Facts of one person for the pure calculation, from the few words that a case needs."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from services.incentive.calculation.domain.calculation import Calculation
from services.incentive.calculation.domain.calculation_input import Absence, Assignment, CalculationInput, ClaimInput
from services.incentive.pay.domain.pay_profile import PayProfile, Terms
from services.incentive.plans.domain.absences import AbsenceKind
from services.incentive.plans.domain.plan import PlanVersion
from services.incentive.plans.domain.policy import Caps, Eligibility, Override, Policy
from services.incentive.plans.domain.unit import Result, Unit
from services.incentive.plans.store.plans import RULES
from services.kit.errors import Text
from services.kit.explanation import Step
from services.kit.periods import Period, calendar_period

SPACE = UUID(int=0)
GRADES = {"S": "1.5", "A": "1.2", "B": "1.0", "C": "0.6", "D": "0"}
UNIT_GRADES = {"S": "1.2", "A": "1.1", "B": "1.0", "C": "0.9", "D": "0.8"}
ROOT = "G"


def named(name: str) -> str:
    """An id that is always the same for a name."""
    return str(uuid5(SPACE, name))


def numbers(table: Mapping[str, Any]) -> dict[str, Decimal]:
    """Text to exact numbers."""
    return {name: Decimal(str(value)) for name, value in table.items()}


def policy(given: Mapping[str, Any]) -> Policy:
    """A policy; what is not given is the default of the domain."""
    caps = given.get("caps", {})
    times = caps.get("times_target")
    return Policy(
        grade_coefficients=numbers(given.get("grade_coefficients", GRADES)),
        unit_coefficients=numbers(given.get("unit_coefficients", UNIT_GRADES)),
        company_coefficient=Decimal(str(given.get("company_coefficient", "1"))),
        eligibility=Eligibility(**given.get("eligibility", {})),
        caps=Caps(None if times is None else Decimal(times), numbers(caps.get("amounts", {}))),
        overrides=tuple(_override(override) for override in given.get("overrides", [])),
    )


def _override(given: Mapping[str, Any]) -> Override:
    coefficient = given.get("unit_coefficient")
    grades = given.get("grade_coefficients")
    return Override(
        unit_code=given["unit"],
        filing="HR-1",
        valid_from=given.get("first"),
        valid_to=given.get("last"),
        unit_coefficient=None if coefficient is None else Decimal(str(coefficient)),
        grade_coefficients=None if grades is None else numbers(grades),
    )


def calculation(period: str, given: Mapping[str, Any], units: Mapping[str, str | None]) -> Calculation:
    """A calculation over units with their grades; all of them stand below the root."""
    rule = RULES.load(given.get("rule", {"kind": "quarterly_bonus", "months": "3"}))
    plan = PlanVersion(UUID(named("plan")), "P", 1, Text("方案", "plan"), rule, policy(given), Period(date(2020, 1, 1)))
    facts = {named(code): _unit(code, grade) for code, grade in units.items()}
    return Calculation(plan, period, calendar_period(period), facts)


def _unit(code: str, grade: str | None) -> Unit:
    result = None if grade is None else Result(named(f"result of {code}"), 1, grade, "80.00")
    return Unit(named(code), code, f"单元{code}", f"Unit {code}", (ROOT, code), (named(ROOT), named(code)), result)


def profile(place: int, given: Mapping[str, Any]) -> PayProfile:
    """A pay profile: ``base`` sets the monthly base, ``fixed`` lets it follow at 6 : 4."""
    base = given.get("base")
    terms = Terms(
        fixed_pay=Decimal(str(given.get("fixed", "0.00"))),
        fixed_share=Decimal(str(given.get("fixed_share", "6"))),
        variable_share=Decimal(str(given.get("variable_share", "4"))),
        monthly_base=None if base is None else Decimal(str(base)),
        currency=given.get("currency", "CNY"),
        cost_centre=given.get("cost_centre", "CC-1"),
    )
    return PayProfile(named(f"profile {place}"), place + 1, terms, Period.closed(given["first"], given.get("last")))


def calculation_input(
    *,
    pay: Sequence[Mapping[str, Any]],
    assignments: Sequence[Mapping[str, Any]],
    grade: str | None,
    probation_until: date | None = None,
    left_on: date | None = None,
    claims: Sequence[Mapping[str, Any]] = (),
    absences: Sequence[Mapping[str, Any]] = (),
) -> CalculationInput:
    """One person's calculation_input."""
    return CalculationInput(
        employee_id=named("person"),
        number="E001",
        name="某人",
        probation_until=probation_until,
        left_on=left_on,
        assignments=tuple(
            Assignment(
                named(f"assignment {place}"),
                assignment.get("kind", "primary"),
                named(assignment["unit"]),
                Period.closed(assignment["first"], assignment.get("last")),
            )
            for place, assignment in enumerate(assignments)
        ),
        profiles=tuple(profile(place, given) for place, given in enumerate(pay)),
        absences=tuple(
            Absence(
                named(f"absence {place}"), AbsenceKind(each["kind"]), Period.closed(each["first"], each.get("last"))
            )
            for place, each in enumerate(absences)
        ),
        result=None if grade is None else Result(named("result"), 1, grade, "90.00"),
        unit_id=named("U"),
        claims=tuple(claim(each) for each in claims),
    )


def claim(given: Mapping[str, Any]) -> ClaimInput:
    """A claim of the person; by default all of it is borne by one cost centre."""
    amount = Decimal(given["amount"])
    costs = given.get("costs", {"CC-1": given["amount"]} if amount else {})
    because = given.get("because", {"zh": "依据", "en": "ground"})
    return ClaimInput(
        citation=f"claim:{named(given['occasion'])}@{given.get('version', 1)}",
        occasion=given["occasion"],
        currency=given.get("currency", "CNY"),
        amount=amount,
        costs=tuple(numbers(costs).items()),
        due_on=given.get("due_on", date(2026, 1, 20)),
        explanation=Step("ground", Text(**because), given["amount"], given["amount"]),
    )
