"""People: correct their data, find them as of any day (ORG-07)."""

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession
from services.kit.errors import Conflict, existing
from services.kit.identity import Caller, Role
from services.kit.work.unit_of_work import UnitOfWork
from services.org.people.domain.employee import EmployeeFilter, EmployeeSummary
from services.org.people.domain.employment import Employment
from services.org.people.domain.hiring import correct_probation
from services.org.people.store import careers as career_rows
from services.org.people.store import employees as rows
from services.org.people.store import reporting as reporting_rows
from services.org.people.usecases import careers
from services.org.people.usecases.careers import EmployeeUnknown
from services.org.structure.store import units as unit_rows
from services.org.structure.usecases.scope import require_hr

PRIVY: Final = (Role.HR, Role.AUDITOR)
"""Over somebody's unit, they see when that person was employed."""


class ProbationUnderReview(Conflict):
    """What a review decides is not changed beside it."""

    code = "probation_under_review"
    zh = "该员工的试用期正在评估，请在试用期评估中办理转正或延长。"
    en = "The probation is under review; pass or extend it there."


async def correct(uow: UnitOfWork, *, employee_id: UUID, revision: int, changes: Mapping[str, object]) -> None:
    """Set name, email or the end of the present probation.

    Raises:
        EmployeeUnknown, Stale, NotEmployed, ProbationOutside, ProbationTooLong, ProbationUnderReview, OutOfScope.
    """
    row = await careers.lock_employee(uow, employee_id, revision)
    require_hr(uow.caller, await rows.unit_path(uow.session, employee_id, uow.today))
    before: dict[str, object] = {name: getattr(row, name) for name in changes if name != "probation_until"}
    if "probation_until" in changes:
        if await rows.is_under_review(uow.session, employee_id):
            raise ProbationUnderReview
        career, until = await career_rows.get(uow.session, employee_id), changes["probation_until"]
        before["probation_until"] = career.employment_on(uow.today, "/probation_until").probation_until
        corrected = correct_probation(career, until if isinstance(until, date) else None, uow.today)
        await careers.save(uow, career, corrected)
    if "name" in changes:
        row.name = str(changes["name"])
    if "email" in changes:
        row.email = None if changes["email"] is None else str(changes["email"])
    await uow.record("org.employee.changed", subject=("employee", employee_id), before=before, after=changes)


async def one(session: ReadSession, *, employee_id: UUID, day: date) -> EmployeeSummary:
    """A person as of ``day``, with the main assignment.

    Raises:
        EmployeeUnknown: not employed on that day.
    """
    return existing(await rows.one(session, employee_id, day), EmployeeUnknown).summary


async def detailed(
    session: ReadSession, *, caller: Caller, employee_id: UUID, day: date, today: date
) -> tuple[EmployeeSummary, list[Employment] | None]:
    """A person as of ``day`` and when they were employed; None unless the caller is that person, HR over them today, or
    an auditor.

    Raises:
        EmployeeUnknown: not employed on that day.
    """
    found = existing(await rows.one(session, employee_id, day), EmployeeUnknown)
    return found.summary, found.employments if await _is_privy(session, caller, employee_id, today) else None


async def written(uow: UnitOfWork, *, employee_id: UUID, day: date) -> tuple[EmployeeSummary, list[Employment] | None]:
    """``detailed``, employed on ``day`` or not, for who has just written about them.

    Raises:
        EmployeeUnknown: there is none of this id.
    """
    found = existing(await rows.one(uow.session, employee_id, day, employed=False), EmployeeUnknown)
    is_privy = await _is_privy(uow.session, uow.caller, employee_id, uow.today)
    return found.summary, found.employments if is_privy else None


async def listed(session: ReadSession, *, day: date, paging: Paging, filters: EmployeeFilter) -> Rows[EmployeeSummary]:
    """People as of ``day`` by number, as far as ``filters`` let them through."""
    path = among = None
    if filters.unit_id is not None:
        path = await unit_rows.path(session, filters.unit_id, day)
    if filters.manager_id is not None:
        among = list((await session.execute(reporting_rows.direct_reports(filters.manager_id, day))).scalars())
    return await rows.listed(session, paging, day=day, filters=filters, path=path, among=among)


async def _is_privy(session: ReadSession, caller: Caller, employee_id: UUID, today: date) -> bool:
    if caller.employee_id == employee_id or caller.has_over((), *PRIVY):
        return True
    return caller.has(*PRIVY) and caller.has_over(await rows.unit_path(session, employee_id, today), *PRIVY)
