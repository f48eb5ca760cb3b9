"""Amending role documents: requested with grounds, approved by the executive in charge, then drafted (ORG-05)."""

from datetime import date
from typing import Any
from uuid import UUID

from services.kit.codec import fields_of
from services.kit.database import ReadSession, days
from services.kit.errors import Conflict, FieldError, Forbidden, NotFound, Text
from services.kit.events import publish
from services.kit.history import advance
from services.kit.identity import Caller, Role
from services.kit.pages import Paging, Rows, page
from services.kit.periods import Period
from services.kit.unit_of_work import UnitOfWork
from services.org.documents.domain.amendment import (
    AMENDMENT,
    AmendmentAction,
    AmendmentGrounds,
    AmendmentState,
    Supplement,
    demand_fits,
)
from services.org.documents.domain.role_document import Duty, RoleDocument
from services.org.documents.domain.role_document_life import DocumentState
from services.org.documents.store import amendments as rows
from services.org.documents.store import role_documents as document_rows
from services.org.documents.store.tables import AmendmentRow, RoleDocumentRow, SupplementRow
from services.org.documents.usecases.document_subjects import path_of, require_author, roles
from services.org.documents.usecases.document_subjects import subject_of as subject
from services.org.documents.usecases.role_documents import DocumentUnknown, add_version, parsed
from services.org.plain_data import read, written


class AmendmentUnknown(NotFound):
    """There is no such request, or none that the caller may know of."""

    code = "amendment_unknown"
    zh = "找不到该修订申请，或您无权查看。"
    en = "There is no such amendment, or you may not see it."


class OwnRequest(Forbidden):
    """Nobody approves or refuses a request of his own."""

    code = "own_request"
    zh = "不能审批自己提出的修订申请，请由其他有权限的同事办理。"
    en = "You cannot decide on your own request; somebody else has to."


class VersionInWork(Conflict):
    """Another version of the document is being worked on."""

    code = "version_in_work"
    zh = "版本 {number} 正在拟定，请先完成或撤回。"
    en = "Version {number} is in progress; finish or withdraw it first."


async def request(uow: UnitOfWork, *, document_id: UUID, grounds: AmendmentGrounds) -> UUID:
    """Ask that a document be amended.

    Raises:
        DocumentUnknown, OutOfScope.
    """
    document = await _document(uow.session, document_id)
    await require_author(uow.session, uow.caller, await path_of(uow.session, document, uow.today), uow.today)
    row = AmendmentRow(
        document_id=document_id,
        state=AmendmentState.REQUESTED.value,
        reason=grounds.reason,
        benchmark=grounds.benchmark,
        business_need=grounds.business_need,
        requested_on=uow.today,
        revision=1,
    )
    uow.session.add(row)
    await uow.session.flush()
    await uow.record(
        "org.amendment.requested",
        subject=("amendment", row.id),
        after={"document_id": document_id, **fields_of(grounds)},
        data={"document_id": document_id},
        about=("role_document", document_id),
    )
    return row.id


async def move(
    uow: UnitOfWork,
    *,
    amendment_id: UUID,
    action: AmendmentAction,
    note: str | None,
) -> None:
    """Approve, refuse or withdraw a request.

    Raises:
        AmendmentUnknown, TransitionNotPossible, TransitionForbidden, OwnRequest, StateChanged.
    """
    row, held = await _seen(uow, amendment_id)
    if action in {AmendmentAction.APPROVE, AmendmentAction.REFUSE} and await _is_own(uow.session, uow.caller, row):
        raise OwnRequest
    step = AMENDMENT.next(AmendmentState(row.state), action, held)
    await advance(uow, AmendmentRow, amendment_id, step, note=note)
    data = {"amendment_id": str(amendment_id), "state": step.target.value}
    about = f"role_document/{row.document_id}"
    await publish(uow.session, type="org.amendment.decided", subject=about, data=data, now=uow.now)


