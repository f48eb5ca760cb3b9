"""The life of role documents: every transition through review and approval into force (ORG-04, ORG-06)."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.kit.database.sessions import period
from services.kit.errors import Conflict, Forbidden, Stale, existing
from services.kit.identity import SYSTEM, Role
from services.kit.work.history import actors_of, advance, trail_of
from services.kit.work.unit_of_work import UnitOfWork
from services.org.documents.domain.role_document_comparison import demand_core_duties_kept
from services.org.documents.domain.role_document_completeness import demand_complete
from services.org.documents.domain.role_document_life import (
    DOCUMENT,
    EVENTS,
    FOUR_EYES,
    DocumentAction,
    DocumentState,
    demand_registered,
    due_transitions,
    signature_revoked,
    signed,
)
from services.org.documents.store import role_documents as rows
from services.org.documents.store.role_documents import DocumentHead, Version
from services.org.documents.store.tables import RoleDocumentRow, RoleDocumentVersionRow
from services.org.documents.usecases import amendments
from services.org.documents.usecases.document_subjects import path_of, roles
from services.org.documents.usecases.document_tasks import await_next_step, tell_author
from services.org.documents.usecases.role_documents import DocumentUnknown, for_update, head
from services.org.structure.usecases.scope import require_hr


class SecondPersonRequired(Forbidden):
    """The person who submitted or endorsed a version cannot also approve it."""

    code = "second_person_required"
    zh = "您已提交或审核过该版本，这一步须由其他同事办理。"
    en = "You submitted or endorsed this version, so someone else has to take this step."


class NotAVariant(Conflict):
    """Only local variants are registered with HR."""

    code = "not_a_variant"
    zh = "只有实施细则需要备案。"
    en = "Only a local variant needs to be registered."


async def advance_version(
    uow: UnitOfWork,
    *,
    document_id: UUID,
    number: int,
    revision: int,
    action: DocumentAction,
    note: str | None = None,
) -> Version:
    """Submit, recall, endorse, return, approve or withdraw the version as it was read at ``revision``.

    Raises:
        DocumentUnknown, Stale, TransitionNotPossible, TransitionForbidden, SecondPersonRequired,
        RoleDocumentIncomplete, CoreDutyLost, StateChanged.
    """
    row, version = await for_update(uow.session, document_id, number)
    if action is DocumentAction.SUBMIT:
        demand_complete(rows.version_of(version).content)
        await _demand_core_duties(uow, row, version)
    await _advance(uow, row, version, action, revision, note)
    await tell_author(uow, row, version, action)
    return (await rows.described(uow.session, [version]))[0]


async def sign(uow: UnitOfWork, *, document_id: UUID, number: int, revision: int, signed_on: date) -> Version:
    """Put an approved version in force from its signing date; the one before it ends the day before.

    Raises:
        DocumentUnknown, Stale, TransitionNotPossible, TransitionForbidden, SigningBackdated, AlreadySigned,
        VariantNotRegistered, CoreDutyLost.
    """
    row, version = await for_update(uow.session, document_id, number)
    demand_registered(variant=row.parent_id is not None, registered=row.registered_at is not None)
    await _demand_core_duties(uow, row, version)
    await _advance(uow, row, version, DocumentAction.SIGN, revision)
    before = await rows.issued(uow.session, document_id)
    after = signed(before, version=number, signed_on=signed_on, today=uow.today)
    await rows.date_versions(uow.session, document_id, before, after)
    if version.amendment_id is not None:
        await amendments.complete(uow, amendment_id=version.amendment_id)
    await settle(uow, document_id=document_id)
    return (await rows.described(uow.session, [version]))[0]


async def revoke_signature(uow: UnitOfWork, *, document_id: UUID, number: int, revision: int, reason: str) -> Version:
    """Revoke the signature of a version that is not yet in force; the version before it continues.

    Raises:
        DocumentUnknown, Stale, TransitionNotPossible, TransitionForbidden, AlreadyInForce.
    """
    row, version = await for_update(uow.session, document_id, number)
    before = await rows.issued(uow.session, document_id)
    await _advance(uow, row, version, DocumentAction.REVOKE_SIGNATURE, revision, reason)
    after = signature_revoked(before, version=number, today=uow.today)
    await rows.date_versions(uow.session, document_id, before, after)
    return (await rows.described(uow.session, [version]))[0]


async def register(uow: UnitOfWork, *, document_id: UUID, revision: int) -> DocumentHead:
    """Register a local variant with HR; registering it again changes nothing.

    Raises:
        DocumentUnknown, NotAVariant, Stale, OutOfScope.
    """
    row = existing(await rows.find_for_update(uow.session, document_id), DocumentUnknown)
    require_hr(uow.caller, await path_of(uow.session, row, uow.today))
    if row.revision != revision:
        raise Stale
    if row.parent_id is None:
        raise NotAVariant
    if row.registered_at is None:
        row.registered_at = uow.now
        row.revision += 1
        await uow.audit("org.role_document.registered", subject=("role_document", document_id))
        await uow.session.flush()
    return await head(uow.session, document_id=document_id, day=uow.today)


async def settle_due(uow: UnitOfWork) -> int:
    """The daily job: let every version take effect or be superseded whose day has come, however long ago."""
    documents = {version.document_id for version in await rows.due(uow.session, uow.today)}
    for document_id in sorted(documents):
        await rows.find_for_update(uow.session, document_id)
        await settle(uow, document_id=document_id)
    return len(documents)


async def settle(uow: UnitOfWork, *, document_id: UUID) -> None:
    """Make the transitions of one document's versions that follow from the calendar."""
    uow = replace(uow, caller=SYSTEM)
    await uow.session.flush()
    for version in await rows.versions(uow.session, document_id):
        if version.valid is None:
            continue
        for action in due_transitions(DocumentState(version.state), period(version.valid), uow.today):
            await _record_transition(uow, version, action, frozenset({Role.SERVICE}))


