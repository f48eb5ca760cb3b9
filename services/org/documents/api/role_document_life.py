"""The moves of role documents through review and approval into force (ORG-04, ORG-06)."""

from datetime import date
from typing import Literal
from uuid import UUID

from services.kit.fields import Model, Prose
from services.kit.routing import router
from services.org.documents.domain.role_document_life import DocumentAction
from services.org.documents.usecases import role_document_life
from services.org.permissions import DeciderUnitOfWork, HrUnitOfWork
from services.org.schemas import Made

routes = router("/v1/org/role_documents", tag="role_documents")

Handed = Literal["submit", "recall", "return", "endorse", "approve", "withdraw"]


class Remark(Model):
    """What the mover has to say."""

    note: Prose | None = None


class Signing(Model):
    """From which day on the version counts; today or later."""

    signed_on: date


@routes.post("/{document_id}/versions/{number}/sign")
async def sign(document_id: UUID, number: int, body: Signing, uow: HrUnitOfWork) -> Made:
    """Sign an approved version: it counts from that day on, the one before it ends the day before."""
    await role_document_life.sign(
        uow,
        document_id=document_id,
        number=number,
        signed_on=body.signed_on,
    )
    return Made(id=document_id)


@routes.post("/{document_id}/versions/{number}/unsign")
async def unsign(document_id: UUID, number: int, uow: HrUnitOfWork) -> Made:
    """Undo a signing whose day has not come."""
    await role_document_life.unsign(uow, document_id=document_id, number=number)
    return Made(id=document_id)


@routes.post("/{document_id}/versions/{number}/{action}")
async def move(
    document_id: UUID,
    number: int,
    action: Handed,
    body: Remark,
    uow: DeciderUnitOfWork,
) -> Made:
    """Submit, recall, return, endorse (HR), approve (executive) or withdraw a version; four eyes are kept."""
    await role_document_life.move(
        uow,
        document_id=document_id,
        number=number,
        action=DocumentAction(action),
        note=body.note,
    )
    return Made(id=document_id)


@routes.post("/{document_id}/file")
async def file(document_id: UUID, uow: HrUnitOfWork) -> Made:
    """Note that a local variant is filed with HR; only then can it be signed."""
    await role_document_life.file(uow, document_id=document_id)
    return Made(id=document_id)
