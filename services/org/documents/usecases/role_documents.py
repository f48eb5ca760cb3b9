"""Role documents: whose, drafted how, read as of a day, compared (ORG-03, ORG-04, ORG-06)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.kit.database import ReadSession, WriteSession, period
from services.kit.errors import Conflict, FieldError, NotFound, Stale, Text
from services.kit.identity import Caller
from services.kit.pages import Paging, Rows, page
from services.kit.unit_of_work import UnitOfWork
from services.org.documents.domain.amendment import Supplement, as_supplemented
from services.org.documents.domain.role_document import (
    SUBJECT_KIND_NAMES,
    Duty,
    RoleDocument,
    RoleDocumentBroken,
    SubjectKind,
)
from services.org.documents.domain.role_document_comparison import Change, demand_variant_allowed, differences
from services.org.documents.domain.role_document_life import EDITABLE, DocumentState
from services.org.documents.store import role_documents as rows
from services.org.documents.store.tables import RoleDocumentRow, RoleDocumentVersionRow, SupplementRow
from services.org.documents.usecases.document_subjects import (
    Subject,
    path_of,
    require_author,
    roles,
    subject_of,
    subject_path,
)
from services.org.plain_data import read, written

CONTENT = "/content"


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
class Standing:
    """A document as it counts on a day: the version then, with the supplements that run."""

    row: RoleDocumentRow
    version: RoleDocumentVersionRow
    content: RoleDocument
    supplements: Sequence[SupplementRow]


async def draft(
    uow: UnitOfWork,
    *,
    subject: Subject,
    parent_id: UUID | None,
    content: object,
) -> UUID:
    """Begin the document of a position or unit with a first draft; with ``parent_id`` as a local variant of it.

    Raises:
        SubjectUnknown, OutOfScope, DocumentExists, DocumentUnknown, VariantNotAllowed, Unreadable, RoleDocumentBroken.
    """
    path = await subject_path(uow.session, subject, uow.today)
    await require_author(uow.session, uow.caller, path, uow.today)
    if await rows.of_subject(uow.session, position_id=subject.position_id, unit_id=subject.unit_id):
        raise DocumentExists
    if parent_id is not None:
        if await rows.find(uow.session, parent_id) is None:
            raise DocumentUnknown
        demand_variant_allowed(special=await rows.lies_in_special_unit(uow.session, path, uow.today))
    document = parsed(content, subject.kind)
    row = RoleDocumentRow(position_id=subject.position_id, unit_id=subject.unit_id, parent_id=parent_id, revision=1)
    uow.session.add(row)
    await uow.session.flush()
    await add_version(uow, row=row, number=1, document=document, amendment_id=None)
    return row.id


async def add_version(
    uow: UnitOfWork,
    *,
    row: RoleDocumentRow,
    number: int,
    document: RoleDocument,
    amendment_id: UUID | None,
) -> RoleDocumentVersionRow:
    """Write a new draft of a document."""
    made = RoleDocumentVersionRow(
        document_id=row.id,
        number=number,
        state=DocumentState.DRAFT.value,
        content=written(document),
        amendment_id=amendment_id,
        revision=1,
    )
    uow.session.add(made)
    await uow.session.flush()
    await uow.audit(
        "org.role_document.drafted",
        subject=("role_document", row.id),
        after={"number": number, "parent_id": row.parent_id, "amendment_id": amendment_id},
    )
    return made


async def edit(
    uow: UnitOfWork,
    *,
    document_id: UUID,
    number: int,
    expected_revision: int,
    content: object,
) -> None:
    """Write a draft anew.

    Raises:
        DocumentUnknown, OutOfScope, Stale, NotADraft, Unreadable, RoleDocumentBroken.
    """
    row, version = await for_update(uow.session, document_id, number)
    await require_author(uow.session, uow.caller, await path_of(uow.session, row, uow.today), uow.today)
    if version.revision != expected_revision:
        raise Stale
    if DocumentState(version.state) not in EDITABLE:
        raise NotADraft
    before = parsed(version.content, subject_of(row).kind)
    after = parsed(content, subject_of(row).kind)
    version.content = written(after)
    version.revision += 1
    changes = [change.path for change in differences(before, after)]
    await uow.audit(
        "org.role_document.edited", subject=("role_document", document_id), after={"number": number, "changed": changes}
    )


async def for_update(
    session: WriteSession, document_id: UUID, number: int
) -> tuple[RoleDocumentRow, RoleDocumentVersionRow]:
    """A document and one version, locked.

    Raises:
        DocumentUnknown: there is none.
    """
    row = await rows.find_for_update(session, document_id)
    version = await rows.version(session, document_id, number) if row else None
    if row is None or version is None:
        raise DocumentUnknown
    return row, version


async def standing(session: ReadSession, *, document_id: UUID, day: date) -> Standing:
    """A document as it counts on ``day``; whatever once counted stays readable for ever.

    Raises:
        DocumentUnknown: nothing counts on that day.
    """
    row = await rows.find(session, document_id)
    version = await rows.counting(session, document_id, day) if row else None
    if row is None or version is None:
        raise DocumentUnknown
    supplements = await rows.supplements(session, document_id, day)
    content = parsed(version.content, subject_of(row).kind)
    running = [
        Supplement(read(Text, each.reason), read(tuple[Duty, ...], each.duties), period(each.valid))
        for each in supplements
    ]
    return Standing(row, version, as_supplemented(content, running, day), supplements)


async def versions(
    session: ReadSession, *, caller: Caller, today: date, document_id: UUID
) -> list[RoleDocumentVersionRow]:
    """Every version that the caller may read: those that count or counted, and for authors the others too.

    Raises:
        DocumentUnknown: there is none.
    """
    row = await rows.find(session, document_id)
    if row is None:
        raise DocumentUnknown
    found = await rows.versions(session, document_id)
    if await roles(session, caller, await path_of(session, row, today), today):
        return found
    return [version for version in found if rows.shown(version.state)]


async def version(
    session: ReadSession, *, caller: Caller, today: date, document_id: UUID, number: int
) -> RoleDocumentVersionRow:
    """One version.

    Raises:
        DocumentUnknown: it is not there, or not for the caller yet.
    """
    found = await versions(session, caller=caller, today=today, document_id=document_id)
    wanted = next((each for each in found if each.number == number), None)
    if wanted is None:
        raise DocumentUnknown
    return wanted


async def compared(
    session: ReadSession, *, caller: Caller, today: date, document_id: UUID, before: int, after: int
) -> Sequence[Change]:
    """What changed between two versions.

    Raises:
        DocumentUnknown: one of them is not there, or not for the caller.
    """
    known = {
        version.number: version
        for version in await versions(session, caller=caller, today=today, document_id=document_id)
    }
    if before not in known or after not in known:
        raise DocumentUnknown
    return differences(*(read(RoleDocument, known[number].content) for number in (before, after)))


async def listed(
    session: ReadSession,
    *,
    paging: Paging,
    position_id: UUID | None = None,
    unit_id: UUID | None = None,
    parent_id: UUID | None = None,
) -> Rows[Any]:
    """Documents, in the order of their making."""
    query = rows.listed(position_id=position_id, unit_id=unit_id, parent_id=parent_id)
    return await page(session, query, keys=[RoleDocumentRow.id], paging=paging)


def parsed(content: object, kind: SubjectKind) -> RoleDocument:
    """The document that a request or a row holds.

    Raises:
        Unreadable, RoleDocumentBroken: it is none, or one of the other kind of subject.
    """
    document = read(RoleDocument, content, CONTENT)
    if document.subject is not kind:
        field_errors = [FieldError(f"{CONTENT}/subject", document.subject.value, SUBJECT_KIND_NAMES[kind])]
        raise RoleDocumentBroken(field_errors=field_errors)
    return document
