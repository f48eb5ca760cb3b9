"""A run as a pure function: calculation inputs and a plan version in, lines with reasons out (INC-11).

Nothing is rounded but each line once, half up to the places of its currency, at its end (§3.1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property, reduce
from operator import add
from typing import Final

from services.incentive.calculation.domain import narration
from services.incentive.calculation.domain.calculation_input import CalculationInput
from services.incentive.calculation.domain.claim_lines import claim_lines
from services.incentive.calculation.domain.line import Exclusion, Line, Reason, share_costs
from services.incentive.calculation.domain.segment import Segment, is_leaver, segments
from services.incentive.currencies import places
from services.incentive.plans.domain.coefficients import UnitTerms, unit_terms
from services.incentive.plans.domain.plan import PlanVersion
from services.incentive.plans.domain.rules import weighing
from services.incentive.plans.domain.rules.weight import Need, Stretch, WeighingRule, Weight
from services.incentive.plans.domain.unit import Unit
from services.kit.errors import Text
from services.kit.explanation import Step
from services.kit.money import round_half_up
from services.kit.periods import Period

NOTHING = Fraction(0)
RULES: Final = 5
"""The version of the rules, the explanations and the digests that this code writes, stored with every calculation.

Raised with each change that makes other bytes of the same inputs; a replay of an earlier version compares values alone.
"""


@dataclass(frozen=True)
class Calculation:
    """The part that all persons share: the plan, the period, the units.

    Remembers what it derived from them; since each derivation always gives the same, threads may share one.
    """

    plan: PlanVersion
    label: str
    period: Period
    units: Mapping[str, Unit]
    is_correction: bool = False
    """Whether the period is an earlier one than the run's own."""
    _terms: dict[str, tuple[UnitTerms, ...]] = field(default_factory=dict, repr=False, compare=False)
    _weights: dict[tuple[str, date, str | None, int], Weight] = field(default_factory=dict, repr=False, compare=False)
    _labels: dict[tuple[str, date, date | None], Text] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def _rule(self) -> WeighingRule:
        return weighing(self.plan.rule)

    @cached_property
    def _pays_claims(self) -> bool:
        return Need.CLAIMS in self.plan.rule.needs

    @cached_property
    def _uses_grades(self) -> bool:
        return Need.GRADES in self.plan.rule.needs

    @cached_property
    def _uses_base(self) -> bool:
        return Need.MONTHLY_BASE in self.plan.rule.needs

    def terms_of(self, unit_id: str) -> Sequence[UnitTerms]:
        """The unit's coefficients over the period."""
        known = self._terms.get(unit_id)
        if known is None:
            known = unit_terms(self.units[unit_id], self.plan.policy, self.period, self.plan.source)
            self._terms[unit_id] = known
        return known

    def outcome(self, person: CalculationInput) -> list[Line] | Exclusion:
        """The person's lines, one a currency, none without an assignment that earns; or what is missing for them.

        Of a rule that needs claims, a line a claim.
        """
        if self._pays_claims:
            return claim_lines(self.plan, self.units, person)
        for assignment in person.assignments:
            if assignment.unit_id not in self.units:
                return _exclusion(person, Reason.UNKNOWN_UNIT, assignment.unit_id or "—")
        parts = segments(person, self.period, self.plan.policy.eligibility, self.terms_of)
        if not parts:
            return []
        if not person.profiles:
            return _exclusion(person, Reason.NO_PAY_PROFILE)
        by_currency: dict[str, list[Segment]] = {}
        for part in parts:
            by_currency.setdefault(_currency(part, person), []).append(part)
        ineligible = {currency: self._ineligible(person, parts, currency) for currency in by_currency}
        missing = self._missing(person, parts) if None in ineligible.values() else None
        if missing is not None:
            return missing
        return [self._line(person, each, own, ineligible[each]) for each, own in sorted(by_currency.items())]

    def _ineligible(self, person: CalculationInput, parts: Sequence[Segment], currency: str) -> Step | None:
        eligibility = self.plan.policy.eligibility
        if eligibility.leavers == "none" and is_leaver(person, self.period):
            return narration.leaver_step(self.plan, person, self.period, currency)
        days = _eligible_days(parts)
        if days < eligibility.minimum_days:
            return self._too_few_days(person, parts, days, currency)
        return None

    def _too_few_days(self, person: CalculationInput, parts: Sequence[Segment], days: int, currency: str) -> Step:
        counted = [part.period for part in parts if part.ineligibility is None]
        span = Period(counted[0].start, counted[-1].end) if counted else None
        steps = [
            narration.counted_step(self._label(part), part.period.days)
            if part.ineligibility is None
            else narration.ineligible_step(self._label(part), part, person, currency)
            for part in parts
        ]
        return narration.too_few_days_step(self.plan, days, span, steps, currency)

    def _missing(self, person: CalculationInput, parts: Sequence[Segment]) -> Exclusion | None:
        earning = [part for part in parts if part.ineligibility is None]
        gap = next((part for part in earning if part.profile is None), None)
        if gap is not None:
            return _exclusion(person, Reason.PAY_PROFILE_GAP, str(gap.period.start))
        if not earning or not self._uses_grades:
            return None
        if person.result is None:
            return _exclusion(person, Reason.NO_RESULT)
        grade = person.result.grade
        if not all(self._rule.has_figure_for(grade, part.terms) for part in earning):
            return _exclusion(person, Reason.NO_COEFFICIENT, grade)
        return None

    def _line(self, person: CalculationInput, currency: str, parts: list[Segment], ineligible: Step | None) -> Line:
        earned: dict[str, Fraction] = {}
        steps = [] if ineligible is None else [ineligible]
        for part in parts:
            worth, step = (NOTHING, None) if ineligible else self._worth(person, part)
            centre = (part.profile or person.profiles[-1]).terms.cost_centre
            earned[centre] = earned[centre] + worth if centre in earned else worth
            if step is not None:
                steps.append(step)
        due = reduce(add, earned.values())
        limit = self._limit(person, parts, currency) if due else None
        if limit is not None and limit < due:
            steps.append(narration.cap_step(self.plan, currency, due, limit))
            due = limit
        amount = round_half_up(due, places(currency))
        return Line(
            employee_id=person.employee_id,
            number=person.number,
            name=person.name,
            unit_id=parts[-1].unit_id,
            unit_path=self.units[parts[-1].unit_id].path_ids,
            grade=None if person.result is None else person.result.grade,
            days=0 if ineligible is not None else _eligible_days(parts),
            currency=currency,
            amount=amount,
            costs=share_costs(amount, earned, places(currency)),
            explanation=narration.line_step(self.plan, self.label, person, amount, currency, steps),
            kind=self.plan.rule.kind,
            occasion=self.label,
            due=amount,
        )

    def _worth(self, person: CalculationInput, part: Segment) -> tuple[Fraction, Step | None]:
        """The amount of a segment, and its step."""
        label, currency = self._label(part), _currency(part, person)
        if part.ineligibility is not None:
            return NOTHING, narration.ineligible_step(label, part, person, currency)
        if part.profile is None:
            return NOTHING, None
        weight = self._weight(person, part)
        if not self._uses_base:
            return weight.product, narration.earning_step(label, None, weight, weight.product, currency)
        worth = part.profile.terms.base * weight.product
        return worth, narration.earning_step(label, part.profile, weight, worth, currency)

    def _weight(self, person: CalculationInput, part: Segment) -> Weight:
        """The rule's result for a segment; the same for everyone with the same unit, grade and number of days."""
        grade = person.result.grade if person.result and self._uses_grades else None
        key = (part.unit_id, part.terms.period.start, grade, part.period.days)
        known = self._weights.get(key)
        if known is None:
            plan = self.plan
            stretch = Stretch(grade, part.period.days, self.period.days, part.terms, plan.policy, plan.source)
            known = self._weights[key] = self._rule.weigh(stretch)
        return known

    def _label(self, part: Segment) -> Text:
        key = (part.unit_id, part.period.start, part.period.end)
        known = self._labels.get(key)
        if known is None:
            known = self._labels[key] = narration.days_label(part.period, self.units[part.unit_id])
        return known

    def _limit(self, person: CalculationInput, parts: Sequence[Segment], currency: str) -> Fraction | None:
        caps = self.plan.policy.caps
        limits = [Fraction(caps.amounts[currency])] if currency in caps.amounts else []
        if caps.times_target is not None:
            earning = [part for part in parts if part.ineligibility is None and part.profile is not None]
            target = sum((self._target(person, part) for part in earning), NOTHING)
            limits.append(target * Fraction(caps.times_target))
        return min(limits, default=None)

    def _target(self, person: CalculationInput, part: Segment) -> Fraction:
        """What a segment would earn at coefficients of 1."""
        target = self._weight(person, part).target
        return part.profile.terms.base * target if part.profile and self._uses_base else target


def _eligible_days(parts: Sequence[Segment]) -> int:
    return sum([part.period.days for part in parts if part.ineligibility is None])


def _currency(part: Segment, person: CalculationInput) -> str:
    return (part.profile or person.profiles[-1]).terms.currency


def _exclusion(person: CalculationInput, reason: Reason, detail: str = "") -> Exclusion:
    return Exclusion(person.employee_id, person.number, person.name, reason, detail)
