"""/v1/appraisal/measurement_proposals: actuals that affect the person who entered them (APR-06)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.permissions import HrUnitOfWork, Overseer
from services.appraisal.tracking.domain.measurement import Measured
from services.appraisal.tracking.domain.proposal import MeasurementProposal as Proposal
from services.appraisal.tracking.usecases import proposals
from services.kit.database.pages import Page
from services.kit.fields import ExactDecimal, Model, Prose
from services.kit.release import ReleaseState
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.released import ReleasedRecord
from services.kit.web.routing import answers_with, router

routes = router("/v1/appraisal/measurement_proposals", tag="measurements")

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"
ProposalId = Annotated[UUID, Path(description="Id of the proposal.")]


class ProposedMeasurement(Model):
    """An actual value as it was entered."""

    indicator: str = Field(description="Code of the indicator.", examples=["S01"])
    value: ExactDecimal = Field(description="Actual value in the unit of the indicator.", examples=["310000.50"])
    measured_on: date = Field(description="Day to which the value belongs.", examples=["2026-03-31"])
    source: str = Field(description="System from which it comes.", examples=["CRM"])
    external_id: str = Field(description="Id of the measurement in that system.", examples=["E101-S01-2026-03"])
    corrects: str | None = Field(description="External id of the measurement that it supersedes.", examples=[None])


class MeasurementProposal(ReleasedRecord):
    """Actual values of one subject that were entered by that person or by the head of that unit; they count once
    released.
    """

    subject_kind: SubjectKind = Field(description="Kind of subject measured.", examples=["employee"])
    subject_code: str = Field(description="Employee number, or code of the unit or supplier.", examples=["E101"])
    measurements: list[ProposedMeasurement] = Field(description="Measurements, in the order in which they were sent.")


class MeasurementRefusal(Model):
    """The reason for refusing actual values."""

    reason: Prose = Field(description="Reason, shown to the person who entered them.", examples=["与系统导出数据不符"])


@routes.get("", summary="List measurement proposals")
async def list_measurement_proposals(
    session: Read,
    caller: Overseer,
    paging: PageAsked,
    state: Annotated[ReleaseState | None, Query(description="Only those in this state.")] = None,
) -> Page[MeasurementProposal]:
    """Proposals in the units of HR and auditors, including decided ones, in the order in which they were entered."""
    found = await proposals.list_proposals(session, caller=caller, state=state, paging=paging)
    return Page[MeasurementProposal](**found.written(_proposal))


@routes.get("/{proposal_id}", summary="Read a measurement proposal")
async def get_measurement_proposal(proposal_id: ProposalId, session: Read, caller: Overseer) -> MeasurementProposal:
    """The measurements, with their author and the outcome."""
    return _proposal(await proposals.read(session, caller=caller, proposal_id=proposal_id))


@routes.post("/{proposal_id}/release", summary="Release a measurement proposal")
@answers_with(state="released", decided_by_name="林晓燕", decided_at="2026-04-16T02:30:00Z")
async def release_measurement_proposal(
    proposal_id: ProposalId, uow: HrUnitOfWork, revision: IfMatch
) -> MeasurementProposal:
    """A second person in HR over the unit releases the values; another account of the same
    person is refused as well.
    """
    return _proposal(await proposals.release(uow, proposal_id=proposal_id, revision=revision))


@routes.post("/{proposal_id}/refuse", summary="Refuse a measurement proposal")
@answers_with(state="refused", decided_by_name="林晓燕", decided_at="2026-04-16T02:30:00Z")
async def refuse_measurement_proposal(
    proposal_id: ProposalId, body: MeasurementRefusal, uow: HrUnitOfWork, revision: IfMatch
) -> MeasurementProposal:
    """Refused values never count. The person who entered them withdraws them in the same way."""
    found = await proposals.refuse(uow, proposal_id=proposal_id, revision=revision, reason=body.reason)
    return _proposal(found)


def _proposal(found: Proposal) -> MeasurementProposal:
    return MeasurementProposal(
        id=found.id,
        subject_kind=found.subject_kind,
        subject_code=found.subject_code,
        measurements=[_line(each) for each in found.lines],
        **vars(found.record),
    )


def _line(each: Measured) -> ProposedMeasurement:
    return ProposedMeasurement.model_validate({name: getattr(each, name) for name in ProposedMeasurement.model_fields})
