"""Leavings: an employment ends, and every seat with it; while that lies ahead, later, or not at all (ORG-07)."""

from datetime import date, datetime
from uuid import UUID

from services.kit.database import WriteSession, days, period
from services.kit.errors import Conflict, Fault, Text
from services.kit.identity import Caller
from services.kit.periods import Period
from services.org.store import assignments as seat_rows
from services.org.store import employees as rows
from services.org.store import structure
from services.org.store.tables import EmploymentRow
from services.org.store.tables_changes import LeavingRow
from services.org.usecases import cut_seats, trail
from services.org.usecases.employees import StillEmployed, employment_on, for_update
from services.org.usecases.reach import require_hr, require_hr_of
from services.org.usecases.seats import placing_of


class NoLeavingAhead(Conflict):
    """The person does not leave, or has left: that stands, and who comes back is hired again."""

    code = "no_leaving_ahead"
    zh = "该员工没有尚未生效的离职记录。"
    en = "The person has no termination ahead."


class LeavesEarlier(Conflict):
    """A leaving is put off to a later day; an earlier one is another leaving."""

    code = "leaves_earlier"
    zh = "新的最后在职日须晚于 {last_day}；如改为提前离职，请重新登记离职。"
    en = "The new last day must be after {last_day}; for an earlier one, record the termination again."


async def leave(
    session: WriteSession,
    *,
    caller: Caller,
    now: datetime,
    today: date,
    employee_id: UUID,
    expected_version: int | None,
    last_day: date,
    reason: str | None,
) -> None:
    """Let an employment end with ``last_day``, and with it every assignment of the person.

    Raises:
        EmployeeUnknown, Stale, NotEmployed, OutOfReach.
    """
    await structure.share(session)
    row = await for_update(session, employee_id)
    await require_hr_of(session, caller, employee_id, last_day, today)
    structure.touch(row, expected_version)
    employment = await employment_on(session, employee_id, last_day)
    was, end = period(employment.valid), last_day + date.resolution
    leaving = await _leaving(session, employment)
    employment.valid = days(Period(was.start, end))
    employment.leaving_reason = reason
    if employment.probation_until is not None and employment.probation_until >= end:
        employment.probation_until = last_day
    ended = []
    for seat in await seat_rows.of_employee(session, employee_id, Period(end, was.end)):
        held = period(seat.valid)
        ended.append({"assignment_id": seat.id, "was": held})
        if held.end != was.end or str(seat.id) not in leaving.seats:  # else as it was before an earlier leaving
            leaving.seats = {**leaving.seats, str(seat.id): trail.fields_of(placing_of(seat, held))}
        if held.start >= end:
            await session.delete(seat)
        else:
            seat.valid = days(Period(held.start, end))
            seat.version += 1
    leaving.gone_from = end
    session.add(leaving)
    await trail.leave(
        session,
        caller=caller,
        now=now,
        action="employee.leave",
        resource="employee",
        resource_id=employee_id,
        before={"employment": was, "assignments": ended},
        after={"last_day": last_day, "reason": reason},
        news="org.employee.left",
        data={"last_day": last_day},
    )


async def stay(
    session: WriteSession,
    *,
    caller: Caller,
    now: datetime,
    today: date,
    employee_id: UUID,
    expected_version: int,
    last_day: date | None,
    reason: str,
    resume_seats: bool = True,
    overfill_reason: str | None = None,
) -> None:
    """Let somebody whose leaving lies ahead stay until a later day, or for good (None); probation is as it was.

    The seats that the leaving cut short, or kept from beginning, come back for as long as the person now stays, unless
    HR says otherwise; what was changed or withdrawn since is left as it is. Of a leaving that was imported it is not
    known what it cut short.

    Raises:
        EmployeeUnknown, Stale, NoLeavingAhead, LeavesEarlier, StillEmployed, OutOfReach, and what placing somebody
        raises for the seats that come back.
    """
    await structure.share(session)
    row = await for_update(session, employee_id)
    employment = await _ahead(session, employee_id, today)
    was = period(employment.valid)
    require_hr(caller, await rows.unit_path(session, employee_id, was.last or today))
    structure.touch(row, expected_version)
    longer = Period.closed(was.start, last_day)
    await _demand_later(session, employment, longer)
    leaving = await _leaving(session, employment)
    before = {"last_day": was.last, "reason": employment.leaving_reason, "probation_until": employment.probation_until}
    employment.valid, until = days(longer), leaving.probation_until
    employment.probation_until = last_day if until and last_day and until > last_day else until
    if last_day is None:
        employment.leaving_reason = None
    await session.flush()
    if resume_seats:
        await cut_seats.resume(
            session,
            caller=caller,
            now=now,
            today=today,
            employee_id=employee_id,
            seats_before=cut_seats.read(leaving.seats),
            was=was,
            longer=longer,
            overfill_reason=overfill_reason,
        )
    if longer.end is not None:
        leaving.gone_from = longer.end
        session.add(leaving)
    elif leaving in session:
        await session.delete(leaving)
    await trail.leave(
        session,
        caller=caller,
        now=now,
        action="employee.withdraw_leaving" if last_day is None else "employee.postpone_leaving",
        resource="employee",
        resource_id=employee_id,
        before=before,
        after={"last_day": last_day, "reason": reason, "probation_until": employment.probation_until},
        news="org.employee.leaving_withdrawn" if last_day is None else "org.employee.left",
        data={"last_day": last_day or was.last},
    )


async def _ahead(session: WriteSession, employee_id: UUID, today: date) -> EmploymentRow:
    """The employment, not over yet, that a leaving ends."""
    for employment in await rows.employments(session, employee_id):
        last = period(employment.valid).last
        if last is None:
            break
        if last >= today:
            return employment
    raise NoLeavingAhead


async def _demand_later(session: WriteSession, employment: EmploymentRow, longer: Period) -> None:
    was = period(employment.valid)
    if longer.overlap(was) == longer:
        expected = Text(f"晚于 {was.last}", f"after {was.last}")
        raise LeavesEarlier(last_day=was.last, faults=[Fault("/last_day", str(longer.last), expected)])
    for other in await rows.employments(session, employment.employee_id):
        shared = None if other.id == employment.id else period(other.valid).overlap(longer)
        if shared is not None:
            expected = Text("请先撤销其后的再次入职", "rescind the later rehire first")
            raise StillEmployed(day=shared.start, faults=[Fault("/last_day", str(longer.last or "…"), expected)])


async def _leaving(session: WriteSession, employment: EmploymentRow) -> LeavingRow:
    """What is known of how things were before the leaving that ends this employment, nothing yet where none did."""
    found, was = await session.get(LeavingRow, employment.employee_id), period(employment.valid)
    if found is not None and found.gone_from == was.end:
        if employment.probation_until != was.last:  # corrected since, or never cut short
            found.probation_until = employment.probation_until
        there = {str(seat.id) for seat in await seat_rows.of_employee(session, employment.employee_id)}
        # What is not there although it would begin before the end came back once and was withdrawn.
        found.seats = {
            seat: said
            for seat, said in found.seats.items()
            if seat in there or said["valid"]["first_day"] >= str(was.end)
        }
        return found
    row = found or LeavingRow(employee_id=employment.employee_id)
    row.probation_until, row.seats = employment.probation_until, {}
    return row
