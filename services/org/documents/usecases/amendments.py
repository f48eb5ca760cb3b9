"""Amending role documents: requested with grounds, approved by the executive in charge, then drafted (ORG-05)."""

from dataclasses import asdict
from datetime import date
from uuid import UUID

from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession
from services.kit.errors import Conflict, Forbidden, NotFound, Stale, existing
from services.kit.identity import Caller, Role
from services.kit.work.history import advance, trail_of
from services.kit.work.refusal_notices import asked_in, refused, tell_refusal
from services.kit.work.tasks import close_tasks
from services.kit.work.unit_of_work import UnitOfWork
from services.org.documents.domain.amendment import (
    AMENDMENT,
    EVENTS,
    AmendmentAction,
    AmendmentGrounds,
    AmendmentState,
)
from services.org.documents.domain.role_document import RoleDocument
from services.org.documents.domain.role_document_life import DocumentState
from services.org.documents.store import amendments as rows
from services.org.documents.store import role_documents as document_rows
from services.org.documents.store.amendments import Amendment
from services.org.documents.store.role_documents import Version
from services.org.documents.store.tables import AmendmentRow, RoleDocumentRow
from services.org.documents.usecases.document_subjects import OVERSEERS, path_of, require_author, roles
from services.org.documents.usecases.document_tasks import await_decision
from services.org.documents.usecases.role_documents import DocumentUnknown, add_version
from services.org.structure.store import units as unit_rows

SETTLED = frozenset({DocumentState.SIGNED, DocumentState.EFFECTIVE, DocumentState.SUPERSEDED, DocumentState.WITHDRAWN})
"""Beside versions in these states another one may be drafted."""


class AmendmentUnknown(NotFound):
    """There is no such request, or none that the caller may know of."""

    code = "amendment_unknown"
    zh = "找不到该修订申请，或您无权查看。"
    en = "There is no such amendment, or you may not see it."


class OwnRequest(Forbidden):
    """Nobody approves or refuses their own request."""

    code = "own_request"
    zh = "不能审批自己提出的修订申请，请由其他有权限的同事办理。"
    en = "You cannot decide on your own request; someone else has to."


class VersionInWork(Conflict):
    """Another version of the document is being worked on."""

    code = "version_in_work"
    zh = "版本 {number} 正在拟定，请先完成或撤回。"
    en = "Version {number} is still in progress; finish or withdraw it first."


async def request(uow: UnitOfWork, *, document_id: UUID, grounds: AmendmentGrounds) -> Amendment:
    """Ask that a document be amended.

    Raises:
        DocumentUnknown, OutOfScope.
    """
    document = await _document(uow.session, document_id)
    await require_author(uow.session, uow.caller, await path_of(uow.session, document, uow.today), uow.today)
    row = AmendmentRow(
        document_id=document_id,
        state=AmendmentState.REQUESTED.value,
        requested_on=uow.today,
        requested_by=uow.caller.account_id,
        requested_by_person=uow.caller.employee_id,
        requested_by_name=uow.caller.name,
        revision=1,
        **asdict(grounds),
    )
    uow.session.add(row)
    await uow.session.flush()
    await uow.record(
        "org.amendment.requested",
        subject=("amendment", row.id),
        after={"document_id": document_id, **asdict(grounds)},
        data={"document_id": document_id},
        about=("role_document", document_id),
    )
    await await_decision(uow, document, row.id)
    return await _found(uow.session, row.id)


async def decide(
    uow: UnitOfWork, *, amendment_id: UUID, revision: int, action: AmendmentAction, note: str | None
) -> Amendment:
    """Approve, refuse or withdraw a request as it was read at ``revision``.

    Raises:
        AmendmentUnknown, Stale, TransitionNotPossible, TransitionForbidden, OwnRequest, StateChanged.
    """
    found, held = await _for_update(uow, amendment_id, revision)
    own = found.requester.is_of(uow.caller)
    if own and action in {AmendmentAction.APPROVE, AmendmentAction.REFUSE}:
        raise OwnRequest
    await _advance(uow, found, action, held, note)
    return await _found(uow.session, amendment_id)


