"""A person's open responsibilities before their termination (ORG-07)."""

from datetime import date
from uuid import UUID

from services.kit.database.sessions import ReadSession
from services.kit.identity import Caller, Role
from services.org.authority.store import delegations
from services.org.handover.domain.pending_work import Counted, Handover
from services.org.handover.store import handover as rows
from services.org.handover.store import pending_work
from services.org.people.store import employees as employee_rows
from services.org.people.usecases import employees
from services.org.structure.usecases.scope import OutOfScope

SHOWN = 100
"""The number listed of each; the count gives the total."""


async def open_on(session: ReadSession, *, caller: Caller, employee_id: UUID, day: date) -> Handover:
    """Everything that somebody else must take over if the person leaves on ``day``; for who oversees their unit.

    Raises:
        EmployeeUnknown: not employed on that day.
        OutOfScope: the caller oversees other units only.
    """
    await employees.one(session, employee_id=employee_id, day=day)
    path = await employee_rows.unit_path(session, employee_id, day)
    if not caller.has_over(path, Role.HR, Role.EXECUTIVE, Role.AUDITOR):
        raise OutOfScope
    return Handover(
        assignments=await rows.assignments(session, employee_id, day),
        headed_units=await rows.headed_units(session, employee_id, day),
        direct_reports=await rows.count_reports(session, employee_id, day),
        dotted_reports=await rows.count_dotted(session, employee_id, day),
        delegations_given=Counted(*await delegations.open_of(session, "given", employee_id, day, limit=SHOWN)),
        delegations_received=Counted(*await delegations.open_of(session, "received", employee_id, day, limit=SHOWN)),
        approvals=Counted(*await pending_work.approvals(session, employee_id, day, limit=SHOWN)),
        document_reviews=Counted(*await pending_work.reviews(session, employee_id, day, limit=SHOWN)),
    )
