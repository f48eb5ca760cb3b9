"""Absences: recorded, ended early; shown to the person, HR and auditors only (ORG-07)."""

from datetime import date
from uuid import UUID

from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import Stale, existing
from services.kit.identity import Caller, Role
from services.kit.periods import Period
from services.kit.work.unit_of_work import UnitOfWork
from services.org.people.domain.absence import Absence, AbsenceKind
from services.org.people.domain.directory import AbsenceEntry
from services.org.people.domain.leave_of_absence import AbsenceUnknown, absence_of, end_absence, record_absence
from services.org.people.store import absences as rows
from services.org.people.store import careers as career_rows
from services.org.people.store import employees as employee_rows
from services.org.people.usecases import careers
from services.org.people.usecases.careers import EmployeeUnknown
from services.org.people.usecases.scope import require_hr_of


async def record(uow: UnitOfWork, *, employee_id: UUID, kind: AbsenceKind, valid: Period) -> UUID:
    """Record a person's absence, during which they keep the assignment.

    Raises:
        EmployeeUnknown, OutOfScope, ReferenceNotInForce, AlreadyAbsent.
    """
    career = await careers.for_update(uow, employee_id)
    await require_hr_of(uow.session, uow.caller, employee_id, valid.start, uow.today)
    absence = Absence(new_id(), kind, valid)
    await careers.save(uow, career, record_absence(career, absence))
    return absence.id


async def end(uow: UnitOfWork, *, absence_id: UUID, revision: int, valid_to: date) -> None:
    """End an absence earlier than recorded.

    Raises:
        AbsenceUnknown, Stale, OutOfScope, PeriodReversed.
    """
    employee_id = existing(await career_rows.employee_of_absence(uow.session, absence_id), AbsenceUnknown)
    career = await careers.for_update(uow, employee_id)
    await require_hr_of(uow.session, uow.caller, employee_id, valid_to, uow.today)
    if absence_of(career, absence_id).revision != revision:
        raise Stale
    await careers.save(uow, career, end_absence(career, absence_id, valid_to))


async def one(session: ReadSession, *, absence_id: UUID) -> AbsenceEntry:
    """An absence with its person, for who has just written it.

    Raises:
        AbsenceUnknown: there is none of this id.
    """
    return existing(await rows.one(session, absence_id), AbsenceUnknown)


async def listed(
    session: ReadSession, *, caller: Caller, employee_id: UUID, day: date | None, today: date, paging: Paging
) -> Rows[AbsenceEntry]:
    """The absences of a person, all or that of a day.

    Raises:
        EmployeeUnknown: for everybody but the person, HR over them and auditors.
    """
    path = await employee_rows.unit_path(session, employee_id, day or today)
    if caller.employee_id != employee_id and not caller.has_over(path, Role.HR, Role.AUDITOR):
        raise EmployeeUnknown
    return await rows.of_employee(session, employee_id, day, paging)
