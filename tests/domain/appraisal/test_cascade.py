"""Goals roll up from the lowest, nothing is counted twice, and there is never a circle (APR-05)."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.appraisal.alignment.domain.cascade import FormPlace, GoalKey, GoalNode, may_align, roll_up
from services.appraisal.library.domain.indicators.higher_is_better import HigherIsBetter
from services.appraisal.library.domain.scheme import Item, SubjectKind
from services.kit.errors import Text
from services.kit.periods import Period

pytestmark = pytest.mark.req("APR-05")
SALES = Item("S01", Text("销售额", "Sales"), Decimal(100), "S01", "indicator:x@1", HigherIsBetter())


def node(number: int, subject: int, target: int, actual: int | None, parent: int | None) -> GoalNode:
    up = None if parent is None else GoalKey(UUID(int=parent), "S01")
    reached = None if actual is None else Fraction(actual)
    return GoalNode(GoalKey(UUID(int=number), "S01"), UUID(int=subject), SALES, Decimal(target), reached, up)


@given(st.lists(st.tuples(st.integers(1, 900), st.integers(0, 900)), min_size=1, max_size=8))
def test_a_goal_without_actuals_of_its_own_is_the_sum_of_what_serves_it(parts: list[tuple[int, int]]) -> None:
    nodes = [node(1, 1, 1000, None, None)]
    nodes += [node(10 + n, 10 + n, target, actual, 1) for n, (target, actual) in enumerate(parts)]
    for order in (nodes, nodes[::-1]):
        top = roll_up(order)[nodes[0].key]
        assert top.actual == sum(actual for _, actual in parts)
        assert top.percent == Fraction(sum(actual for _, actual in parts), 10)
        assert (top.broken_down, top.aligned) == (sum(target for target, _ in parts), len(parts))


def test_the_parts_of_its_own_subject_count_and_not_others_besides() -> None:
    year, quarter, person = node(1, 1, 1000, None, None), node(2, 1, 250, 200, 1), node(3, 9, 100, 80, 1)
    found = roll_up([year, quarter, person, node(4, 9, 60, 50, 2)])
    assert (found[year.key].actual, found[year.key].broken_down, found[year.key].aligned) == (200, 250, 2)
    assert found[quarter.key].actual == 200  # its own measurement, not the person's again
    assert roll_up([year])[year.key].percent is None


UNITS = [UUID(int=number) for number in range(1, 6)]
PERIODS = [Period(date(2026, 1, 1), date(2026, 1, 1) + timedelta(days=days)) for days in (31, 90, 181, 365)]


@st.composite
def places(draw: st.DrawFn) -> FormPlace:
    depth = draw(st.integers(1, 5))
    path, period = tuple(UNITS[:depth]), draw(st.sampled_from(PERIODS))
    if draw(st.booleans()):
        return FormPlace(SubjectKind.UNIT, path[-1], path, period)
    return FormPlace(SubjectKind.EMPLOYEE, UUID(int=draw(st.integers(50, 52))), path, period)


@given(st.lists(places(), min_size=1, max_size=6))
def test_there_is_never_a_circle(chain: list[FormPlace]) -> None:
    closed = [*chain, chain[0]]
    assert not all(may_align(child, parent) for child, parent in pairwise(closed))


YEAR, QUARTER = PERIODS[3], PERIODS[1]
PERSON = (SubjectKind.EMPLOYEE, UUID(int=50), tuple(UNITS[:2]))
TEAM = (SubjectKind.UNIT, UNITS[1], tuple(UNITS[:2]))


@pytest.mark.parametrize(
    ("child", "over", "parent", "of", "may"),
    [
        (PERSON, QUARTER, PERSON, YEAR, True),
        (PERSON, QUARTER, PERSON, QUARTER, False),
        (PERSON, YEAR, PERSON, QUARTER, False),
        (PERSON, QUARTER, TEAM, QUARTER, True),
        (PERSON, YEAR, TEAM, QUARTER, False),
        (TEAM, QUARTER, PERSON, QUARTER, False),
        (PERSON, QUARTER, (SubjectKind.UNIT, UNITS[2], tuple(UNITS[:3])), QUARTER, False),
    ],
)
def test_what_a_goal_may_serve(child: Any, over: Period, parent: Any, of: Period, *, may: bool) -> None:
    assert may_align(FormPlace(*child, over), FormPlace(*parent, of)) is may


@given(places(), places())
def test_a_goal_serves_its_own_subject_over_longer_or_a_unit_above(child: FormPlace, parent: FormPlace) -> None:
    if may_align(child, parent):
        assert parent.cycle.days >= child.cycle.days
        assert parent.subject_id == child.subject_id or parent.subject_id in child.unit_path
