"""Rows of one person's assignments against each other, compared with looking at every pair (ORG-14)."""

from datetime import date, timedelta
from itertools import combinations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.periods import Period
from services.kit.spreadsheets import Line
from services.kit.timeline import gaps
from services.org.exchange.domain.assignment_import import Held, Seat, check_overlaps, lay_seats
from services.org.exchange.domain.roster import AssignmentLine, Findings, covered
from services.org.structure.domain.occupancy import MAIN, AssignmentKind, first_over_headcount

pytestmark = pytest.mark.req("ORG-14")

DAY = date(2026, 1, 1)
PERSON, POSITIONS = UUID(int=1), [UUID(int=n) for n in (2, 3)]
days = st.integers(0, 12).map(lambda n: DAY + timedelta(n))
periods = st.builds(
    lambda start, length: Period(start, None if length is None else start + timedelta(length)),
    days,
    st.none() | st.integers(1, 6),
)
kinds = st.sampled_from([AssignmentKind.PRIMARY, AssignmentKind.CONCURRENT])
held = st.builds(Held, st.none(), st.just(PERSON), st.sampled_from(POSITIONS), kinds, periods)


def clash(one: Held, other: Held) -> bool:
    exclude = one.position_id == other.position_id or (one.kind in MAIN and other.kind in MAIN)
    return exclude and one.valid.overlap(other.valid) is not None


@given(st.lists(held, max_size=6), st.lists(held, max_size=4))
def test_an_overlap_is_found_wherever_two_assignments_exclude_each_other(
    recorded: list[Held], kept: list[Held]
) -> None:
    stored: list[Held] = []
    for each in kept:
        if not any(clash(each, other) for other in stored):  # what is stored never clashes
            stored.append(each)
    seats = [*(Seat(each, 0) for each in stored), *(Seat(each, row) for row, each in enumerate(recorded, 2))]
    findings = Findings()
    check_overlaps(seats, findings)
    clashing = [pair for pair in combinations(seats, 2) if clash(pair[0].held, pair[1].held)]
    assert bool(findings.field_errors) == bool(clashing)
    rows = {seat.row for pair in clashing for seat in pair}
    assert {fault.row for fault in findings.field_errors} <= rows - {0}


@given(periods, st.lists(periods, max_size=4))
def test_days_are_covered_exactly_where_no_gap_is_left(needed: Period, spans: list[Period]) -> None:
    assert covered(needed, spans) == (not gaps(needed, spans))


@given(st.lists(periods, max_size=8), st.integers(0, 3), days)
def test_the_first_over_headcount_day_is_that_of_counting_day_by_day(
    occupied: list[Period], headcount: int, since: date
) -> None:
    counted = ((day, sum(span.contains(day) for span in occupied)) for day in (since + timedelta(n) for n in range(40)))
    expected = next(((day, people, headcount) for day, people in counted if people > headcount), None)
    assert first_over_headcount([(Period(DAY), headcount)], occupied, since=since) == expected


def test_very_many_rows_of_one_person_are_looked_at_once_each() -> None:
    lines = [
        Line(n + 2, AssignmentLine("E1", "P", AssignmentKind.PRIMARY, first, first, None))
        for n, first in enumerate(DAY + timedelta(n) for n in range(50_000))
    ]
    findings = Findings()
    seats, changed = lay_seats(lines, PERSON, (), {"P": POSITIONS[0]}, (), findings)
    check_overlaps(seats, findings)
    assert (len(seats), len(changed), findings.field_errors) == (50_000, 50_000, [])
