"""Careers as pure values: whatever is commanded, what is accepted is sound, and rescinding restores (ORG-07)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.errors import DomainError
from services.kit.periods import Period
from services.kit.timeline import gaps
from services.org.employment.domain import termination
from services.org.people.domain import placement
from services.org.people.domain.assignment import Assignment, RotationLength
from services.org.people.domain.career import AssignmentsOverlap, Career, overlap
from services.org.people.domain.employment import Employment
from services.org.people.domain.hiring import change_hire_date, hire
from services.org.people.domain.probation import ProbationTooLong
from services.org.structure.domain.occupancy import AssignmentKind

pytestmark = pytest.mark.req("ORG-07")
TODAY = date(2026, 1, 5)
HIRED = date(2026, 1, 1)
POSITIONS = [UUID(int=number) for number in range(1, 4)]
DAYS = st.integers(1, 700).map(lambda days: TODAY + timedelta(days))
LENGTHS = st.sampled_from([100, 200, 250, 300])

Command = Callable[[Career, int], Career]


def new_career() -> Career:
    career = hire(Career(UUID(int=99)), Employment(UUID(int=98), Period(HIRED), date(2026, 6, 30)))
    first = Assignment(UUID(int=1000), POSITIONS[0], AssignmentKind.PRIMARY, Period(HIRED))
    return placement.assign(career, first, UUID(int=1001))


def assigned(kind: AssignmentKind, position: UUID, day: date, length: int) -> Command:
    def command(career: Career, number: int) -> Career:
        made = Assignment(UUID(int=number), position, kind, Period(day, day + timedelta(length)))
        return placement.assign(career, made, UUID(int=number + 1))

    return command


def transferred(position: UUID, day: date) -> Command:
    def command(career: Career, number: int) -> Career:
        return placement.transfer(career, Assignment(UUID(int=number), position, AssignmentKind.PRIMARY, Period(day)))

    return command


def rescinded(which: int) -> Command:
    def command(career: Career, _number: int) -> Career:
        chosen = career.assignments[which % len(career.assignments)]
        return placement.rescind_assignment(career, chosen.id, today=TODAY)

    return command


COMMANDS = st.lists(
    st.one_of(
        st.builds(assigned, st.sampled_from(AssignmentKind), st.sampled_from(POSITIONS), DAYS, LENGTHS),
        st.builds(transferred, st.sampled_from(POSITIONS), DAYS),
        st.builds(rescinded, st.integers(0, 20)),
    ),
    max_size=8,
)


def after(commands: list[Command]) -> Career:
    """A career after the commands that it accepted."""
    career = new_career()
    for number, command in enumerate(commands):
        try:
            career = command(career, 2000 + 2 * number)
        except DomainError:
            continue
    return career


def unrevised(career: Career) -> list[tuple[UUID, UUID, AssignmentKind, Period]]:
    return sorted((each.id, each.position_id, each.kind, each.valid) for each in career.assignments)


@given(COMMANDS)
def test_main_assignments_follow_each_other_and_no_position_is_held_twice(commands: list[Command]) -> None:
    career = after(commands)
    main = [each.valid for each in career.assignments if each.is_main]
    assert all(earlier.end is not None and earlier.end <= later.start for earlier, later in pairwise(main))
    for position_id in POSITIONS:
        held = [each.valid for each in career.assignments if each.position_id == position_id]
        assert all(earlier.end is not None and earlier.end <= later.start for earlier, later in pairwise(held))


@given(COMMANDS, st.lists(DAYS, min_size=1, max_size=3))
def test_a_rescinded_termination_leaves_the_career_as_it_was(commands: list[Command], days: list[date]) -> None:
    career = after(commands)
    ended = career
    for day in sorted(days, reverse=True):
        ended = termination.terminate(ended, day, "reason")
        employed = [each.valid for each in ended.employments]
        assert not any(gaps(each.valid, employed) for each in ended.assignments)
    back = termination.rescind_termination(ended, today=TODAY, restore=True)
    assert unrevised(back) == unrevised(career)
    assert (back.employments, back.terminations) == (career.employments, ())


@given(COMMANDS, DAYS, st.integers(1, 200))
def test_a_rescheduled_termination_is_that_of_the_later_day(commands: list[Command], day: date, more: int) -> None:
    career, later = after(commands), day + timedelta(more)
    moved = termination.reschedule_termination(
        termination.terminate(career, day, "reason"), later, today=TODAY, restore=True
    )
    assert unrevised(moved) == unrevised(termination.terminate(career, later, "reason"))


def test_a_rotation_of_two_months_is_none_even_if_the_employment_ends_with_it() -> None:
    leaving = termination.terminate(new_career(), date(2026, 9, 30), "合同期满")
    away = Period.closed(date(2026, 8, 1), date(2026, 9, 30))
    with pytest.raises(RotationLength):
        placement.assign(leaving, Assignment(UUID(int=2), POSITIONS[1], AssignmentKind.ROTATION, away), UUID(int=3))


def test_a_rotation_does_not_outlast_the_assignment_that_it_returns_to() -> None:
    away = Period(date(2026, 2, 1), date(2026, 9, 1))
    rotation = Assignment(UUID(int=2), POSITIONS[1], AssignmentKind.ROTATION, away)
    back = placement.assign(new_career(), rotation, UUID(int=3))
    career = placement.transfer(
        back, Assignment(UUID(int=4), POSITIONS[2], AssignmentKind.PRIMARY, Period(date(2026, 11, 1)))
    )
    for end in (date(2026, 11, 1), date(2026, 12, 1)):
        longer = replace(rotation, valid=Period(away.start, end))
        with pytest.raises(AssignmentsOverlap) as refused:
            placement.change_assignment(career, longer, today=TODAY)
        assert refused.value.field_errors[0].pointer == "/valid_to"


@pytest.mark.req("ORG-15")
def test_a_hire_that_is_moved_keeps_a_lawful_probation() -> None:
    ahead = hire(Career(UUID(int=99)), Employment(UUID(int=98), Period(date(2026, 3, 1)), date(2026, 8, 31)))
    with pytest.raises(ProbationTooLong):
        change_hire_date(ahead, date(2026, 2, 1), date(2026, 8, 31), today=TODAY)
    moved = change_hire_date(ahead, date(2026, 2, 1), date(2026, 7, 31), today=TODAY)
    assert moved.employments[0].probation_until == date(2026, 7, 31)


def test_an_overlap_with_an_assignment_without_end_is_told_in_plain_words() -> None:
    refusal = overlap(Period(date(2026, 3, 1)), "/valid_from", date(2026, 4, 1))
    assert refusal.text("en") == "This overlaps the person's assignment from 2026-03-01 on; change the dates."
    assert refusal.text("zh") == "与该员工 2026-03-01 起的任职重叠，请调整日期。"
    ended = overlap(Period(date(2026, 3, 1), date(2026, 7, 1)), "/valid_from", date(2026, 4, 1))
    assert ended.text("zh") == "与该员工 2026-03-01 至 2026-06-30 期间的任职重叠，请调整日期。"
