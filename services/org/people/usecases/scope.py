"""How far HR's role reaches over a person: over the unit that the person is in (PLT-03)."""

from datetime import date
from uuid import UUID

from services.kit.database import ReadSession
from services.kit.identity import Caller
from services.org.people.store import employees
from services.org.structure.usecases.scope import days_from, require_hr


async def require_hr_of(session: ReadSession, caller: Caller, employee_id: UUID, day: date, today: date) -> None:
    """Let HR pass who is it over a person on ``day`` and, if that is past, over the unit of today.

    Raises:
        OutOfScope: otherwise.
    """
    require_hr(caller, *[await employees.unit_path(session, employee_id, each) for each in days_from(day, today)])
