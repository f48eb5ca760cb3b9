"""Incidents as stored."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, String, Uuid, any_, cast, func, literal, or_, select

from services.appraisal.cycles.store.cycles import within
from services.appraisal.incidents.domain.incident import Incident, IncidentLevel
from services.appraisal.incidents.store.tables import IncidentRow
from services.appraisal.tracking.domain.obligation import Demand, ObligationState
from services.appraisal.tracking.store.tables import ObligationRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.errors import Text
from services.kit.identity import Caller


def _state_of(demand: Demand) -> ScalarSelect[str]:
    """The state of what is owed because of the incident of the query around it."""
    occasion = func.concat("incident:", cast(IncidentRow.id, String), f":{demand.value}")
    return (
        select(ObligationRow.state).where(ObligationRow.occasion == occasion).correlate(IncidentRow).scalar_subquery()
    )


_STATES: Final = (_state_of(Demand.INCIDENT_RESPONSE), _state_of(Demand.INCIDENT_REPORT))


def add(session: WriteSession, incident: Incident, *, by: Caller) -> None:
    """Store an incident."""
    session.add(
        IncidentRow(
            id=incident.id,
            unit_id=incident.unit_id,
            unit_name=incident.unit_name.zh,
            unit_name_en=incident.unit_name.en,
            unit_path=list(incident.unit_path),
            level=incident.level.value,
            title=incident.title,
            description=incident.description,
            occurred_at=incident.occurred_at,
            reported_by=by.account_id,
            reported_by_person=by.employee_id,
            reported_by_name=incident.reported_by_name,
            reported_at=incident.reported_at,
        )
    )


async def find(session: ReadSession, incident_id: UUID, caller: Caller) -> tuple[Incident, bool] | None:
    """An incident, and whether the caller reported it, answers for it, or stands above those who do."""
    query = select(IncidentRow, *_STATES, _concerns(caller)).where(IncidentRow.id == incident_id)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else (_incident(row), bool(row[-1]))


async def listed(
    session: ReadSession,
    paging: Paging,
    *,
    units: tuple[UUID, ...] | None,
    caller: Caller,
    level: str | None,
) -> Rows[Incident]:
    """Incidents of the subtrees of ``units`` (None: all), and those that concern the caller, in order."""
    row = IncidentRow
    query = select(row, *_STATES).where(or_(within(row.unit_path, units), _concerns(caller)))
    if level is not None:
        query = query.where(row.level == level)
    return await page(session, query, _incident, keys=[row.id], paging=paging)


def _concerns(caller: Caller) -> ColumnElement[bool]:
    reported = IncidentRow.reported_by == caller.account_id
    if caller.employee_id is None:
        return reported
    owed = ObligationRow
    in_charge = or_(owed.owner_id == caller.employee_id, literal(caller.employee_id) == any_(owed.chain))
    incident = cast(func.split_part(owed.occasion, ":", 2), Uuid)  # incident:<id>:<what is owed>
    return or_(reported, IncidentRow.id.in_(select(incident).where(owed.origin == "incident", in_charge)))


def _incident(found: Any) -> Incident:
    row, response, report = found[:3]
    return Incident(
        id=row.id,
        unit_id=row.unit_id,
        unit_name=Text(row.unit_name, row.unit_name_en),
        unit_path=tuple(row.unit_path),
        level=IncidentLevel(row.level),
        title=row.title,
        description=row.description,
        occurred_at=row.occurred_at,
        reported_by_name=row.reported_by_name,
        reported_at=row.reported_at,
        response_state=ObligationState(response),
        report_state=ObligationState(report),
    )
