"""Delegations: given by the delegator, or entered by HR for them and released by another; how they end (ORG-09)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.kit.database.codec import fields_of, plain_object
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id, period
from services.kit.errors import Conflict, Forbidden, NotFound, Stale, existing
from services.kit.events.outbox import publish
from services.kit.identity import Caller, Role
from services.kit.periods import Period
from services.kit.release import ReleaseAction, ReleaseState
from services.kit.work.releasing import decide as decide_release
from services.kit.work.releasing import release_trail
from services.kit.work.unit_of_work import UnitOfWork
from services.org.authority.domain.authority_type import AuthorityType
from services.org.authority.domain.delegation import DELEGATION, OVERSEERS, Delegation, DelegationAsOf, Visibility
from services.org.authority.store import delegations as rows
from services.org.authority.store.tables import DelegationRow
from services.org.authority.usecases.delegable import require_possible
from services.org.authority.usecases.delegation_tasks import await_release, close_renewal
from services.org.people.store import employees as employee_rows
from services.org.people.store import reporting
from services.org.structure.store import units as unit_rows
from services.org.structure.usecases.scope import OutOfScope, require_hr

READERS = (*OVERSEERS, Role.AUDITOR)
SCOPE = "directory"


class DelegationUnknown(NotFound):
    """There is no such delegation, or none that the caller may know of."""

    code = "delegation_unknown"
    zh = "找不到该授权，或您无权查看。"
    en = "There is no such delegation, or you may not see it."


class DelegationEnded(Conflict):
    """A delegation that was revoked or has ended cannot be revoked."""

    code = "delegation_ended"
    zh = "该授权已撤销或已到期，无需再撤销。"
    en = "The delegation has been revoked or has ended."


class DelegationToSelf(Forbidden):
    """Nobody can give themselves another person's authority."""

    code = "delegation_to_self"
    zh = "不能代他人把权限授予自己，请由授权人本人或其他管理员办理。"
    en = (
        "You cannot delegate someone else's authority to yourself; the delegator or another administrator has to do it."
    )


class DelegationNotReleased(Conflict):
    """What waits for its release is refused, not revoked."""

    code = "delegation_not_released"
    zh = "该授权尚未确认生效，请退回，无需撤销。"
    en = "The delegation has not been released; refuse it instead of revoking it."


class DelegationRefused(Conflict):
    """What was refused never counted."""

    code = "delegation_refused"
    zh = "该授权已退回，从未生效，无需撤销。"
    en = "The delegation was refused and never applied; there is nothing to revoke."


class DelegationOfAnother(Forbidden):
    """Only the delegator gives away their authority, or HR for them."""

    code = "delegation_of_another"
    zh = "只有授权人本人或人力资源可以办理该授权。"
    en = "Only the delegator or HR may enter this."


@dataclass(frozen=True)
class NewDelegation:
    """A delegation to create. ``limit`` in yuan or people; None: no limit, given only by somebody who has none."""

    delegator_id: UUID
    delegate_id: UUID
    unit_id: UUID
    authority_type: AuthorityType
    limit: Decimal | None
    valid: Period
    reason: str


async def create(uow: UnitOfWork, *, wanted: NewDelegation) -> UUID:
    """Let one person act for another; for the delegator, or HR over both the delegator and the unit.

    What somebody else than the delegator enters waits for a second person and counts for nothing until then.

    Raises:
        DelegationOfAnother, OutOfScope, DelegationToSelf.
        DelegationBackdated, ReferenceNotInForce, DelegationInvalid, DelegationTooWide.
    """
    path = await unit_rows.path(uow.session, wanted.unit_id, wanted.valid.start)
    await _require_giver(uow, wanted, path)
    facts = {name: value for name, value in vars(wanted).items() if name != "reason"}
    delegation = Delegation(id=new_id(), **facts)
    await require_possible(uow, delegation, path)
    if _is_delegator(uow.caller, wanted.delegator_id):
        row = await rows.add(uow, delegation, reason=wanted.reason, state=ReleaseState.RELEASED)
        await record(uow, "org.delegation.created", row=row, after=fields_of(wanted))
        return row.id
    row = await rows.add(uow, delegation, reason=wanted.reason, state=ReleaseState.PROPOSED)
    await uow.audit("org.delegation.proposed", subject=(DELEGATION.name, row.id), after=fields_of(wanted))
    await await_release(uow, row, path)
    return row.id