async def draft(
    uow: UnitOfWork,
    *,
    amendment_id: UUID,
    content: object | None,
) -> int:
    """Begin the new version that an approved request allows; with the content of the latest one unless given.

    Raises:
        AmendmentUnknown, TransitionNotPossible, TransitionForbidden, VersionInWork, Unreadable, RoleDocumentBroken.
    """
    row, held = await _seen(uow, amendment_id)
    step = AMENDMENT.next(AmendmentState(row.state), AmendmentAction.DRAFT, held)
    document = await document_rows.find_for_update(uow.session, row.document_id)
    if document is None:
        raise DocumentUnknown
    known = await document_rows.versions(uow.session, row.document_id)
    settled = {DocumentState.SIGNED, DocumentState.EFFECTIVE, DocumentState.SUPERSEDED, DocumentState.WITHDRAWN}
    busy = next((version for version in known if DocumentState(version.state) not in settled), None)
    if busy is not None:
        raise VersionInWork(number=busy.number)
    await advance(uow, AmendmentRow, amendment_id, step)
    kept = [version for version in known if version.state != DocumentState.WITHDRAWN] or known
    made = await add_version(
        uow,
        row=document,
        number=known[-1].number + 1,
        document=parsed(kept[-1].content if content is None else content, subject(document).kind),
        amendment_id=amendment_id,
    )
    return made.number


async def supplement(
    uow: UnitOfWork,
    *,
    document_id: UUID,
    reason: Text,
    duties: object,
    valid: Period,
) -> UUID:
    """Give a role duties for a time, besides those of its document.

    Raises:
        DocumentUnknown, OutOfScope, SupplementUnsound, Unreadable.
    """
    document = await _document(uow.session, document_id)
    await require_author(uow.session, uow.caller, await path_of(uow.session, document, uow.today), uow.today)
    version = await document_rows.counting(uow.session, document_id, valid.start)
    if version is None:
        expected = Text("有生效版本的日期", "a day on which a version is in force")
        raise DocumentUnknown(field_errors=[FieldError("/first_day", str(valid.start), expected)])
    added = Supplement(reason, read(tuple[Duty, ...], duties, "/duties"), valid)
    demand_fits(added, read(RoleDocument, version.content))
    row = SupplementRow(
        document_id=document_id, reason=written(reason), duties=written(added.duties), valid=days(valid)
    )
    uow.session.add(row)
    await uow.session.flush()
    await uow.record(
        "org.role_document.changed",
        subject=("role_document", document_id),
        after={"valid": valid, "duties": [duty.code for duty in added.duties]},
        data={"first_day": valid.start, "last_day": valid.last},
    )
    return row.id


async def one(session: ReadSession, *, caller: Caller, today: date, amendment_id: UUID) -> AmendmentRow:
    """A request.

    Raises:
        AmendmentUnknown: there is none, or the caller has no part in it.
    """
    row = await rows.find(session, amendment_id)
    if row is None:
        raise AmendmentUnknown
    document = await _document(session, row.document_id)
    if not await roles(session, caller, await path_of(session, document, today), today):
        raise AmendmentUnknown
    return row


async def listed(
    session: ReadSession, *, paging: Paging, document_id: UUID | None, state: AmendmentState | None
) -> Rows[Any]:
    """Requests in the order in which they came."""
    query = rows.listed(document_id, state.value if state else None)
    return await page(session, query, keys=[AmendmentRow.id], paging=paging)


async def _document(session: ReadSession, document_id: UUID) -> RoleDocumentRow:
    document = await document_rows.find(session, document_id)
    if document is None:
        raise DocumentUnknown
    return document


async def _seen(uow: UnitOfWork, amendment_id: UUID) -> tuple[AmendmentRow, frozenset[Role]]:
    row = await rows.find_for_update(uow.session, amendment_id)
    if row is None:
        raise AmendmentUnknown
    held = await roles(
        uow.session,
        uow.caller,
        await path_of(uow.session, await _document(uow.session, row.document_id), uow.today),
        uow.today,
    )
    if not held:
        raise AmendmentUnknown
    return row, held


async def _is_own(session: ReadSession, caller: Caller, row: AmendmentRow) -> bool:
    return await document_rows.requested_by(session, row.id) == caller.account_id
