"""Role documents: drafted, edited, read as of a day, compared (ORG-03, ORG-04, ORG-06)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.errors import Conflict, FieldError, NotFound, Stale, Text, existing
from services.kit.identity import Caller
from services.kit.work.unit_of_work import UnitOfWork
from services.org.documents.domain.amendment import as_supplemented
from services.org.documents.domain.role_document import RoleDocument, RoleDocumentBroken, SubjectKind
from services.org.documents.domain.role_document_comparison import Change, demand_variant_allowed, differences
from services.org.documents.domain.role_document_life import DATED, EDITABLE, DocumentState
from services.org.documents.store import role_documents as rows
from services.org.documents.store.role_documents import DocumentHead, StoredSupplement, Version
from services.org.documents.store.tables import RoleDocumentRow, RoleDocumentVersionRow
from services.org.documents.usecases.document_subjects import (
    Subject,
    path_of,
    require_author,
    roles,
    subject_of,
    subject_path,
)


class DocumentUnknown(NotFound):
    """There is no such role document or version, or none that the caller may read yet."""

    code = "role_document_unknown"
    zh = "找不到该说明书或版本，或您无权查看。"
    en = "There is no such role document or version, or you may not see it."


class DocumentExists(Conflict):
    """The position or unit has a document; it is changed by a new version."""

    code = "role_document_exists"
    zh = "该岗位或单元已有说明书，请新建版本。"
    en = "The position or unit already has a role document; create a new version."


class NotADraft(Conflict):
    """Only a draft is edited; what was submitted is changed by a new version."""

    code = "not_a_draft"
    zh = "只有草稿可以修改；请新建版本。"
    en = "Only a draft can be edited; create a new version."


@dataclass(frozen=True)
class RoleDocumentInForce:
    """A document on a day: the version in force, its content with the duties of the supplements that hold."""

    document: DocumentHead
    version: Version
    content: RoleDocument
    supplements: Sequence[StoredSupplement]


async def draft(uow: UnitOfWork, *, subject: Subject, parent_id: UUID | None, content: RoleDocument) -> Version:
    """Draft the first version for a position or unit; with ``parent_id`` as a local variant of that document.

    Raises:
        SubjectUnknown, OutOfScope, DocumentExists, DocumentUnknown, VariantNotAllowed, RoleDocumentBroken.
    """
    path = await subject_path(uow.session, subject, uow.today)
    await require_author(uow.session, uow.caller, path, uow.today)
    if await rows.of_subject(uow.session, position_id=subject.position_id, unit_id=subject.unit_id):
        raise DocumentExists
    if parent_id is not None:
        if await rows.find(uow.session, parent_id) is None:
            raise DocumentUnknown
        demand_variant_allowed(special=await rows.lies_in_special_unit(uow.session, path, uow.today))
    row = RoleDocumentRow(position_id=subject.position_id, unit_id=subject.unit_id, parent_id=parent_id, revision=1)
    uow.session.add(row)
    await uow.session.flush()
    return await add_version(uow, row=row, number=1, content=content, amendment_id=None)


async def add_version(
    uow: UnitOfWork, *, row: RoleDocumentRow, number: int, content: RoleDocument, amendment_id: UUID | None
) -> Version:
    """Write a new draft of a document.

    Raises:
        RoleDocumentBroken: the content describes the other kind of subject.
    """
    demand_subject(content, subject_of(row).kind)
    added = RoleDocumentVersionRow(
        document_id=row.id,
        number=number,
        state=DocumentState.DRAFT.value,
        content=rows.CONTENT.dump(content),
        amendment_id=amendment_id,
        revision=1,
    )
    uow.session.add(added)
    await uow.session.flush()
    await uow.audit(
        "org.role_document.drafted",
        subject=("role_document", row.id),
        after={"number": number, "parent_id": row.parent_id, "amendment_id": amendment_id},
    )
    return rows.version_of(added)


async def edit(uow: UnitOfWork, *, document_id: UUID, number: int, revision: int, content: RoleDocument) -> Version:
    """Replace the content of a draft.

    Raises:
        DocumentUnknown, OutOfScope, Stale, NotADraft, RoleDocumentBroken.
    """
    row, version = await for_update(uow.session, document_id, number)
    await require_author(uow.session, uow.caller, await path_of(uow.session, row, uow.today), uow.today)
    if version.revision != revision:
        raise Stale
    before = rows.version_of(version)
    if before.state not in EDITABLE:
        raise NotADraft
    demand_subject(content, subject_of(row).kind)
    version.content = rows.CONTENT.dump(content)
    version.revision += 1
    changed = [change.path for change in differences(before.content, content)]
    await uow.audit(
        "org.role_document.edited", subject=("role_document", document_id), after={"number": number, "changed": changed}
    )
    return (await rows.described(uow.session, [version]))[0]


async def for_update(
    session: WriteSession, document_id: UUID, number: int
) -> tuple[RoleDocumentRow, RoleDocumentVersionRow]:
    """A document and one version, locked.

    Raises:
        DocumentUnknown: there is none.
    """
    row = existing(await rows.find_for_update(session, document_id), DocumentUnknown)
    return row, existing(await rows.version(session, document_id, number), DocumentUnknown)


async def in_force(session: ReadSession, *, document_id: UUID, day: date) -> RoleDocumentInForce:
    """A document as in force on ``day``; every version once in force stays readable.

    Raises:
        DocumentUnknown: no version is in force on that day.
    """
    document = await rows.head(session, document_id, day)
    row = await rows.in_force(session, document_id, day) if document else None
    if document is None or row is None:
        raise DocumentUnknown
    version = rows.version_of(row)
    supplements = await rows.supplements(session, document_id, day)
    content = as_supplemented(version.content, [each.supplement for each in supplements], day)
    return RoleDocumentInForce(document, version, content, supplements)


async def head(session: ReadSession, *, document_id: UUID, day: date) -> DocumentHead:
    """A document without its versions.

    Raises:
        DocumentUnknown: there is none.
    """
    return existing(await rows.head(session, document_id, day), DocumentUnknown)


async def versions(session: ReadSession, *, caller: Caller, today: date, document_id: UUID) -> list[Version]:
    """Every version that the caller may read: those that are or were in force, and for authors the others too.

    Raises:
        DocumentUnknown: there is none.
    """
    row = existing(await rows.find(session, document_id), DocumentUnknown)
    found = await rows.described(session, await rows.versions(session, document_id))
    if await roles(session, caller, await path_of(session, row, today), today):
        return found
    return [version for version in found if version.state in DATED]


async def version(session: ReadSession, *, caller: Caller, today: date, document_id: UUID, number: int) -> Version:
    """One version.

    Raises:
        DocumentUnknown: there is none, or the caller may not read it yet.
    """
    found = await versions(session, caller=caller, today=today, document_id=document_id)
    return existing(next((each for each in found if each.number == number), None), DocumentUnknown)


async def compared(
    session: ReadSession, *, caller: Caller, today: date, document_id: UUID, before: int, after: int
) -> Sequence[Change]:
    """What changed between two versions.

    Raises:
        DocumentUnknown: there is no such version, or the caller may not read it.
    """
    found = await versions(session, caller=caller, today=today, document_id=document_id)
    contents = {version.number: version.content for version in found}
    if before not in contents or after not in contents:
        raise DocumentUnknown
    return differences(contents[before], contents[after])


async def listed(
    session: ReadSession,
    *,
    today: date,
    paging: Paging,
    position_id: UUID | None = None,
    unit_id: UUID | None = None,
    parent_id: UUID | None = None,
) -> Rows[DocumentHead]:
    """Documents in the order in which they were drafted."""
    query, row = rows.heads(today), RoleDocumentRow
    for column, wanted in ((row.position_id, position_id), (row.unit_id, unit_id), (row.parent_id, parent_id)):
        if wanted is not None:
            query = query.where(column == wanted)
    return await page(session, query, rows.head_of, keys=[row.id], paging=paging)


def demand_subject(document: RoleDocument, kind: SubjectKind) -> None:
    """Accept content that describes the kind of subject that the document is for.

    Raises:
        RoleDocumentBroken: it describes the other kind.
    """
    if document.subject is not kind:
        expected = Text(kind.value, kind.value)
        raise RoleDocumentBroken(field_errors=[FieldError("/content/subject", document.subject.value, expected)])
