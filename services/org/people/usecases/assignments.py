"""Assignments: put people into positions, transfer them, move first and last days, withdraw (ORG-07).

A transfer or a rotation cuts the main seat before it short. When its first day is moved, or it is withdrawn, that seat
moves along, so that the person is nowhere twice and never between two seats.
"""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kit.codec import fields_of
from services.kit.database import ReadSession, WriteSession, period
from services.kit.errors import Conflict, FieldError, NotFound, Stale, Text
from services.kit.pages import Paging, Rows, page
from services.kit.periods import Period
from services.kit.timeline import gaps
from services.kit.unit_of_work import UnitOfWork
from services.org.people.domain.assignment import check_rotation
from services.org.people.domain.first_day import demand_ahead, demand_movable, turning
from services.org.people.store import assignments as rows
from services.org.people.store.tables import AssignmentRow
from services.org.people.usecases import adjoining_seats, seats
from services.org.people.usecases.employees import for_update
from services.org.people.usecases.seats import Placing, placing_of
from services.org.structure.domain.occupancy import AssignmentKind
from services.org.structure.store import structure


class AssignmentUnknown(NotFound):
    """There is no such assignment."""

    code = "assignment_unknown"
    zh = "找不到该任职记录，或您无权查看。"
    en = "There is no such assignment, or you may not see it."


class NoMainSeat(Conflict):
    """A transfer needs a primary post to leave."""

    code = "no_main_seat"
    zh = "该员工在 {day} 没有可调动的主岗，请核对日期。"
    en = "The person has no primary assignment to transfer from on {day}; check the date."


async def place(uow: UnitOfWork, *, placing: Placing) -> UUID:
    """Put somebody into a position. A rotation interrupts the primary post, which goes on by itself afterwards.

    Raises:
        EmployeeUnknown, NotEmployed, ReferenceNotInForce, SeatsOverlap, HeadcountExceeded, RotationLength, OutOfScope.
    """
    await structure.share(uow.session)
    await for_update(uow.session, placing.employee_id)
    await seats.require_reach(uow, placing.position_id, placing.valid.start)
    if placing.kind is AssignmentKind.ROTATION:
        check_rotation(placing.valid)
        await _interrupt(uow, placing)
    return await seats.take(uow, placing=placing, action="assignment.place")


async def transfer(
    uow: UnitOfWork,
    *,
    employee_id: UUID,
    position_id: UUID,
    valid_from: date,
    note: str | None = None,
    overfill_reason: str | None = None,
) -> UUID:
    """Move somebody to another primary post from a day on; the old one ends the day before.

    Raises:
        EmployeeUnknown, NoMainSeat, ReferenceNotInForce, SeatsOverlap, HeadcountExceeded, OutOfScope.
    """
    await structure.share(uow.session)
    await for_update(uow.session, employee_id)
    left = await rows.main_seat(uow.session, employee_id, valid_from)
    if left is None or left.kind != AssignmentKind.PRIMARY or period(left.valid).start >= valid_from:
        expected = Text("主岗任职期间内、晚于其开始日期的日期", "a day within a primary assignment, after its first")
        raise NoMainSeat(day=valid_from, field_errors=[FieldError("/valid_from", str(valid_from), expected)])
    await seats.require_reach(uow, position_id, valid_from)
    await seats.require_reach(uow, left.position_id, valid_from)
    was = period(left.valid)
    until = Period(was.start, valid_from)
    await adjoining_seats.follow(uow, left, until, "/valid_from")
    placing = Placing(
        employee_id, position_id, AssignmentKind.PRIMARY, Period(valid_from, was.end), note, overfill_reason
    )
    return await seats.take(uow, placing=placing, action="assignment.transfer")


async def reschedule(
    uow: UnitOfWork,
    *,
    assignment_id: UUID,
    expected_revision: int | None,
    last_day: date | None,
    note: str | None,
    first_day: date | None = None,
    overfill_reason: str | None = None,
) -> None:
    """Give an assignment another last day (None: open) and note; another first day as well while none has begun.

    Raises:
        AssignmentUnknown, Stale, AlreadyBegun, FirstDayPast, PeriodReversed, and what ``place`` raises.
    """
    row = await _held(uow.session, assignment_id, expected_revision)
    was = period(row.valid)
    valid = Period.closed(first_day or was.start, last_day)
    if valid.start != was.start:
        demand_movable(was, valid.start, uow.today, "/first_day")
    day = max(was.start, uow.today) if valid == was else turning(was, valid)
    await seats.require_reach(uow, row.position_id, day)
    moves = [
        *await adjoining_seats.before_moved(uow.session, row, valid),
        *await adjoining_seats.return_moved(uow.session, row, valid, uow.today),
    ]
    await adjoining_seats.lock_positions(uow.session, [row.position_id, *(seat.position_id for seat, *_ in moves)])
    shorter = [move for move in moves if not gaps(move[1], [period(move[0].valid)])]
    for seat, days_then, pointer in shorter:
        await adjoining_seats.follow(uow, seat, days_then, pointer)
    placing = replace(placing_of(row, valid), note=note, overfill_reason=overfill_reason or row.overfill_reason)
    pointer = "/first_day" if valid.start < was.start else "/last_day"
    action = "assignment.reschedule"
    await seats.change(uow, row=row, placing=placing, action=action, pointer=pointer)
    for seat, days_then, pointer in moves:
        if (seat, days_then, pointer) not in shorter:
            await adjoining_seats.follow(uow, seat, days_then, pointer)


