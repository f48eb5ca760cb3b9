"""Rows of one person's assignments against each other, compared with looking at every pair (ORG-14)."""

from datetime import date, timedelta
from itertools import combinations, count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.files.clearing import AS_IT_IS, Empty
from services.kit.files.sheets import Line
from services.kit.periods import Period
from services.kit.timeline import gaps
from services.org.exchange.domain.people_import import People, Person, planned
from services.org.exchange.domain.roster import AssignmentLine, EmployeeLine, Findings, covered
from services.org.people.domain.assignment import Assignment
from services.org.people.domain.career import AssignmentsOverlap, Career
from services.org.people.domain.employment import Employment
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
ids = st.integers(10, 10**9).map(lambda n: UUID(int=n))
made = st.builds(Assignment, ids, st.sampled_from(POSITIONS), kinds, periods)


def clash(one: Assignment, other: Assignment) -> bool:
    exclude = one.position_id == other.position_id or (one.kind in MAIN and other.kind in MAIN)
    return exclude and one.valid.overlap(other.valid) is not None


def laid(career: Career, employees: list[EmployeeLine], assignments: list[AssignmentLine]) -> tuple[People, Findings]:
    numbers = count(1000)
    findings = Findings()
    people = planned(
        [Line(row, line) for row, line in enumerate(employees, 2)],
        [Line(row, line) for row, line in enumerate(assignments, 2)],
        employee_ids={"E1": PERSON},
        position_ids={"P": POSITIONS[0], "Q": POSITIONS[1]},
        present={PERSON: Person("E1", "王一", "e1@example.com", career)},
        overfill_reason=None,
        new_id=lambda: UUID(int=next(numbers)),
        findings=findings,
    )
    return people, findings


@given(st.lists(made, max_size=6), st.lists(made, max_size=4))
def test_an_overlap_is_found_wherever_two_assignments_exclude_each_other(
    new: list[Assignment], kept: list[Assignment]
) -> None:
    stored: list[Assignment] = []
    for each in kept:
        if not any(clash(each, other) or each.id == other.id for other in stored):  # what is stored never clashes
            stored.append(each)
    new = list({each.id: each for each in new if each.id not in {other.id for other in stored}}.values())
    before = Career(PERSON, (Employment(UUID(int=5), Period(date(2020, 1, 1))),), tuple(stored))
    found = list(before.with_assignments(*new).refusals(before))
    clashing = [pair for pair in combinations([*stored, *new], 2) if clash(*pair)]
    assert bool(found) == bool(clashing)
    assert all(isinstance(refusal, AssignmentsOverlap) for _, refusal in found)
    assert {at_fault.id for at_fault, _ in found} <= {each.id for pair in clashing for each in pair} & {
        each.id for each in new
    }


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
    career = Career(PERSON, (Employment(UUID(int=5), Period(DAY)),))
    firsts = (DAY + timedelta(n) for n in range(20_000))
    lines = [AssignmentLine("E1", "P", AssignmentKind.PRIMARY, first, first, AS_IT_IS) for first in firsts]
    people, findings = laid(career, [], lines)
    assert (len(people.now[PERSON].career.assignments), findings.field_errors) == (20_000, [])


EMPLOYMENT = Employment(UUID(int=5), Period.closed(DAY, date(2026, 12, 31)), date(2026, 3, 31), "合同到期")
POST = Assignment(UUID(int=6), POSITIONS[0], AssignmentKind.PRIMARY, Period.closed(DAY, date(2026, 6, 30)), "调岗")
CAREER = Career(PERSON, (EMPLOYMENT,), (POST,))


@pytest.mark.parametrize("said", [None, AS_IT_IS])
def test_an_empty_cell_leaves_a_value_and_a_cleared_one_takes_it_away(said: Empty | None) -> None:
    employee = EmployeeLine("E1", "王一", said, DAY, said, said)
    assignment = AssignmentLine("E1", "P", AssignmentKind.PRIMARY, DAY, said, said)
    people, findings = laid(CAREER, [employee], [assignment])
    now = people.now[PERSON]
    assert findings.field_errors == []
    if said is AS_IT_IS:
        assert now == Person("E1", "王一", "e1@example.com", CAREER)
        return
    (employment,), (post,) = now.career.employments, now.career.assignments
    assert (now.email, employment.valid, employment.probation_until) == (None, Period(DAY), None)
    assert employment.termination_reason is None
    assert (post.valid, post.note) == (Period(DAY), None)


def test_a_file_that_ends_an_employment_remembers_what_a_termination_by_hand_does() -> None:
    last = date(2026, 6, 30)
    people, findings = laid(CAREER, [EmployeeLine("E1", "王一", AS_IT_IS, DAY, AS_IT_IS, last)], [])
    career = people.now[PERSON].career
    assert findings.field_errors == []
    assert [each.last_day for each in career.terminations] == [last]
    assert career.employments[0].termination_reason == "合同到期"
