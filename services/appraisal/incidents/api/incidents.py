"""/v1/appraisal/incidents: what went wrong, in three levels with who answers within what time (APR-07)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from services.appraisal.incidents.domain import incident as domain
from services.appraisal.incidents.domain.incident import IncidentLevel
from services.appraisal.incidents.usecases import incidents
from services.appraisal.permissions import AnyCaller, ReporterUnitOfWork
from services.appraisal.schemas import ActedAt, PersonName, UnitNameEn
from services.appraisal.tracking.domain.obligation import ObligationState
from services.kit.database.pages import Page
from services.kit.fields import Label, Model, Moment, Prose
from services.kit.web.application import PageAsked, Read
from services.kit.web.routing import router

routes = router("/v1/appraisal/incidents", tag="obligations")

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"


class NewIncident(Model):
    """Something that went wrong in a unit."""

    unit_id: UUID = Field(description="The unit concerned.", examples=[_ID])
    level: IncidentLevel = Field(
        description="How grave it is; the incident policy says who answers, and when the head reports.",
        examples=["major"],
    )
    title: Label = Field(description="What happened, in a few words.", examples=["直播间价格设置错误"])
    description: Prose = Field(description="What is known so far.", examples=["优惠券叠加规则配置有误。"])
    occurred_at: Moment = Field(description="When it happened.", examples=["2026-01-05T00:30:00Z"])


class Incident(Model):
    """An incident as it was reported, and how far the answers to it are."""

    id: UUID = Field(description="The incident.", examples=[_ID])
    unit_id: UUID = Field(description="The unit concerned.", examples=[_ID])
    unit_name: str = Field(description="Its name in Chinese.", examples=["华东大区"])
    unit_name_en: UnitNameEn
    level: IncidentLevel = Field(description="How grave it is.", examples=["major"])
    title: str = Field(description="What happened, in a few words.", examples=["直播间价格设置错误"])
    description: str = Field(description="What is known.", examples=["优惠券叠加规则配置有误。"])
    occurred_at: datetime = Field(description="When it happened.", examples=["2026-01-05T00:30:00Z"])
    reported_by_name: PersonName
    reported_at: ActedAt
    response_state: ObligationState = Field(
        description="How far the response is; what was handed in and decided is not shown here.", examples=["submitted"]
    )
    report_state: ObligationState = Field(description="How far the head's report is.", examples=["open"])


@routes.post("", status_code=201, summary="Report an incident")
async def report_incident(body: NewIncident, uow: ReporterUnitOfWork) -> Incident:
    """Record an incident: whoever its level names has to respond, and the unit's head to report on it."""
    found = await incidents.report(uow, **dict(body))
    return _written(found)


@routes.get("", summary="List incidents")
async def list_incidents(
    caller: AnyCaller,
    session: Read,
    paging: PageAsked,
    level: Annotated[IncidentLevel | None, Query(description="Only of this level.")] = None,
) -> Page[Incident]:
    """Incidents of the caller's units as HR, auditor or executive, and those that the caller reported."""
    found = await incidents.list_incidents(session, caller=caller, paging=paging, level=level)
    return Page[Incident].model_validate(found.written(_written))


@routes.get("/{incident_id}", summary="Read an incident")
async def get_incident(
    incident_id: Annotated[UUID, Path(description="The incident.", examples=[_ID])],
    caller: AnyCaller,
    session: Read,
) -> Incident:
    """One incident."""
    return _written(await incidents.read(session, caller=caller, incident_id=incident_id))


def _written(found: domain.Incident) -> Incident:
    names = found.unit_name.as_fields("unit_name")
    same = {name: getattr(found, name) for name in Incident.model_fields if name not in names}
    return Incident.model_validate({**same, **names})
