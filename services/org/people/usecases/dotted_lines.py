"""Explicit second reporting lines between two people (ORG-08)."""

from datetime import date
from uuid import UUID

from services.kit.database import ReadSession, days, period
from services.kit.errors import FieldError, Invalid, NotFound, Stale, Text
from services.kit.pages import Paging, Rows
from services.kit.periods import Period
from services.kit.unit_of_work import UnitOfWork
from services.org.people.domain.directory import DottedLineEntry
from services.org.people.store import dotted_lines as rows
from services.org.people.store import employees as employee_rows
from services.org.people.store.tables import DottedLineRow
from services.org.people.usecases import careers
from services.org.people.usecases.scope import require_hr_of
from services.org.structure.domain.references import EMPLOYEE, require_in_force


class DottedLineUnknown(NotFound):
    """There is no such line."""

    code = "dotted_line_unknown"
    zh = "找不到该虚线汇报关系，或您无权查看。"
    en = "There is no such dotted line, or you may not see it."


class DottedToOneself(Invalid):
    """Nobody reports to themselves."""

    code = "dotted_to_oneself"
    zh = "不能向自己汇报，请另选一名员工。"
    en = "Nobody can report to themselves; choose somebody else."


async def create(uow: UnitOfWork, *, employee_id: UUID, superior_id: UUID, valid: Period, note: str | None) -> UUID:
    """Have somebody report to a second person for some days; the same line twice on one day is refused.

    Raises:
        EmployeeUnknown, DottedToOneself, ReferenceNotInForce, OutOfScope.
    """
    await careers.lock_employee(uow, employee_id)
    await require_hr_of(uow.session, uow.caller, employee_id, valid.start, uow.today)
    if employee_id == superior_id:
        expected = Text("另一名员工", "another person")
        raise DottedToOneself(field_errors=[FieldError("/superior_id", str(superior_id), expected)])
    first = Period(valid.start, valid.start + date.resolution)
    for pointer, who in (("/employee_id", employee_id), ("/superior_id", superior_id)):
        require_in_force(pointer, who, first, await employee_rows.employed(uow.session, who), EMPLOYEE)
    row = DottedLineRow(employee_id=employee_id, superior_id=superior_id, valid=days(valid), note=note, revision=1)
    uow.session.add(row)
    await uow.session.flush()
    await _record(uow, "org.dotted_line.created", row, None)
    return row.id


async def end(uow: UnitOfWork, *, line_id: UUID, revision: int, valid_to: date) -> None:
    """End a line.

    Raises:
        DottedLineUnknown, Stale, PeriodReversed, OutOfScope.
    """
    row = await uow.session.get(DottedLineRow, line_id, with_for_update=True)
    if row is None:
        raise DottedLineUnknown
    await require_hr_of(uow.session, uow.caller, row.employee_id, valid_to, uow.today)
    if row.revision != revision:
        raise Stale
    was = period(row.valid)
    row.valid = days(Period.closed(was.start, valid_to))
    row.revision += 1
    await uow.session.flush()
    await _record(uow, "org.dotted_line.ended", row, was)


async def _record(uow: UnitOfWork, event: str, row: DottedLineRow, was: Period | None) -> None:
    now = period(row.valid)
    people = {"employee_id": row.employee_id, "superior_id": row.superior_id}
    told = {**people, "valid_from": now.start, "valid_to": now.last}
    before = None if was is None else {**told, "valid_to": was.last}
    about = ("employee", row.employee_id)
    await uow.record(event, subject=("dotted_line", row.id), before=before, after=told, data=told, about=about)


async def one(session: ReadSession, *, line_id: UUID) -> DottedLineEntry:
    """A line.

    Raises:
        DottedLineUnknown: there is none.
    """
    found = await rows.one(session, line_id)
    if found is None:
        raise DottedLineUnknown
    return found


async def listed(
    session: ReadSession, *, paging: Paging, day: date | None, employee_id: UUID | None, superior_id: UUID | None
) -> Rows[DottedLineEntry]:
    """Lines in the order in which they were recorded."""
    return await rows.listed(session, paging, day=day, employee_id=employee_id, superior_id=superior_id)
