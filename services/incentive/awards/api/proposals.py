"""/v1/incentive/innovation_proposals: ideas, what they were measured to save, and what was decided (INC-04)."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field

from services.incentive.awards.domain.proposal import ProposalAction, ProposalState
from services.incentive.awards.usecases import proposals as usecases
from services.incentive.permissions import ExecutiveUnitOfWork, PayerUnitOfWork
from services.kit.access.callers import AnyCaller, AnyCallerUnitOfWork
from services.kit.database.pages import Page
from services.kit.fields import Id, Label, Model, Money, PositiveMoney, Prose
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.routing import router
from services.kit.work.history import decision_shown

routes = router("/v1/incentive/innovation_proposals", tag="awards")

ProposalId = Annotated[Id, Path(description="Id of the proposal.")]


class InnovationProposalRequest(Model):
    """An innovation proposal to be submitted."""

    title: Label = Field(description="Title of the proposal.", examples=["短视频获客"])
    description: Prose = Field(
        description="Description of the idea and of its expected benefit.", examples=["改投短视频平台。"]
    )


class InnovationAssessment(Model):
    """The cost of acquiring a customer before and with the innovation."""

    cost_before: PositiveMoney = Field(
        description="Acquisition cost per customer before the innovation, in yuan.", examples=["400.00"]
    )
    cost_after: PositiveMoney = Field(
        description="Acquisition cost per customer with the innovation, in yuan.", examples=["300.00"]
    )
    assessment: Prose = Field(
        description="Description of how the saving was measured.", examples=["对比 2025 年四季度与 2026 年一季度。"]
    )


class InnovationDecision(Model):
    """The reason for adopting or refusing a proposal."""

    reason: Prose = Field(
        description="Reason, shown to the person who submitted the proposal.", examples=["推广至全部区域。"]
    )


class InnovationProposal(Model):
    """An innovation proposal and its outcome."""

    id: Id = Field(description="Id of the proposal.", examples=["01980000-0000-7000-8000-0000000000f7"])
    title: str = Field(description="Title of the proposal.", examples=["短视频获客"])
    description: str = Field(description="What is to be done.", examples=["改投短视频平台。"])
    state: ProposalState = Field(description="Its state.", examples=["assessed"])
    revision: int = Field(description="Revision of the record, for `If-Match`.", examples=[2])
    cost_before: Money | None = Field(
        description="Acquisition cost per customer before the innovation, in yuan; null until measured.",
        examples=["400.00"],
    )
    cost_after: Money | None = Field(
        description="Acquisition cost per customer with the innovation, in yuan; null until measured.",
        examples=["300.00"],
    )
    improvement: str | None = Field(description="Reduction of the acquisition cost, in percent.", examples=["25.00 %"])
    assessment: str | None = Field(
        description="Description of how the saving was measured.", examples=["对比两个季度。"]
    )
    decided_at: datetime | None = Field(
        description="Time of the adoption or refusal; null until then.", examples=[None]
    )
    decided_by_name: str | None = Field(description="Name of the person who adopted or refused it.", examples=[None])
    decision: str | None = Field(description="Reason for the adoption or refusal.", examples=[None])
    submitted_at: datetime = Field(description="Time of submission.", examples=["2026-02-02T09:00:00+08:00"])
    submitted_by_name: str = Field(description="Name of the person who submitted it.", examples=["苏曼青"])


@routes.post("", status_code=201, response_model=InnovationProposal, summary="Submit an innovation proposal")
async def submit_innovation_proposal(uow: AnyCallerUnitOfWork, body: InnovationProposalRequest) -> dict[str, Any]:
    """Every employee can submit a proposal; finance measures the saving."""
    details = await usecases.submit_proposal(uow, **body.model_dump())
    return _proposal(details)


@routes.get("", response_model=Page[InnovationProposal], summary="List innovation proposals")
async def list_innovation_proposals(
    session: Read,
    caller: AnyCaller,
    paging: PageAsked,
    state: Annotated[ProposalState | None, Query(description="Only proposals in this state.")] = None,
) -> dict[str, Any]:
    """Callers see their own proposals and the adopted ones; those who decide on proposals see all."""
    return (await usecases.list_proposals(session, caller=caller, state=state, paging=paging)).written(_proposal)


@routes.get("/{proposal_id}", response_model=InnovationProposal, summary="Read an innovation proposal")
async def get_innovation_proposal(session: Read, caller: AnyCaller, proposal_id: ProposalId) -> dict[str, Any]:
    """Adopted proposals are visible to everyone."""
    return _proposal(await usecases.read_proposal(session, caller=caller, proposal_id=proposal_id))


@routes.post("/{proposal_id}/assess", response_model=InnovationProposal, summary="Assess an innovation proposal")
async def assess_innovation_proposal(
    uow: PayerUnitOfWork, proposal_id: ProposalId, body: InnovationAssessment, revision: IfMatch
) -> dict[str, Any]:
    """Finance enters the measured costs, though not for its own proposals; they can be entered again until the
    proposal is decided.
    """
    details = await usecases.assess_proposal(
        uow,
        proposal_id=proposal_id,
        revision=revision,
        before=body.cost_before,
        after=body.cost_after,
        text=body.assessment,
    )
    return _proposal(details)


@routes.post("/{proposal_id}/adopt", response_model=InnovationProposal, summary="Adopt an innovation proposal")
async def adopt_innovation_proposal(
    uow: ExecutiveUnitOfWork,
    proposal_id: ProposalId,
    body: InnovationDecision,
    revision: IfMatch,
) -> dict[str, Any]:
    """An executive adopts the proposal, but not one that they submitted or measured. From then on an award can be
    nominated for it.
    """
    action = ProposalAction.ADOPT
    details = await usecases.decide_proposal(
        uow, proposal_id=proposal_id, action=action, revision=revision, reason=body.reason
    )
    return _proposal(details)


@routes.post("/{proposal_id}/refuse", response_model=InnovationProposal, summary="Refuse an innovation proposal")
async def refuse_innovation_proposal(
    uow: ExecutiveUnitOfWork,
    proposal_id: ProposalId,
    body: InnovationDecision,
    revision: IfMatch,
) -> dict[str, Any]:
    """An executive refuses the proposal, with a reason."""
    action = ProposalAction.REFUSE
    details = await usecases.decide_proposal(
        uow, proposal_id=proposal_id, action=action, revision=revision, reason=body.reason
    )
    return _proposal(details)


def _proposal(details: usecases.ProposalDetails) -> dict[str, Any]:
    added = {"improvement", "decided_at", "decided_by_name"}
    own = {name: getattr(details.row, name) for name in InnovationProposal.model_fields if name not in added}
    return {**decision_shown(details.decision), **own, "improvement": details.improvement}
