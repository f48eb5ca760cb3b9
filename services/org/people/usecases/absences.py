"""Leaves of absence: recorded, ended early; told to the person, HR and auditors only (ORG-07)."""

from datetime import date
from typing import Any
from uuid import UUID

from services.kit.database import ReadSession, days, period
from services.kit.errors import Conflict, FieldError, NotFound, Stale, Text
from services.kit.identity import Caller, Role
from services.kit.pages import Paging, Rows, page
from services.kit.periods import Period
from services.kit.unit_of_work import UnitOfWork
from services.org.people.domain.absence import AbsenceKind
from services.org.people.store import absences as rows
from services.org.people.store import employees as employee_rows
from services.org.people.store.tables import AbsenceRow
from services.org.people.usecases.employees import EmployeeUnknown, for_update
from services.org.people.usecases.scope import require_hr_of
from services.org.structure.usecases.references import EMPLOYEE, require_in_force


class AbsenceUnknown(NotFound):
    """There is no such absence, or none that the caller may know of."""

    code = "absence_unknown"
    zh = "找不到该请假记录，或您无权查看。"
    en = "There is no such absence, or you may not see it."


class AlreadyAway(Conflict):
    """The person is away on some of these days already."""

    code = "already_away"
    zh = "该员工在 {day} 已有请假记录，请调整日期或先修改原记录。"
    en = "The person already has an absence on {day}; change the dates or the earlier absence."


async def record(
    uow: UnitOfWork,
    *,
    employee_id: UUID,
    kind: AbsenceKind,
    valid: Period,
) -> UUID:
    """Note that somebody is away for a time; the seat is kept, who stands in for it is an acting assignment.

    Raises:
        EmployeeUnknown, ReferenceNotInForce, AlreadyAway, OutOfScope.
    """
    await for_update(uow.session, employee_id)
    await require_hr_of(uow.session, uow.caller, employee_id, valid.start, uow.today)
    require_in_force(
        "/employee_id", employee_id, valid, await employee_rows.employed(uow.session, employee_id), EMPLOYEE
    )
    other = await rows.overlapping(uow.session, employee_id, valid)
    if other is not None:
        expected = Text("不与其他请假记录重叠的日期", "days that do not overlap another absence")
        field_errors = [FieldError("/first_day", str(valid.start), expected)]
        raise AlreadyAway(day=period(other.valid).start, field_errors=field_errors)
    row = AbsenceRow(employee_id=employee_id, kind=kind.value, valid=days(valid), revision=1)
    uow.session.add(row)
    await uow.session.flush()
    await _tell(uow, row, "absence.record")
    return row.id


async def end(
    uow: UnitOfWork,
    *,
    absence_id: UUID,
    expected_revision: int,
    last_day: date,
) -> None:
    """Let somebody come back earlier than was recorded.

    Raises:
        AbsenceUnknown, Stale, PeriodReversed, OutOfScope.
    """
    row = await rows.find_for_update(uow.session, absence_id)
    if row is None:
        raise AbsenceUnknown
    await require_hr_of(uow.session, uow.caller, row.employee_id, last_day, uow.today)
    if row.revision != expected_revision:
        raise Stale
    was = period(row.valid)
    shorter = Period.closed(was.start, last_day)
    row.valid = days(shorter.overlap(was) or was)
    row.revision += 1
    await _tell(uow, row, "absence.end")


async def listed(
    session: ReadSession, *, caller: Caller, employee_id: UUID, day: date | None, today: date, paging: Paging
) -> Rows[Any]:
    """The absences of a person, all or that of a day.

    Raises:
        EmployeeUnknown: for everybody but the person, HR over him and auditors.
    """
    path = await employee_rows.unit_path(session, employee_id, day or today)
    if caller.employee_id != employee_id and not caller.has_over(path, Role.HR, Role.AUDITOR):
        raise EmployeeUnknown
    return await page(session, rows.of_employee(employee_id, day), keys=[AbsenceRow.id], paging=paging)


async def _tell(uow: UnitOfWork, row: AbsenceRow, action: str) -> None:
    await uow.record(
        "org.employee.changed",
        subject=("absence", row.id),
        after={"employee_id": row.employee_id, "kind": row.kind, "valid": period(row.valid)},
        data={"employee_id": row.employee_id},
        about=("employee", row.employee_id),
    )
