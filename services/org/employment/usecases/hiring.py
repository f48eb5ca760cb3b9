"""Hiring: hire a person, rehire them, change the first day, or rescind the hire (ORG-07)."""

from datetime import date
from uuid import UUID

from services.kit.database.sessions import new_id
from services.kit.errors import Conflict
from services.kit.periods import Period
from services.kit.work.unit_of_work import UnitOfWork
from services.org.people.domain import hiring
from services.org.people.domain.career import Career
from services.org.people.domain.employment import Employment
from services.org.people.store import employees as rows
from services.org.people.store.tables import EmployeeRow
from services.org.people.usecases import careers
from services.org.structure.store import codes, structure
from services.org.structure.usecases.scope import require_hr


class EmployeeNumberTaken(Conflict):
    """Another employee has or had this number, or a similar one."""

    code = "employee_number_taken"
    zh = "工号“{found}”与已有的“{taken}”相同或容易混淆，请换一个。"
    en = "The employee number '{found}' is the same as '{taken}' or too similar to it; choose another one."


async def hire(
    uow: UnitOfWork, *, number: str, name: str, email: str | None, hired_on: date, probation_until: date | None
) -> UUID:
    """Hire a person who was never employed here; the first assignment follows.

    Raises:
        EmployeeNumberTaken: somebody else has it.
        ProbationOutside: it ends before it begins.
    """
    employment = Employment(new_id(), Period(hired_on), probation_until)
    await structure.share(uow.session)  # before the number: an import that gives it out holds the structure first
    await codes.require_distinct(
        uow.session, EmployeeRow.number, number, refused=EmployeeNumberTaken, pointer="/number"
    )
    row = EmployeeRow(number=number, name=name, email=email, revision=1)
    uow.session.add(row)
    await uow.session.flush()
    nobody = Career(row.id)
    await careers.save(uow, nobody, hiring.hire(nobody, employment))
    await _record_hire(uow, row.id, employment, number=number, name=name)
    return row.id


async def rehire(
    uow: UnitOfWork, *, employee_id: UUID, revision: int, hired_on: date, probation_until: date | None
) -> None:
    """Rehire a person; the earlier employment and its assignments are unchanged.

    Raises:
        EmployeeUnknown, Stale, StillEmployed, ProbationOutside, OutOfScope.
    """
    employment = Employment(new_id(), Period(hired_on), probation_until)
    career = await careers.for_update(uow, employee_id, revision)
    require_hr(uow.caller, await rows.unit_path(uow.session, employee_id, hired_on))
    await careers.save(uow, career, hiring.hire(career, employment))
    await _record_hire(uow, employee_id, employment)


async def change_hire_date(
    uow: UnitOfWork,
    *,
    employee_id: UUID,
    revision: int,
    hired_on: date,
    probation_until: date | None,
    overfill_reason: str | None = None,
) -> None:
    """Give an employment ahead another first day; assignments that were to begin with it move along.

    Raises:
        EmployeeUnknown, Stale, OutOfScope, what ``hiring.change_hire_date`` refuses, and HeadcountExceeded.
    """
    career = await careers.for_update(uow, employee_id, revision)
    employment = hiring.employment_ahead(career, uow.today)
    require_hr(uow.caller, await rows.unit_path(uow.session, employee_id, employment.valid.start))
    changed = hiring.change_hire_date(
        career, hired_on, probation_until, today=uow.today, overfill_reason=overfill_reason
    )
    await careers.save(uow, career, changed)
    await uow.record(
        "org.employee.hire_date_changed",
        subject=("employee", employee_id),
        before={"hired_on": employment.valid.start, "probation_until": employment.probation_until},
        after={"hired_on": hired_on, "probation_until": probation_until},
        data={"hired_on": hired_on},
    )


async def rescind_hire(uow: UnitOfWork, *, employee_id: UUID, revision: int, reason: str) -> None:
    """Take back an employment ahead with its assignments and absences. The number stays the person's.

    Raises:
        EmployeeUnknown, Stale, OutOfScope, NoEmploymentAhead, AlreadyBegun.
    """
    career = await careers.for_update(uow, employee_id, revision)
    employment = hiring.employment_ahead(career, uow.today)
    require_hr(uow.caller, await rows.unit_path(uow.session, employee_id, employment.valid.start))
    await careers.save(uow, career, hiring.rescind_hire(career, uow.today), reason=reason)
    hired_on = employment.valid.start
    await uow.record(
        "org.employee.hire_rescinded",
        subject=("employee", employee_id),
        before={"hired_on": hired_on, "probation_until": employment.probation_until},
        after={"hired_on": hired_on, "reason": reason},
        data={"hired_on": hired_on},
    )


async def _record_hire(uow: UnitOfWork, employee_id: UUID, employment: Employment, **more: object) -> None:
    hired_on = employment.valid.start
    after = {**more, "hired_on": hired_on, "probation_until": employment.probation_until}
    await uow.record("org.employee.hired", subject=("employee", employee_id), after=after, data={"hired_on": hired_on})
