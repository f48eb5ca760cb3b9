"""Employments that lie ahead: another first day, or none after all (ORG-07)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.kit.codec import fields_of
from services.kit.database import WriteSession, days, period
from services.kit.errors import Conflict, FieldError, Text
from services.kit.periods import Period, PeriodReversed
from services.kit.unit_of_work import UnitOfWork
from services.org.people.domain.first_day import AlreadyBegun, demand_movable
from services.org.people.store import absences as absence_rows
from services.org.people.store import assignments as seat_rows
from services.org.people.store import employees as rows
from services.org.people.store.tables import AssignmentRow, EmployeeRow, EmploymentRow
from services.org.people.usecases import seats
from services.org.people.usecases.employees import Hire, ProbationOutside, StillEmployed, for_update
from services.org.structure.store import structure
from services.org.structure.usecases.scope import require_hr


class NothingAhead(Conflict):
    """No employment of the person lies ahead."""

    code = "no_employment_ahead"
    zh = "该员工没有尚未开始的入职记录。"
    en = "The person has no employment ahead."


class BeforeFirstDay(Conflict):
    """Something of the person is recorded for days before the new first day."""

    code = "before_first_day"
    zh = "该员工自 {day} 起已有任职或请假记录，请先调整。"
    en = "The person has an assignment or an absence from {day} on; change that first."


async def move_start(
    uow: UnitOfWork,
    *,
    employee_id: UUID,
    expected_revision: int,
    start: Hire,
    overfill_reason: str | None = None,
) -> None:
    """Give an employment that has not begun another first day; seats that were to begin with it do so then.

    Raises:
        EmployeeUnknown, Stale, NothingAhead, AlreadyBegun, FirstDayPast, StillEmployed, PeriodReversed,
        ProbationOutside, BeforeFirstDay, OutOfScope, and what placing somebody raises for the seats.
    """
    row, employment = await _ahead(uow, employee_id, expected_revision)
    was = period(employment.valid)
    demand_movable(was, start.hired_on, uow.today, "/hired_on")
    valid = _begun(was, start.hired_on)
    await _demand_free(uow.session, employment, valid)
    if start.probation_until is not None and not valid.contains(start.probation_until):
        expected = Text("在职期间内的日期", "a day within the employment")
        raise ProbationOutside(field_errors=[FieldError("/probation_until", str(start.probation_until), expected)])
    held = await seat_rows.of_employee(uow.session, employee_id, was)
    moving = [seat for seat in held if period(seat.valid).start == was.start]
    await _demand_nothing_before(uow.session, employee_id, was, valid, [seat for seat in held if seat not in moving])
    before = {"hired_on": was.start, "probation_until": employment.probation_until}
    employment.valid, employment.probation_until = days(valid), start.probation_until
    await uow.session.flush()
    for seat in sorted(moving, key=lambda each: each.position_id):
        placing = seats.placing_of(seat, _begun(period(seat.valid), valid.start))
        if overfill_reason is not None:
            placing = replace(placing, overfill_reason=overfill_reason)
        action = "assignment.reschedule"
        await seats.change(uow, row=seat, placing=placing, action=action, pointer="/hired_on")
    after = fields_of(start)
    await _tell(uow, row, "employee.move_start", "org.employee.changed", before, after)


async def withdraw(
    uow: UnitOfWork,
    *,
    employee_id: UUID,
    expected_revision: int,
    reason: str,
) -> None:
    """Take back an employment that has not begun, with its seats and absences. The number stays the person's.

    Raises:
        EmployeeUnknown, Stale, NothingAhead, AlreadyBegun, OutOfScope.
    """
    row, employment = await _ahead(uow, employee_id, expected_revision)
    was = period(employment.valid)
    for seat in await seat_rows.of_employee(uow.session, employee_id, was):
        gone = fields_of(seats.placing_of(seat, period(seat.valid)))
        await uow.session.delete(seat)
        await uow.session.flush()
        action = "assignment.withdraw"
        await seats.tell(uow, row=seat, action=action, before=gone, after={"reason": reason})
    for absence in await absence_rows.begun_within(uow.session, employee_id, was):
        await uow.session.delete(absence)
    await uow.session.delete(employment)
    await uow.session.flush()
    before = {"valid": was, "probation_until": employment.probation_until}
    after = {"hired_on": was.start, "reason": reason}
    await _tell(uow, row, "employee.withdraw_hire", "org.employee.hire_withdrawn", before, after)


async def _ahead(uow: UnitOfWork, employee_id: UUID, expected_revision: int) -> tuple[EmployeeRow, EmploymentRow]:
    """The person, locked, and the last employment, which has to lie ahead."""
    await structure.share(uow.session)
    row = await for_update(uow.session, employee_id)
    known = await rows.employments(uow.session, employee_id)
    if not known:
        raise NothingAhead
    start = period(known[-1].valid).start
    require_hr(uow.caller, await rows.unit_path(uow.session, employee_id, start))
    structure.touch(row, expected_revision)
    if start <= uow.today:
        raise AlreadyBegun(day=start)
    return row, known[-1]


def _begun(span: Period, start: date) -> Period:
    """``span`` with another first day.

    Raises:
        PeriodReversed: it is over before.
    """
    if span.last is not None and span.last < start:
        expected = Text(f"不晚于 {span.last}", f"not after {span.last}")
        raise PeriodReversed(first=start, last=span.last, field_errors=[FieldError("/hired_on", str(start), expected)])
    return Period(start, span.end)


async def _demand_free(session: WriteSession, employment: EmploymentRow, valid: Period) -> None:
    for other in await rows.employments(session, employment.employee_id):
        shared = None if other.id == employment.id else period(other.valid).overlap(valid)
        if shared is not None:
            expected = Text("上次离职之后的日期", "a day after the last employment")
            raise StillEmployed(day=shared.start, field_errors=[FieldError("/hired_on", str(valid.start), expected)])


async def _demand_nothing_before(
    session: WriteSession, employee_id: UUID, was: Period, valid: Period, staying: list[AssignmentRow]
) -> None:
    if valid.start <= was.start:
        return
    dropped = Period(was.start, valid.start)
    absence = await absence_rows.overlapping(session, employee_id, dropped)
    used = [period(seat.valid).start for seat in staying] + ([period(absence.valid).start] if absence else [])
    early = [day for day in used if dropped.contains(day)]
    if early:
        expected = Text(f"不晚于 {min(early)}", f"not after {min(early)}")
        raise BeforeFirstDay(day=min(early), field_errors=[FieldError("/hired_on", str(valid.start), expected)])


async def _tell(
    uow: UnitOfWork,
    row: EmployeeRow,
    action: str,
    news: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> None:
    await uow.record(
        news, subject=("employee", row.id), before=before, after=after, data={"hired_on": after["hired_on"]}
    )
