"""/v1/appraisal/alert_rules: when measurements of an indicator raise an alert (APR-07)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from services.appraisal.permissions import CompanyHrUnitOfWork, Librarian
from services.appraisal.schemas import RevisionField
from services.appraisal.tracking.domain import obligation as domain
from services.appraisal.tracking.domain.alert import Condition
from services.appraisal.tracking.domain.obligation import AlertDemand, Demand
from services.appraisal.tracking.usecases import alerts
from services.kit.database.codec import Exact
from services.kit.database.pages import Page
from services.kit.deadlines import Term, TimeUnit
from services.kit.fields import CodeText, Model
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.routing import answers_with, router

routes = router("/v1/appraisal/alert_rules", tag="obligations")

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"
RulePath = Annotated[UUID, Path(description="The alert rule.", examples=[_ID])]


class NewAlertRule(Model):
    """When measurements of an indicator raise an alert, what it asks for, and by when."""

    indicator: CodeText = Field(description="Code of the indicator.", examples=["S01"])
    condition: Annotated[Condition, Exact()] = Field(
        description="What gives reason for an alert.",
        examples=[{"kind": "fell_against_last_month", "percent": "15"}],
    )
    demand: AlertDemand = Field(
        description="What the person concerned, or the head of the unit concerned, has to hand in.",
        examples=["analysis_report"],
    )
    within: int = Field(ge=1, le=366, description="Within so many of `within_unit`.", examples=[3])
    within_unit: TimeUnit = Field(
        default=TimeUnit.WORKING_DAYS, description="In what the time is counted.", examples=["working_days"]
    )


class AlertRule(Model):
    """A rule that raises alerts."""

    id: UUID = Field(description="The rule.", examples=[_ID])
    indicator: str = Field(description="Code of the indicator.", examples=["S01"])
    indicator_name: str = Field(description="Name of the indicator in Chinese.", examples=["线索转化率"])
    indicator_name_en: str = Field(description="Name of the indicator in English.", examples=["Lead conversion rate"])
    condition: Annotated[Condition, Exact()] = Field(
        description="What gives reason for an alert.",
        examples=[{"kind": "fell_against_last_month", "percent": "15"}],
    )
    demand: Demand = Field(description="What is owed then.", examples=["analysis_report"])
    within: int = Field(description="Within so many of `within_unit`.", examples=[3])
    within_unit: TimeUnit = Field(description="In what the time is counted.", examples=["working_days"])
    active: bool = Field(description="Whether it still raises alerts.", examples=[True])
    revision: RevisionField
    created_at: datetime = Field(description="When it was added.", examples=["2026-01-05T01:00:00Z"])


@routes.post("", status_code=201, summary="Add an alert rule")
async def create_alert_rule(body: NewAlertRule, uow: CompanyHrUnitOfWork) -> AlertRule:
    """Let measurements of an indicator raise alerts from now on; to change a rule, retire it and add another."""
    rule = await alerts.add_rule(
        uow,
        indicator=body.indicator,
        condition=body.condition,
        demand=Demand(body.demand),
        term=Term(body.within, body.within_unit),
    )
    return _written(rule)


@routes.get("", summary="List alert rules")
async def list_alert_rules(
    _: Librarian,
    session: Read,
    paging: PageAsked,
    indicator: Annotated[str | None, Query(max_length=64, description="Only rules of this indicator.")] = None,
    active: Annotated[bool | None, Query(description="Only active or only retired rules.")] = None,
) -> Page[AlertRule]:
    """Rules in the order in which they were added."""
    found = await alerts.list_rules(session, paging=paging, indicator=indicator, active=active)
    return Page[AlertRule].model_validate(found.written(_written))


@routes.get("/{rule_id}", summary="Read an alert rule")
async def get_alert_rule(rule_id: RulePath, _: Librarian, session: Read) -> AlertRule:
    """One rule."""
    return _written(await alerts.get_rule(session, rule_id=rule_id))


@routes.post("/{rule_id}/retire", summary="Retire an alert rule")
@answers_with(active=False)
async def retire_alert_rule(rule_id: RulePath, uow: CompanyHrUnitOfWork, revision: IfMatch) -> AlertRule:
    """Let it raise no more alerts; what it has raised stays open."""
    return _written(await alerts.retire_rule(uow, rule_id=rule_id, revision=revision))


def _written(rule: domain.AlertRule) -> AlertRule:
    return AlertRule(
        id=rule.id,
        indicator=rule.indicator,
        indicator_name=rule.indicator_name.zh,
        indicator_name_en=rule.indicator_name.en,
        condition=rule.condition,
        demand=rule.demand,
        within=rule.term.amount,
        within_unit=rule.term.unit,
        active=rule.active,
        revision=rule.revision,
        created_at=rule.created_at,
    )