async def draft(uow: UnitOfWork, *, amendment_id: UUID, revision: int, content: RoleDocument | None) -> Version:
    """Draft the new version that an approved request allows, with the content of the latest one unless given.

    Raises:
        AmendmentUnknown, Stale, TransitionNotPossible, TransitionForbidden, VersionInWork, RoleDocumentBroken.
    """
    found, held = await _for_update(uow, amendment_id, revision)
    AMENDMENT.next(found.state, AmendmentAction.DRAFT, held)
    document = existing(await document_rows.find_for_update(uow.session, found.document_id), DocumentUnknown)
    known = [document_rows.version_of(row) for row in await document_rows.versions(uow.session, found.document_id)]
    busy = next((version for version in known if version.state not in SETTLED), None)
    if busy is not None:
        raise VersionInWork(number=busy.number)
    await _advance(uow, found, AmendmentAction.DRAFT, held)
    kept = [version for version in known if version.state is not DocumentState.WITHDRAWN] or known
    return await add_version(
        uow,
        row=document,
        number=known[-1].number + 1,
        content=content or kept[-1].content,
        amendment_id=amendment_id,
    )


async def complete(uow: UnitOfWork, *, amendment_id: UUID) -> None:
    """Close a request whose new version is signed."""
    await rows.lock(uow.session, amendment_id)
    found = await _found(uow.session, amendment_id)
    if found.state is AmendmentState.DRAFTING:
        await _advance(uow, found, AmendmentAction.COMPLETE, frozenset({Role.HR}))


async def one(session: ReadSession, *, caller: Caller, today: date, amendment_id: UUID) -> Amendment:
    """A request, for whoever made it, heads its unit, or is HR, executive or auditor over it.

    Raises:
        AmendmentUnknown: there is none, or the caller has no part in it.
    """
    found = await _found(session, amendment_id)
    if not found.requester.is_of(caller) and not await _roles(session, caller, found, today):
        raise AmendmentUnknown
    return found


async def listed(
    session: ReadSession,
    *,
    caller: Caller,
    today: date,
    paging: Paging,
    document_id: UUID | None,
    unit_id: UUID | None,
    state: AmendmentState | None,
) -> Rows[Amendment]:
    """Requests in the order in which they came, of the units that the caller oversees and the caller's own.

    With ``unit_id``, those of that unit and the units below it.
    """
    query = rows.amendments()
    units = caller.units_of(*OVERSEERS)
    if units is not None:
        query = query.where(rows.readable(units, caller, today))
    if document_id is not None:
        query = query.where(AmendmentRow.document_id == document_id)
    if state is not None:
        query = query.where(AmendmentRow.state == state.value)
    if unit_id is not None:
        query = query.where(rows.in_unit(await unit_rows.path(session, unit_id, today), today))
    found = await page(session, query, rows.amendment_of, keys=[AmendmentRow.id], paging=paging)
    return Rows(await rows.with_decisions(session, found.items), found.next)


async def _advance(
    uow: UnitOfWork, found: Amendment, action: AmendmentAction, held: frozenset[Role], note: str | None = None
) -> None:
    transition = AMENDMENT.next(found.state, action, held)
    await advance(uow, AmendmentRow, found.id, transition, note=note)
    subject = ("amendment", found.id)
    asked = await asked_in(uow.session, "amendment.decide", subject)
    await close_tasks(uow, "amendment.decide", subject=subject)
    if action is AmendmentAction.REFUSE and asked is not None:
        title, link = asked
        await tell_refusal(uow, subject=subject, proposer=found.requester, title=refused(title), link=link)
    state = transition.target.value
    await uow.record(
        EVENTS[action],
        subject=subject,
        **trail_of(transition.source.value, state, revision=found.revision, reason=note),
        data={"document_id": found.document_id, "state": state},
        about=("role_document", found.document_id),
    )


async def _document(session: ReadSession, document_id: UUID) -> RoleDocumentRow:
    return existing(await document_rows.find(session, document_id), DocumentUnknown)


async def _found(session: ReadSession, amendment_id: UUID) -> Amendment:
    return existing(await rows.find(session, amendment_id), AmendmentUnknown)


async def _roles(session: ReadSession, caller: Caller, found: Amendment, today: date) -> frozenset[Role]:
    path = await path_of(session, await _document(session, found.document_id), today)
    return await roles(session, caller, path, today)


async def _for_update(uow: UnitOfWork, amendment_id: UUID, revision: int) -> tuple[Amendment, frozenset[Role]]:
    await rows.lock(uow.session, amendment_id)
    found = await _found(uow.session, amendment_id)
    held = await _roles(uow.session, uow.caller, found, uow.today)
    if not held:
        raise AmendmentUnknown
    if found.revision != revision:
        raise Stale
    return found, held
