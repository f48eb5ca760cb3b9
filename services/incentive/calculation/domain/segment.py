"""A person's period cut where base, unit, unit coefficient or eligibility changes (INC-03, §3.1)."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from services.incentive.calculation.domain.calculation_input import Absence, Assignment, CalculationInput
from services.incentive.pay.domain.pay_profile import PayProfile
from services.incentive.plans.domain.coefficients import UnitTerms
from services.incentive.plans.domain.policy import Eligibility
from services.kit.periods import Period, cut

ROTATION = "rotation"
ONE_DAY = timedelta(days=1)


class Ineligibility(StrEnum):
    """Why the days of a segment earn nothing although they stay in the divisor."""

    PROBATION = "probation"
    LEFT = "left"
    ABSENT = "absent"


class Segment(NamedTuple):
    """Days that share everything the amount depends on. ``profile`` is None where no pay profile covers them.

    ``absence`` is that for which they earn nothing.
    """

    period: Period
    unit_id: str
    terms: UnitTerms
    profile: PayProfile | None
    ineligibility: Ineligibility | None
    absence: Absence | None = None


TermsOf = Callable[[str], Sequence[UnitTerms]]


def segments(person: CalculationInput, period: Period, eligibility: Eligibility, terms_of: TermsOf) -> list[Segment]:
    """The person's days in ``period`` in a assignment that earns, in order; days without one are in no segment."""
    assignments = [assignment for assignment in person.assignments if _meet(assignment.period, period)]
    spans = [assignment.period for assignment in assignments] + [profile.period for profile in person.profiles]
    spans += [terms.period for assignment in assignments for terms in terms_of(assignment.unit_id)]
    spans += [absence.period for absence in person.absences if absence.kind in eligibility.excluded_absences]
    turns = [day for span in spans for day in (span.start, span.end) if day is not None]
    turns += [day + ONE_DAY for day in (person.probation_until, person.left_on) if day is not None]
    found: list[Segment] = []
    for part in cut(period, turns):
        assignment = _assignment_on(assignments, part.start)
        if assignment is None:
            continue
        segment = _segment(person, part, assignment, eligibility, terms_of)
        if found and _continues(found[-1], segment):
            found[-1] = segment._replace(period=Period(found[-1].period.start, part.end))
        else:
            found.append(segment)
    return found


def _meet(one: Period, other: Period) -> bool:
    return (other.end is None or one.start < other.end) and (one.end is None or other.start < one.end)


def is_leaver(person: CalculationInput, period: Period) -> bool:
    """Whether the person left before the last day of the period."""
    return person.left_on is not None and period.last is not None and person.left_on < period.last


def _assignment_on(assignments: Sequence[Assignment], day: date) -> Assignment | None:
    now = [assignment for assignment in assignments if assignment.period.contains(day)]
    if len(now) > 1:
        return next((assignment for assignment in now if assignment.kind == ROTATION), now[0])
    return now[0] if now else None


def _segment(
    person: CalculationInput, part: Period, assignment: Assignment, eligibility: Eligibility, terms_of: TermsOf
) -> Segment:
    terms = next(terms for terms in terms_of(assignment.unit_id) if terms.period.contains(part.start))
    ineligibility = _ineligibility(person, part.start, eligibility)
    absence = _absence(person, part.start, eligibility) if not ineligibility else None
    if absence is not None:
        ineligibility = Ineligibility.ABSENT
    profile = next((held for held in person.profiles if held.period.contains(part.start)), None)
    return Segment(part, assignment.unit_id, terms, profile, ineligibility, absence)


def _absence(person: CalculationInput, day: date, eligibility: Eligibility) -> Absence | None:
    """The absence for which the plan lets the day earn nothing."""
    away = (each for each in person.absences if each.kind in eligibility.excluded_absences)
    return next((each for each in away if each.period.contains(day)), None)


def _ineligibility(person: CalculationInput, day: date, eligibility: Eligibility) -> Ineligibility | None:
    if person.left_on is not None and day > person.left_on:
        return Ineligibility.LEFT
    on_probation = person.probation_until is not None and day <= person.probation_until
    return Ineligibility.PROBATION if on_probation and eligibility.probation == "excluded" else None


def _continues(before: Segment, after: Segment) -> bool:
    return before.period.end == after.period.start and before[1:] == after[1:]