async def decide(
    uow: UnitOfWork, *, delegation_id: UUID, action: ReleaseAction, revision: int, reason: str | None = None
) -> None:
    """Release or refuse what somebody else entered: the delegator, or HR or an executive over them and the unit.

    The delegate cannot release it, nor can the person who entered it; both may refuse it.

    Raises:
        DelegationUnknown, OutOfScope, Stale, SecondPersonNeeded, TransitionNotPossible.
        DelegationToSelf: the delegate would release it.
        DelegationBackdated: its first day has gone by meanwhile.
        ReferenceNotInForce, DelegationTooWide: somebody leaves, or the delegator's own authority has shrunk meanwhile.
    """
    row = existing(await rows.find_for_update(uow.session, delegation_id), DelegationUnknown)
    if not (_is_party(uow.caller, row) and action is ReleaseAction.REFUSE):
        await _require_releaser(uow, row)
    state = await decide_release(uow, DELEGATION, row, action, revision=revision, reason=reason)
    trail = release_trail(state, revision=revision, reason=reason)
    if action is ReleaseAction.REFUSE:
        await uow.audit("org.delegation.refused", subject=(DELEGATION.name, row.id), **trail)
        return
    given = rows.delegation_of(row)
    await require_possible(uow, given, await unit_rows.path(uow.session, row.unit_id, given.valid.start))
    await record(uow, "org.delegation.released", row=row, **trail)


async def revoke(uow: UnitOfWork, *, delegation_id: UUID, expected_revision: int, reason: str) -> None:
    """End a delegation at once; for both people, HR and executives over the unit.

    Raises:
        DelegationUnknown, OutOfScope, Stale, DelegationNotReleased, DelegationRefused, DelegationEnded.
    """
    row = existing(await rows.find_for_update(uow.session, delegation_id), DelegationUnknown)
    path = await unit_rows.path(uow.session, row.unit_id, uow.today)
    if not _is_party(uow.caller, row) and not uow.caller.has_over(path, *OVERSEERS):
        raise OutOfScope if uow.caller.has_over(path, Role.AUDITOR) else DelegationUnknown
    if row.state == ReleaseState.REFUSED:
        raise DelegationRefused
    if row.state != ReleaseState.RELEASED:
        raise DelegationNotReleased
    if row.revoked_on is not None or await rows.ended_on(uow.session, row.id) <= uow.today:
        raise DelegationEnded
    if row.revision != expected_revision:
        raise Stale
    row.revoked_on, row.revoked_at, row.revoked_by = uow.today, uow.now, uow.caller.account_id
    row.revocation_reason = reason
    row.revision += 1
    await uow.session.flush()
    await close_renewal(uow, row)
    after = {"revoked_on": uow.today, "reason": reason}
    await record(uow, "org.delegation.revoked", row=row, before={"revoked_on": None}, after=after)


async def one(session: ReadSession, *, caller: Caller, delegation_id: UUID, today: date) -> DelegationAsOf:
    """A delegation, for both people, those above the delegator, who oversees the unit, and client systems.

    Raises:
        DelegationUnknown: none that the caller may know of.
    """
    found = await known(session, delegation_id=delegation_id, today=today)
    seen = _is_party(caller, found) or SCOPE in caller.scopes or caller.has_over(found.unit_path, *READERS)
    if not seen and not await _is_above(session, caller, found.delegator_id, today):
        raise DelegationUnknown
    return found


