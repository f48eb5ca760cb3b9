"""The life of role documents: every move through review and approval into force and out of it (ORG-04, ORG-06)."""

from datetime import date, datetime
from uuid import UUID

from services.kit.database import WriteSession, period
from services.kit.errors import Conflict, Forbidden
from services.kit.history import advance, made_by
from services.kit.identity import Caller, Role
from services.org.domain.amendment import AMENDMENT, AmendmentAction, AmendmentState
from services.org.domain.plain_data import read
from services.org.domain.role_document import RoleDocument, demand_complete
from services.org.domain.role_document_comparison import demand_core_duties_kept
from services.org.domain.role_document_life import (
    DOCUMENT,
    OTHER_HANDS,
    DocumentAction,
    DocumentState,
    demand_filed,
    due_moves,
    signed,
    unsigned,
)
from services.org.store import role_documents as rows
from services.org.store.tables_documents import AmendmentRow, RoleDocumentRow, RoleDocumentVersionRow
from services.org.usecases import trail
from services.org.usecases.document_subjects import path_of, roles
from services.org.usecases.reach import require_hr
from services.org.usecases.role_documents import DocumentUnknown, for_update

CLOCKWORK = Caller(UUID(int=0), "clockwork", "service")
"""In whose name versions take effect when their day has come."""


class OwnHands(Forbidden):
    """Who submitted or endorsed a version does not decide about it as well."""

    code = "own_hands"
    zh = "您已提交或审核过该版本，这一步须由其他同事办理。"
    en = "You have submitted or endorsed this version; this step is for somebody else."


class NotAVariant(Conflict):
    """Only local variants are filed."""

    code = "not_a_variant"
    zh = "只有实施细则需要备案。"
    en = "Only a local variant needs to be filed."


async def move(
    session: WriteSession,
    *,
    caller: Caller,
    now: datetime,
    today: date,
    document_id: UUID,
    number: int,
    action: DocumentAction,
    note: str | None = None,
) -> None:
    """Submit, recall, endorse, return, approve or withdraw a version.

    Raises:
        DocumentUnknown, IllegalMove, NotYourMove, OwnHands, RoleDocumentIncomplete, CoreDutyLost, MovedMeanwhile.
    """
    row, version = await for_update(session, document_id, number)
    if action is DocumentAction.SUBMIT:
        demand_complete(read(RoleDocument, version.content, "/content"))
        await _demand_core_duties(session, row, version, today)
    await _advance(session, caller, now, today, row, version, action, note)


async def sign(
    session: WriteSession,
    *,
    caller: Caller,
    now: datetime,
    today: date,
    document_id: UUID,
    number: int,
    signed_on: date,
) -> None:
    """Have an approved version count from its signing date on; the one before it ends the day before.

    Raises:
        DocumentUnknown, IllegalMove, NotYourMove, SigningBackdated, AlreadySigned, VariantNotFiled, CoreDutyLost.
    """
    row, version = await for_update(session, document_id, number)
    demand_filed(variant=row.parent_id is not None, filed=row.filed_at is not None)
    await _demand_core_duties(session, row, version, today)
    await _advance(session, caller, now, today, row, version, DocumentAction.SIGN, None)
    before = await rows.issued(session, document_id)
    after = signed(before, version=number, signed_on=signed_on, today=today)
    await rows.date_versions(session, document_id, before, after)
    if version.amendment_id is not None:
        await _complete(session, caller, now, version.amendment_id)
    await settle(session, now=now, today=today, document_id=document_id)


async def unsign(
    session: WriteSession, *, caller: Caller, now: datetime, today: date, document_id: UUID, number: int
) -> None:
    """Undo a signing whose day has not come; the version before it goes on.

    Raises:
        DocumentUnknown, IllegalMove, NotYourMove, AlreadySigned.
    """
    row, version = await for_update(session, document_id, number)
    before = await rows.issued(session, document_id)
    await _advance(session, caller, now, today, row, version, DocumentAction.UNSIGN, None)
    await rows.date_versions(session, document_id, before, unsigned(before, version=number, today=today))


async def file(session: WriteSession, *, caller: Caller, now: datetime, today: date, document_id: UUID) -> None:
    """Note that a local variant is filed with HR; filing it again changes nothing.

    Raises:
        DocumentUnknown, NotAVariant, OutOfReach.
    """
    row = await rows.find_for_update(session, document_id)
    if row is None:
        raise DocumentUnknown
    require_hr(caller, await path_of(session, row, today))
    if row.parent_id is None:
        raise NotAVariant
    if row.filed_at is None:
        row.filed_at = now
        row.version += 1
        await trail.leave(
            session,
            caller=caller,
            now=now,
            action="role_document.file",
            resource="role_document",
            resource_id=document_id,
        )


async def settle_due(session: WriteSession, *, now: datetime, today: date) -> int:
    """The daily job: let every version take effect or be superseded whose day has come, however long ago."""
    documents = {version.document_id for version in await rows.due(session, today)}
    for document_id in sorted(documents):
        await rows.find_for_update(session, document_id)
        await settle(session, now=now, today=today, document_id=document_id)
    return len(documents)


async def settle(session: WriteSession, *, now: datetime, today: date, document_id: UUID) -> None:
    """Make the moves of one document's versions that the calendar makes."""
    await session.flush()
    for version in await rows.versions(session, document_id):
        if version.valid is None:
            continue
        for action in due_moves(DocumentState(version.state), period(version.valid), today):
            move = DOCUMENT.next(DocumentState(version.state), action, {Role.SERVICE})
            await advance(session, RoleDocumentVersionRow, version.id, move, caller=CLOCKWORK, now=now)
            await session.refresh(version)
            if action is DocumentAction.TAKE_EFFECT:
                await trail.leave(
                    session,
                    caller=CLOCKWORK,
                    now=now,
                    action="role_document.take_effect",
                    resource="role_document",
                    resource_id=document_id,
                    after={"number": version.number},
                    news="org.role_document.changed",
                    data={"number": version.number},
                )


async def _advance(
    session: WriteSession,
    caller: Caller,
    now: datetime,
    today: date,
    row: RoleDocumentRow,
    version: RoleDocumentVersionRow,
    action: DocumentAction,
    note: str | None,
) -> None:
    held = await roles(session, caller, await path_of(session, row, today), today)
    if not held:
        raise DocumentUnknown
    step = DOCUMENT.next(DocumentState(version.state), action, held)
    others = OTHER_HANDS.get(action, frozenset())
    if others and caller.account_id in await made_by(session, RoleDocumentVersionRow, version.id, *others):
        raise OwnHands
    await advance(session, RoleDocumentVersionRow, version.id, step, caller=caller, now=now, note=note)
    await session.refresh(version)


async def _demand_core_duties(
    session: WriteSession, row: RoleDocumentRow, version: RoleDocumentVersionRow, today: date
) -> None:
    """A local variant keeps every core duty of what its parent says today."""
    parent = await rows.counting(session, row.parent_id, today) if row.parent_id else None
    if parent is not None:
        demand_core_duties_kept(read(RoleDocument, parent.content), read(RoleDocument, version.content, "/content"))


async def _complete(session: WriteSession, caller: Caller, now: datetime, amendment_id: UUID) -> None:
    amendment = await session.get(AmendmentRow, amendment_id, with_for_update=True)
    if amendment is not None and amendment.state == AmendmentState.DRAFTING:
        step = AMENDMENT.next(AmendmentState.DRAFTING, AmendmentAction.COMPLETE, {Role.HR})
        await advance(session, AmendmentRow, amendment_id, step, caller=caller, now=now)
