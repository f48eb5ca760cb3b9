"""Assignments: put people into positions, transfer them, end it (ORG-07)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kit.database import ReadSession, WriteSession, days, period
from services.kit.errors import Conflict, Fault, NotFound, Stale, Text
from services.kit.identity import Caller
from services.kit.pages import Paging, Rows, page
from services.kit.periods import Period
from services.org.domain.assignment import MAIN, AssignmentKind, check_rotation
from services.org.domain.timeline import at, gaps
from services.org.store import assignments as rows
from services.org.store import employees as employee_rows
from services.org.store import positions as position_rows
from services.org.store import structure
from services.org.store import units as unit_rows
from services.org.store.tables import AssignmentRow
from services.org.usecases import trail
from services.org.usecases.employees import NotEmployed, for_update
from services.org.usecases.positions import require_room
from services.org.usecases.reach import require_hr
from services.org.usecases.references import POSITION, require_in_force


class AssignmentUnknown(NotFound):
    """There is no such assignment."""

    code = "assignment_unknown"
    zh = "找不到该任职记录。"
    en = "There is no such assignment."


class SeatsOverlap(Conflict):
    """The person would have two main seats at once, or the same seat twice."""

    code = "assignments_overlap"
    zh = "与该员工 {first} 至 {last} 的任职重叠。"
    en = "It overlaps the person's assignment from {first} to {last}."


class NoMainSeat(Conflict):
    """A transfer needs a primary post to leave."""

    code = "no_main_seat"
    zh = "该员工在 {day} 没有可调动的主岗。"
    en = "The person has no primary post to leave on {day}."


@dataclass(frozen=True)
class Placing:
    """Somebody into a position. ``overfill_reason``: HR insists although the headcount is used up, and why."""

    employee_id: UUID
    position_id: UUID
    kind: AssignmentKind
    valid: Period
    note: str | None = None
    overfill_reason: str | None = None


async def place(session: WriteSession, *, caller: Caller, now: datetime, placing: Placing) -> UUID:
    """Put somebody into a position. A rotation interrupts the primary post, which goes on by itself afterwards.

    Raises:
        EmployeeUnknown, NotEmployed, ReferenceNotInForce, SeatsOverlap, Overfilled, RotationLength, OutOfReach.
    """
    await structure.share(session)
    await for_update(session, placing.employee_id)
    await _require_reach(session, caller, placing.position_id, placing.valid.start)
    if placing.kind is AssignmentKind.ROTATION:
        check_rotation(placing.valid)
        await _interrupt(session, caller=caller, now=now, placing=placing)
    return await _seat(session, caller=caller, now=now, placing=placing, action="assignment.place")


async def transfer(
    session: WriteSession,
    *,
    caller: Caller,
    now: datetime,
    employee_id: UUID,
    position_id: UUID,
    effective_from: date,
    note: str | None = None,
    overfill_reason: str | None = None,
) -> UUID:
    """Move somebody to another primary post from a day on; the old one ends the day before.

    Raises:
        EmployeeUnknown, NoMainSeat, ReferenceNotInForce, SeatsOverlap, Overfilled, OutOfReach.
    """
    await structure.share(session)
    await for_update(session, employee_id)
    left = await rows.main_seat(session, employee_id, effective_from)
    if left is None or left.kind != AssignmentKind.PRIMARY or period(left.valid).start >= effective_from:
        expected = Text("主岗任职期间内、晚于其开始日的日期", "a day within a primary post, after its first")
        raise NoMainSeat(day=effective_from, faults=[Fault("/effective_from", str(effective_from), expected)])
    await _require_reach(session, caller, position_id, effective_from)
    await _require_reach(session, caller, left.position_id, effective_from)
    was = period(left.valid)
    left.valid = days(Period(was.start, effective_from))
    left.version += 1
    await session.flush()
    placing = Placing(
        employee_id, position_id, AssignmentKind.PRIMARY, Period(effective_from, was.end), note, overfill_reason
    )
    return await _seat(session, caller=caller, now=now, placing=placing, action="assignment.transfer")


async def reschedule(
    session: WriteSession,
    *,
    caller: Caller,
    now: datetime,
    assignment_id: UUID,
    expected_version: int | None,
    last_day: date | None,
    note: str | None,
    overfill_reason: str | None = None,
) -> None:
    """Give an assignment another last day (None: open) and note.

    Raises:
        AssignmentUnknown, Stale, PeriodReversed, and what ``place`` raises.
    """
    await structure.share(session)
    found = await rows.find(session, assignment_id)
    if found is None:
        raise AssignmentUnknown
    await for_update(session, found.employee_id)
    row = await rows.find_for_update(session, assignment_id)
    if row is None:
        raise AssignmentUnknown
    if expected_version is not None and row.version != expected_version:
        raise Stale
    was = period(row.valid)
    valid = Period.closed(was.start, last_day)
    await _require_reach(session, caller, row.position_id, was.start)
    kind = AssignmentKind(row.kind)
    if kind is AssignmentKind.ROTATION:
        check_rotation(valid)
    placing = Placing(row.employee_id, row.position_id, kind, valid, note, overfill_reason or row.overfill_reason)
    await _check(session, placing, besides=row.id, pointer="/last_day")
    before = {"valid": was, "note": row.note}
    row.valid, row.note, row.overfill_reason = days(valid), note, placing.overfill_reason
    row.version += 1
    await trail.leave(
        session,
        caller=caller,
        now=now,
        action="assignment.reschedule",
        resource="assignment",
        resource_id=row.id,
        before=before,
        after={"valid": valid, "note": note},
        news="org.assignment.changed",
        about=("employee", row.employee_id),
        data={"employee_id": row.employee_id, "position_id": row.position_id, "last_day": last_day},
    )


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


async def _interrupt(session: WriteSession, *, caller: Caller, now: datetime, placing: Placing) -> None:
    """Cut the rotation's days out of the primary post that it interrupts."""
    primary = await rows.main_seat(session, placing.employee_id, placing.valid.start)
    if primary is None or primary.kind != AssignmentKind.PRIMARY or placing.valid.end is None:
        return
    was = period(primary.valid)
    if was.start >= placing.valid.start or (was.end is not None and was.end <= placing.valid.end):
        return
    primary.valid = days(Period(was.start, placing.valid.start))
    primary.version += 1
    await session.flush()
    back = Placing(
        placing.employee_id,
        primary.position_id,
        AssignmentKind.PRIMARY,
        Period(placing.valid.end, was.end),
        primary.note,
        primary.overfill_reason,
    )
    await _seat(session, caller=caller, now=now, placing=back, action="assignment.return")


