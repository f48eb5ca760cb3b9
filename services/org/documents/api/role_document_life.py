"""The transitions of role documents through review and approval into force (ORG-04, ORG-06).

Each names in If-Match the revision that the caller has read: what was edited since then is not approved unseen.
"""

from collections.abc import Callable
from typing import Any

from pydantic import Field

from services.kit.fields import Day, Model, Prose
from services.kit.web.application import IfMatch
from services.kit.web.routing import answers_with, router
from services.org.documents.api.role_documents import (
    BASE,
    DocumentId,
    RoleDocumentSummary,
    RoleDocumentVersion,
    VersionNumber,
)
from services.org.documents.domain.role_document_life import DOCUMENT, DocumentAction
from services.org.documents.usecases import role_document_life
from services.org.permissions import DeciderUnitOfWork, HrUnitOfWork

routes = router(BASE, tag="role_documents")

VERSION = "/{document_id}/versions/{number}"


class TransitionNote(Model):
    """The caller's note on the transition."""

    note: Prose | None = Field(
        default=None, description="Note, kept with the transition.", examples=["Checked with legal."]
    )


class TransitionReason(Model):
    """The reason for a transition that sends something back or ends it."""

    reason: Prose = Field(
        description="Reason, kept with the transition and shown in the record.",
        examples=["The limits of authority are missing."],
    )


class Signing(Model):
    """The day on which the version comes into force."""

    signed_on: Day = Field(description="First day in force: today or later.", examples=["2026-03-01"])


@routes.post(f"{VERSION}/sign", summary="Sign an approved version")
@answers_with(state="signed")
async def sign_role_document_version(
    document_id: DocumentId,
    number: VersionNumber,
    body: Signing,
    uow: HrUnitOfWork,
    revision: IfMatch,
) -> RoleDocumentVersion:
    """Puts an approved version in force from the given day; the previous one ends the day before."""
    found = await role_document_life.sign(
        uow, document_id=document_id, number=number, revision=revision, signed_on=body.signed_on
    )
    return RoleDocumentVersion.model_validate(found)


@routes.post(f"{VERSION}/revoke_signature", summary="Revoke a signature")
@answers_with(state="approved")
async def revoke_role_document_signature(
    document_id: DocumentId,
    number: VersionNumber,
    body: TransitionReason,
    uow: HrUnitOfWork,
    revision: IfMatch,
) -> RoleDocumentVersion:
    """Revokes the signature of a version that is not yet in force."""
    found = await role_document_life.revoke_signature(
        uow, document_id=document_id, number=number, revision=revision, reason=body.reason
    )
    return RoleDocumentVersion.model_validate(found)


def _transition(action: DocumentAction, summary: str, description: str) -> None:
    """Add the route of a transition that goes on, with a note if the caller wants."""

    async def transition(
        document_id: DocumentId,
        number: VersionNumber,
        body: TransitionNote,
        uow: DeciderUnitOfWork,
        revision: IfMatch,
    ) -> RoleDocumentVersion:
        found = await role_document_life.advance_version(
            uow, document_id=document_id, number=number, revision=revision, action=action, note=body.note
        )
        return RoleDocumentVersion.model_validate(found)

    _add(action, transition, summary, description)


def _sending_back(action: DocumentAction, summary: str, description: str) -> None:
    """Add the route of a transition that sends back or ends, with its reason."""

    async def transition(
        document_id: DocumentId,
        number: VersionNumber,
        body: TransitionReason,
        uow: DeciderUnitOfWork,
        revision: IfMatch,
    ) -> RoleDocumentVersion:
        found = await role_document_life.advance_version(
            uow, document_id=document_id, number=number, revision=revision, action=action, note=body.reason
        )
        return RoleDocumentVersion.model_validate(found)

    _add(action, transition, summary, description)


def _add(action: DocumentAction, transition: Callable[..., Any], summary: str, description: str) -> None:
    routes.add_api_route(
        f"{VERSION}/{action.value}",
        answers_with(state=DOCUMENT.left_by(action).value)(transition),
        methods=["POST"],
        name=action.value,
        operation_id=f"{action.value}_role_document_version",
        summary=summary,
        description=description,
        response_model=RoleDocumentVersion,
    )


_transition(DocumentAction.SUBMIT, "Submit a draft", "Submits a complete draft to HR. For HR and the head of the unit.")
_sending_back(
    DocumentAction.RECALL,
    "Recall a submitted version",
    "Recalls a version for changes before HR decides, with a reason.",
)
_sending_back(
    DocumentAction.RETURN, "Return a version", "Returns a version to its authors for changes. For HR or an executive."
)
_transition(
    DocumentAction.ENDORSE,
    "Endorse a version",
    "HR endorses a submitted version and passes it on to an executive; the person who submitted it cannot endorse it.",
)
_transition(
    DocumentAction.APPROVE,
    "Approve a version",
    "An executive approves an endorsed version, but not one that they submitted or endorsed.",
)
_sending_back(DocumentAction.WITHDRAW, "Withdraw a version", "Withdraws a version before it is signed.")


@routes.post("/{document_id}/register", summary="Register a local variant")
async def register_role_document(document_id: DocumentId, uow: HrUnitOfWork, revision: IfMatch) -> RoleDocumentSummary:
    """Registers a local variant with HR, which is required before it can be signed. Registering it again changes
    nothing.
    """
    return RoleDocumentSummary.model_validate(
        await role_document_life.register(uow, document_id=document_id, revision=revision)
    )
