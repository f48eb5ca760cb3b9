"""Work standards of role documents open obligations: on their schedule, or once their event has happened (APR-07)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from services.appraisal.clients.org import Organisation, StandardLine
from services.appraisal.cycles.usecases.access import NotInThisCapacity
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.tracking.domain.obligation import Demand, Obligation, ObligationState, Owner, demand_past
from services.appraisal.tracking.domain.work_standard import (
    AfterEvent,
    BeforeEvent,
    Deadline,
    Every,
    OnSchedule,
    OnWeekdays,
    Schedule,
    Standard,
    Weekday,
    deadline_around,
    occasion_of,
    time_in_words,
    title_of,
)
from services.appraisal.tracking.store import work_standards as store
from services.appraisal.tracking.usecases.obligations import open_obligation
from services.kit.calendar.stored_days import calendar_of, load_calendar
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.deadlines import Term, TimeUnit, end_of
from services.kit.errors import NotFound, Text
from services.kit.identity import Caller, Role
from services.kit.work.unit_of_work import SystemWork, UnitOfWork

FOLLOW_STANDARDS: Final = "follow_standards"
"""The job that asks org for work standards, and opens what they ask for in the periods that run."""
_HOLDER: Final = Text("岗位任职者、其上级或人力资源", "a holder of the position, a superior or HR")


class NoStandard(NotFound):
    """There is no such work standard."""

    code = "no_work_standard"
    zh = "找不到该工作标准，请刷新列表后重试。"
    en = "There is no such work standard."


async def follow_standards(system: SystemWork, *, organisation: Organisation) -> None:
    """Learn the standards of documents in force from org, before any transaction opens; then open what is owed.

    Raises:
        Unavailable: org does not answer.
    """
    lines = [each async for each in organisation.standards()]
    standards = [found for line in lines if (found := _standard_of(line)) is not None]
    async with system.begin() as uow:
        await store.learn(uow.session, standards)
    async with system.begin() as uow:
        await open_scheduled(uow)


async def open_scheduled(uow: UnitOfWork) -> int:
    """Open what is owed in the periods that run; how much was new. Doing it again opens nothing."""
    opened = 0
    for standard in await store.everything(uow.session):
        schedule = standard.deadline
        if not isinstance(schedule, Schedule):
            continue
        period = schedule.period(uow.today)
        calendar = await load_calendar(uow.session, period.start, period.last or period.start)
        last_day = schedule.last_day(period, calendar)
        if last_day is None or last_day < uow.today:
            continue  # a standard that is new in the middle of a period begins with the next
        due_at, when = end_of(last_day, uow.local_now), time_in_words(period)
        for holder in await store.holders(uow.session, standard):
            occasion = occasion_of(standard, period.start, holder.employee_id)
            opened += await open_obligation(uow, _owed(uow, standard, holder, occasion, due_at, when=when))
    return opened


async def record_event(uow: UnitOfWork, *, standard_id: UUID, occurred_at: datetime) -> int:
    """Record that a standard's event has happened, or will, where something is owed before it; how many owe it now.

    Raises:
        NoStandard, NotAfterAnEvent, NotInThisCapacity, OccursLater, CalendarUnknown.
    """
    standard = await store.find(uow.session, standard_id)
    if standard is None:
        raise NoStandard
    around = deadline_around(standard)
    if isinstance(around, AfterEvent):
        demand_past(occurred_at, uow.now)
    holders = await store.holders(uow.session, standard)
    if not _concerned(uow.caller, standard, holders):
        raise NotInThisCapacity(needed=_HOLDER)
    local = occurred_at.astimezone(uow.zone)
    due_at = around.term.due_at(local, await calendar_of(uow.session, local.date(), around.term))
    runs_anew = around.term if isinstance(around, AfterEvent) else None
    when = Text(f"{around.event.zh}，{local.date()}", f"{around.event.en}, {local.date()}")
    opened = 0
    for holder in holders:
        occasion = occasion_of(standard, occurred_at, holder.employee_id)
        opened += await open_obligation(uow, _owed(uow, standard, holder, occasion, due_at, runs_anew, when=when))
    after = {"event": around.event.zh, "occurred_at": occurred_at.isoformat(), "opened": opened}
    await uow.audit("appraisal.work_standard.event_recorded", subject=("work_standard", standard_id), after=after)
    return opened


async def list_standards(session: ReadSession, *, paging: Paging, subject_code: str | None) -> Rows[Standard]:
    """Standards by the position or unit that they are about."""
    return await store.listed(session, paging, subject_code=subject_code)


def _standard_of(line: StandardLine) -> Standard | None:
    """A standard as org tells it; None where its deadline is of a kind that is not known here."""
    deadline = _deadline(line.deadline)
    if deadline is None:
        return None
    kind = SubjectKind.UNIT if line.subject == "unit" else SubjectKind.EMPLOYEE
    key = uuid5(line.document_id, line.place)
    return Standard(
        key, kind, line.code, Text(line.code, line.code), (), Text(**line.duty), Text(**line.metric), deadline
    )


def _deadline(stated: Mapping[str, Any]) -> Deadline | None:
    match stated["kind"]:
        case "around_event":
            around = BeforeEvent if stated.get("side") == "before" else AfterEvent
            return around(Text(**stated["event"]), stated["amount"], TimeUnit(stated["measure"]))
        case "day_of_period":
            return OnSchedule(Every(stated["every"]), stated["nth"], stated.get("counting", "calendar"))
        case "each_period":
            return OnSchedule(Every(stated["every"]), step=stated.get("step", 1))
        case "on_weekdays":
            return OnWeekdays(tuple(Weekday(day) for day in stated["days"]))
    return None


def _concerned(caller: Caller, standard: Standard, holders: Sequence[Owner]) -> bool:
    person = caller.employee_id
    in_line = person is not None and any(person == each.employee_id or person in each.chain for each in holders)
    return in_line or caller.has_over(standard.unit_path, Role.HR)


def _owed(
    uow: UnitOfWork,
    standard: Standard,
    holder: Owner,
    occasion: str,
    due_at: datetime,
    term: Term | None = None,
    *,
    when: Text,
) -> Obligation:
    duty = standard.duty
    return Obligation(
        id=new_id(),
        origin="standard",
        occasion=occasion,
        demand=Demand.WORK_STANDARD,
        title=title_of(standard, when),
        reason=Text(f"岗位说明书工作标准：{duty.zh}", f"Work standard of the role document: {duty.en}"),
        subject_kind=standard.subject_kind,
        subject_code=standard.subject_code,
        owner=holder,
        term=term,
        due_at=due_at,
        state=ObligationState.OPEN,
        revision=1,
        opened_at=uow.now,
    )
