"""/v1/appraisal/measurement_proposals: actuals that count for whoever entered them (APR-06)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response
from pydantic import Field

from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.permissions import HrUnitOfWork, Overseer
from services.appraisal.tracking.domain.measurement import Measured
from services.appraisal.tracking.domain.proposal import MeasurementProposal as Proposal
from services.appraisal.tracking.usecases import proposals
from services.kit.fields import ExactDecimal, Model, Prose
from services.kit.pages import Page
from services.kit.release import ReleaseState
from services.kit.routing import router
from services.kit.web import IfMatch, PageAsked, Read, tag

routes = router("/v1/appraisal/measurement_proposals", tag="measurements")

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"
ProposalId = Annotated[UUID, Path(description="Id of the proposal.")]


class ProposedMeasurement(Model):
    """An actual value as it was entered."""

    indicator: str = Field(description="Code of the indicator.", examples=["S01"])
    value: ExactDecimal = Field(description="The actual in the unit of the indicator.", examples=["310000.50"])
    measured_on: date = Field(description="The day that the value belongs to.", examples=["2026-03-31"])
    source: str = Field(description="The system that it comes from.", examples=["CRM"])
    external_id: str = Field(description="Its id there.", examples=["E101-S01-2026-03"])
    corrects: str | None = Field(description="External id of the one that it supersedes.", examples=[None])


class MeasurementProposal(Model):
    """Actuals of one subject, entered by that person or by the head of that unit; they count once released."""

    id: UUID = Field(description="The proposal.", examples=[_ID])
    subject_kind: SubjectKind = Field(description="What was measured.", examples=["employee"])
    subject_code: str = Field(description="Employee number or unit code.", examples=["E101"])
    measurements: list[ProposedMeasurement] = Field(description="The actuals, in the order in which they were sent.")
    state: ReleaseState = Field(description="Only what is released counts.", examples=["proposed"])
    revision: int = Field(description="For If-Match.", examples=[1])
    entered_at: datetime = Field(description="When they were entered.", examples=["2026-04-01T01:00:00Z"])
    entered_by_name: str = Field(description="Who entered them; somebody else releases them.", examples=["韩雪"])
    decided_at: datetime | None = Field(description="When they were released or refused.", examples=[None])
    decided_by_name: str | None = Field(description="Who released or refused them.", examples=[None])
    reason: str | None = Field(description="Why they were refused.", examples=[None])


class MeasurementRefusal(Model):
    """Why actuals are refused."""

    reason: Prose = Field(description="For whoever entered them.", examples=["与系统导出数据不符"])


@routes.get("", summary="List measurements that wait for a second person")
async def list_measurement_proposals(
    session: Read,
    caller: Overseer,
    paging: PageAsked,
    state: Annotated[ReleaseState | None, Query(description="Only those in this state.")] = None,
) -> Page[MeasurementProposal]:
    """Those of HR's and auditors' units, decided ones among them, in the order in which they were entered."""
    found = await proposals.list_proposals(session, caller=caller, state=state, paging=paging)
    return Page[MeasurementProposal](**found.written(_proposal))


@routes.get("/{proposal_id}", summary="Read measurements that wait for a second person")
async def get_measurement_proposal(
    proposal_id: ProposalId, session: Read, caller: Overseer, response: Response
) -> MeasurementProposal:
    """What was entered, by whom, and what became of it."""
    return _tagged(await proposals.read(session, caller=caller, proposal_id=proposal_id), response)


@routes.post("/{proposal_id}/release", summary="Release measurements entered about oneself")
async def release_measurement_proposal(
    proposal_id: ProposalId, uow: HrUnitOfWork, revision: IfMatch, response: Response
) -> MeasurementProposal:
    """By HR over the unit other than who entered them; persons are compared, not accounts."""
    return _tagged(await proposals.release(uow, proposal_id=proposal_id, revision=revision), response)


@routes.post("/{proposal_id}/refuse", summary="Refuse measurements entered about oneself")
async def refuse_measurement_proposal(
    proposal_id: ProposalId, body: MeasurementRefusal, uow: HrUnitOfWork, revision: IfMatch, response: Response
) -> MeasurementProposal:
    """They never count. Whoever entered them takes them back in this way."""
    found = await proposals.refuse(uow, proposal_id=proposal_id, revision=revision, reason=body.reason)
    return _tagged(found, response)


def _tagged(found: Proposal, response: Response) -> MeasurementProposal:
    tag(response, found.record.revision)
    return _proposal(found)


def _proposal(found: Proposal) -> MeasurementProposal:
    record = found.record
    return MeasurementProposal(
        id=found.id,
        subject_kind=found.subject_kind,
        subject_code=found.subject_code,
        measurements=[_line(each) for each in found.lines],
        state=record.state,
        revision=record.revision,
        entered_at=record.entered_at,
        entered_by_name=record.entered_by_name,
        decided_at=record.decided_at,
        decided_by_name=record.decided_by_name,
        reason=record.decision,
    )


def _line(each: Measured) -> ProposedMeasurement:
    return ProposedMeasurement.model_validate({name: getattr(each, name) for name in ProposedMeasurement.model_fields})
