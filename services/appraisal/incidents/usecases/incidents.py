"""Incidents: reported by whoever sees one, answered by the level's person in time, analysed in a report (APR-07)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from services.appraisal.incidents.domain.incident import LEVEL_NAMES, Answers, Incident, IncidentLevel
from services.appraisal.incidents.store import incident_policy as policy_store
from services.appraisal.incidents.store import incidents as store
from services.appraisal.tracking.domain.obligation import (
    DEMAND_NAMES,
    Demand,
    Obligation,
    ObligationState,
    Owner,
    demand_past,
)
from services.appraisal.tracking.store import obligations as obligation_store
from services.appraisal.tracking.store.charges import charge_of
from services.appraisal.tracking.usecases.obligations import open_obligation
from services.kit.calendar.stored_days import calendar_of
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.deadlines import Term
from services.kit.errors import NotFound, Text
from services.kit.identity import Caller, Role
from services.kit.work.unit_of_work import UnitOfWork

READERS = (Role.HR, Role.AUDITOR, Role.EXECUTIVE)


class NoIncident(NotFound):
    """There is no such incident, or none that the caller may know of."""

    code = "no_incident"
    zh = "找不到该事件，或您无权查看。"
    en = "There is no such incident, or you may not see it."


class UnitUnknown(NotFound):
    """No cycle knows the unit, so that nobody can be asked."""

    code = "unit_unknown"
    zh = "找不到该单元，或尚无考核周期包含该单元，因而查不到负责人。"
    en = "There is no such unit in any cycle that has opened, so nobody is known to be in charge."


async def report(
    uow: UnitOfWork, *, unit_id: UUID, level: IncidentLevel, title: str, description: str, occurred_at: datetime
) -> Incident:
    """Record an incident: the person whom its level names has to respond, and the head to analyse it.

    Raises:
        UnitUnknown, OccursLater.
        CalendarUnknown: a deadline runs into days that the calendar does not know.
    """
    demand_past(occurred_at, uow.now)
    charge = await charge_of(uow.session, unit_id)
    if charge is None:
        raise UnitUnknown
    path = tuple(charge.head.unit_path)
    incident = Incident(
        new_id(), unit_id, charge.name, path, level, title, description, occurred_at, uow.caller.name, uow.now
    )
    store.add(uow.session, incident, by=uow.caller)
    await uow.session.flush()
    applies = await policy_store.newest(uow.session)
    data = {"level": level, "unit_id": unit_id, "policy_version": applies.version}
    await uow.record("appraisal.incident.reported", subject=("incident", incident.id), after=data, data=data)
    policy, response = applies.policy, applies.policy.response(level)
    names = await obligation_store.names(uow.session, charge.head.chain)
    answering = _answering(charge.head, response.by, names)
    await _open(uow, incident, Demand.INCIDENT_RESPONSE, answering, response.term)
    await _open(uow, incident, Demand.INCIDENT_REPORT, charge.head, policy.report_within)
    return incident


async def read(session: ReadSession, *, caller: Caller, incident_id: UUID) -> Incident:
    """An incident, for the person who reported it, those who answer for it and their superiors, and HR, auditors and
    executives over the unit.

    Raises:
        NoIncident.
    """
    found = await store.find(session, incident_id, caller)
    if found is None or not (found[1] or caller.has_over(found[0].unit_path, *READERS)):
        raise NoIncident
    return found[0]


async def list_incidents(
    session: ReadSession, *, caller: Caller, paging: Paging, level: IncidentLevel | None
) -> Rows[Incident]:
    """Incidents of the caller's units, and those that they reported, answer for, or whose owners they stand above."""
    units = caller.units_of(*READERS)
    return await store.listed(session, paging, units=units, caller=caller, level=level)


def _answering(head: Owner, by: Answers, names: Mapping[UUID, str]) -> Owner:
    """Who answers: the head, the head's superior, or the highest superior; whoever is nearest where there is none."""
    line = [*([head.employee_id] if head.employee_id else []), *head.chain]
    if not line:
        return head
    place = {Answers.HEAD: 0, Answers.SUPERIOR: min(1, len(line) - 1), Answers.EXECUTIVE: len(line) - 1}[by]
    name = head.name if line[place] == head.employee_id else names.get(line[place])
    return Owner(line[place], name, line[place + 1 :], head.unit_path)


async def _open(uow: UnitOfWork, incident: Incident, demand: Demand, owner: Owner, term: Term) -> None:
    calendar = await calendar_of(uow.session, uow.today, term)
    await open_obligation(uow, _owed(uow, incident, demand, owner, term, term.due_at(uow.local_now, calendar)))


def _owed(
    uow: UnitOfWork, incident: Incident, demand: Demand, owner: Owner, term: Term, due_at: datetime
) -> Obligation:
    name, level = DEMAND_NAMES[demand], LEVEL_NAMES[incident.level]
    return Obligation(
        id=new_id(),
        origin="incident",
        occasion=f"incident:{incident.id}:{demand.value}",
        demand=demand,
        title=Text(
            f"{name.zh}：{incident.unit_name.zh}“{incident.title}”",
            f"{name.en[:1].upper()}{name.en[1:]}: '{incident.title}' in {incident.unit_name.en}",
        ),
        reason=Text(
            f"{incident.unit_name.zh}发生{level.zh}",
            f"{level.en[:1].upper()}{level.en[1:]} in {incident.unit_name.en}",
        ),
        subject_kind=None,
        subject_code=None,
        owner=owner,
        term=term,
        due_at=due_at,
        state=ObligationState.OPEN,
        revision=1,
        opened_at=uow.now,
    )