async def _advance(
    uow: UnitOfWork,
    row: RoleDocumentRow,
    version: RoleDocumentVersionRow,
    action: DocumentAction,
    revision: int,
    note: str | None = None,
) -> None:
    held = await roles(uow.session, uow.caller, await path_of(uow.session, row, uow.today), uow.today)
    if not held:
        raise DocumentUnknown
    if version.revision != revision:
        raise Stale
    others = FOUR_EYES.get(action, frozenset())
    DOCUMENT.next(DocumentState(version.state), action, held)
    acted = await actors_of(uow.session, RoleDocumentVersionRow, version.id, *others) if others else ()
    if any(each.is_of(uow.caller) for each in acted):
        raise SecondPersonRequired
    await _record_transition(uow, version, action, held, note)
    await await_next_step(uow, row, version)


async def _record_transition(
    uow: UnitOfWork,
    version: RoleDocumentVersionRow,
    action: DocumentAction,
    held: frozenset[Role],
    note: str | None = None,
) -> None:
    transition, number = DOCUMENT.next(DocumentState(version.state), action, held), {"number": version.number}
    source, target = transition.source.value, transition.target.value
    trail = trail_of(source, target, revision=version.revision, reason=note, **number)
    await advance(uow, RoleDocumentVersionRow, version.id, transition, note=note)
    await uow.session.refresh(version)
    await uow.record(EVENTS[action], subject=("role_document", version.document_id), **trail, data=number)


async def _demand_core_duties(uow: UnitOfWork, row: RoleDocumentRow, version: RoleDocumentVersionRow) -> None:
    """A local variant keeps every core duty of its parent as it is in force today."""
    parent = await rows.in_force(uow.session, row.parent_id, uow.today) if row.parent_id else None
    if parent is not None:
        demand_core_duties_kept(rows.version_of(parent).content, rows.version_of(version).content)
