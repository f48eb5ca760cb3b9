"""Hiring: an employment begins, again, on another day, or not at all (ORG-07)."""

from dataclasses import replace
from datetime import date

from services.kit.errors import Conflict, FieldError, Text
from services.kit.periods import Period
from services.org.people.domain.assignment import Assignment
from services.org.people.domain.career import Career
from services.org.people.domain.employment import Employment, StillEmployed
from services.org.people.domain.probation import require_lawful
from services.org.people.domain.timing import AlreadyBegun, require_movable, started


class NoEmploymentAhead(Conflict):
    """The person has no future employment."""

    code = "no_employment_ahead"
    zh = "该员工没有尚未开始的入职记录。"
    en = "The person has no future employment."


class BeforeHireDate(Conflict):
    """Something of the person is recorded for days before the new hire date."""

    code = "before_hire_date"
    zh = "该员工自 {day} 起已有任职或请假记录，请先调整。"
    en = "The person has an assignment or an absence from {day} on; change that first."


def hire(career: Career, employment: Employment) -> Career:
    """The career with one more employment; earlier ones and their assignments stay as they were.

    Raises:
        StillEmployed: already employed on one of its days.
        ProbationTooLong.
    """
    require_lawful(employment)
    _require_not_employed(career, employment)
    return career.with_employment(employment)


def correct_probation(career: Career, until: date | None, today: date) -> Career:
    """The career with another end of the present probation.

    Raises:
        NotEmployed, ProbationOutside, ProbationTooLong.
    """
    corrected = replace(career.employment_on(today, "/probation_until"), probation_until=until)
    require_lawful(corrected)
    return career.with_employment(corrected)


def employment_ahead(career: Career, today: date) -> Employment:
    """The last employment, which has not begun yet.

    Raises:
        NoEmploymentAhead, AlreadyBegun.
    """
    if not career.employments:
        raise NoEmploymentAhead
    last = career.employments[-1]
    if last.valid.start <= today:
        raise AlreadyBegun(day=last.valid.start)
    return last


def change_hire_date(
    career: Career, hired_on: date, probation_until: date | None, *, today: date, overfill_reason: str | None = None
) -> Career:
    """The career with another first day of the employment ahead; assignments that were to begin with it do so then.

    Raises:
        NoEmploymentAhead, AlreadyBegun, FirstDayPast, StillEmployed, PeriodReversed, ProbationOutside,
        ProbationTooLong, BeforeHireDate, and what ``Career.checked`` refuses for the assignments.
    """
    employment = employment_ahead(career, today)
    was = employment.valid
    require_movable(was, hired_on, today, "/hired_on")
    moved = replace(employment, valid=started(was, hired_on, "/hired_on"), probation_until=probation_until)
    require_lawful(moved)
    _require_not_employed(career, moved)
    within = _assignments_within(career, was)
    moving = [each for each in within if each.valid.start == was.start]
    _require_nothing_before(career, Period(was.start, was.end), moved, [each for each in within if each not in moving])
    changed = [
        replace(
            each,
            valid=started(each.valid, hired_on, "/hired_on"),
            overfill_reason=overfill_reason or each.overfill_reason,
        )
        for each in moving
    ]
    return career.with_employment(moved).with_assignments(*changed).checked(career, otherwise="/hired_on")


def rescind_hire(career: Career, today: date) -> Career:
    """The career without the employment ahead, its assignments and absences.

    Raises:
        NoEmploymentAhead, AlreadyBegun.
    """
    employment = employment_ahead(career, today)
    was = employment.valid
    return replace(
        career.without(*_assignments_within(career, was)),
        employments=tuple(each for each in career.employments if each != employment),
        absences=tuple(each for each in career.absences if not was.contains(each.valid.start)),
        terminations=tuple(each for each in career.terminations if each.last_day != was.last),
    )


def _assignments_within(career: Career, employed: Period) -> list[Assignment]:
    return [each for each in career.assignments if each.valid.overlap(employed)]


def _require_not_employed(career: Career, employment: Employment) -> None:
    for other in career.employments:
        shared = None if other.id == employment.id else other.valid.overlap(employment.valid)
        if shared is not None:
            found = str(employment.valid.start)
            expected = Text("上次离职之后的日期", "a day after the last employment")
            raise StillEmployed(day=shared.start, field_errors=[FieldError("/hired_on", found, expected)])


def _require_nothing_before(career: Career, was: Period, moved: Employment, staying: list[Assignment]) -> None:
    if moved.valid.start <= was.start:
        return
    dropped = Period(was.start, moved.valid.start)
    recorded = [each.valid for each in staying] + [each.valid for each in career.absences]
    begins = [valid.start for valid in recorded if valid.overlap(dropped)]
    if begins:
        expected = Text(f"不晚于 {min(begins)}", f"not after {min(begins)}")
        field_errors = [FieldError("/hired_on", str(moved.valid.start), expected)]
        raise BeforeHireDate(day=min(begins), field_errors=field_errors)
