"""/v1/incentive/innovation_proposals: ideas, what they were measured to save, and what was decided (INC-04)."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query, Response
from pydantic import Field

from services.incentive.awards.domain.proposal import ProposalAction, ProposalState
from services.incentive.awards.usecases import proposals as usecases
from services.incentive.permissions import ExecutiveUnitOfWork, PayerUnitOfWork
from services.kit.callers import AnyCaller, AnyCallerUnitOfWork
from services.kit.fields import Id, Label, Model, Money, PositiveMoney, Prose
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.web import IfMatch, PageAsked, Read, tag

routes = router("/v1/incentive/innovation_proposals", tag="awards")

ProposalId = Annotated[Id, Path(description="Id of the proposal.")]


class InnovationProposalRequest(Model):
    """An idea."""

    title: Label = Field(description="What it is called.", examples=["短视频获客"])
    description: Prose = Field(
        description="What is to be done, and what it should bring.", examples=["改投短视频平台。"]
    )


class InnovationAssessment(Model):
    """What acquiring a customer cost before and costs with the innovation."""

    cost_before: PositiveMoney = Field(description="Yuan per customer before.", examples=["400.00"])
    cost_after: PositiveMoney = Field(description="Yuan per customer now.", examples=["300.00"])
    assessment: Prose = Field(description="How it was measured.", examples=["对比 2025 年四季度与 2026 年一季度。"])


class InnovationDecision(Model):
    """Why a proposal is adopted or refused."""

    reason: Prose = Field(description="For whoever submitted it.", examples=["推广至全部区域。"])


class InnovationProposal(Model):
    """An idea and what became of it."""

    id: Id = Field(description="Id of the proposal.", examples=["01980000-0000-7000-8000-0000000000f7"])
    title: str = Field(description="What it is called.", examples=["短视频获客"])
    description: str = Field(description="What is to be done.", examples=["改投短视频平台。"])
    state: ProposalState = Field(description="Its state.", examples=["assessed"])
    revision: int = Field(description="For If-Match.", examples=[2])
    cost_before: Money | None = Field(description="Yuan per customer before; null until measured.", examples=["400.00"])
    cost_after: Money | None = Field(description="Yuan per customer now; null until measured.", examples=["300.00"])
    improvement: str | None = Field(description="By how many percent the cost fell.", examples=["25.00 %"])
    assessment: str | None = Field(description="How it was measured.", examples=["对比两个季度。"])
    decision: str | None = Field(description="Why it was adopted or refused.", examples=[None])
    submitted_at: datetime = Field(description="When it was submitted.", examples=["2026-02-02T09:00:00+08:00"])
    submitted_by_name: str = Field(description="Who submitted it.", examples=["苏曼青"])


@routes.post("", status_code=201, response_model=InnovationProposal, summary="Submit an innovation proposal")
async def submit_innovation_proposal(
    uow: AnyCallerUnitOfWork, body: InnovationProposalRequest, response: Response
) -> dict[str, Any]:
    """By anybody who works here; finance measures what it saves."""
    details = await usecases.submit_proposal(uow, **body.model_dump())
    response.headers["Location"] = f"/v1/incentive/innovation_proposals/{details.row.id}"
    return _tagged(details, response)


@routes.get("", response_model=Page[InnovationProposal], summary="List innovation proposals")
async def list_innovation_proposals(
    session: Read,
    caller: AnyCaller,
    paging: PageAsked,
    state: Annotated[ProposalState | None, Query(description="Only proposals in this state.")] = None,
) -> dict[str, Any]:
    """One's own and the adopted ones; all for those who decide about them."""
    return (await usecases.list_proposals(session, caller=caller, state=state, paging=paging)).written(_proposal)


@routes.get("/{proposal_id}", response_model=InnovationProposal, summary="Read an innovation proposal")
async def get_innovation_proposal(
    session: Read, caller: AnyCaller, proposal_id: ProposalId, response: Response
) -> dict[str, Any]:
    """An adopted one is for everybody."""
    return _tagged(await usecases.read_proposal(session, caller=caller, proposal_id=proposal_id), response)


@routes.post("/{proposal_id}/assess", response_model=InnovationProposal, summary="Measure what an innovation saves")
async def assess_innovation_proposal(
    uow: PayerUnitOfWork, proposal_id: ProposalId, body: InnovationAssessment, revision: IfMatch, response: Response
) -> dict[str, Any]:
    """By finance, never one's own; again until it is decided."""
    details = await usecases.assess_proposal(
        uow,
        proposal_id=proposal_id,
        revision=revision,
        before=body.cost_before,
        after=body.cost_after,
        text=body.assessment,
    )
    return _tagged(details, response)


@routes.post("/{proposal_id}/adopt", response_model=InnovationProposal, summary="Adopt an innovation")
async def adopt_innovation_proposal(
    uow: ExecutiveUnitOfWork,
    proposal_id: ProposalId,
    body: InnovationDecision,
    revision: IfMatch,
    response: Response,
) -> dict[str, Any]:
    """By an executive who neither submitted nor measured it; an award can be nominated by it from then on."""
    action = ProposalAction.ADOPT
    details = await usecases.decide_proposal(
        uow, proposal_id=proposal_id, action=action, revision=revision, reason=body.reason
    )
    return _tagged(details, response)


@routes.post("/{proposal_id}/refuse", response_model=InnovationProposal, summary="Refuse an innovation")
async def refuse_innovation_proposal(
    uow: ExecutiveUnitOfWork,
    proposal_id: ProposalId,
    body: InnovationDecision,
    revision: IfMatch,
    response: Response,
) -> dict[str, Any]:
    """By an executive, with the reason."""
    action = ProposalAction.REFUSE
    details = await usecases.decide_proposal(
        uow, proposal_id=proposal_id, action=action, revision=revision, reason=body.reason
    )
    return _tagged(details, response)


def _tagged(details: usecases.ProposalDetails, response: Response) -> dict[str, Any]:
    tag(response, details.row.revision)
    return _proposal(details)


def _proposal(details: usecases.ProposalDetails) -> dict[str, Any]:
    own = (name for name in InnovationProposal.model_fields if name != "improvement")
    return {**{name: getattr(details.row, name) for name in own}, "improvement": details.improvement}
