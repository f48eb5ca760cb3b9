"""Requests to amend role documents (ORG-05)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from services.kit.database.codec import DomainModel
from services.kit.database.pages import Page
from services.kit.fields import Id, Model, Prose
from services.kit.web.application import IfMatch, PageAsked, Read, Today
from services.kit.web.routing import answers_with, located, router
from services.org.documents.api.role_document_life import TransitionNote, TransitionReason
from services.org.documents.api.role_documents import A_VERSION, Content, RoleDocumentVersion
from services.org.documents.domain.amendment import AMENDMENT, AmendmentAction, AmendmentGrounds, AmendmentState
from services.org.documents.usecases import amendments
from services.org.permissions import AmendmentReader, AuthorUnitOfWork, DeciderUnitOfWork, Overseer

BASE = "/v1/org/amendments"
routes = router(BASE, tag="amendments")

AmendmentId = Annotated[UUID, Path(description="Id of the amendment request.")]


class NewAmendment(Model):
    """An amendment request to be made."""

    document_id: Id = Field(description="Role document to amend.")
    reason: Prose = Field(description="Reason for the amendment.", examples=["The role now runs live streams."])
    benchmark: Prose = Field(description="Comparison with other companies.", examples=["Three peers have such a role."])
    business_need: Prose = Field(
        description="Business need for the change.", examples=["Two streams a week from March."]
    )


class AmendmentDraft(DomainModel):
    """The content with which the new version starts."""

    content: Content | None = Field(
        default=None, description="Content of the new version; that of the latest version by default."
    )


class Amendment(NewAmendment):
    """A request to amend a role document."""

    id: Id = Field(description="Id of the amendment request.")
    subject_code: str = Field(description="Code of the position or unit concerned.", examples=["MKT-planner"])
    state: AmendmentState = Field(description="Its state.", examples=["requested"])
    requested_on: date = Field(description="Day of the request.", examples=["2026-02-01"])
    requested_by: Id = Field(description="Account of the requester.")
    requested_by_name: str = Field(description="Name of the requester.", examples=["李雷"])
    decided_at: datetime | None = Field(
        description="Time of the approval, refusal or withdrawal, whichever was last; null until then.",
        examples=[None],
    )
    decided_by_name: str | None = Field(description="Name of the person who decided or withdrew it.", examples=[None])
    decision: str | None = Field(description="Their reason; the note with an approval.", examples=[None])
    revision: int = Field(description="Revision for `If-Match` on transitions.", examples=[1])


@routes.post("", status_code=201, summary="Request an amendment")
async def request_amendment(body: NewAmendment, uow: AuthorUnitOfWork) -> Amendment:
    """Requests an amendment of a document; the executive in charge decides before anything is drafted."""
    grounds = AmendmentGrounds(body.reason, body.benchmark, body.business_need)
    return Amendment.model_validate(await amendments.request(uow, document_id=body.document_id, grounds=grounds))


@routes.get("", summary="List amendments")
async def list_amendments(
    session: Read,
    caller: Overseer,
    paging: PageAsked,
    today: Today,
    document_id: Annotated[UUID | None, Query(description="Only requests about this document.")] = None,
    unit_id: Annotated[
        UUID | None, Query(description="Only requests about documents in this unit and those below it.")
    ] = None,
    state: Annotated[AmendmentState | None, Query(description="Only requests in this state.")] = None,
) -> Page[Amendment]:
    """Amendment requests of the units that the caller oversees, in the order in which they were made."""
    found = await amendments.listed(
        session, caller=caller, today=today, paging=paging, document_id=document_id, unit_id=unit_id, state=state
    )
    return Page[Amendment](**found.written(Amendment.model_validate))


@routes.get("/{amendment_id}", summary="Get an amendment")
async def get_amendment(amendment_id: AmendmentId, session: Read, caller: AmendmentReader, today: Today) -> Amendment:
    """An amendment request, for the people who take part in it."""
    found = await amendments.one(session, caller=caller, today=today, amendment_id=amendment_id)
    return Amendment.model_validate(found)


@routes.post("/{amendment_id}/draft", status_code=201, summary="Draft the new version")
@located(A_VERSION)
async def draft_amendment(
    amendment_id: AmendmentId, body: AmendmentDraft, uow: AuthorUnitOfWork, revision: IfMatch
) -> RoleDocumentVersion:
    """Drafts the new version that an approved request allows."""
    version = await amendments.draft(uow, amendment_id=amendment_id, revision=revision, content=body.content)
    return RoleDocumentVersion.model_validate(version)


@routes.post("/{amendment_id}/approve", summary="Approve an amendment")
@answers_with(state="approved")
async def approve_amendment(
    amendment_id: AmendmentId, body: TransitionNote, uow: DeciderUnitOfWork, revision: IfMatch
) -> Amendment:
    """The executive approves a request, but not their own."""
    found = await amendments.decide(
        uow, amendment_id=amendment_id, revision=revision, action=AmendmentAction.APPROVE, note=body.note
    )
    return Amendment.model_validate(found)


def _transition(action: AmendmentAction, summary: str, description: str) -> None:
    """Add the route of a transition that ends a request, with its reason."""

    @answers_with(state=AMENDMENT.left_by(action).value)
    async def transition(
        amendment_id: AmendmentId, body: TransitionReason, uow: DeciderUnitOfWork, revision: IfMatch
    ) -> Amendment:
        found = await amendments.decide(
            uow, amendment_id=amendment_id, revision=revision, action=action, note=body.reason
        )
        return Amendment.model_validate(found)

    routes.add_api_route(
        f"/{{amendment_id}}/{action.value}",
        transition,
        methods=["POST"],
        name=action.value,
        operation_id=f"{action.value}_amendment",
        summary=summary,
        description=description,
        response_model=Amendment,
    )


_transition(AmendmentAction.REFUSE, "Refuse an amendment", "The executive refuses a request, but not their own.")
_transition(AmendmentAction.WITHDRAW, "Withdraw an amendment", "Withdraws a request. For HR and the head of the unit.")