async def _seat(session: WriteSession, *, caller: Caller, now: datetime, placing: Placing, action: str) -> UUID:
    await _check(session, placing, besides=None, pointer="/first_day")
    row = AssignmentRow(
        employee_id=placing.employee_id,
        position_id=placing.position_id,
        kind=placing.kind.value,
        valid=days(placing.valid),
        note=placing.note,
        overfill_reason=placing.overfill_reason,
        version=1,
    )
    session.add(row)
    await session.flush()
    await trail.leave(
        session,
        caller=caller,
        now=now,
        action=action,
        resource="assignment",
        resource_id=row.id,
        after=trail.fields_of(placing),
        news="org.assignment.changed",
        about=("employee", placing.employee_id),
        data={"employee_id": placing.employee_id, "position_id": placing.position_id, "first_day": placing.valid.start},
    )
    return row.id


async def _check(session: WriteSession, placing: Placing, *, besides: UUID | None, pointer: str) -> None:
    """Check employment, position, overlaps and headcount; the position is locked so that nobody else takes the seat."""
    unemployed = gaps(placing.valid, await employee_rows.employed(session, placing.employee_id))
    if unemployed:
        expected = Text("该员工在职期间内的日期", "days on which the person works here")
        raise NotEmployed(day=unemployed[0].start, faults=[Fault(pointer, str(unemployed[0].start), expected)])
    await position_rows.find_for_update(session, placing.position_id)
    timeline = (await position_rows.timelines(session, [placing.position_id])).get(placing.position_id, [])
    known = [version.valid for version in timeline]
    require_in_force("/position_id", placing.position_id, placing.valid, known, POSITION)
    for seat in await rows.of_employee(session, placing.employee_id, placing.valid):
        two_main = placing.kind in MAIN and seat.kind in MAIN
        if seat.id != besides and (two_main or seat.position_id == placing.position_id):
            other = period(seat.valid)
            expected = Text("不与其他任职重叠的日期", "days that overlap no other of the person's seats")
            faults = [Fault(pointer, str(placing.valid.start), expected)]
            raise SeatsOverlap(first=other.start, last=other.last or "…", faults=faults)
    if placing.kind in MAIN and placing.overfill_reason is None:
        await require_room(
            session,
            placing.position_id,
            timeline,
            placing.valid.start,
            joining=placing.valid,
            besides=besides,
            pointer="/position_id",
        )


async def _require_reach(session: WriteSession, caller: Caller, position_id: UUID, day: date) -> None:
    timeline = (await position_rows.timelines(session, [position_id])).get(position_id, [])
    version = at(timeline, day)
    require_hr(caller, await unit_rows.path(session, version.facts.unit_id, day) if version else [])
