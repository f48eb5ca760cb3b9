"""Seats: whether a person can hold one over some days, and what is told of it (ORG-02, ORG-07)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.kit.codec import fields_of
from services.kit.database import WriteSession, days, new_id, period
from services.kit.errors import Conflict, FieldError, Text
from services.kit.periods import Period
from services.kit.timeline import at, gaps
from services.kit.unit_of_work import UnitOfWork
from services.org.people.domain.assignment import check_rotation
from services.org.people.store import assignments as rows
from services.org.people.store import employees as employee_rows
from services.org.people.store.tables import AssignmentRow
from services.org.people.usecases.employees import NotEmployed
from services.org.structure.domain.occupancy import MAIN, AssignmentKind
from services.org.structure.store import positions as position_rows
from services.org.structure.usecases.positions import require_room
from services.org.structure.usecases.references import POSITION, require_in_force
from services.org.structure.usecases.scope import days_from, require_hr_on


class SeatsOverlap(Conflict):
    """The person would have two main seats at once, or the same seat twice."""

    code = "assignments_overlap"
    zh = "与该员工 {first} 至 {last} 的任职重叠，请调整日期。"
    en = "This overlaps the person's assignment from {first} to {last}; change the dates."


@dataclass(frozen=True)
class Placing:
    """Somebody into a position. ``overfill_reason``: HR insists although the headcount is used up, and why."""

    employee_id: UUID
    position_id: UUID
    kind: AssignmentKind
    valid: Period
    note: str | None = None
    overfill_reason: str | None = None


def placing_of(row: AssignmentRow, valid: Period) -> Placing:
    """What an assignment says, over other days."""
    kind = AssignmentKind(row.kind)
    return Placing(row.employee_id, row.position_id, kind, valid, row.note, row.overfill_reason)


async def take(
    uow: UnitOfWork,
    *,
    placing: Placing,
    action: str,
    seat_id: UUID | None = None,
) -> UUID:
    """Record an assignment, under the id ``seat_id`` that it had before if it is one that comes back.

    Raises:
        NotEmployed, ReferenceNotInForce, SeatsOverlap, HeadcountExceeded.
    """
    await demand_free(uow.session, placing, pointer="/first_day")
    row = AssignmentRow(
        id=seat_id or new_id(),
        employee_id=placing.employee_id,
        position_id=placing.position_id,
        kind=placing.kind.value,
        valid=days(placing.valid),
        note=placing.note,
        overfill_reason=placing.overfill_reason,
        revision=1,
    )
    uow.session.add(row)
    await uow.session.flush()
    await tell(uow, row=row, action=action, after=fields_of(placing))
    return row.id


async def change(
    uow: UnitOfWork,
    *,
    row: AssignmentRow,
    placing: Placing,
    action: str,
    pointer: str,
) -> None:
    """Give an assignment other days, note or reason; headcounts are looked at from the first day that is new.

    Raises:
        RotationLength, NotEmployed, ReferenceNotInForce, SeatsOverlap, HeadcountExceeded.
    """
    was = period(row.valid)
    if placing.kind is AssignmentKind.ROTATION:
        employed = await employee_rows.employed(uow.session, placing.employee_id)
        check_rotation(placing.valid, [stay.end for stay in employed])
    added = gaps(placing.valid, [was])
    if added:
        await demand_free(uow.session, placing, besides=row.id, pointer=pointer, since=added[0].start)
    before = {"valid": was, "note": row.note, "overfill_reason": row.overfill_reason}
    row.valid, row.note, row.overfill_reason = days(placing.valid), placing.note, placing.overfill_reason
    row.revision += 1
    await uow.session.flush()
    after = {"valid": placing.valid, "note": row.note, "overfill_reason": row.overfill_reason}
    await tell(uow, row=row, action=action, before=before, after=after)


async def demand_free(
    session: WriteSession, placing: Placing, *, besides: UUID | None = None, pointer: str, since: date | None = None
) -> None:
    """Check employment, position, overlaps and headcount; the position is locked so that nobody else takes the seat.

    Raises:
        NotEmployed, ReferenceNotInForce, SeatsOverlap, HeadcountExceeded.
    """
    unemployed = gaps(placing.valid, await employee_rows.employed(session, placing.employee_id))
    if unemployed:
        expected = Text("该员工在职期间内的日期", "days on which the person works here")
        raise NotEmployed(
            day=unemployed[0].start, field_errors=[FieldError(pointer, str(unemployed[0].start), expected)]
        )
    await position_rows.find_for_update(session, placing.position_id)
    timeline = (await position_rows.timelines(session, [placing.position_id])).get(placing.position_id, [])
    known = [version.valid for version in timeline]
    require_in_force("/position_id", placing.position_id, placing.valid, known, POSITION)
    for seat in await rows.of_employee(session, placing.employee_id, placing.valid):
        two_main = placing.kind in MAIN and seat.kind in MAIN
        if seat.id != besides and (two_main or seat.position_id == placing.position_id):
            raise overlap(period(seat.valid), pointer, placing.valid.start)
    if placing.kind in MAIN and placing.overfill_reason is None:
        await require_room(
            session,
            placing.position_id,
            timeline,
            since or placing.valid.start,
            joining=placing.valid,
            besides=besides,
            pointer="/position_id",
        )


def overlap(other: Period, pointer: str, found: date) -> SeatsOverlap:
    """The refusal of days that overlap another of the person's seats."""
    expected = Text("不与其他任职重叠的日期", "days that do not overlap another assignment")
    return SeatsOverlap(
        first=other.start, last=other.last or "…", field_errors=[FieldError(pointer, str(found), expected)]
    )


async def require_reach(uow: UnitOfWork, position_id: UUID, day: date) -> None:
    """Let HR over the unit of a position on ``day`` pass, and over that of today where the day is past.

    Raises:
        OutOfScope: otherwise.
    """
    timeline = (await position_rows.timelines(uow.session, [position_id])).get(position_id, [])
    found = [(each, at(timeline, each)) for each in days_from(day, uow.today)]
    # A position that is gone today has no HR any more; one that is not there on the day itself never had.
    places = [(version.facts.unit_id if version else None, each) for each, version in found if version or each == day]
    await require_hr_on(uow.session, uow.caller, places)


async def tell(
    uow: UnitOfWork,
    *,
    row: AssignmentRow,
    action: str,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Audit and news of an assignment as it now is."""
    valid = period(row.valid)
    held = {"employee_id": row.employee_id, "position_id": row.position_id, "kind": row.kind}
    await uow.record(
        "org.assignment.changed",
        subject=("assignment", row.id),
        before=before,
        after=after,
        data={**held, "first_day": valid.start, "last_day": valid.last},
        about=("employee", row.employee_id),
    )
