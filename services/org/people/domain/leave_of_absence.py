"""Recording and shortening absences (ORG-07)."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.kit.errors import Conflict, FieldError, NotFound, Text, existing
from services.kit.periods import Period
from services.org.people.domain.absence import Absence
from services.org.people.domain.career import Career
from services.org.structure.domain.references import EMPLOYEE, require_in_force


class AbsenceUnknown(NotFound):
    """There is no such absence."""

    code = "absence_unknown"
    zh = "找不到该请假记录，可能已被撤销。"
    en = "There is no such absence; it may have been withdrawn."


class AlreadyAbsent(Conflict):
    """The person is away on some of these days already."""

    code = "already_absent"
    zh = "该员工在 {day} 已有请假记录，请调整日期或先修改原记录。"
    en = "The person already has an absence on {day}; change the dates or the earlier absence."


def record_absence(career: Career, absence: Absence) -> Career:
    """The career with an absence added.

    Raises:
        ReferenceNotInForce: not employed on all these days.
        AlreadyAbsent: away on one of them already.
    """
    employed = [each.valid for each in career.employments]
    require_in_force("/employee_id", career.employee_id, absence.valid, employed, EMPLOYEE)
    for other in career.absences:
        if other.valid.overlap(absence.valid):
            expected = Text("不与其他请假记录重叠的日期", "days that overlap no other absence")
            field_errors = [FieldError("/valid_from", str(absence.valid.start), expected)]
            raise AlreadyAbsent(day=other.valid.start, field_errors=field_errors)
    return replace(career, absences=(*career.absences, absence))


def absence_of(career: Career, absence_id: UUID) -> Absence:
    """One absence.

    Raises:
        AbsenceUnknown: the person has none of this id.
    """
    return existing(next((each for each in career.absences if each.id == absence_id), None), AbsenceUnknown)


def end_absence(career: Career, absence_id: UUID, last_day: date) -> Career:
    """The career with an absence that ends earlier than recorded; a later day changes nothing.

    Raises:
        AbsenceUnknown, PeriodReversed.
    """
    absence = absence_of(career, absence_id)
    shorter = Period.closed(absence.valid.start, last_day).overlap(absence.valid) or absence.valid
    ended = replace(absence, valid=shorter, revision=absence.revision + 1)
    return replace(career, absences=tuple(ended if each.id == absence_id else each for each in career.absences))
