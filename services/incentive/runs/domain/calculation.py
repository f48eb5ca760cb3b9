"""A run as a pure function: frozen dossiers and a plan version in, lines with reasons out (INC-11).

Nothing is rounded but each line once, half up to 0.01, at its end (§3.1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Final

from services.incentive.plans.domain.coefficients import UnitTerms, unit_terms
from services.incentive.plans.domain.factor import Factors
from services.incentive.plans.domain.plan import PlanVersion
from services.incentive.runs.domain import narration
from services.incentive.runs.domain.calculation_input import Dossier, Unit
from services.incentive.runs.domain.line import LeftOut, Line, Reason, share_costs
from services.incentive.runs.domain.segment import Segment, is_leaver, segments
from services.kit.errors import Text
from services.kit.explanation import Step
from services.kit.money import plain, round_half_up
from services.kit.periods import Period

NOTHING = Fraction(0)
RULES: Final = 2
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
    _terms: dict[str, tuple[UnitTerms, ...]] = field(default_factory=dict, repr=False, compare=False)
    _weights: dict[tuple[str, date, str, int], tuple[Factors, Fraction]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _labels: dict[tuple[str, Period], Text] = field(default_factory=dict, repr=False, compare=False)

    def terms_of(self, unit_id: str) -> Sequence[UnitTerms]:
        """The unit's coefficients over the period."""
        known = self._terms.get(unit_id)
        if known is None:
            known = unit_terms(self.units[unit_id], self.plan.policy, self.period, self.plan.source)
            self._terms[unit_id] = known
        return known

    def outcome(self, dossier: Dossier) -> list[Line] | LeftOut:
        """The person's lines, one a currency, none for who held no seat that earns; or what is missing for them."""
        stray = next((seat for seat in dossier.seats if seat.unit_id not in self.units), None)
        if stray is not None:
            return _left_out(dossier, Reason.UNKNOWN_UNIT, stray.unit_id or "—")
        parts = segments(dossier, self.period, self.plan.policy.eligibility, self.terms_of)
        if not parts:
            return []
        if not dossier.profiles:
            return _left_out(dossier, Reason.NO_PAY_PROFILE)
        hindrance = self._hindrance(dossier, parts)
        missing = None if hindrance else self._missing(dossier, parts)
        if missing is not None:
            return missing
        by_currency: dict[str, list[Segment]] = {}
        for part in parts:
            by_currency.setdefault(_currency(part, dossier), []).append(part)
        return [self._line(dossier, currency, own, hindrance) for currency, own in sorted(by_currency.items())]

    def _hindrance(self, dossier: Dossier, parts: Sequence[Segment]) -> Step | None:
        eligibility = self.plan.policy.eligibility
        if eligibility.leavers == "none" and is_leaver(dossier, self.period):
            return narration.leaver_step(self.plan, dossier, self.period)
        days = _eligible_days(parts)
        if days < eligibility.minimum_days:
            return self._too_few_days(dossier, parts, days)
        return None

    def _too_few_days(self, dossier: Dossier, parts: Sequence[Segment], days: int) -> Step:
        counted = [part.period for part in parts if part.barred is None]
        span = Period(counted[0].start, counted[-1].end) if counted else None
        steps = [
            narration.counted_step(self._label(part), part.period.days)
            if part.barred is None
            else narration.barred_step(self._label(part), part.barred, dossier)
            for part in parts
        ]
        return narration.too_few_days_step(self.plan, days, span, steps)

    def _missing(self, dossier: Dossier, parts: Sequence[Segment]) -> LeftOut | None:
        earning = [part for part in parts if part.barred is None]
        gap = next((part for part in earning if part.profile is None), None)
        if gap is not None:
            return _left_out(dossier, Reason.PAY_PROFILE_GAP, str(gap.period.start))
        if dossier.result is None:
            return _left_out(dossier, Reason.NO_RESULT) if earning else None
        grade = dossier.result.grade
        if any(grade not in part.terms.grade_coefficients for part in earning):
            return _left_out(dossier, Reason.NO_COEFFICIENT, grade)
        return None

    def _line(self, dossier: Dossier, currency: str, parts: list[Segment], hindrance: Step | None) -> Line:
        earned: dict[str, Fraction] = {}
        steps = [] if hindrance is None else [hindrance]
        for part in parts:
            worth, step = (NOTHING, None) if hindrance else self._worth(dossier, part)
            centre = (part.profile or dossier.profiles[-1]).terms.cost_centre
            earned[centre] = earned[centre] + worth if centre in earned else worth
            if step is not None:
                steps.append(step)
        due = sum(earned.values(), NOTHING)
        limit = self._limit(parts, currency)
        if limit is not None and limit < due:
            steps.append(narration.cap_step(self.plan, currency, due, limit))
            due = limit
        amount = round_half_up(due)
        return Line(
            employee_id=dossier.employee_id,
            number=dossier.number,
            name=dossier.name,
            unit_id=parts[-1].unit_id,
            unit_path=self.units[parts[-1].unit_id].path_ids,
            grade=None if dossier.result is None else dossier.result.grade,
            days=0 if hindrance is not None else _eligible_days(parts),
            currency=currency,
            amount=amount,
            costs=share_costs(amount, earned),
            explanation=narration.line_step(self.plan, self.label, dossier, amount, currency, steps),
        )

    def _worth(self, dossier: Dossier, part: Segment) -> tuple[Fraction, Step | None]:
        """What a segment comes to, and its step."""
        label = self._label(part)
        if part.barred is not None:
            return NOTHING, narration.barred_step(label, part.barred, dossier)
        if part.profile is None or dossier.result is None:
            return NOTHING, None
        factors, weight = self._weight(dossier.result.grade, part)
        worth = part.profile.terms.base * weight
        time = f"{plain(self.plan.rule.months)} × {part.period.days}/{self.period.days}"
        return worth, narration.earning_step(label, part.profile, time, factors, worth)

    def _weight(self, grade: str, part: Segment) -> tuple[Factors, Fraction]:
        """The rule's factors for a segment, and all by which the monthly base is multiplied in it."""
        key = (part.unit_id, part.terms.period.start, grade, part.period.days)
        known = self._weights.get(key)
        if known is None:
            factors = self.plan.rule.factors(grade, part.terms, self.plan.policy, self.plan.source)
            known = self._weights[key] = (factors, self._share(part) * factors.product)
        return known

    def _share(self, part: Segment) -> Fraction:
        """The months that a segment pays at factors of 1."""
        return Fraction(self.plan.rule.months) * Fraction(part.period.days, self.period.days)

    def _label(self, part: Segment) -> Text:
        key = (part.unit_id, part.period)
        known = self._labels.get(key)
        if known is None:
            known = self._labels[key] = narration.days_label(part.period, self.units[part.unit_id])
        return known

    def _limit(self, parts: Sequence[Segment], currency: str) -> Fraction | None:
        caps = self.plan.policy.caps
        limits = [Fraction(caps.amounts[currency])] if currency in caps.amounts else []
        if caps.times_target is not None:
            earning = (part for part in parts if part.barred is None)
            targets = (part.profile.terms.base * self._share(part) for part in earning if part.profile)
            limits.append(sum(targets, NOTHING) * Fraction(caps.times_target))
        return min(limits, default=None)


def _eligible_days(parts: Sequence[Segment]) -> int:
    return sum(part.period.days for part in parts if part.barred is None)


def _currency(part: Segment, dossier: Dossier) -> str:
    return (part.profile or dossier.profiles[-1]).terms.currency


def _left_out(dossier: Dossier, reason: Reason, detail: str = "") -> LeftOut:
    return LeftOut(dossier.employee_id, dossier.number, dossier.name, reason, detail)
