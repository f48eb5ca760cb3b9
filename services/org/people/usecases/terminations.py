"""Leavings: an employment ends, and every seat with it; while that lies ahead, later, or not at all (ORG-07)."""

from datetime import date
from uuid import UUID

from services.kit.codec import fields_of
from services.kit.database import WriteSession, days, period
from services.kit.errors import Conflict, FieldError, Text
from services.kit.periods import Period
from services.kit.unit_of_work import UnitOfWork
from services.org.people.store import assignments as seat_rows
from services.org.people.store import employees as rows
from services.org.people.store.tables import EmploymentRow, LeavingRow
from services.org.people.usecases import cut_seats
from services.org.people.usecases.employees import StillEmployed, employment_on, for_update
from services.org.people.usecases.scope import require_hr_of
from services.org.people.usecases.seats import placing_of
from services.org.structure.store import structure
from services.org.structure.usecases.scope import require_hr


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
    uow: UnitOfWork,
    *,
    employee_id: UUID,
    expected_revision: int | None,
    last_day: date,
    reason: str | None,
) -> None:
    """Let an employment end with ``last_day``, and with it every assignment of the person.

    Raises:
        EmployeeUnknown, Stale, NotEmployed, OutOfScope.
    """
    await structure.share(uow.session)
    row = await for_update(uow.session, employee_id)
    await require_hr_of(uow.session, uow.caller, employee_id, last_day, uow.today)
    structure.touch(row, expected_revision)
    employment = await employment_on(uow.session, employee_id, last_day)
    was, end = period(employment.valid), last_day + date.resolution
    leaving = await _leaving(uow.session, employment)
    employment.valid = days(Period(was.start, end))
    employment.leaving_reason = reason
    if employment.probation_until is not None and employment.probation_until >= end:
        employment.probation_until = last_day
    ended = []
    for seat in await seat_rows.of_employee(uow.session, employee_id, Period(end, was.end)):
        held = period(seat.valid)
        ended.append({"assignment_id": seat.id, "was": held})
        if held.end != was.end or str(seat.id) not in leaving.seats:  # else as it was before an earlier leaving
            leaving.seats = {**leaving.seats, str(seat.id): fields_of(placing_of(seat, held))}
        if held.start >= end:
            await uow.session.delete(seat)
        else:
            seat.valid = days(Period(held.start, end))
            seat.revision += 1
    leaving.gone_from = end
    uow.session.add(leaving)
    await uow.record(
        "org.employee.left",
        subject=("employee", employee_id),
        before={"employment": was, "assignments": ended},
        after={"last_day": last_day, "reason": reason},
        data={"last_day": last_day},
    )


async def stay(
    uow: UnitOfWork,
    *,
    employee_id: UUID,
    expected_revision: int,
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
        EmployeeUnknown, Stale, NoLeavingAhead, LeavesEarlier, StillEmployed, OutOfScope, and what placing somebody
        raises for the seats that come back.
    """
    await structure.share(uow.session)
    row = await for_update(uow.session, employee_id)
    employment = await _ahead(uow.session, employee_id, uow.today)
    was = period(employment.valid)
    require_hr(uow.caller, await rows.unit_path(uow.session, employee_id, was.last or uow.today))
    structure.touch(row, expected_revision)
    longer = Period.closed(was.start, last_day)
    await _demand_later(uow.session, employment, longer)
    leaving = await _leaving(uow.session, employment)
    before = {"last_day": was.last, "reason": employment.leaving_reason, "probation_until": employment.probation_until}
    employment.valid, until = days(longer), leaving.probation_until
    employment.probation_until = last_day if until and last_day and until > last_day else until
    if last_day is None:
        employment.leaving_reason = None
    await uow.session.flush()
    if resume_seats:
        await cut_seats.resume(
            uow,
            employee_id=employee_id,
            seats_before=cut_seats.read(leaving.seats),
            was=was,
            longer=longer,
            overfill_reason=overfill_reason,
        )
    if longer.end is not None:
        leaving.gone_from = longer.end
        uow.session.add(leaving)
    elif leaving in uow.session:
        await uow.session.delete(leaving)
    await uow.record(
        "org.employee.leaving_withdrawn" if last_day is None else "org.employee.left",
        subject=("employee", employee_id),
        before=before,
        after={"last_day": last_day, "reason": reason, "probation_until": employment.probation_until},
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
        raise LeavesEarlier(last_day=was.last, field_errors=[FieldError("/last_day", str(longer.last), expected)])
    for other in await rows.employments(session, employment.employee_id):
        shared = None if other.id == employment.id else period(other.valid).overlap(longer)
        if shared is not None:
            expected = Text("请先撤销其后的再次入职", "rescind the later rehire first")
            raise StillEmployed(
                day=shared.start, field_errors=[FieldError("/last_day", str(longer.last or "…"), expected)]
            )


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
            if seat in there or said["valid"]["valid_from"] >= str(was.end)
        }
        return found
    row = found or LeavingRow(employee_id=employment.employee_id)
    row.probation_until, row.seats = employment.probation_until, {}
    return row
