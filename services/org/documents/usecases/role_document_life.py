"""The life of role documents: every move through review and approval into force and out of it (ORG-04, ORG-06)."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.kit.database import WriteSession, period
from services.kit.errors import Conflict, Forbidden
from services.kit.history import actors_of, advance
from services.kit.identity import SYSTEM, Role
from services.kit.unit_of_work import UnitOfWork
from services.org.documents.domain.amendment import AMENDMENT, AmendmentAction, AmendmentState
from services.org.documents.domain.role_document import RoleDocument, demand_complete
from services.org.documents.domain.role_document_comparison import demand_core_duties_kept
from services.org.documents.domain.role_document_life import (
    DOCUMENT,
    OTHER_HANDS,
    DocumentAction,
    DocumentState,
    demand_filed,
    due_moves,
    signed,
    unsigned,
)
from services.org.documents.store import role_documents as rows
from services.org.documents.store.tables import AmendmentRow, RoleDocumentRow, RoleDocumentVersionRow
from services.org.documents.usecases.document_subjects import path_of, roles
from services.org.documents.usecases.role_documents import DocumentUnknown, for_update
from services.org.plain_data import read
from services.org.structure.usecases.scope import require_hr

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
    uow: UnitOfWork,
    *,
    document_id: UUID,
    number: int,
    action: DocumentAction,
    note: str | None = None,
) -> None:
    """Submit, recall, endorse, return, approve or withdraw a version.

    Raises:
        DocumentUnknown, TransitionNotPossible, TransitionForbidden, OwnHands, RoleDocumentIncomplete, CoreDutyLost,
        StateChanged.
    """
    row, version = await for_update(uow.session, document_id, number)
    if action is DocumentAction.SUBMIT:
        demand_complete(read(RoleDocument, version.content, "/content"))
        await _demand_core_duties(uow.session, row, version, uow.today)
    await _advance(uow, row, version, action, note)


async def sign(
    uow: UnitOfWork,
    *,
    document_id: UUID,
    number: int,
    signed_on: date,
) -> None:
    """Have an approved version count from its signing date on; the one before it ends the day before.

    Raises:
        DocumentUnknown, TransitionNotPossible, TransitionForbidden, SigningBackdated, AlreadySigned, VariantNotFiled,
        CoreDutyLost.
    """
    row, version = await for_update(uow.session, document_id, number)
    demand_filed(variant=row.parent_id is not None, filed=row.filed_at is not None)
    await _demand_core_duties(uow.session, row, version, uow.today)
    await _advance(uow, row, version, DocumentAction.SIGN, None)
    before = await rows.issued(uow.session, document_id)
    after = signed(before, version=number, signed_on=signed_on, today=uow.today)
    await rows.date_versions(uow.session, document_id, before, after)
    if version.amendment_id is not None:
        await _complete(uow, version.amendment_id)
    await settle(uow, document_id=document_id)


async def unsign(uow: UnitOfWork, *, document_id: UUID, number: int) -> None:
    """Undo a signing whose day has not come; the version before it goes on.

    Raises:
        DocumentUnknown, TransitionNotPossible, TransitionForbidden, AlreadySigned.
    """
    row, version = await for_update(uow.session, document_id, number)
    before = await rows.issued(uow.session, document_id)
    await _advance(uow, row, version, DocumentAction.UNSIGN, None)
    await rows.date_versions(uow.session, document_id, before, unsigned(before, version=number, today=uow.today))


async def file(uow: UnitOfWork, *, document_id: UUID) -> None:
    """Note that a local variant is filed with HR; filing it again changes nothing.

    Raises:
        DocumentUnknown, NotAVariant, OutOfScope.
    """
    row = await rows.find_for_update(uow.session, document_id)
    if row is None:
        raise DocumentUnknown
    require_hr(uow.caller, await path_of(uow.session, row, uow.today))
    if row.parent_id is None:
        raise NotAVariant
    if row.filed_at is None:
        row.filed_at = uow.now
        row.revision += 1
        await uow.audit("org.role_document.filed", subject=("role_document", document_id))


async def settle_due(uow: UnitOfWork) -> int:
    """The daily job: let every version take effect or be superseded whose day has come, however long ago."""
    documents = {version.document_id for version in await rows.due(uow.session, uow.today)}
    for document_id in sorted(documents):
        await rows.find_for_update(uow.session, document_id)
        await settle(uow, document_id=document_id)
    return len(documents)


async def settle(uow: UnitOfWork, *, document_id: UUID) -> None:
    """Make the moves of one document's versions that the calendar makes."""
    uow = replace(uow, caller=SYSTEM)
    await uow.session.flush()
    for version in await rows.versions(uow.session, document_id):
        if version.valid is None:
            continue
        for action in due_moves(DocumentState(version.state), period(version.valid), uow.today):
            move = DOCUMENT.next(DocumentState(version.state), action, {Role.SERVICE})
            await advance(uow, RoleDocumentVersionRow, version.id, move)
            await uow.session.refresh(version)
            if action is DocumentAction.TAKE_EFFECT:
                number = {"number": version.number}
                await uow.record(
                    "org.role_document.changed", subject=("role_document", document_id), after=number, data=number
                )


async def _advance(
    uow: UnitOfWork,
    row: RoleDocumentRow,
    version: RoleDocumentVersionRow,
    action: DocumentAction,
    note: str | None,
) -> None:
    held = await roles(uow.session, uow.caller, await path_of(uow.session, row, uow.today), uow.today)
    if not held:
        raise DocumentUnknown
    step = DOCUMENT.next(DocumentState(version.state), action, held)
    others = OTHER_HANDS.get(action, frozenset())
    if others and uow.caller.account_id in await actors_of(uow.session, RoleDocumentVersionRow, version.id, *others):
        raise OwnHands
    await advance(uow, RoleDocumentVersionRow, version.id, step, note=note)
    await uow.session.refresh(version)


async def _demand_core_duties(
    session: WriteSession, row: RoleDocumentRow, version: RoleDocumentVersionRow, today: date
) -> None:
    """A local variant keeps every core duty of what its parent says today."""
    parent = await rows.counting(session, row.parent_id, today) if row.parent_id else None
    if parent is not None:
        demand_core_duties_kept(read(RoleDocument, parent.content), read(RoleDocument, version.content, "/content"))


async def _complete(uow: UnitOfWork, amendment_id: UUID) -> None:
    amendment = await uow.session.get(AmendmentRow, amendment_id, with_for_update=True)
    if amendment is not None and amendment.state == AmendmentState.DRAFTING:
        step = AMENDMENT.next(AmendmentState.DRAFTING, AmendmentAction.COMPLETE, {Role.HR})
        await advance(uow, AmendmentRow, amendment_id, step)