async def known(session: ReadSession, *, delegation_id: UUID, today: date) -> DelegationAsOf:
    """A delegation that the caller has just created or revoked."""
    return existing(await rows.get(session, delegation_id, today), DelegationUnknown)


async def listed(
    session: ReadSession,
    *,
    caller: Caller,
    today: date,
    paging: Paging,
    employee_id: UUID | None = None,
    in_force_on: date | None = None,
) -> Rows[DelegationAsOf]:
    """Delegations that the caller may know of: all, or those in force on a day, or of one person on either side."""
    visibility = await _visibility(session, caller, employee_id, today)
    return await rows.page_of(
        session, today, paging, employee_id=employee_id, in_force_day=in_force_on, visibility=visibility
    )


async def _visibility(session: ReadSession, caller: Caller, employee_id: UUID | None, today: date) -> Visibility | None:
    """Which delegations the caller may know of; None: all that are asked for."""
    unit_ids = caller.units_of(*READERS)
    if unit_ids is None or SCOPE in caller.scopes:
        return None
    if employee_id is not None and await _is_above(session, caller, employee_id, today):
        return None
    return Visibility(caller.employee_id, unit_ids)


def _is_party(caller: Caller, row: DelegationRow | DelegationAsOf) -> bool:
    return caller.employee_id is not None and caller.employee_id in {row.delegator_id, row.delegate_id}


def _is_delegator(caller: Caller, delegator_id: UUID) -> bool:
    return caller.employee_id is not None and caller.employee_id == delegator_id


async def _is_above(session: ReadSession, caller: Caller, employee_id: UUID, day: date) -> bool:
    if caller.employee_id is None:
        return False
    chains = await reporting.chains(session, [(employee_id, day)])
    return caller.employee_id in chains[employee_id, day]


async def _require_giver(uow: UnitOfWork, wanted: NewDelegation, path: list[UUID]) -> None:
    if _is_delegator(uow.caller, wanted.delegator_id):
        return
    if not uow.caller.has(Role.HR):
        raise DelegationOfAnother
    require_hr(uow.caller, path, await employee_rows.unit_path(uow.session, wanted.delegator_id, uow.today))
    if uow.caller.employee_id == wanted.delegate_id:
        raise DelegationToSelf


async def _require_releaser(uow: UnitOfWork, row: DelegationRow) -> None:
    """The delegator, or HR or an executive over the delegator and the unit; never the delegate."""
    if _is_delegator(uow.caller, row.delegator_id):
        return
    if uow.caller.employee_id == row.delegate_id:
        raise DelegationToSelf
    unit = await unit_rows.path(uow.session, row.unit_id, uow.today)
    home = await employee_rows.unit_path(uow.session, row.delegator_id, uow.today)
    if not all(uow.caller.has_over(path, *OVERSEERS) for path in (unit, home)):
        raise OutOfScope if uow.caller.has_over(unit, *READERS) else DelegationUnknown


async def record(
    uow: UnitOfWork,
    event: str,
    *,
    row: DelegationRow,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object],
    valid_to: date | None = None,
) -> None:
    """Audit what happened to a delegation, and publish it for both sides, each in the order of their own events.

    ``valid_to`` is for a delegation that ended early because a person left.
    """
    valid = period(row.valid)
    data = {
        "delegator_id": row.delegator_id,
        "delegate_id": row.delegate_id,
        "unit_id": row.unit_id,
        "authority_type": row.authority_type,
        "valid_from": valid.start,
        "valid_to": valid_to or valid.last,
        "revoked_on": row.revoked_on,
    }
    subject = ("delegation", row.id)
    await uow.record(
        event, subject=subject, before=before, after=after, data=data, about=("employee", row.delegator_id)
    )
    await publish(
        uow.session,
        type=event,
        subject=f"employee/{row.delegate_id}",
        data=plain_object({"delegation_id": row.id, **data}),
        now=uow.now,
    )
