"""Role documents: drafted, edited, read as of a day, compared (ORG-03, ORG-04, ORG-06)."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from pydantic import GetJsonSchemaHandler, RootModel, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from services.kit.fields import Id, Model
from services.kit.pages import Page
from services.kit.periods import Period
from services.kit.routing import router
from services.kit.web import IfMatch, PageAsked, Read, Today, tag
from services.org.documents.domain.role_document import Duty, RoleDocument, SubjectKind
from services.org.documents.domain.role_document_comparison import ChangeKind
from services.org.documents.domain.role_document_life import DocumentState
from services.org.documents.store.tables import RoleDocumentRow, RoleDocumentVersionRow
from services.org.documents.usecases import amendments, document_subjects, role_documents
from services.org.permissions import AuthorUnitOfWork, Reader
from services.org.plain_data import written
from services.org.plain_schema import schema
from services.org.schemas import AsOf, Bilingual, Days, Made, days_of

routes = router("/v1/org/role_documents", tag="role_documents")

Duties = Annotated[list[Any], WithJsonSchema(schema(tuple[Duty, ...]))]


class Content(RootModel[dict[str, Any]]):
    """A role document. It is read by the domain, strictly; this model only gives its schema a name."""

    @classmethod
    def __get_pydantic_json_schema__(cls, _core: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The schema that the domain's dataclasses have."""
        return {**schema(RoleDocument), "title": "Content"}


class NewDocument(Model):
    """The first draft for a position or a unit (exactly one), or a local variant of the document ``parent_id``."""

    position_id: Id | None = None
    unit_id: Id | None = None
    parent_id: Id | None = None
    content: Content


class NewContent(Model):
    """A draft written anew."""

    content: Content


class NewSupplement(Model):
    """Duties for a time, both days included."""

    reason: Bilingual
    duties: Duties
    first_day: date
    last_day: date | None


class Document(Model):
    """Whose document it is; ``filed_at`` only for local variants that are filed with HR."""

    id: Id
    subject: SubjectKind
    position_id: Id | None
    unit_id: Id | None
    parent_id: Id | None
    filed_at: datetime | None


class VersionHead(Model):
    """A version without its content; ``valid`` null until it is signed."""

    number: int
    state: DocumentState
    valid: Days | None
    amendment_id: Id | None
    revision: int


class DocumentVersion(VersionHead):
    """A version with its content."""

    content: Content


class SupplementShown(Model):
    """Duties for a time."""

    id: Id
    reason: Bilingual
    duties: Duties
    valid: Days


class Standing(Model):
    """A document as it counts on a day: ``content`` has the duties of the running ``supplements`` in it."""

    document: Document
    version: VersionHead
    content: Content
    supplements: list[SupplementShown]


class Difference(Model):
    """One thing that changed; items of lists are named by their code."""

    path: str
    kind: ChangeKind
    before: Any
    after: Any


@routes.post("", status_code=201)
async def draft(body: NewDocument, uow: AuthorUnitOfWork) -> Made:
    """Begin a document with its first draft; for HR over the unit and for who heads it."""
    subject = document_subjects.the_one(body.position_id, body.unit_id)
    document_id = await role_documents.draft(
        uow,
        subject=subject,
        parent_id=body.parent_id,
        content=body.content.root,
    )
    return Made(id=document_id)


@routes.get("")
async def listed(
    session: Read,
    _caller: Reader,
    paging: PageAsked,
    position_id: UUID | None = None,
    unit_id: UUID | None = None,
    parent_id: Annotated[UUID | None, Query(description="local variants of this document")] = None,
) -> Page[Document]:
    """Documents in the order of their making."""
    found = await role_documents.listed(
        session, paging=paging, position_id=position_id, unit_id=unit_id, parent_id=parent_id
    )
    return Page[Document](**found.written(lambda row: _document(row.RoleDocumentRow)))


@routes.get("/{document_id}")
async def standing(document_id: UUID, session: Read, _caller: Reader, day: AsOf) -> Standing:
    """The document as it counts on a day, however long ago."""
    found = await role_documents.standing(session, document_id=document_id, day=day)
    return Standing(
        document=_document(found.row),
        version=_head(found.version),
        content=Content(written(found.content)),
        supplements=[
            SupplementShown(id=row.id, reason=Bilingual(**row.reason), duties=row.duties, valid=days_of(row.valid))
            for row in found.supplements
        ],
    )


@routes.get("/{document_id}/versions")
async def versions(document_id: UUID, session: Read, caller: Reader, today: Today) -> list[VersionHead]:
    """Every version; those never signed only for HR, executives, auditors and heads of the unit."""
    found = await role_documents.versions(session, caller=caller, today=today, document_id=document_id)
    return [_head(version) for version in found]


@routes.get("/{document_id}/versions/{number}")
async def version(
    document_id: UUID, number: int, session: Read, caller: Reader, today: Today, response: Response
) -> DocumentVersion:
    """One version with its content."""
    found = await role_documents.version(session, caller=caller, today=today, document_id=document_id, number=number)
    tag(response, found.revision)
    return DocumentVersion(**_head(found).model_dump(), content=Content(found.content))


@routes.put("/{document_id}/versions/{number}")
async def edit(
    document_id: UUID,
    number: int,
    body: NewContent,
    uow: AuthorUnitOfWork,
    revision: IfMatch,
) -> Made:
    """Write a draft anew; what was submitted is not edited."""
    await role_documents.edit(
        uow,
        document_id=document_id,
        number=number,
        expected_revision=revision,
        content=body.content.root,
    )
    return Made(id=document_id)


@routes.get("/{document_id}/differences")
async def differences(
    document_id: UUID, session: Read, caller: Reader, today: Today, before: int, after: int
) -> list[Difference]:
    """What changed from version ``before`` to version ``after``."""
    found = await role_documents.compared(
        session, caller=caller, today=today, document_id=document_id, before=before, after=after
    )
    return [Difference.model_validate(change) for change in found]


@routes.post("/{document_id}/supplements", status_code=201)
async def supplement(document_id: UUID, body: NewSupplement, uow: AuthorUnitOfWork) -> Made:
    """Give the role duties for a time."""
    made = await amendments.supplement(
        uow,
        document_id=document_id,
        reason=body.reason.text,
        duties=body.duties,
        valid=Period.closed(body.first_day, body.last_day),
    )
    return Made(id=made)


def _document(row: RoleDocumentRow) -> Document:
    return Document(
        id=row.id,
        subject=SubjectKind.POSITION if row.position_id else SubjectKind.UNIT,
        position_id=row.position_id,
        unit_id=row.unit_id,
        parent_id=row.parent_id,
        filed_at=row.filed_at,
    )


def _head(row: RoleDocumentVersionRow) -> VersionHead:
    return VersionHead(
        number=row.number,
        state=DocumentState(row.state),
        valid=None if row.valid is None else days_of(row.valid),
        amendment_id=row.amendment_id,
        revision=row.revision,
    )
