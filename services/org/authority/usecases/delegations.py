"""Delegations: given by whoever has the authority, or by HR for him; they end by themselves or at once (ORG-09)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, or_

from services.kit.codec import fields_of, plain
from services.kit.database import ReadSession, WriteSession, days, new_id, period
from services.kit.errors import Conflict, FieldError, Forbidden, NotFound, Text
from services.kit.events import publish
from services.kit.identity import Caller, Role
from services.kit.pages import Paging, Rows, page
from services.kit.periods import Period
from services.kit.unit_of_work import UnitOfWork
from services.org.authority.domain.authority import AuthorityBook
from services.org.authority.domain.authority_type import AuthorityType
from services.org.authority.domain.delegation import Delegation
from services.org.authority.store import authorities as authority_rows
from services.org.authority.store import delegations as rows
from services.org.authority.store.tables import DelegationRow
from services.org.people.store import employees as employee_rows
from services.org.people.store import reporting
from services.org.structure.domain.references import EMPLOYEE, UNIT, require_in_force
from services.org.structure.store import units as unit_rows
from services.org.structure.usecases.scope import OutOfScope, require_hr

OVERSEERS = (Role.HR, Role.EXECUTIVE, Role.AUDITOR)
SCOPE = "directory"


class DelegationUnknown(NotFound):
    """There is no such delegation, or none that the caller may know of."""

    code = "delegation_unknown"
    zh = "找不到该授权，或您无权查看。"
    en = "There is no such delegation, or you may not see it."


class DelegationOver(Conflict):
    """A delegation that was revoked or has ended cannot be revoked."""

    code = "delegation_over"
    zh = "该授权已撤销或已到期。"
    en = "The delegation has been revoked or has ended."


class DelegationBackdated(Conflict):
    """A delegation counts from its making on, never for days gone by."""

    code = "delegation_backdated"
    zh = "授权从今天或以后开始，不能追溯。"
    en = "A delegation starts today or later; it cannot be backdated."


class SelfServed(Forbidden):
    """Nobody enters a delegation of somebody else's authority to himself."""

    code = "self_served"
    zh = "不能代他人把权限授予自己，请由授权人本人或其他管理员办理。"
    en = (
        "You cannot delegate somebody else's authority to yourself; the delegator or another administrator "
        "has to do it."
    )


@dataclass(frozen=True)
class Wanted:
    """A delegation to make. ``limit`` in yuan or people, None up to the delegator's own."""

    delegator_id: UUID
    delegate_id: UUID
    unit_id: UUID
    authority_type: AuthorityType
    limit: Decimal | None
    valid: Period
    reason: str


async def give(uow: UnitOfWork, *, wanted: Wanted) -> UUID:
    """Let one person act for another; for the delegator himself, or HR over him and over the unit.

    Raises:
        OutOfScope, SelfServed, DelegationBackdated, ReferenceNotInForce, DelegationUnsound, DelegationTooWide.
    """
    path = await unit_rows.path(uow.session, wanted.unit_id, wanted.valid.start)
    await _demand_giver(uow, wanted, path)
    if wanted.valid.start < uow.today:
        expected = Text(f"不早于 {uow.today}", f"not before {uow.today}")
        raise DelegationBackdated(field_errors=[FieldError("/first_day", str(wanted.valid.start), expected)])
    await _demand_known(uow.session, wanted)
    delegation = Delegation(
        new_id(),
        wanted.delegator_id,
        wanted.delegate_id,
        wanted.unit_id,
        wanted.authority_type,
        wanted.limit,
        wanted.valid,
    )
    held = await authority_rows.held(uow.session, [wanted.delegator_id], wanted.valid)
    AuthorityBook(held).demand_delegable(delegation, path)
    row = DelegationRow(
        id=delegation.id,
        delegator_id=wanted.delegator_id,
        delegate_id=wanted.delegate_id,
        unit_id=wanted.unit_id,
        authority_type=wanted.authority_type.value,
        amount=wanted.limit,
        valid=days(wanted.valid),
        reason=wanted.reason,
        made_at=uow.now,
        actors_of=uow.caller.account_id,
    )
    uow.session.add(row)
    await uow.session.flush()
    await tell(uow, row=row, action="give", after=fields_of(wanted))
    return row.id