async def withdraw(
    uow: UnitOfWork,
    *,
    assignment_id: UUID,
    expected_revision: int,
    reason: str,
    overfill_reason: str | None = None,
) -> None:
    """Take back an assignment that has not begun; the main seat that it would have ended goes on in its place.

    A rotation's return goes with it where it is to the seat that the rotation interrupts.

    Raises:
        AssignmentUnknown, Stale, AlreadyBegun, OutOfScope, and what ``place`` raises for the seat that goes on.
    """
    row = await _held(uow.session, assignment_id, expected_revision)
    was = period(row.valid)
    demand_ahead(was, uow.today)
    await seats.require_reach(uow, row.position_id, was.start)
    earlier, later = await adjoining_seats.before(uow.session, row), await adjoining_seats.going_back(uow.session, row)
    gone = [row]
    if earlier is not None and later is not None and later.position_id == earlier.position_id:
        gone.append(later)
    concerned = gone if earlier is None else [*gone, earlier]
    await adjoining_seats.lock_positions(uow.session, [each.position_id for each in concerned])
    for each in gone:
        await uow.session.delete(each)
        await uow.session.flush()
        before, after = fields_of(placing_of(each, period(each.valid))), {"reason": reason}
        action = "assignment.withdraw"
        await seats.tell(uow, row=each, action=action, before=before, after=after)
    if earlier is not None:
        valid = Period(period(earlier.valid).start, period(gone[-1].valid).end)
        await adjoining_seats.follow(uow, earlier, valid, "", overfill_reason)


async def one(session: ReadSession, *, assignment_id: UUID) -> Row[Any]:
    """An assignment with person and position.

    Raises:
        AssignmentUnknown: there is none of this id.
    """
    found = (await session.execute(rows.listed().where(AssignmentRow.id == assignment_id))).first()
    if found is None:
        raise AssignmentUnknown
    return found


async def listed(
    session: ReadSession,
    *,
    paging: Paging,
    day: date | None = None,
    employee_id: UUID | None = None,
    position_id: UUID | None = None,
    kind: AssignmentKind | None = None,
) -> Rows[Row[Any]]:
    """Assignments: all there ever were, or those of ``day``; of one person, position or kind."""
    query = rows.listed()
    if day is not None:
        query = query.where(structure.in_force(AssignmentRow.valid, day))
    if employee_id is not None:
        query = query.where(AssignmentRow.employee_id == employee_id)
    if position_id is not None:
        query = query.where(AssignmentRow.position_id == position_id)
    if kind is not None:
        query = query.where(AssignmentRow.kind == kind.value)
    return await page(session, query, keys=[AssignmentRow.id], paging=paging)


async def _interrupt(uow: UnitOfWork, placing: Placing) -> None:
    """Cut the rotation's days out of the primary post that it interrupts."""
    primary = await rows.main_seat(uow.session, placing.employee_id, placing.valid.start)
    if primary is None or primary.kind != AssignmentKind.PRIMARY or placing.valid.end is None:
        return
    was = period(primary.valid)
    if was.start >= placing.valid.start or (was.end is not None and was.end <= placing.valid.end):
        return
    await adjoining_seats.lock_positions(uow.session, [primary.position_id, placing.position_id])
    until = Period(was.start, placing.valid.start)
    await adjoining_seats.follow(uow, primary, until, "/first_day")
    back = placing_of(primary, Period(placing.valid.end, was.end))
    await seats.take(uow, placing=back, action="assignment.return")


async def _held(session: WriteSession, assignment_id: UUID, expected_revision: int | None) -> AssignmentRow:
    """An assignment, locked together with its person."""
    await structure.share(session)
    found = await rows.find(session, assignment_id)
    if found is None:
        raise AssignmentUnknown
    await for_update(session, found.employee_id)
    row = await rows.find_for_update(session, assignment_id)
    if row is None:
        raise AssignmentUnknown
    if expected_revision is not None and row.revision != expected_revision:
        raise Stale
    return row
