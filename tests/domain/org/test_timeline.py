"""Timelines, trees and assignments as pure rules, under random sequences of changes (ORG-01, ORG-02, ORG-07)."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.periods import Period
from services.kit.timeline import NotInForce, Version, amended, at, closed, gaps, merged, overlaid, union
from services.org.people.domain.assignment import RotationLength, check_rotation
from services.org.people.domain.incumbent import Incumbent, holder
from services.org.structure.domain.occupancy import AssignmentKind, first_over_headcount
from services.org.structure.domain.tree import Edge, in_circles, loose

START = date(2026, 1, 1)
DAYS = st.integers(0, 60).map(lambda n: START + timedelta(n))


@dataclass(frozen=True)
class Facts:
    """A stand-in for what is true of a unit or position."""

    name: str = "a"
    parent: int = 0


CHANGES = st.fixed_dictionaries({}, optional={"name": st.sampled_from("abc"), "parent": st.integers(0, 2)})


def every_day() -> list[date]:
    return [START + timedelta(n) for n in range(70)]


@given(st.lists(st.tuples(DAYS, CHANGES), max_size=8))
@pytest.mark.req("ORG-01")
def test_a_change_never_rewrites_an_earlier_day_and_leaves_one_version_a_day(
    changes: list[tuple[date, dict[str, object]]],
) -> None:
    timeline = [Version(Period(START), Facts())]
    for day, change in changes:
        before, timeline = timeline, amended(timeline, day, change)
        for each in every_day():
            assert sum(version.valid.contains(each) for version in timeline) == 1
            was, now = at(before, each), at(timeline, each)
            assert was is not None
            assert now is not None
            if each < day:
                assert was.facts == now.facts
        on_day = at(timeline, day)
        assert on_day is not None
        assert all(getattr(on_day.facts, name) == value for name, value in change.items())


@given(DAYS, DAYS)
@pytest.mark.req("ORG-01")
def test_a_later_change_of_the_same_field_stands_and_other_fields_carry_on(early: date, late: date) -> None:
    timeline = amended([Version(Period(START), Facts())], late, {"name": "late"})
    timeline = amended(timeline, early, {"name": "early", "parent": 7})
    last = timeline[-1].facts
    assert last.parent == 7
    assert last.name == ("late" if early < late else "early")


@given(st.lists(st.tuples(DAYS, CHANGES), max_size=5), DAYS.filter(lambda day: day > START))
@pytest.mark.req("ORG-01")
def test_nothing_is_in_force_after_the_close_and_everything_before(
    changes: list[tuple[date, dict[str, object]]], end: date
) -> None:
    timeline = [Version(Period(START), Facts())]
    for day, change in changes:
        timeline = amended(timeline, day, change)
    ended = closed(timeline, end)
    for day in every_day():
        now, was = at(ended, day), at(timeline, day)
        assert (now is None) == (day >= end)
        assert now is None or was is None or now.facts == was.facts


@pytest.mark.req("ORG-01")
def test_nothing_changes_on_a_day_on_which_it_is_not_in_force() -> None:
    with pytest.raises(NotInForce):
        amended([Version(Period(START), Facts())], START - timedelta(1), {"name": "b"})


@given(st.lists(st.tuples(DAYS, st.integers(1, 30)), max_size=6), DAYS, st.integers(1, 30))
def test_the_gaps_of_a_span_and_what_covers_it_make_up_the_span(
    covers: list[tuple[date, int]], start: date, length: int
) -> None:
    periods = [Period(first, first + timedelta(days)) for first, days in covers]
    needed = Period(start, start + timedelta(length))
    for day in every_day():
        missing = any(gap.contains(day) for gap in gaps(needed, periods))
        covered = any(period.contains(day) for period in periods)
        assert missing == (needed.contains(day) and not covered)
        assert any(period.contains(day) for period in union(periods)) == covered


@given(st.lists(st.tuples(DAYS, CHANGES), max_size=4), DAYS)
@pytest.mark.req("ORG-14")
def test_what_a_file_says_holds_from_its_first_day_and_nothing_before_changes(
    changes: list[tuple[date, dict[str, object]]], first: date
) -> None:
    present = [Version(Period(START), Facts())]
    for day, change in changes:
        present = amended(present, day, change)
    recorded = [Version(Period(first), Facts("file"))]
    laid = overlaid(present, recorded)
    for day in every_day():
        now, was = at(laid, day), at(present, day)
        assert now is not None
        assert was is not None
        assert now.facts == (Facts("file") if day >= first else was.facts)
    assert overlaid(laid, recorded) == laid == merged(laid)


IDS = [UUID(int=number) for number in range(1, 7)]
EDGES = st.dictionaries(
    st.sampled_from(IDS),
    st.lists(st.tuples(DAYS, st.integers(1, 30), st.none() | st.sampled_from(IDS)), min_size=1, max_size=3),
)


@given(EDGES)
@pytest.mark.req("ORG-01", "ORG-02")
def test_lines_that_never_reach_a_top_are_found_on_every_day(
    drawn: dict[UUID, list[tuple[date, int, UUID | None]]],
) -> None:
    edges: dict[UUID, list[Edge]] = {}
    for thing, parts in drawn.items():
        taken: list[Period] = []
        for first, length, above in parts:
            period = Period(first, first + timedelta(length))
            if above != thing and not any(other.overlap(period) for other in taken):
                taken.append(period)
                edges.setdefault(thing, []).append(Edge(period, above))
    found = loose(edges)
    circles = in_circles(edges)
    for day in every_day():
        for thing, rows in edges.items():
            if any(row.valid.contains(day) for row in rows):
                end = ends_at(thing, day, edges)
                assert any(period.contains(day) for period in found.get(thing, [])) == (end != "top")
                assert end != "circle through itself" or thing in circles


def ends_at(thing: UUID, day: date, edges: dict[UUID, list[Edge]]) -> str:
    """Where the line up from a thing ends on a day, found by simply walking it."""
    seen = [thing]
    while True:
        row = next((row for row in edges.get(seen[-1], []) if row.valid.contains(day)), None)
        if row is None:
            return "nowhere"
        if row.above is None:
            return "top"
        if row.above in seen:
            return "circle through itself" if row.above == thing else "circle above"
        seen.append(row.above)


@given(st.lists(st.tuples(DAYS, st.integers(1, 40)), max_size=8), st.integers(0, 3))
@pytest.mark.req("ORG-02")
def test_the_first_over_headcount_day_is_the_first_day_with_more_people_than_assignments(
    spans: list[tuple[date, int]], headcount: int
) -> None:
    periods = [Period(first, first + timedelta(days)) for first, days in spans]
    found = first_over_headcount([(Period(START), headcount)], periods)
    crowded = [day for day in every_day() if sum(p.contains(day) for p in periods) > headcount]
    assert (found[0] if found else None) == (crowded[0] if crowded else None)


@pytest.mark.req("ORG-08")
def test_the_main_holder_goes_before_who_acts_and_who_acts_before_a_concurrent_one() -> None:
    def assignment(number: str, kind: AssignmentKind, start: date = START) -> Incumbent:
        return Incumbent(UUID(int=int(number)), number, UUID(int=9), kind, Period(start))

    concurrent, acting = assignment("1", AssignmentKind.CONCURRENT), assignment("2", AssignmentKind.ACTING)
    late, early = (
        assignment("3", AssignmentKind.PRIMARY, START + timedelta(1)),
        assignment("4", AssignmentKind.ROTATION),
    )
    project = assignment("5", AssignmentKind.PROJECT)
    day = START + timedelta(5)
    assert holder([concurrent, acting, late, early, project], day) == early
    assert holder([concurrent, acting], day) == acting
    assert holder([concurrent, project], day) == concurrent
    assert holder([project], day) is None
    assert holder([late], START) is None


def days(first: str, last: str | None) -> Period:
    return Period.closed(date.fromisoformat(first), date.fromisoformat(last) if last else None)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-02-01", "2026-07-31"),
        ("2026-02-01", "2027-01-31"),
        ("2025-08-31", "2026-02-27"),  # half a year from 31 August ends before 28 February
    ],
)
@pytest.mark.req("ORG-07")
def test_a_rotation_may_take_six_to_twelve_months(first: str, last: str) -> None:
    check_rotation(days(first, last))


@pytest.mark.parametrize(
    ("first", "last"), [("2026-02-01", "2026-07-30"), ("2026-02-01", "2027-02-01"), ("2026-02-01", None)]
)
@pytest.mark.req("ORG-07")
def test_a_shorter_longer_or_endless_rotation_is_refused(first: str, last: str | None) -> None:
    with pytest.raises(RotationLength):
        check_rotation(days(first, last))
