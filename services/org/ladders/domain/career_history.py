"""What the organisation itself knows of a person's career: years managing, years in the present step (ORG-10)."""

from calendar import isleap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.kit.periods import Period
from services.kit.timeline import union
from services.org.structure.domain.occupancy import MAIN, AssignmentKind
from services.org.structure.domain.position import Track

DAYS_OF_A_YEAR = 365
"""Of what is left over beside whole years, so many days make another."""


@dataclass(frozen=True)
class Stretch:
    """Days in an assignment on which its position had one track and grade."""

    kind: AssignmentKind
    track: Track
    grade: str
    valid: Period


def years(spans: Iterable[Period]) -> Decimal:
    """How long ``spans`` are together, in years with two places, rounded down; every span has an end.

    From one day to the same day of a later year is a whole number of years, leap years or not.
    """
    whole = left_over = 0
    for span in spans:
        end = span.end or span.start
        full = end.year - span.start.year
        full -= _anniversary(span.start, full) > end
        whole += full
        left_over += (end - _anniversary(span.start, full)).days
    return Decimal(whole) + Decimal(left_over * 100 // DAYS_OF_A_YEAR) / 100


def years_managing(stretches: Iterable[Stretch], headed: Iterable[Period], day: date) -> Decimal:
    """A person's years up to ``day`` on positions of the management track, or as head of a unit.

    Days count once, however many assignments were held; acting and concurrent ones count, projects are not given here.
    """
    spans = [stretch.valid for stretch in stretches if stretch.track is Track.MANAGEMENT]
    return years(_before(union([*spans, *headed]), day))


def years_in_step(stretches: Sequence[Stretch], day: date) -> Decimal | None:
    """A person's years without a break up to ``day`` on the track and grade that they have on it.

    Other positions of the same track and grade count, and so do days on rotation, which changes no grade. None for a
    person without a main assignment on ``day``.
    """
    main = sorted(
        (stretch for stretch in stretches if stretch.kind in MAIN),
        key=lambda stretch: stretch.valid.start,
        reverse=True,
    )
    now = next((stretch for stretch in main if stretch.valid.contains(day)), None)
    if now is None:
        return None
    posts = (stretch for stretch in main if stretch.kind is AssignmentKind.PRIMARY and stretch.valid.start <= day)
    own = next(posts, now)
    since = edge = now.valid.start
    for stretch in main:
        if stretch.valid.start >= edge:
            continue
        rotation = stretch.kind is AssignmentKind.ROTATION
        if stretch.valid.end != edge or not (rotation or (stretch.track, stretch.grade) == (own.track, own.grade)):
            break
        edge = stretch.valid.start
        since = since if rotation else edge
    return years(_before([Period(since)], day))


def _anniversary(day: date, later: int) -> date:
    """The same day so many years later; 28 February for a 29th that is not there."""
    year = day.year + later
    missing = (day.month, day.day) == (2, 29) and not isleap(year)
    return day.replace(year=year, day=28 if missing else day.day)


def _before(spans: Iterable[Period], day: date) -> list[Period]:
    """The days of ``spans`` before ``day``."""
    return [Period(span.start, day if span.end is None else min(span.end, day)) for span in spans if span.start < day]
