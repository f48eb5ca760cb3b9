"""What events of org do here."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.appraisal.briefs.usecases.deputies import ASK_WHO_DELEGATES
from services.appraisal.cycles.domain.absence import Absence
from services.appraisal.cycles.store import absences, departures
from services.appraisal.cycles.usecases.worker import HAND_OVER
from services.appraisal.decisions.usecases import public_notice
from services.appraisal.library.usecases.places import ASK_WHERE_PLACES_LIE
from services.appraisal.participants.usecases import late_records
from services.appraisal.tracking.usecases import obligation_following
from services.kit.access.revocations import REVOKE_TOKENS
from services.kit.calendar.stored_days import CALENDAR_CHANGED
from services.kit.jobs.queue import defer
from services.kit.routes.inbox import inbox_router
from services.kit.work.calendar_events import CalendarChanged, follow_calendar
from services.kit.work.inbox import Effect, EventData
from services.kit.work.unit_of_work import UnitOfWork


async def _move_deadlines(uow: UnitOfWork, data: CalendarChanged) -> None:
    await follow_calendar(uow, data)
    await public_notice.extend_running(uow)
    await obligation_following.follow_calendar(uow)


class Terminated(EventData):
    """The data of ``org.employee.terminated`` and ``…termination_rescheduled``."""

    employee_id: UUID
    last_day: date


class Kept(EventData):
    """The data of ``org.employee.termination_rescinded``."""

    employee_id: UUID


async def _note_departure(uow: UnitOfWork, data: Terminated) -> None:
    await departures.note(uow.session, data.employee_id, data.last_day)
    if data.last_day < uow.today:
        await defer(uow.session, HAND_OVER, lock=HAND_OVER, queueing_lock=HAND_OVER)


async def _forget_departure(uow: UnitOfWork, data: Kept) -> None:
    await departures.forget(uow.session, data.employee_id)


class AbsenceTold(EventData):
    """The data of ``org.absence.*``."""

    absence_id: UUID
    employee_id: UUID
    valid_from: date
    valid_to: date | None


async def _note_absence(uow: UnitOfWork, data: AbsenceTold) -> None:
    await absences.note(uow.session, data.absence_id, data.employee_id, Absence(data.valid_from, data.valid_to))


async def _forget_absence(uow: UnitOfWork, data: AbsenceTold) -> None:
    await absences.forget(uow.session, data.absence_id)


async def _follow_hire(uow: UnitOfWork, data: late_records.EmployeeHired) -> None:
    await departures.forget(uow.session, data.employee_id)
    await late_records.follow_hire(uow, data)


NOTE_DEPARTURE = Effect(Terminated, _note_departure)
"""Know whose last day comes, so that nobody waits for people who have left (APR-05, APR-09)."""

FORGET_DEPARTURE = Effect(Kept, _forget_departure)
"""Know who stays after all."""

NOTE_ABSENCE = Effect(AbsenceTold, _note_absence)
"""Know who is away when, so that HR can ask others in time (APR-09)."""

FORGET_ABSENCE = Effect(AbsenceTold, _forget_absence)
"""Know who is there after all."""

FOLLOW_HIRE = Effect(late_records.EmployeeHired, _follow_hire)
"""Know who has come back, and look whom running cycles miss (APR-04)."""

MOVE_DEADLINES = Effect(CalendarChanged, _move_deadlines)
"""Follow the company's calendar: open deadlines and running public notices move with it (APR-13)."""

_MOVES = (
    *(f"org.position.{what}" for what in ("created", "changed", "closed")),
    *(f"org.unit.{what}" for what in ("created", "changed", "moved", "merged", "split", "closed")),
)

_DELEGATIONS = tuple(f"org.delegation.{what}" for what in ("created", "released", "revoked", "ended"))

EFFECTS: Final[Mapping[str, Effect[Any]]] = {
    "org.account.revoked": REVOKE_TOKENS,
    CALENDAR_CHANGED: MOVE_DEADLINES,
    "org.employee.terminated": NOTE_DEPARTURE,
    "org.employee.termination_rescheduled": NOTE_DEPARTURE,
    "org.employee.termination_rescinded": FORGET_DEPARTURE,
    "org.employee.hired": FOLLOW_HIRE,
    **dict.fromkeys((f"org.absence.{what}" for what in ("created", "changed", "ended")), NOTE_ABSENCE),
    "org.absence.rescinded": FORGET_ABSENCE,
    **dict.fromkeys(
        (f"org.delegation.{what}" for what in ("created", "released", "revoked", "ended")), ASK_WHO_DELEGATES
    ),
    "org.import.completed": ASK_WHERE_PLACES_LIE,
    **dict.fromkeys(_MOVES, ASK_WHERE_PLACES_LIE),
}
"""By the type of the event."""

routes = inbox_router("appraisal", EFFECTS)
