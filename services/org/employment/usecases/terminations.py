"""Terminations: an employment ends; before that, it can be rescheduled or rescinded (ORG-07)."""

from datetime import date
from uuid import UUID

from services.kit.work.unit_of_work import UnitOfWork
from services.org.employment.domain import termination
from services.org.employment.usecases import probation_tasks
from services.org.people.domain.career import Career
from services.org.people.domain.employment import Employment
from services.org.people.store import employees as rows
from services.org.people.usecases import careers
from services.org.people.usecases.scope import require_hr_of, require_hr_over_changes
from services.org.structure.usecases.scope import require_hr


async def terminate(uow: UnitOfWork, *, employee_id: UUID, revision: int, last_day: date, reason: str | None) -> None:
    """End an employment with ``last_day``, and with it every assignment of the person.

    Raises:
        EmployeeUnknown, Stale, OutOfScope, NotEmployed.
    """
    career = await careers.for_update(uow, employee_id, revision)
    await require_hr_of(uow.session, uow.caller, employee_id, last_day, uow.today)
    employment = career.employment_on(last_day, "/last_day")
    await careers.save(uow, career, termination.terminate(career, last_day, reason))
    await uow.record(
        "org.employee.terminated",
        subject=("employee", employee_id),
        before=_facts(employment),
        after={"last_day": last_day, "reason": reason},
        data={"last_day": last_day},
    )
    await probation_tasks.follow(uow, employee_id)


async def rescind(
    uow: UnitOfWork,
    *,
    employee_id: UUID,
    revision: int,
    reason: str,
    restore: bool = True,
    overfill_reason: str | None = None,
) -> None:
    """Take back a termination ahead; probation is as it was, and so are the assignments unless HR says otherwise.

    What was changed or rescinded since is left as it is. Of a termination that was imported it is not known what it
    truncated.

    Raises:
        EmployeeUnknown, Stale, OutOfScope, NoTerminationAhead, StillEmployed, and what assigning somebody raises for
        the restored assignments.
    """
    career = await careers.for_update(uow, employee_id, revision)
    changed = termination.rescind_termination(career, today=uow.today, restore=restore, overfill_reason=overfill_reason)
    await _save_extended(uow, career, changed, event="org.employee.termination_rescinded", reason=reason)


async def reschedule(
    uow: UnitOfWork,
    *,
    employee_id: UUID,
    revision: int,
    last_day: date,
    reason: str,
    restore: bool = True,
    overfill_reason: str | None = None,
) -> None:
    """Move a future termination to a later day; assignments continue until then unless HR decides otherwise.

    Raises:
        As ``rescind``; and TerminationEarlier, PeriodReversed.
    """
    career = await careers.for_update(uow, employee_id, revision)
    changed = termination.reschedule_termination(
        career, last_day, today=uow.today, restore=restore, overfill_reason=overfill_reason
    )
    await _save_extended(uow, career, changed, event="org.employee.termination_rescheduled", reason=reason)


async def _save_extended(uow: UnitOfWork, career: Career, changed: Career, *, event: str, reason: str) -> None:
    was = termination.terminated_ahead(career, uow.today)
    require_hr(uow.caller, await rows.unit_path(uow.session, career.employee_id, was.valid.last or uow.today))
    await require_hr_over_changes(uow, career, changed)
    await careers.save(uow, career, changed)
    now = changed.employment_on(was.valid.start, "/last_day")
    await uow.record(
        event,
        subject=("employee", career.employee_id),
        before={**_facts(was), "reason": was.termination_reason},
        after={**_facts(now), "reason": reason},
        data={"last_day": now.valid.last or was.valid.last},
    )
    await probation_tasks.follow(uow, career.employee_id)


def _facts(employment: Employment) -> dict[str, object]:
    return {"last_day": employment.valid.last, "probation_until": employment.probation_until}