async def revoke(uow: UnitOfWork, *, delegation_id: UUID, reason: str | None) -> None:
    """End a delegation at once; for both people, HR and executives over the unit.

    Raises:
        DelegationUnknown, OutOfScope, DelegationOver.
    """
    row = await rows.find_for_update(uow.session, delegation_id)
    if row is None:
        raise DelegationUnknown
    path = await unit_rows.path(uow.session, row.unit_id, uow.today)
    if not _is_party(uow.caller, row) and not uow.caller.has_over(path, Role.HR, Role.EXECUTIVE):
        raise OutOfScope if uow.caller.has_over(path, Role.AUDITOR) else DelegationUnknown
    if row.revoked_on is not None or await rows.over_from(uow.session, row.id) <= uow.today:
        raise DelegationOver
    row.revoked_on, row.revoked_at, row.revoked_by, row.revoked_because = (
        uow.today,
        uow.now,
        uow.caller.account_id,
        reason,
    )
    await uow.session.flush()
    after = {"revoked_on": uow.today, "reason": reason}
    await tell(uow, row=row, action="revoke", before={"revoked_on": None}, after=after)


async def one(session: ReadSession, *, caller: Caller, delegation_id: UUID, today: date) -> Row[Any]:
    """A delegation, for both people, those above the delegator, who oversees the unit, and client systems.

    Raises:
        DelegationUnknown: none that the caller may know of.
    """
    found = (await session.execute(rows.as_of(today).where(DelegationRow.id == delegation_id))).first()
    if found is None:
        raise DelegationUnknown
    row, place = found.DelegationRow, found.UnitPathRow
    seen = _is_party(caller, row) or SCOPE in caller.scopes
    seen = seen or caller.has_over(list(place.path) if place else [], *OVERSEERS)
    if not seen and not await _is_above(session, caller, row.delegator_id, today):
        raise DelegationUnknown
    return found


async def listed(
    session: ReadSession,
    *,
    caller: Caller,
    today: date,
    paging: Paging,
    employee_id: UUID | None = None,
    counting_on: date | None = None,
) -> Rows[Row[Any]]:
    """Delegations that the caller may know of: all, or those in force on a day, or of one person on either side."""
    query = rows.as_of(today)
    if counting_on is not None:
        query = query.where(rows.counting_on(counting_on))
    if employee_id is not None:
        query = query.where(rows.between(employee_id))
    reach = caller.units_of(*OVERSEERS)
    if reach is not None and SCOPE not in caller.scopes:
        above = employee_id is not None and await _is_above(session, caller, employee_id, today)
        if not above:
            query = query.where(or_(rows.between(caller.employee_id), rows.in_reach(reach)))
    return await page(session, query, keys=[DelegationRow.id], paging=paging)


def _is_party(caller: Caller, row: DelegationRow) -> bool:
    return caller.employee_id is not None and caller.employee_id in {row.delegator_id, row.delegate_id}


async def _is_above(session: ReadSession, caller: Caller, employee_id: UUID, day: date) -> bool:
    if caller.employee_id is None:
        return False
    chains = await reporting.chains(session, [(employee_id, day)])
    return caller.employee_id in chains[employee_id, day]


async def _demand_giver(uow: UnitOfWork, wanted: Wanted, path: list[UUID]) -> None:
    if uow.caller.employee_id is not None and uow.caller.employee_id == wanted.delegator_id:
        return
    require_hr(uow.caller, path, await employee_rows.unit_path(uow.session, wanted.delegator_id, uow.today))
    if uow.caller.employee_id == wanted.delegate_id:
        raise SelfServed


async def _demand_known(session: WriteSession, wanted: Wanted) -> None:
    known = await authority_rows.known(session, [wanted.delegator_id, wanted.delegate_id])
    for pointer, person in (("/delegator_id", wanted.delegator_id), ("/delegate_id", wanted.delegate_id)):
        stay = [employed for employed in known.get(person, []) if employed.contains(wanted.valid.start)]
        require_in_force(pointer, person, wanted.valid, stay, EMPLOYEE)
    units = (await unit_rows.timelines(session, [wanted.unit_id])).get(wanted.unit_id, [])
    require_in_force("/unit_id", wanted.unit_id, wanted.valid, [version.valid for version in units], UNIT)


async def tell(
    uow: UnitOfWork,
    *,
    row: DelegationRow,
    action: str,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object],
    last_day: date | None = None,
) -> None:
    """Audit, and news for both sides, each in the order of its own person's news.

    ``last_day`` is for one that ended earlier than it was given, because somebody left.
    """
    ids = {name: getattr(row, name) for name in ("delegator_id", "delegate_id", "unit_id")}
    valid = period(row.valid)
    spanned = {"first_day": valid.start, "last_day": last_day or valid.last, "revoked_on": row.revoked_on}
    told = {**ids, "authority_type": row.authority_type, **spanned}
    await uow.record(
        "org.delegation.changed",
        subject=("delegation", row.id),
        before=before,
        after=after,
        data=told,
        about=("employee", row.delegator_id),
    )
    other = plain({"delegation_id": row.id, "action": f"delegation.{action}", **told})
    await publish(
        uow.session,
        type="org.delegation.changed",
        subject=f"employee/{row.delegate_id}",
        data=other if isinstance(other, dict) else {},
        now=uow.now,
    )
