"""What a position may approve: proposed by one person, in force once another releases it (ORG-09)."""

from uuid import UUID

from services.kit.database.codec import fields_of
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession
from services.kit.errors import NotFound, Text, existing
from services.kit.periods import day_in_words
from services.kit.release import ReleaseAction, ReleaseState, Signature
from services.kit.work.assignees import whoever_may
from services.kit.work.releasing import decide, release_trail
from services.kit.work.tasks import open_task
from services.kit.work.unit_of_work import UnitOfWork
from services.org.authority.domain.authority_limit import NewLimit, require_countable, set_from
from services.org.authority.domain.authority_type import AUTHORITY_TYPE_NAMES, limit_in_words
from services.org.authority.domain.limit_change import LIMIT_CHANGE, LimitChange
from services.org.authority.store import authorities as rows
from services.org.authority.store import limit_changes as store
from services.org.authority.usecases import authorities
from services.org.people.store import assignments
from services.org.structure.store import positions as position_rows
from services.org.structure.usecases.positions import PositionUnknown

SUBJECT = LIMIT_CHANGE.name


class LimitChangeUnknown(NotFound):
    """There is no such change."""

    code = "authority_limit_change_unknown"
    zh = "找不到该权限额度变更，请刷新列表后重试。"
    en = "There is no such change of an authority limit."


async def propose(uow: UnitOfWork, *, position_id: UUID, wanted: NewLimit) -> LimitChange:
    """Propose a position's limit for an authority type; it waits for another person.

    Raises:
        PositionUnknown, OutOfScope, OwnLimit, ReferenceNotInForce, PastAuthority, AuthorityBackdated, LimitInvalid.
    """
    require_countable(wanted)
    path = await authorities.lock_position(uow, position_id, wanted.valid)
    before = await rows.timeline(uow.session, position_id, wanted.authority_type)
    set_from(before, wanted.valid, authorities.facts_of(wanted), uow.today)
    change = await read(uow.session, change_id=await store.add(uow, position_id, wanted))
    await uow.audit(
        "org.authority_limit.proposed",
        subject=(SUBJECT, change.id),
        after={"position_id": position_id, **fields_of(wanted)},
    )
    what, most = AUTHORITY_TYPE_NAMES[wanted.authority_type], limit_in_words(wanted.amount, wanted.authority_type)
    first, since, code = wanted.valid.start, day_in_words(wanted.valid.start), change.position_code
    position = existing(await position_rows.get(uow.session, position_id, first), PositionUnknown)
    barred = {*Signature.of(uow.caller).ids, *await assignments.holders(uow.session, position_id, wanted.valid)}
    await open_task(
        uow,
        f"{SUBJECT}.release",
        subject=(SUBJECT, change.id),
        assignee=whoever_may(LIMIT_CHANGE, ReleaseAction.RELEASE, unit_path=path, excluded_ids=barred),
        title=Text(
            f"确认{position.unit_name}“{position.title}”岗位（{code}）自 {since.zh}起的权限额度：{what.zh}{most.zh}",
            f"Release the authority limit of {position.title_en} ({code}) from {since.en} on: {what.en} {most.en}",
        ),
        link=f"/v1/org/authority_limit_changes/{change.id}",
    )
    return change


async def release(uow: UnitOfWork, *, change_id: UUID, revision: int) -> LimitChange:
    """Put in force what another person proposed; not for the holder of the position.

    Raises:
        LimitChangeUnknown, SecondPersonNeeded, Stale, TransitionNotPossible, and what ``propose`` raises: the position
        or its limits may have changed meanwhile, or its first day gone by.
    """
    row = existing(await store.locked(uow.session, change_id), LimitChangeUnknown)
    wanted = store.wanted_of(row)
    await authorities.lock_position(uow, row.position_id, wanted.valid)
    state = await decide(uow, LIMIT_CHANGE, row, ReleaseAction.RELEASE, revision=revision)
    trail = release_trail(state, revision=revision)
    await uow.audit("org.authority_limit.released", subject=(SUBJECT, change_id), **trail)
    await authorities.set_limit(uow, position_id=row.position_id, wanted=wanted, change_id=change_id)
    return await read(uow.session, change_id=change_id)


async def refuse(uow: UnitOfWork, *, change_id: UUID, revision: int, reason: str) -> LimitChange:
    """Refuse what another person proposed, or take back what one proposed oneself; the limits stay as they are.

    Raises:
        LimitChangeUnknown, OutOfScope, OwnLimit, Stale, TransitionNotPossible.
    """
    row = existing(await store.locked(uow.session, change_id), LimitChangeUnknown)
    await authorities.require_setter(uow, row.position_id, store.wanted_of(row).valid)
    state = await decide(uow, LIMIT_CHANGE, row, ReleaseAction.REFUSE, revision=revision, reason=reason)
    trail = release_trail(state, revision=revision, reason=reason)
    await uow.audit("org.authority_limit.refused", subject=(SUBJECT, change_id), **trail)
    return await read(uow.session, change_id=change_id)


async def read(session: ReadSession, *, change_id: UUID) -> LimitChange:
    """A change.

    Raises:
        LimitChangeUnknown.
    """
    return existing(await store.one(session, change_id), LimitChangeUnknown)


async def list_changes(
    session: ReadSession, *, state: ReleaseState | None, position_id: UUID | None, paging: Paging
) -> Rows[LimitChange]:
    """Changes in the order in which they were proposed: all, or in one state, or of one position."""
    return await store.listed(session, state=state, position_id=position_id, paging=paging)
