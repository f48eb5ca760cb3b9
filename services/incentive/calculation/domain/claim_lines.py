"""Lines of claims: what one person is owed for single occasions, as it was approved (design §3)."""

from collections.abc import Mapping

from services.incentive.calculation.domain.calculation_input import CalculationInput, ClaimInput
from services.incentive.calculation.domain.line import Exclusion, Line, Reason
from services.incentive.currencies import currency_name
from services.incentive.plans.domain.plan import PlanVersion
from services.incentive.plans.domain.unit import Unit
from services.kit.errors import Text
from services.kit.explanation import Input, Step
from services.kit.money import plain


def claim_lines(plan: PlanVersion, units: Mapping[str, Unit], person: CalculationInput) -> list[Line] | Exclusion:
    """A line a claim that states the whole amount due; or what is missing for the person."""
    unit = units.get(person.unit_id)
    if unit is None:
        return Exclusion(person.employee_id, person.number, person.name, Reason.UNKNOWN_UNIT, person.unit_id or "—")
    return [_line(plan, unit, person, claim) for claim in person.claims]


def _line(plan: PlanVersion, unit: Unit, person: CalculationInput, claim: ClaimInput) -> Line:
    return Line(
        employee_id=person.employee_id,
        number=person.number,
        name=person.name,
        unit_id=unit.id,
        unit_path=unit.path_ids,
        grade=None,
        days=0,
        currency=claim.currency,
        amount=claim.amount,
        costs=claim.costs,
        explanation=_step(plan, claim),
        kind=plan.rule.kind,
        occasion=claim.occasion,
        due=claim.amount,
    )


def _step(plan: PlanVersion, claim: ClaimInput) -> Step:
    kind, currency, amount = plan.rule.label, currency_name(claim.currency), plain(claim.amount)
    label = Text(f"{kind.zh}（税前，{currency.zh}）", f"{kind.en} (before tax, in {currency.en})")
    approved = Text(f"经批准的应发金额（{claim.due_on} 起发放）", f"amount as approved, due from {claim.due_on}")
    inputs = (Input(approved, amount, claim.citation), plan.citation)
    return Step(plan.rule.kind, label, amount, amount, inputs, (claim.explanation,))
