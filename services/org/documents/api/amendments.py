"""Requests to amend role documents (ORG-05)."""

from datetime import date
from typing import Literal
from uuid import UUID

from services.kit.fields import Id, Model, Prose
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.web import PageAsked, Read, Today
from services.org.documents.api.role_document_life import Remark
from services.org.documents.api.role_documents import Content
from services.org.documents.domain.amendment import AmendmentAction, AmendmentGrounds, AmendmentState
from services.org.documents.store.tables import AmendmentRow
from services.org.documents.usecases import amendments
from services.org.permissions import AuthorUnitOfWork, Decider, DeciderUnitOfWork, Overseer
from services.org.schemas import Made

routes = router("/v1/org/amendments", tag="amendments")


class NewAmendment(Model):
    """Which document should change and why: a reason, a benchmark, a business need."""

    document_id: Id
    reason: Prose
    benchmark: Prose
    business_need: Prose


class NewVersion(Model):
    """The content to begin with; that of the latest version if null."""

    content: Content | None = None


class MadeVersion(Model):
    """The number of the version made."""

    number: int


class Amendment(Model):
    """A request to amend."""

    id: Id
    document_id: Id
    state: AmendmentState
    reason: str
    benchmark: str
    business_need: str
    requested_on: date
    revision: int


@routes.post("", status_code=201)
async def request(body: NewAmendment, uow: AuthorUnitOfWork) -> Made:
    """Ask that a document be amended; the executive in charge decides before anything is drafted."""
    grounds = AmendmentGrounds(body.reason, body.benchmark, body.business_need)
    made = await amendments.request(uow, document_id=body.document_id, grounds=grounds)
    return Made(id=made)


@routes.get("")
async def listed(
    session: Read,
    _caller: Overseer,
    paging: PageAsked,
    document_id: UUID | None = None,
    state: AmendmentState | None = None,
) -> Page[Amendment]:
    """Requests in the order in which they came."""
    found = await amendments.listed(session, paging=paging, document_id=document_id, state=state)
    return Page[Amendment](**found.written(lambda row: _amendment(row.AmendmentRow)))


@routes.get("/{amendment_id}")
async def one(amendment_id: UUID, session: Read, caller: Decider, today: Today) -> Amendment:
    """A request."""
    return _amendment(await amendments.one(session, caller=caller, today=today, amendment_id=amendment_id))


@routes.post("/{amendment_id}/draft", status_code=201)
async def draft(amendment_id: UUID, body: NewVersion, uow: AuthorUnitOfWork) -> MadeVersion:
    """Begin the new version that an approved request allows."""
    number = await amendments.draft(
        uow,
        amendment_id=amendment_id,
        content=body.content.root if body.content else None,
    )
    return MadeVersion(number=number)


@routes.post("/{amendment_id}/{action}")
async def move(
    amendment_id: UUID,
    action: Literal["approve", "refuse", "withdraw"],
    body: Remark,
    uow: DeciderUnitOfWork,
) -> Made:
    """Approve or refuse (executive, not one's own), or withdraw a request."""
    await amendments.move(
        uow,
        amendment_id=amendment_id,
        action=AmendmentAction(action),
        note=body.note,
    )
    return Made(id=amendment_id)


def _amendment(row: AmendmentRow) -> Amendment:
    return Amendment.model_validate(row)
