"""/v1/appraisal/incident_policy: who answers incidents within what time (APR-07)."""

from datetime import datetime
from typing import Annotated

from fastapi import Response
from pydantic import Field

from services.appraisal.incidents.domain import incident as domain
from services.appraisal.incidents.domain.incident import Answers
from services.appraisal.incidents.usecases import incident_policy
from services.appraisal.permissions import CompanyHrUnitOfWork, Librarian
from services.appraisal.schemas import Reason
from services.kit.database.pages import Page
from services.kit.deadlines import Term, TimeUnit
from services.kit.fields import Model
from services.kit.web.application import IfMatch, PageAsked, Read, tag
from services.kit.web.routing import router

routes = router("/v1/appraisal/incident_policy", tag="obligations")

Amount = Annotated[int, Field(ge=1, le=1000, description="Within so many of `unit`.", examples=[24])]
Unit = Annotated[TimeUnit, Field(description="In what the time is counted.", examples=["hours"])]


class IncidentResponse(Model):
    """Who answers an incident of a level, and within what time of its report."""

    by: Answers = Field(
        description="The head of the unit, the head's superior, or the highest superior.", examples=["head"]
    )
    amount: Amount
    unit: Unit


class IncidentReport(Model):
    """Within what time of an incident's report the head of the unit submits the analysis."""

    amount: Amount
    unit: Unit


class IncidentTerms(Model):
    """Who answers incidents of each level within what time, and when the analysis is due."""

    general: IncidentResponse = Field(description="For general incidents.")
    major: IncidentResponse = Field(description="For major incidents.")
    crisis: IncidentResponse = Field(description="For crises.")
    report: IncidentReport = Field(description="For the analysis of every incident.")


class IncidentPolicyChange(IncidentTerms):
    """The policy for incidents reported from now on, in place of the version that was seen."""

    reason: Reason


class IncidentPolicy(IncidentTerms):
    """The policy that applies to incidents reported now."""

    version: int = Field(description="Version, counted from 1, which is the one delivered.", examples=[2])
    reason: str | None = Field(description="Why it was set; null: as delivered.", examples=["按应急预案修订"])
    set_by_name: str | None = Field(description="Who set it; null: as delivered.", examples=["林晓燕"])
    set_at: datetime | None = Field(
        description="When it was set; null: as delivered.", examples=["2026-01-05T00:30:00Z"]
    )


@routes.get("", summary="Get the incident policy")
async def get_incident_policy(_: Librarian, session: Read, response: Response) -> IncidentPolicy:
    """Who answers incidents within what time."""
    return _tagged(await incident_policy.get_policy(session), response)


@routes.get("/versions", summary="List the versions of the incident policy")
async def list_incident_policy_versions(_: Librarian, session: Read, paging: PageAsked) -> Page[IncidentPolicy]:
    """Every version, oldest first, from the one delivered; each applied to incidents reported until the next."""
    found = await incident_policy.list_versions(session, paging=paging)
    return Page[IncidentPolicy].model_validate(found.written(_policy))


@routes.put("", summary="Set the incident policy")
async def set_incident_policy(
    body: IncidentPolicyChange, uow: CompanyHrUnitOfWork, revision: IfMatch, response: Response
) -> IncidentPolicy:
    """Set a new version for incidents reported from now on; what is owed already keeps its deadline."""
    wanted = domain.IncidentPolicy(
        general=_response(body.general),
        major=_response(body.major),
        crisis=_response(body.crisis),
        report_within=Term(body.report.amount, body.report.unit),
    )
    found = await incident_policy.set_policy(uow, revision=revision, policy=wanted, reason=body.reason)
    return _tagged(found, response)


def _response(given: IncidentResponse) -> domain.Response:
    return domain.Response(given.by, Term(given.amount, given.unit))


def _tagged(found: domain.SetPolicy, response: Response) -> IncidentPolicy:
    tag(response, found.version)
    return _policy(found)


def _policy(found: domain.SetPolicy) -> IncidentPolicy:
    policy = found.policy
    return IncidentPolicy(
        general=_written(policy.general),
        major=_written(policy.major),
        crisis=_written(policy.crisis),
        report=IncidentReport(amount=policy.report_within.amount, unit=policy.report_within.unit),
        version=found.version,
        reason=found.reason,
        set_by_name=found.set_by_name,
        set_at=found.set_at,
    )


def _written(found: domain.Response) -> IncidentResponse:
    return IncidentResponse(by=found.by, amount=found.term.amount, unit=found.term.unit)
