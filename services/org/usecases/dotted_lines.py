"""Explicit second reporting lines between two people (ORG-08)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.kit.database import ReadSession, WriteSession, days, period
from services.kit.errors import Fault, Invalid, NotFound, Stale, Text
from services.kit.identity import Caller
from services.kit.pages import Paging, Rows, page
from services.kit.periods import Period
from services.org.store import dotted_lines as rows
from services.org.store import employees as employee_rows
from services.org.store.tables import DottedLineRow
from services.org.usecases import trail
from services.org.usecases.employees import for_update
from services.org.usecases.reach import require_hr_of
from services.org.usecases.references import EMPLOYEE, require_in_force


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
    session: WriteSession,
    *,
    caller: Caller,
    now: datetime,
    today: date,
    employee_id: UUID,
    superior_id: UUID,
    valid: Period,
    note: str | None,
) -> UUID:
    """Have somebody report to a second person for some days; the same line twice on one day is refused.

    Raises:
        EmployeeUnknown, DottedToOneself, ReferenceNotInForce, OutOfReach.
    """
    await for_update(session, employee_id)
    await require_hr_of(session, caller, employee_id, valid.start, today)
    if employee_id == superior_id:
        raise DottedToOneself(faults=[Fault("/superior_id", str(superior_id), Text("另一名员工", "another person"))])
    first = Period(valid.start, valid.start + date.resolution)
    for pointer, who in (("/employee_id", employee_id), ("/superior_id", superior_id)):
        require_in_force(pointer, who, first, await employee_rows.employed(session, who), EMPLOYEE)
    row = DottedLineRow(employee_id=employee_id, superior_id=superior_id, valid=days(valid), note=note, version=1)
    session.add(row)
    await session.flush()
    await trail.leave(
        session,
        caller=caller,
        now=now,
        action="dotted_line.draw",
        resource="dotted_line",
        resource_id=row.id,
        after={"employee_id": employee_id, "superior_id": superior_id, "valid": valid},
        news="org.employee.changed",
        about=("employee", employee_id),
        data={
            "employee_id": employee_id,
            "superior_id": superior_id,
            "first_day": valid.start,
            "last_day": valid.last,
        },
    )
    return row.id


async def end(
    session: WriteSession,
    *,
    caller: Caller,
    now: datetime,
    today: date,
    line_id: UUID,
    expected_version: int,
    last_day: date,
) -> None:
    """Let a line end.

    Raises:
        DottedLineUnknown, Stale, PeriodReversed, OutOfReach.
    """
    row = await session.get(DottedLineRow, line_id, with_for_update=True)
    if row is None:
        raise DottedLineUnknown
    await require_hr_of(session, caller, row.employee_id, last_day, today)
    if row.version != expected_version:
        raise Stale
    before = period(row.valid)
    row.valid = days(Period.closed(before.start, last_day))
    row.version += 1
    await trail.leave(
        session,
        caller=caller,
        now=now,
        action="dotted_line.end",
        resource="dotted_line",
        resource_id=line_id,
        before={"valid": before},
        after={"last_day": last_day},
        news="org.employee.changed",
        about=("employee", row.employee_id),
        data={
            "employee_id": row.employee_id,
            "superior_id": row.superior_id,
            "first_day": before.start,
            "last_day": last_day,
        },
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
