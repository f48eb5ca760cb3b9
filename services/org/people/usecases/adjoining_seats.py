"""The seats before and after one that moves: they follow, so that no gap opens and nothing overlaps (ORG-07)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.kit.database import WriteSession, period
from services.kit.periods import Period
from services.kit.unit_of_work import UnitOfWork
from services.org.people.domain.first_day import turning
from services.org.people.store import assignments as rows
from services.org.people.store.tables import AssignmentRow
from services.org.people.usecases import seats
from services.org.people.usecases.seats import placing_of
from services.org.structure.domain.occupancy import MAIN, AssignmentKind
from services.org.structure.store import positions as position_rows

Transition = tuple[AssignmentRow, Period, str]
"""A seat, the days that it gets, and the field of the request that makes it so."""


async def before(session: WriteSession, row: AssignmentRow) -> AssignmentRow | None:
    """The main seat that ends where this one begins."""
    if row.kind not in MAIN:
        return None
    return await rows.main_seat(session, row.employee_id, period(row.valid).start - date.resolution)


async def going_back(session: WriteSession, row: AssignmentRow) -> AssignmentRow | None:
    """The primary post to which a rotation leads back."""
    end = period(row.valid).end
    if row.kind != AssignmentKind.ROTATION or end is None:
        return None
    after = await rows.main_seat(session, row.employee_id, end)
    return after if after is not None and after.kind == AssignmentKind.PRIMARY else None


async def before_moved(session: WriteSession, row: AssignmentRow, valid: Period) -> list[Transition]:
    """How the seat before follows a first day that is moved.

    Raises:
        SeatsOverlap: nothing would be left of it.
    """
    seat = await before(session, row) if valid.start != period(row.valid).start else None
    if seat is None:
        return []
    was = period(seat.valid)
    if valid.start <= was.start:
        raise seats.overlap(was, "/first_day", valid.start)
    return [(seat, Period(was.start, valid.start), "/first_day")]


async def return_moved(session: WriteSession, row: AssignmentRow, valid: Period, today: date) -> list[Transition]:
    """How the return from a rotation follows a last day that is moved; a return that has begun only follows back.

    Raises:
        SeatsOverlap: nothing would be left of it.
    """
    end = period(row.valid).end
    if end is None or valid.end is None or end == valid.end or (end <= today and end < valid.end):
        return []
    seat = await going_back(session, row)
    if seat is None:
        return []
    was = period(seat.valid)
    if was.end is not None and valid.end >= was.end:
        raise seats.overlap(was, "/last_day", valid.end)
    return [(seat, Period(valid.end, was.end), "/last_day")]


async def lock_positions(session: WriteSession, position_ids: Iterable[UUID]) -> None:
    """Lock every position concerned, always in the same order, so that no two changes wait for each other."""
    for position_id in sorted(set(position_ids)):
        await position_rows.find_for_update(session, position_id)


async def follow(
    uow: UnitOfWork,
    row: AssignmentRow,
    valid: Period,
    pointer: str,
    overfill_reason: str | None = None,
) -> None:
    """Let a main seat end or begin where its neighbour now begins or ends; for HR over its unit, too.

    Raises:
        OutOfScope, RotationLength, NotEmployed, ReferenceNotInForce, SeatsOverlap, HeadcountExceeded.
    """
    await seats.require_reach(uow, row.position_id, turning(period(row.valid), valid))
    placing = placing_of(row, valid)
    if overfill_reason is not None:
        placing = replace(placing, overfill_reason=overfill_reason)
    action = "assignment.follow"
    await seats.change(uow, row=row, placing=placing, action=action, pointer=pointer)
