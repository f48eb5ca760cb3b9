"""The seats that a leaving cut short, and that come back when the person stays (ORG-07)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from services.kit.database import period
from services.kit.periods import Period
from services.kit.unit_of_work import UnitOfWork
from services.org.people.domain.first_day import turning
from services.org.people.store import assignments as rows
from services.org.people.usecases import adjoining_seats, seats
from services.org.people.usecases.seats import Placing
from services.org.structure.domain.occupancy import AssignmentKind

ACTION = "assignment.resume"


def read(kept: Mapping[str, Any]) -> dict[UUID, Placing]:
    """Placings by assignment, out of what ``trail.fields_of`` made of them."""
    return {UUID(assignment_id): _placing(said) for assignment_id, said in kept.items()}


def _placing(said: Mapping[str, Any]) -> Placing:
    first, last = said["valid"]["valid_from"], said["valid"]["valid_to"]
    return Placing(
        UUID(said["employee_id"]),
        UUID(said["position_id"]),
        AssignmentKind(said["kind"]),
        Period.closed(date.fromisoformat(first), None if last is None else date.fromisoformat(last)),
        said["note"],
        said["overfill_reason"],
    )


async def resume(
    uow: UnitOfWork,
    *,
    employee_id: UUID,
    seats_before: Mapping[UUID, Placing],
    was: Period,
    longer: Period,
    overfill_reason: str | None,
) -> None:
    """Give seats back the days that they had before an employment ended as ``was``, as far as it is ``longer`` now.

    Raises:
        OutOfScope, ReferenceNotInForce, SeatsOverlap, HeadcountExceeded.
    """
    await adjoining_seats.lock_positions(uow.session, [each.position_id for each in seats_before.values()])
    there = {row.id: row for row in await rows.of_employee(uow.session, employee_id)}
    for assignment_id, before in sorted(seats_before.items(), key=lambda each: each[1].valid.start):
        again, row = before.valid.overlap(longer), there.get(assignment_id)
        if again is None:
            continue
        reason = overfill_reason or before.overfill_reason
        if row is None and was.end is not None and again.start >= was.end:
            await seats.require_reach(uow, before.position_id, again.start)
            placing = replace(before, valid=again, overfill_reason=reason)
            await seats.take(uow, placing=placing, action=ACTION, seat_id=assignment_id)
        elif row is not None and period(row.valid).end == was.end != again.end:
            valid = Period(period(row.valid).start, again.end)
            await seats.require_reach(uow, row.position_id, turning(period(row.valid), valid))
            placing = replace(seats.placing_of(row, valid), overfill_reason=reason)
            pointer = "/last_day" if longer.end else ""
            await seats.change(uow, row=row, placing=placing, action=ACTION, pointer=pointer)
