"""Role documents: drafted, edited, read as of a day, compared (ORG-03, ORG-04, ORG-06)."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query, Response
from pydantic import Field

from services.kit.codec import DomainModel, Exact, plain
from services.kit.fields import Id, Model
from services.kit.pages import Page
from services.kit.periods import Period
from services.kit.routing import router
from services.kit.web import IfMatch, PageAsked, Read, Today, tag
from services.org.documents.domain.amendment import Supplement
from services.org.documents.domain.role_document import Duty, RoleDocument, SubjectKind
from services.org.documents.domain.role_document_comparison import ChangeKind
from services.org.documents.domain.role_document_life import DocumentState
from services.org.documents.usecases import document_subjects, role_documents, supplements
from services.org.permissions import AuthorUnitOfWork, Reader
from services.org.schemas import AsOf, Bilingual

BASE = "/v1/org/role_documents"
routes = router(BASE, tag="role_documents")

DocumentId = Annotated[UUID, Path(description="The role document.")]
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
CONTENT_FIELD = Field(description="What the role is for, does, may decide and is measured by.", examples=[_CONTENT])


class NewRoleDocument(DomainModel):
    """The first draft for a position or a unit (exactly one), or a local variant of the document ``parent_id``."""

    position_id: Id | None = Field(default=None, description="The position it describes; or else give `unit_id`.")
    unit_id: Id | None = Field(default=None, description="The unit it describes; or else give `position_id`.")
    parent_id: Id | None = Field(default=None, description="For a local variant: the document it derives from.")
    content: Content = CONTENT_FIELD


class RoleDocumentEdit(DomainModel):
    """A draft, replaced as a whole."""

    content: Content = CONTENT_FIELD


class NewSupplement(DomainModel):
    """Duties for a time."""

    reason: Bilingual = Field(
        description="Why, in both languages.", examples=[{"zh": "代理同事工作", "en": "Covers for a colleague"}]
    )
    duties: Duties = Field(description="The duties; their codes are not those of the document.", examples=[[_DUTY]])
    valid_from: date = Field(description="First day.", examples=["2026-03-01"])
    valid_to: date | None = Field(description="Last day, included; demanded.", examples=["2026-05-31"])


class RoleDocumentSummary(Model):
    """A document without its versions."""

    id: Id = Field(description="The document.")
    subject: SubjectKind = Field(description="What it describes.", examples=["position"])
    position_id: Id | None = Field(description="The position it describes; null for a unit.")
    position_code: str | None = Field(description="Code of the position.", examples=["MKT-planner"])
    position_title: str | None = Field(description="Title of the position on the day.", examples=["活动策划"])
    unit_id: Id | None = Field(description="The unit it describes; null for a position.")
    unit_code: str | None = Field(description="Code of the unit.", examples=["MKT"])
    unit_name: str | None = Field(description="Name of the unit on the day.", examples=["市场部"])
    parent_id: Id | None = Field(description="For a local variant: the document it derives from.")
    registered_at: datetime | None = Field(description="When a local variant was registered with HR.")
    revision: int = Field(description="Grows with every change of the document itself.", examples=[1])


class RoleDocumentVersionSummary(DomainModel):
    """A version without its content."""

    document_id: Id = Field(description="The document.")
    number: int = Field(description="Number of the version; the first is 1.", examples=[2])
    state: DocumentState = Field(description="The state of the version.", examples=["draft"])
    valid_from: date | None = Field(description="First day in force; null until it is signed.", examples=["2026-03-01"])
    valid_to: date | None = Field(description="Last day in force, included; null: open.", examples=[None])
    amendment_id: Id | None = Field(description="The amendment that allowed it.")
    revision: int = Field(description="For If-Match on edits and transitions.", examples=[1])


class RoleDocumentVersion(RoleDocumentVersionSummary):
    """A version with its content."""

    content: Content = CONTENT_FIELD


class RoleSupplement(DomainModel):
    """Duties that a role has for a time."""

    id: Id = Field(description="The supplement.")
    document_id: Id = Field(description="The document that it adds to.")
    reason: Bilingual = Field(description="Why, in both languages.", examples=[{"zh": "代理", "en": "Cover"}])
    duties: Duties = Field(description="The duties.", examples=[[_DUTY]])
    valid_from: date = Field(description="First day.", examples=["2026-03-01"])
    valid_to: date | None = Field(description="Last day, included.", examples=["2026-05-31"])


class RoleDocumentInForce(DomainModel):
    """A document as it is in force on a day."""

    document: RoleDocumentSummary = Field(description="Whose document it is.")
    version: RoleDocumentVersionSummary = Field(description="The version in force.")
    content: Content = Field(
        description="Its content, with the duties of the supplements that hold.", examples=[_CONTENT]
    )
    supplements: list[RoleSupplement] = Field(description="The supplements that hold on the day.")


class RoleDocumentDifference(Model):
    """One difference between two versions."""

    path: str = Field(description="The part; items of lists by their code.", examples=["/duties/D03/text/en"])
    kind: ChangeKind = Field(description="What happened to it.", examples=["changed"])
    before: Any = Field(description="The part before; null where it was not there.", examples=["Plan events"])
    after: Any = Field(description="The part after; null where it is not there.", examples=["Plan and run events"])


@routes.post("", status_code=201, summary="Draft a role document")
async def draft_role_document(body: NewRoleDocument, uow: AuthorUnitOfWork, response: Response) -> RoleDocumentVersion:
    """Draft the first version for a position or a unit; for HR over the unit and whoever heads it."""
    subject = document_subjects.the_one(body.position_id, body.unit_id)
    version = await role_documents.draft(uow, subject=subject, parent_id=body.parent_id, content=body.content)
    return created_version(version, response)


@routes.get("", summary="List role documents")
async def list_role_documents(
    session: Read,
    _caller: Reader,
    paging: PageAsked,
    today: Today,
    position_id: Annotated[UUID | None, Query(description="The document of this position.")] = None,
    unit_id: Annotated[UUID | None, Query(description="The document of this unit.")] = None,
    parent_id: Annotated[UUID | None, Query(description="Local variants of this document.")] = None,
) -> Page[RoleDocumentSummary]:
    """Documents in the order in which they were drafted."""
    found = await role_documents.listed(
        session, today=today, paging=paging, position_id=position_id, unit_id=unit_id, parent_id=parent_id
    )
    return Page[RoleDocumentSummary](**found.written(document_shown))


@routes.get("/{document_id}", summary="Get a role document in force")
async def get_role_document(
    document_id: DocumentId, session: Read, _caller: Reader, day: AsOf, response: Response
) -> RoleDocumentInForce:
    """The document as it is in force on a day, however long ago."""
    found = await role_documents.in_force(session, document_id=document_id, day=day)
    tag(response, found.document.revision)
    return RoleDocumentInForce(
        document=document_shown(found.document),
        version=RoleDocumentVersionSummary.model_validate(found.version),
        content=found.content,
        supplements=[RoleSupplement.model_validate(each) for each in found.supplements],
    )


@routes.get("/{document_id}/versions", summary="List the versions of a role document")
async def list_role_document_versions(
    document_id: DocumentId, session: Read, caller: Reader, today: Today
) -> list[RoleDocumentVersionSummary]:
    """Every version; those never signed only for HR, executives, auditors and the head of the unit."""
    found = await role_documents.versions(session, caller=caller, today=today, document_id=document_id)
    return [RoleDocumentVersionSummary.model_validate(each) for each in found]


@routes.get("/{document_id}/versions/{number}", summary="Get a version of a role document")
async def get_role_document_version(
    document_id: DocumentId, number: VersionNumber, session: Read, caller: Reader, today: Today, response: Response
) -> RoleDocumentVersion:
    """One version with its content."""
    found = await role_documents.version(session, caller=caller, today=today, document_id=document_id, number=number)
    return version_shown(found, response)


@routes.put("/{document_id}/versions/{number}", summary="Edit a draft")
async def update_role_document_version(
    document_id: DocumentId,
    number: VersionNumber,
    body: RoleDocumentEdit,
    uow: AuthorUnitOfWork,
    revision: IfMatch,
    response: Response,
) -> RoleDocumentVersion:
    """Replace the content of a draft; what was submitted cannot be edited."""
    found = await role_documents.edit(
        uow, document_id=document_id, number=number, revision=revision, content=body.content
    )
    return version_shown(found, response)


@routes.get("/{document_id}/differences", summary="Compare two versions")
async def compare_role_document_versions(
    document_id: DocumentId,
    session: Read,
    caller: Reader,
    today: Today,
    before: Annotated[int, Query(description="Number of the earlier version.", ge=1)],
    after: Annotated[int, Query(description="Number of the later version.", ge=1)],
) -> list[RoleDocumentDifference]:
    """What changed from version ``before`` to version ``after``."""
    found = await role_documents.compared(
        session, caller=caller, today=today, document_id=document_id, before=before, after=after
    )
    return [
        RoleDocumentDifference.model_validate(replace(each, before=plain(each.before), after=plain(each.after)))
        for each in found
    ]


@routes.post("/{document_id}/supplements", status_code=201, summary="Add duties for a time")
async def add_role_supplement(
    document_id: DocumentId, body: NewSupplement, uow: AuthorUnitOfWork, response: Response
) -> RoleSupplement:
    """Give the role duties for a time in addition to those of its document."""
    wanted = Supplement(body.reason.text, body.duties, Period.closed(body.valid_from, body.valid_to))
    added = await supplements.add(uow, document_id=document_id, supplement=wanted)
    response.headers["Location"] = f"{BASE}/{document_id}?as_of={added.valid_from}"
    return RoleSupplement.model_validate(added)


def document_shown(found: object) -> RoleDocumentSummary:
    """A document as it is answered."""
    return RoleDocumentSummary.model_validate(found)


def version_shown(found: object, response: Response) -> RoleDocumentVersion:
    """A version as it is answered, with its revision as ETag."""
    shown = RoleDocumentVersion.model_validate(found)
    tag(response, shown.revision)
    return shown


def created_version(found: object, response: Response) -> RoleDocumentVersion:
    """A version just drafted as it is answered, with its address."""
    shown = version_shown(found, response)
    response.headers["Location"] = f"{BASE}/{shown.document_id}/versions/{shown.number}"
    return shown
