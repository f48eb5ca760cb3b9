"""Years managing and years in a step, from assignments held (ORG-10)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.periods import Period
from services.org.ladders.domain.career_history import Stretch, years, years_in_step, years_managing
from services.org.structure.domain.occupancy import AssignmentKind
from services.org.structure.domain.position import Track

pytestmark = pytest.mark.req("ORG-10")
DAY = date(2026, 1, 1)
MANAGEMENT, PROFESSIONAL = Track.MANAGEMENT, Track.PROFESSIONAL
DAYS = st.dates(date(2000, 1, 1), DAY)


def span(first: str, end: str | None = None) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(end) if end else None)


def assignment(
    first: str, end: str | None = None, grade: str = "P5", track: Track = PROFESSIONAL, kind: str = "primary"
) -> Stretch:
    return Stretch(AssignmentKind(kind), track, grade, span(first, end))


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([span("2024-01-01", "2026-01-01")], "2"),
        ([span("2025-01-01", "2027-01-01")], "2"),
        ([span("2025-01-02", "2027-01-01")], "1.99"),
        ([span("2024-02-29", "2025-02-28")], "1"),
        ([span("2024-02-29", "2028-02-29")], "4"),
        ([span("2025-01-01", "2025-07-02"), span("2025-08-01", "2026-01-31")], "1"),
        ([], "0"),
    ],
)
def test_years_go_from_a_day_to_the_same_day_and_leftovers_add_up(spans: list[Period], expected: str) -> None:
    assert years(spans) == Decimal(expected)


@given(DAYS, st.integers(1, 9000), st.integers(1, 400))
def test_more_days_are_never_fewer_years(start: date, days: int, more: int) -> None:
    shorter, longer = (Period(start, start + timedelta(number)) for number in (days, days + more))
    assert years([shorter]) <= years([longer])


def test_days_on_several_leading_assignments_count_once_and_those_ahead_do_not() -> None:
    assignments = [
        assignment("2023-01-01", "2025-01-01", "M2", MANAGEMENT),
        assignment("2024-01-01", "2025-01-01", "M2", MANAGEMENT, "acting"),
        assignment("2020-01-01", "2023-01-01"),
        assignment("2027-01-01", None, "M3", MANAGEMENT),
    ]
    assert years_managing(assignments, [span("2024-06-01", "2025-07-02")], DAY) == Decimal("2.49")
    assert years_managing([], [], DAY) == 0


def test_a_step_goes_on_over_positions_of_the_same_grade_and_over_a_rotation() -> None:
    assignments = [
        assignment("2019-01-01", "2022-01-01", "P4"),
        assignment("2022-01-01", "2023-01-01"),
        assignment("2023-01-01", "2024-01-01"),
        assignment("2024-01-01", "2025-01-01", "P7", kind="rotation"),
        assignment("2025-01-01"),
        assignment("2025-03-01", None, "M1", MANAGEMENT, "acting"),
    ]
    assert years_in_step(assignments, DAY) == 4
    assert years_in_step(assignments, date(2024, 7, 1)) == Decimal("2.49")
    assert years_in_step(assignments, date(2022, 1, 1)) == 0
    assert years_in_step(assignments, date(2018, 12, 31)) is None


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (assignment("2020-01-01", "2024-12-31"), "1"),  # a day without an assignment between
        (assignment("2020-01-01", "2025-01-01", "P4"), "1"),
        (assignment("2020-01-01", "2025-01-01", "P5", MANAGEMENT), "1"),
        (assignment("2024-01-01", "2025-01-01", "P4", kind="rotation"), "1"),
        (assignment("2020-01-01", "2025-01-01"), "6"),
    ],
)
def test_another_grade_or_track_or_a_gap_begins_the_step_anew(before: Stretch, expected: str) -> None:
    assert years_in_step([before, assignment("2025-01-01")], DAY) == Decimal(expected)
