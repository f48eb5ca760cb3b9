"""Amending role documents: requested with grounds, approved by the executive in charge, then drafted (ORG-05)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.kit.database import ReadSession, WriteSession, days
from services.kit.errors import Conflict, Fault, Forbidden, NotFound, Text
from services.kit.events import publish
from services.kit.history import advance
from services.kit.identity import Caller, Role
from services.kit.pages import Paging, Rows, page
from services.kit.periods import Period
from services.org.domain.amendment import (
    AMENDMENT,
    AmendmentAction,
    AmendmentGrounds,
    AmendmentState,
    Supplement,
    demand_fits,
)
from services.org.domain.plain_data import read, written
from services.org.domain.role_document import Duty, RoleDocument
from services.org.domain.role_document_life import DocumentState
from services.org.store import amendments as rows
from services.org.store import role_documents as document_rows
from services.org.store.tables_documents import AmendmentRow, RoleDocumentRow, SupplementRow
from services.org.usecases import trail
from services.org.usecases.document_subjects import path_of, require_author, roles
from services.org.usecases.document_subjects import subject_of as subject
from services.org.usecases.role_documents import DocumentUnknown, add_version, parsed


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


async def request(
    session: WriteSession, *, caller: Caller, now: datetime, today: date, document_id: UUID, grounds: AmendmentGrounds
) -> UUID:
    """Ask that a document be amended.

    Raises:
        DocumentUnknown, OutOfReach.
    """
    document = await _document(session, document_id)
    await require_author(session, caller, await path_of(session, document, today), today)
    row = AmendmentRow(
        document_id=document_id,
        state=AmendmentState.REQUESTED.value,
        reason=grounds.reason,
        benchmark=grounds.benchmark,
        business_need=grounds.business_need,
        requested_on=today,
        version=1,
    )
    session.add(row)
    await session.flush()
    await trail.leave(
        session,
        caller=caller,
        now=now,
        action="amendment.request",
        resource="amendment",
        resource_id=row.id,
        after={"document_id": document_id, **trail.fields_of(grounds)},
        news="org.amendment.requested",
        about=("role_document", document_id),
        data={"document_id": document_id},
    )
    return row.id


async def move(
    session: WriteSession,
    *,
    caller: Caller,
    now: datetime,
    today: date,
    amendment_id: UUID,
    action: AmendmentAction,
    note: str | None,
) -> None:
    """Approve, refuse or withdraw a request.

    Raises:
        AmendmentUnknown, IllegalMove, NotYourMove, OwnRequest, MovedMeanwhile.
    """
    row, held = await _seen(session, caller, amendment_id, today)
    if action in {AmendmentAction.APPROVE, AmendmentAction.REFUSE} and await _is_own(session, caller, row):
        raise OwnRequest
    step = AMENDMENT.next(AmendmentState(row.state), action, held)
    await advance(session, AmendmentRow, amendment_id, step, caller=caller, now=now, note=note)
    data = {"amendment_id": str(amendment_id), "state": step.target.value}
    about = f"role_document/{row.document_id}"
    await publish(session, type="org.amendment.decided", subject=about, data=data, now=now)


async def draft(
    session: WriteSession,
    *,
    caller: Caller,
    now: datetime,
    today: date,
    amendment_id: UUID,
    content: object | None,
) -> int:
    """Begin the new version that an approved request allows; with the content of the latest one unless given.

    Raises:
        AmendmentUnknown, IllegalMove, NotYourMove, VersionInWork, Unreadable, RoleDocumentBroken.
    """
    row, held = await _seen(session, caller, amendment_id, today)
    step = AMENDMENT.next(AmendmentState(row.state), AmendmentAction.DRAFT, held)
    document = await document_rows.find_for_update(session, row.document_id)
    if document is None:
        raise DocumentUnknown
    known = await document_rows.versions(session, row.document_id)
    settled = {DocumentState.SIGNED, DocumentState.EFFECTIVE, DocumentState.SUPERSEDED, DocumentState.WITHDRAWN}
    busy = next((version for version in known if DocumentState(version.state) not in settled), None)
    if busy is not None:
        raise VersionInWork(number=busy.number)
    await advance(session, AmendmentRow, amendment_id, step, caller=caller, now=now)
    kept = [version for version in known if version.state != DocumentState.WITHDRAWN] or known
    made = await add_version(
        session,
        caller=caller,
        now=now,
        row=document,
        number=known[-1].number + 1,
        document=parsed(kept[-1].content if content is None else content, subject(document).kind),
        amendment_id=amendment_id,
    )
    return made.number


async def supplement(
    session: WriteSession,
    *,
    caller: Caller,
    now: datetime,
    today: date,
    document_id: UUID,
    reason: Text,
    duties: object,
    valid: Period,
) -> UUID:
    """Give a role duties for a time, besides those of its document.

    Raises:
        DocumentUnknown, OutOfReach, SupplementUnsound, Unreadable.
    """
    document = await _document(session, document_id)
    await require_author(session, caller, await path_of(session, document, today), today)
    version = await document_rows.counting(session, document_id, valid.start)
    if version is None:
        expected = Text("有生效版本的日期", "a day on which a version is in force")
        raise DocumentUnknown(faults=[Fault("/first_day", str(valid.start), expected)])
    added = Supplement(reason, read(tuple[Duty, ...], duties, "/duties"), valid)
    demand_fits(added, read(RoleDocument, version.content))
    row = SupplementRow(
        document_id=document_id, reason=written(reason), duties=written(added.duties), valid=days(valid)
    )
    session.add(row)
    await session.flush()
    await trail.leave(
        session,
        caller=caller,
        now=now,
        action="role_document.supplement",
        resource="role_document",
        resource_id=document_id,
        after={"valid": valid, "duties": [duty.code for duty in added.duties]},
        news="org.role_document.changed",
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


async def _seen(
    session: WriteSession, caller: Caller, amendment_id: UUID, today: date
) -> tuple[AmendmentRow, frozenset[Role]]:
    row = await rows.find_for_update(session, amendment_id)
    if row is None:
        raise AmendmentUnknown
    held = await roles(session, caller, await path_of(session, await _document(session, row.document_id), today), today)
    if not held:
        raise AmendmentUnknown
    return row, held


async def _is_own(session: ReadSession, caller: Caller, row: AmendmentRow) -> bool:
    return await document_rows.requested_by(session, row.id) == caller.account_id
