"""A person's period cut where base, unit, unit coefficient or eligibility changes (INC-03, §3.1)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from services.incentive.pay.domain.pay_profile import PayProfile
from services.incentive.plans.domain.coefficients import UnitTerms
from services.incentive.plans.domain.policy import Eligibility
from services.incentive.runs.domain.calculation_input import Dossier, Seat
from services.kit.periods import Period, cut

ROTATION = "rotation"
ONE_DAY = timedelta(days=1)


class Barred(StrEnum):
    """Why the days of a segment earn nothing although they stay in the divisor."""

    PROBATION = "probation"
    LEFT = "left"


@dataclass(frozen=True)
class Segment:
    """Days that share everything the amount depends on. ``profile`` is None where no pay profile covers them."""

    period: Period
    unit_id: str
    terms: UnitTerms
    profile: PayProfile | None
    barred: Barred | None


TermsOf = Callable[[str], Sequence[UnitTerms]]


def segments(dossier: Dossier, period: Period, eligibility: Eligibility, terms_of: TermsOf) -> list[Segment]:
    """The person's days in ``period`` in a seat that earns, in order; days without one are in no segment."""
    seats = [seat for seat in dossier.seats if _meet(seat.period, period)]
    spans = [seat.period for seat in seats] + [profile.period for profile in dossier.profiles]
    spans += [terms.period for seat in seats for terms in terms_of(seat.unit_id)]
    turns = {span.start for span in spans if span.start > period.start}
    turns |= {span.end for span in spans if span.end is not None}
    turns |= {day + ONE_DAY for day in (dossier.probation_until, dossier.left_on) if day is not None}
    found: list[Segment] = []
    for part in cut(period, turns):
        seat = _seat_on(seats, part.start)
        if seat is None:
            continue
        segment = _segment(dossier, part, seat, eligibility, terms_of)
        if found and _continues(found[-1], segment):
            found[-1] = replace(segment, period=Period(found[-1].period.start, part.end))
        else:
            found.append(segment)
    return found


def _meet(one: Period, other: Period) -> bool:
    return (other.end is None or one.start < other.end) and (one.end is None or other.start < one.end)


def is_leaver(dossier: Dossier, period: Period) -> bool:
    """Whether the person left before the last day of the period."""
    return dossier.left_on is not None and period.last is not None and dossier.left_on < period.last


def _seat_on(seats: Sequence[Seat], day: date) -> Seat | None:
    now = [seat for seat in seats if seat.period.contains(day)]
    return next((seat for seat in now if seat.kind == ROTATION), now[0] if now else None)


def _segment(dossier: Dossier, part: Period, seat: Seat, eligibility: Eligibility, terms_of: TermsOf) -> Segment:
    terms = next(terms for terms in terms_of(seat.unit_id) if terms.period.contains(part.start))
    barred = _barred(dossier, part.start, eligibility)
    profile = next((held for held in dossier.profiles if held.period.contains(part.start)), None)
    return Segment(part, seat.unit_id, terms, profile, barred)


def _barred(dossier: Dossier, day: date, eligibility: Eligibility) -> Barred | None:
    if dossier.left_on is not None and day > dossier.left_on:
        return Barred.LEFT
    on_probation = dossier.probation_until is not None and day <= dossier.probation_until
    return Barred.PROBATION if on_probation and eligibility.probation == "excluded" else None


def _continues(before: Segment, after: Segment) -> bool:
    return before.period.end == after.period.start and replace(after, period=before.period) == before
