"""Explicit second reporting lines between two people (ORG-08)."""

from datetime import date
from uuid import UUID

from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, days, period
from services.kit.errors import NotFound, Stale, existing
from services.kit.periods import Period
from services.kit.work.unit_of_work import UnitOfWork
from services.org.people.domain.directory import DottedLineEntry
from services.org.people.domain.dotted_line import DottedLine, require_no_circle
from services.org.people.store import dotted_lines as rows
from services.org.people.store import employees as employee_rows
from services.org.people.store.tables import DottedLineRow
from services.org.people.usecases import careers
from services.org.people.usecases.scope import require_hr_of
from services.org.structure.domain.references import EMPLOYEE, require_in_force
from services.org.structure.store import structure


class DottedLineUnknown(NotFound):
    """There is no such line."""

    code = "dotted_line_unknown"
    zh = "找不到该虚线汇报关系，可能已被撤销。"
    en = "There is no such dotted line; it may have been withdrawn."


async def create(uow: UnitOfWork, *, employee_id: UUID, superior_id: UUID, valid: Period, note: str | None) -> UUID:
    """Add a dotted line from a person to a second superior for some days; the same line twice on one day is refused.

    Raises:
        OwnCareer, EmployeeUnknown, DottedToOneself, DottedCircle, ReferenceNotInForce, OutOfScope.
    """
    careers.require_another(uow.caller, employee_id, superior_id)
    await structure.lock(uow.session)  # two lines made at once could close a circle between them
    await careers.lock_employee(uow, employee_id)
    await require_hr_of(uow.session, uow.caller, employee_id, valid.start, uow.today)
    line = DottedLine(employee_id, superior_id, valid)
    require_no_circle(line, await rows.sharing_a_day(uow.session, valid))
    first = Period(valid.start, valid.start + date.resolution)
    for pointer, who in (("/employee_id", employee_id), ("/superior_id", superior_id)):
        require_in_force(pointer, who, first, await employee_rows.employed(uow.session, who), EMPLOYEE)
    row = DottedLineRow(employee_id=employee_id, superior_id=superior_id, valid=days(valid), note=note, revision=1)
    uow.session.add(row)
    await uow.session.flush()
    await _record(uow, "org.dotted_line.created", row, None)
    return row.id


async def end(uow: UnitOfWork, *, line_id: UUID, revision: int, valid_to: date) -> None:
    """Give a line its last day, which may be later than the one that it had.

    Raises:
        DottedLineUnknown, OwnCareer, Stale, PeriodReversed, DottedCircle, OutOfScope.
    """
    await structure.lock(uow.session)
    row = existing(await uow.session.get(DottedLineRow, line_id, with_for_update=True), DottedLineUnknown)
    await require_hr_of(uow.session, uow.caller, row.employee_id, valid_to, uow.today)
    careers.require_another(uow.caller, row.employee_id, row.superior_id)
    if row.revision != revision:
        raise Stale
    was = period(row.valid)
    valid = Period.closed(was.start, valid_to)
    line = DottedLine(row.employee_id, row.superior_id, valid)
    require_no_circle(line, await rows.sharing_a_day(uow.session, valid, besides=line_id))
    row.valid = days(valid)
    row.revision += 1
    await uow.session.flush()
    await _record(uow, "org.dotted_line.ended", row, was)


async def _record(uow: UnitOfWork, event: str, row: DottedLineRow, was: Period | None) -> None:
    now = period(row.valid)
    people = {"employee_id": row.employee_id, "superior_id": row.superior_id}
    facts = {**people, "valid_from": now.start, "valid_to": now.last}
    before = None if was is None else {**facts, "valid_to": was.last}
    about = ("employee", row.employee_id)
    await uow.record(event, subject=("dotted_line", row.id), before=before, after=facts, data=facts, about=about)


async def one(session: ReadSession, *, line_id: UUID) -> DottedLineEntry:
    """A line.

    Raises:
        DottedLineUnknown: there is none.
    """
    return existing(await rows.one(session, line_id), DottedLineUnknown)


async def listed(
    session: ReadSession, *, paging: Paging, day: date | None, employee_id: UUID | None, superior_id: UUID | None
) -> Rows[DottedLineEntry]:
    """Lines in the order in which they were recorded."""
    return await rows.listed(session, paging, day=day, employee_id=employee_id, superior_id=superior_id)
