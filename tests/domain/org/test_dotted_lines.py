"""Dotted lines never go in a circle, compared with following them day by day (ORG-08)."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.periods import Period
from services.org.people.domain.dotted_line import DottedCircle, DottedLine, DottedToOneself, require_no_circle

pytestmark = pytest.mark.req("ORG-08")
DAY = date(2026, 1, 1)
PEOPLE = [UUID(int=n) for n in range(1, 6)]
days = st.integers(0, 10).map(lambda n: DAY + timedelta(n))
periods = st.builds(
    lambda start, length: Period(start, None if length is None else start + timedelta(length)),
    days,
    st.none() | st.integers(1, 6),
)
people = st.sampled_from(PEOPLE)
lines = st.builds(DottedLine, people, people, periods).filter(lambda line: line.employee_id != line.superior_id)


def has_circle(line: DottedLine, others: list[DottedLine], day: date) -> bool:
    reached, to_follow = set[UUID](), [line.superior_id] if line.valid.contains(day) else []
    while to_follow:
        person = to_follow.pop()
        if person not in reached:
            reached.add(person)
            to_follow += [
                each.superior_id for each in others if each.employee_id == person and each.valid.contains(day)
            ]
    return line.employee_id in reached


@given(lines, st.lists(lines, max_size=8))
def test_a_line_is_refused_exactly_if_it_closes_a_circle_on_some_day(
    line: DottedLine, others: list[DottedLine]
) -> None:
    first = next((day for n in range(20) if has_circle(line, others, day := DAY + timedelta(n))), None)
    if first is None:
        require_no_circle(line, others)
    else:
        with pytest.raises(DottedCircle) as refused:
            require_no_circle(line, others)
        assert refused.value.context["day"] == first


def test_nobody_has_a_dotted_line_to_themselves() -> None:
    with pytest.raises(DottedToOneself):
        require_no_circle(DottedLine(PEOPLE[0], PEOPLE[0], Period(DAY)), [])
