"""Over which people and assignments HR may decide: those of the units for which they have the role (PLT-03)."""

from datetime import date
from uuid import UUID

from services.kit.database.sessions import ReadSession
from services.kit.identity import Caller
from services.kit.timeline import at
from services.kit.work.unit_of_work import UnitOfWork
from services.org.people.domain.career import Career
from services.org.people.domain.timing import turning_day
from services.org.people.store import employees
from services.org.structure.store import positions as position_rows
from services.org.structure.usecases.scope import days_from, require_hr, require_hr_on


async def require_hr_of(session: ReadSession, caller: Caller, employee_id: UUID, day: date, today: date) -> None:
    """Accept HR over a person on ``day`` and, if that is past, over the unit of today.

    Raises:
        OutOfScope: otherwise.
    """
    require_hr(caller, *[await employees.unit_path(session, employee_id, each) for each in days_from(day, today)])


async def require_hr_over_changes(uow: UnitOfWork, was: Career, now: Career) -> None:
    """Accept HR over the position of every assignment that differs, on the day on which its days turn.

    Raises:
        OutOfScope: otherwise.
    """
    before = {each.id: each for each in was.assignments}
    after = {each.id: each for each in now.assignments}
    for assignment_id in dict.fromkeys([*before, *after]):
        old, new = before.get(assignment_id), after.get(assignment_id)
        either = old or new
        if either is None or old == new:
            continue
        day = turning_day(old.valid if old else None, new.valid if new else None)
        await _require_hr_over(uow, either.position_id, day or max(either.valid.start, uow.today))


async def _require_hr_over(uow: UnitOfWork, position_id: UUID, day: date) -> None:
    timeline = (await position_rows.timelines(uow.session, [position_id])).get(position_id, [])
    found = [(each, at(timeline, each)) for each in days_from(day, uow.today)]
    # A position that is closed today has no HR any more; one that is not in force on the day itself never had.
    places = [(version.facts.unit_id if version else None, each) for each, version in found if version or each == day]
    await require_hr_on(uow.session, uow.caller, places)
