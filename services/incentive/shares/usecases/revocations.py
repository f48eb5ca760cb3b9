"""Revoking grants of virtual shares: proposed with a reason, released by another person (INC-07)."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.incentive.pay.store.tables import PersonRow
from services.incentive.shares.domain.revocation import (
    SHARE_REVOCATION,
    GrantNotRevocable,
    RevocationProposed,
    check_day,
)
from services.incentive.shares.store import revocations as store
from services.incentive.shares.store import shares as grant_store
from services.incentive.shares.store.tables import ShareGrantRow, ShareRevocationRow
from services.incentive.shares.usecases.grants import READERS, GrantUnknown, require_other
from services.incentive.shares.usecases.sharing_again import ask_to_share_out_again, claim_nothing
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import NotFound, Stale, Text, existing
from services.kit.identity import Caller
from services.kit.periods import day_in_words
from services.kit.release import ReleaseAction, ReleaseState, Signature
from services.kit.work.assignees import whoever_may
from services.kit.work.releasing import decide, entered, release_trail
from services.kit.work.tasks import open_task
from services.kit.work.unit_of_work import UnitOfWork

SUBJECT: Final = "share_revocation"


class RevocationUnknown(NotFound):
    """No such revocation, or none that the caller may see."""

    code = "share_revocation_unknown"
    zh = "找不到该虚拟股票授予的撤销，或您无权查看。"
    en = "There is no such revocation of a grant, or you may not see it."


@dataclass(frozen=True)
class RevocationDetails:
    """A revocation with its grant and the person who holds it."""

    row: ShareRevocationRow
    grant: ShareGrantRow
    person: PersonRow


async def propose_revocation(
    uow: UnitOfWork, *, grant_id: UUID, revision: int, revoked_on: date, reason: str
) -> RevocationDetails:
    """Propose that nothing more of a grant vests after a day: the day of the grant where it was a mistake.

    Raises:
        GrantUnknown, OwnGrant, Stale, GrantNotRevocable, RevocationUnsound, RevocationProposed.
    """
    grant, person = existing(await grant_store.grant(uow.session, grant_id, lock_row=True), GrantUnknown)
    require_other(uow.caller, grant.employee_id)
    if grant.revision != revision:
        raise Stale
    if grant.state != ReleaseState.RELEASED or grant.revoked_on is not None:
        raise GrantNotRevocable
    check_day(revoked_on, granted_on=grant.granted_on, today=uow.today)
    row = ShareRevocationRow(id=new_id(), grant_id=grant_id, revoked_on=revoked_on, reason=reason, **entered(uow))
    try:
        async with uow.session.begin_nested():
            await store.add(uow.session, row)
    except IntegrityError as clash:
        raise RevocationProposed from clash
    after = {"grant_id": grant_id, "employee_number": person.number, "revoked_on": revoked_on, "reason": reason}
    await uow.audit("incentive.share_revocation.proposed", subject=(SUBJECT, row.id), after=after)
    day = day_in_words(grant.granted_on)
    barred = {*Signature.of(uow.caller).ids, grant.employee_id}
    await open_task(
        uow,
        "share_revocation.release",
        subject=(SUBJECT, row.id),
        assignee=whoever_may(SHARE_REVOCATION, ReleaseAction.RELEASE, excluded_ids=barred),
        title=Text(
            f"确认撤销 {day.zh}授予{person.name}的虚拟股票 {grant.units:,} 份",
            f"Release the revocation of {grant.units:,} virtual shares granted to {person.name} on {day.en}",
        ),
        link=f"/v1/incentive/share_revocations/{row.id}",
    )
    return RevocationDetails(row, grant, person)


async def decide_revocation(
    uow: UnitOfWork, *, revocation_id: UUID, action: ReleaseAction, revision: int, reason: str | None = None
) -> RevocationDetails:
    """Release what another person proposed, or refuse it.

    A dividend in which units took part that are forfeited now waits to be shared out again; until then the person is
    owed nothing of it, so that no run under way pays it, and the next run books back what was posted.

    Raises:
        RevocationUnknown, OwnGrant, Stale, SecondPersonNeeded, TransitionNotPossible, TransitionForbidden.
    """
    row, grant, person = existing(await store.one(uow.session, revocation_id, lock=True), RevocationUnknown)
    require_other(uow.caller, grant.employee_id)
    await grant_store.lock(uow.session, grant.plan_code)
    state = await decide(uow, SHARE_REVOCATION, row, action, revision=revision, reason=reason)
    about = {"grant_id": grant.id, "employee_id": grant.employee_id}
    why = reason or row.reason
    trail = release_trail(state, revision=revision, revoked_on=row.revoked_on, reason=why, **about)
    await uow.record(f"incentive.share_revocation.{state.value}", subject=(SUBJECT, row.id), **trail, data=about)
    if state is ReleaseState.RELEASED:
        await grant_store.revoke(uow.session, grant.id, revoked_on=row.revoked_on, reason=row.reason)
        news = Text(f"{person.name}的虚拟股票授予已撤销", f"A grant to {person.name} was revoked")
        await ask_to_share_out_again(uow, [grant.plan_code], row.revoked_on.year, news)
        await claim_nothing(uow, grant.plan_code, row.revoked_on.year, grant.employee_id, news)
    return await _details(uow.session, revocation_id)


async def read_revocation(session: ReadSession, *, caller: Caller, revocation_id: UUID) -> RevocationDetails:
    """A revocation, for the person once it is released, and for those who decide over the whole organisation.

    Raises:
        RevocationUnknown.
    """
    details = await _details(session, revocation_id)
    own = caller.employee_id == details.grant.employee_id and details.row.state == ReleaseState.RELEASED
    if not own and not caller.has_over((), *READERS):
        raise RevocationUnknown
    return details


async def list_revocations(
    session: ReadSession, *, grant_id: UUID | None, state: ReleaseState | None, paging: Paging
) -> Rows[RevocationDetails]:
    """Revocations in the order in which they were proposed."""
    rows = await store.listed(session, grant_id=grant_id, state=state, paging=paging)
    return Rows([RevocationDetails(*each) for each in rows.items], rows.next)


async def _details(session: ReadSession, revocation_id: UUID) -> RevocationDetails:
    return RevocationDetails(*existing(await store.one(session, revocation_id), RevocationUnknown))
