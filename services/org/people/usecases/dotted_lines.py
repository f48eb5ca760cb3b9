"""Explicit second reporting lines between two people (ORG-08)."""

from datetime import date
from typing import Any
from uuid import UUID

from services.kit.database import ReadSession, days, period
from services.kit.errors import FieldError, Invalid, NotFound, Stale, Text
from services.kit.pages import Paging, Rows, page
from services.kit.periods import Period
from services.kit.unit_of_work import UnitOfWork
from services.org.people.store import dotted_lines as rows
from services.org.people.store import employees as employee_rows
from services.org.people.store.tables import DottedLineRow
from services.org.people.usecases.employees import for_update
from services.org.people.usecases.scope import require_hr_of
from services.org.structure.usecases.references import EMPLOYEE, require_in_force


class DottedLineUnknown(NotFound):
    """There is no such line."""

    code = "dotted_line_unknown"
    zh = "找不到该虚线汇报关系，或您无权查看。"
    en = "There is no such dotted line, or you may not see it."


class DottedToOneself(Invalid):
    """Nobody reports to himself."""

    code = "dotted_to_oneself"
    zh = "不能向自己汇报，请另选一名员工。"
    en = "Nobody can report to themselves; choose somebody else."


async def draw(
    uow: UnitOfWork,
    *,
    employee_id: UUID,
    superior_id: UUID,
    valid: Period,
    note: str | None,
) -> UUID:
    """Have somebody report to a second person for some days; the same line twice on one day is refused.

    Raises:
        EmployeeUnknown, DottedToOneself, ReferenceNotInForce, OutOfScope.
    """
    await for_update(uow.session, employee_id)
    await require_hr_of(uow.session, uow.caller, employee_id, valid.start, uow.today)
    if employee_id == superior_id:
        raise DottedToOneself(
            field_errors=[FieldError("/superior_id", str(superior_id), Text("另一名员工", "another person"))]
        )
    first = Period(valid.start, valid.start + date.resolution)
    for pointer, who in (("/employee_id", employee_id), ("/superior_id", superior_id)):
        require_in_force(pointer, who, first, await employee_rows.employed(uow.session, who), EMPLOYEE)
    row = DottedLineRow(employee_id=employee_id, superior_id=superior_id, valid=days(valid), note=note, revision=1)
    uow.session.add(row)
    await uow.session.flush()
    await uow.record(
        "org.employee.changed",
        subject=("dotted_line", row.id),
        after={"employee_id": employee_id, "superior_id": superior_id, "valid": valid},
        data={
            "employee_id": employee_id,
            "superior_id": superior_id,
            "first_day": valid.start,
            "last_day": valid.last,
        },
        about=("employee", employee_id),
    )
    return row.id


async def end(
    uow: UnitOfWork,
    *,
    line_id: UUID,
    expected_revision: int,
    last_day: date,
) -> None:
    """Let a line end.

    Raises:
        DottedLineUnknown, Stale, PeriodReversed, OutOfScope.
    """
    row = await uow.session.get(DottedLineRow, line_id, with_for_update=True)
    if row is None:
        raise DottedLineUnknown
    await require_hr_of(uow.session, uow.caller, row.employee_id, last_day, uow.today)
    if row.revision != expected_revision:
        raise Stale
    before = period(row.valid)
    row.valid = days(Period.closed(before.start, last_day))
    row.revision += 1
    await uow.record(
        "org.employee.changed",
        subject=("dotted_line", line_id),
        before={"valid": before},
        after={"last_day": last_day},
        data={
            "employee_id": row.employee_id,
            "superior_id": row.superior_id,
            "first_day": before.start,
            "last_day": last_day,
        },
        about=("employee", row.employee_id),
    )


async def one(session: ReadSession, *, line_id: UUID) -> DottedLineRow:
    """A line.

    Raises:
        DottedLineUnknown: there is none.
    """
    row = await session.get(DottedLineRow, line_id)
    if row is None:
        raise DottedLineUnknown
    return row


async def listed(
    session: ReadSession, *, paging: Paging, day: date | None, employee_id: UUID | None, superior_id: UUID | None
) -> Rows[Any]:
    """Lines in the order in which they were drawn."""
    query = rows.listed(day, employee_id, superior_id)
    return await page(session, query, keys=[DottedLineRow.id], paging=paging)
