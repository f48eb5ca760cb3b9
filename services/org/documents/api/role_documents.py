"""Role documents: drafted, edited, read as of a day, compared (ORG-03, ORG-04, ORG-06)."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query, Response
from pydantic import Field

from services.kit.database.codec import DomainModel, Exact, plain
from services.kit.database.pages import Page
from services.kit.fields import Day, Id, Model
from services.kit.periods import Period
from services.kit.web.application import IfMatch, PageAsked, Read, Today, tag
from services.kit.web.routing import located, router
from services.org.documents.domain.amendment import Supplement
from services.org.documents.domain.role_document import Duty, RoleDocument, SubjectKind
from services.org.documents.domain.role_document_comparison import ChangeKind
from services.org.documents.domain.role_document_life import DocumentState
from services.org.documents.usecases import document_subjects, role_documents, supplements
from services.org.permissions import AuthorUnitOfWork, Reader
from services.org.schemas import AsOf, Bilingual

BASE = "/v1/org/role_documents"
routes = router(BASE, tag="role_documents")

A_VERSION = f"{BASE}/{{document_id}}/versions/{{number}}"
"""Where a version is found."""

DocumentId = Annotated[UUID, Path(description="Id of the role document.")]
VersionNumber = Annotated[int, Path(description="Number of the version; the first is 1.", ge=1)]
Content = Annotated[RoleDocument, Exact()]
Duties = Annotated[tuple[Duty, ...], Exact()]

_DUTY = {"code": "D01", "kind": "core", "text": {"zh": "制定活动计划", "en": "Plan events"}}
_CONTENT = {
    "subject": "position",
    "title": {"zh": "活动策划", "en": "Event Planner"},
    "purpose": {"zh": "策划并执行活动", "en": "Plan and run events"},
    "duties": [_DUTY],
}
CONTENT_FIELD = Field(
    description="Content of the document: purpose, duties, authority and appraisal of the role.", examples=[_CONTENT]
)


class NewRoleDocument(DomainModel):
    """The first draft for a position or a unit (exactly one of them), or a local variant of the document
    ``parent_id``.
    """

    position_id: Id | None = Field(
        default=None, description="Position that it describes; alternatively give `unit_id`."
    )
    unit_id: Id | None = Field(default=None, description="Unit that it describes; alternatively give `position_id`.")
    parent_id: Id | None = Field(default=None, description="Document from which a local variant derives.")
    content: Content = CONTENT_FIELD


class RoleDocumentEdit(DomainModel):
    """The complete new content of a draft."""

    content: Content = CONTENT_FIELD


class NewSupplement(DomainModel):
    """Temporary duties to be added."""

    reason: Bilingual = Field(
        description="Reason, in both languages.", examples=[{"zh": "代理同事工作", "en": "Covers for a colleague"}]
    )
    duties: Duties = Field(
        description="Additional duties; their codes must differ from those in the document.", examples=[[_DUTY]]
    )
    valid_from: Day = Field(description="First day of the span.", examples=["2026-03-01"])
    valid_to: Day | None = Field(description="Last day, included; required.", examples=["2026-05-31"])


class RoleDocumentSummary(Model):
    """A document without its versions."""

    id: Id = Field(description="Id of the document.")
    subject: SubjectKind = Field(description="Kind of subject: a position or a unit.", examples=["position"])
    position_id: Id | None = Field(description="Position that it describes; null for a unit.")
    position_code: str | None = Field(description="Code of the position.", examples=["MKT-planner"])
    position_title: str | None = Field(
        description="Title of the position on the day, in Chinese.", examples=["活动策划"]
    )
    position_title_en: str | None = Field(
        description="Title of the position on the day, in English.", examples=["Event planner"]
    )
    unit_id: Id | None = Field(description="Unit that it describes; null for a position.")
    unit_code: str | None = Field(description="Code of the unit.", examples=["MKT"])
    unit_name: str | None = Field(description="Name of the unit on the day, in Chinese.", examples=["市场部"])
    unit_name_en: str | None = Field(description="Name of the unit on the day, in English.", examples=["Marketing"])
    parent_id: Id | None = Field(description="Document from which a local variant derives.")
    parent_name: str | None = Field(
        description="Name on the day of the position or unit that this document describes, in Chinese.",
        examples=["市场部"],
    )
    parent_name_en: str | None = Field(
        description="Name on the day of the position or unit that this document describes, in English.",
        examples=["Marketing"],
    )
    registered_at: datetime | None = Field(description="Time at which a local variant was registered with HR.")
    revision: int = Field(description="Revision, raised by every change of the document itself.", examples=[1])


class RoleDocumentVersionSummary(DomainModel):
    """A version without its content."""

    document_id: Id = Field(description="Id of the document.")
    number: int = Field(description="Number of the version; the first is 1.", examples=[2])
    state: DocumentState = Field(description="State of the version.", examples=["draft"])
    valid_from: date | None = Field(description="First day in force; null until it is signed.", examples=["2026-03-01"])
    valid_to: date | None = Field(description="Last day in force, included; null if open-ended.", examples=[None])
    amendment_id: Id | None = Field(description="Amendment request that allowed it.")
    decided_at: datetime | None = Field(
        description="Time of the last step that somebody took with it; null for a fresh draft.", examples=[None]
    )
    decided_by_name: str | None = Field(description="Name of the person who took that step.", examples=[None])
    decision: str | None = Field(description="Their reason or note, such as what has to be changed.", examples=[None])
    revision: int = Field(description="Revision for `If-Match` on edits and transitions.", examples=[1])


class RoleDocumentVersion(RoleDocumentVersionSummary):
    """A version with its content."""

    content: Content = CONTENT_FIELD


class RoleSupplement(DomainModel):
    """Temporary duties of a role, in addition to its document."""

    id: Id = Field(description="Id of the supplement.")
    document_id: Id = Field(description="Document that it supplements.")
    reason: Bilingual = Field(description="Reason, in both languages.", examples=[{"zh": "代理", "en": "Cover"}])
    duties: Duties = Field(description="Additional duties.", examples=[[_DUTY]])
    valid_from: date = Field(description="First day of the span.", examples=["2026-03-01"])
    valid_to: date | None = Field(description="Last day of the span, included.", examples=["2026-05-31"])


class RoleDocumentInForce(DomainModel):
    """A document as it is in force on a day."""

    document: RoleDocumentSummary = Field(description="Document to which it belongs.")
    version: RoleDocumentVersionSummary = Field(description="Version in force.")
    content: Content = Field(description="Content, with the duties of the supplements in force.", examples=[_CONTENT])
    supplements: list[RoleSupplement] = Field(description="Supplements in force on the day.")


class RoleDocumentDifference(Model):
    """One difference between two versions."""

    path: str = Field(description="Path of the part; list items by their code.", examples=["/duties/D03/text/en"])
    kind: ChangeKind = Field(description="Kind of change.", examples=["changed"])
    before: Any = Field(description="Content before the change; null if it was added.", examples=["Plan events"])
    after: Any = Field(
        description="Content after the change; null if it was removed.", examples=["Plan and run events"]
    )


@routes.post("", status_code=201, summary="Draft a role document")
@located(A_VERSION)
async def draft_role_document(body: NewRoleDocument, uow: AuthorUnitOfWork) -> RoleDocumentVersion:
    """Drafts the first version for a position or a unit. For HR over the unit and the head of the unit."""
    subject = document_subjects.the_one(body.position_id, body.unit_id)
    version = await role_documents.draft(uow, subject=subject, parent_id=body.parent_id, content=body.content)
    return RoleDocumentVersion.model_validate(version)


@routes.get("", summary="List role documents")
async def list_role_documents(
    session: Read,
    _caller: Reader,
    paging: PageAsked,
    today: Today,
    position_id: Annotated[UUID | None, Query(description="Only the document of this position.")] = None,
    unit_id: Annotated[UUID | None, Query(description="Only the document of this unit.")] = None,
    parent_id: Annotated[UUID | None, Query(description="Only local variants of this document.")] = None,
) -> Page[RoleDocumentSummary]:
    """Documents in the order in which they were drafted."""
    found = await role_documents.listed(
        session, today=today, paging=paging, position_id=position_id, unit_id=unit_id, parent_id=parent_id
    )
    return Page[RoleDocumentSummary](**found.written(RoleDocumentSummary.model_validate))


@routes.get("/{document_id}", summary="Get a role document in force")
async def get_role_document(
    document_id: DocumentId, session: Read, _caller: Reader, day: AsOf, response: Response
) -> RoleDocumentInForce:
    """The document as in force on any day, past or future."""
    found = await role_documents.in_force(session, document_id=document_id, day=day)
    tag(response, found.document.revision)
    return RoleDocumentInForce(
        document=RoleDocumentSummary.model_validate(found.document),
        version=RoleDocumentVersionSummary.model_validate(found.version),
        content=found.content,
        supplements=[RoleSupplement.model_validate(each) for each in found.supplements],
    )


@routes.get("/{document_id}/versions", summary="List the versions of a role document")
async def list_role_document_versions(
    document_id: DocumentId, session: Read, caller: Reader, today: Today
) -> list[RoleDocumentVersionSummary]:
    """All versions; only HR, executives, auditors and the head of the unit see those that were never signed."""
    found = await role_documents.versions(session, caller=caller, today=today, document_id=document_id)
    return [RoleDocumentVersionSummary.model_validate(each) for each in found]


@routes.get("/{document_id}/versions/{number}", summary="Get a version of a role document")
async def get_role_document_version(
    document_id: DocumentId, number: VersionNumber, session: Read, caller: Reader, today: Today
) -> RoleDocumentVersion:
    """One version with its content."""
    found = await role_documents.version(session, caller=caller, today=today, document_id=document_id, number=number)
    return RoleDocumentVersion.model_validate(found)


@routes.put("/{document_id}/versions/{number}", summary="Edit a draft")
async def update_role_document_version(
    document_id: DocumentId,
    number: VersionNumber,
    body: RoleDocumentEdit,
    uow: AuthorUnitOfWork,
    revision: IfMatch,
) -> RoleDocumentVersion:
    """Replaces the content of a draft. Versions that were submitted cannot be edited."""
    found = await role_documents.edit(
        uow, document_id=document_id, number=number, revision=revision, content=body.content
    )
    return RoleDocumentVersion.model_validate(found)


@routes.get("/{document_id}/differences", summary="Compare two versions")
async def compare_role_document_versions(
    document_id: DocumentId,
    session: Read,
    caller: Reader,
    today: Today,
    before: Annotated[int, Query(description="Number of the earlier version.", ge=1)],
    after: Annotated[int, Query(description="Number of the later version.", ge=1)],
) -> list[RoleDocumentDifference]:
    """The differences from version ``before`` to version ``after``."""
    found = await role_documents.compared(
        session, caller=caller, today=today, document_id=document_id, before=before, after=after
    )
    return [
        RoleDocumentDifference.model_validate(replace(each, before=plain(each.before), after=plain(each.after)))
        for each in found
    ]


@routes.post("/{document_id}/supplements", status_code=201, summary="Add temporary duties")
@located("/v1/org/role_documents/{document_id}?as_of={valid_from}")
async def add_role_supplement(document_id: DocumentId, body: NewSupplement, uow: AuthorUnitOfWork) -> RoleSupplement:
    """Adds temporary duties to those in the role's document."""
    wanted = Supplement(body.reason.text, body.duties, Period.closed(body.valid_from, body.valid_to))
    added = await supplements.add(uow, document_id=document_id, supplement=wanted)
    return RoleSupplement.model_validate(added)
