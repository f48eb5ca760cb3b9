"""Delegations: given by whoever has the authority, or by HR for him; they end by themselves or at once (ORG-09)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, or_

from services.kit.database import ReadSession, WriteSession, days, new_id, period
from services.kit.errors import Conflict, Fault, Forbidden, NotFound, Text
from services.kit.events import publish
from services.kit.identity import Caller, Role
from services.kit.pages import Paging, Rows, page
from services.kit.periods import Period
from services.org.domain.authority import AuthorityBook
from services.org.domain.delegation import Delegation
from services.org.domain.power import Power
from services.org.store import authorities as authority_rows
from services.org.store import delegations as rows
from services.org.store import employees as employee_rows
from services.org.store import reporting
from services.org.store import units as unit_rows
from services.org.store.tables_authority import DelegationRow
from services.org.usecases import trail
from services.org.usecases.reach import OutOfReach, require_hr
from services.org.usecases.references import EMPLOYEE, UNIT, require_in_force

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
    power: Power
    limit: Decimal | None
    valid: Period
    reason: str


async def give(session: WriteSession, *, caller: Caller, now: datetime, today: date, wanted: Wanted) -> UUID:
    """Let one person act for another; for the delegator himself, or HR over him and over the unit.

    Raises:
        OutOfReach, SelfServed, DelegationBackdated, ReferenceNotInForce, DelegationUnsound, DelegationTooWide.
    """
    path = await unit_rows.path(session, wanted.unit_id, wanted.valid.start)
    await _demand_giver(session, caller, wanted, path, today)
    if wanted.valid.start < today:
        expected = Text(f"不早于 {today}", f"not before {today}")
        raise DelegationBackdated(faults=[Fault("/first_day", str(wanted.valid.start), expected)])
    await _demand_known(session, wanted)
    delegation = Delegation(
        new_id(), wanted.delegator_id, wanted.delegate_id, wanted.unit_id, wanted.power, wanted.limit, wanted.valid
    )
    held = await authority_rows.held(session, [wanted.delegator_id], wanted.valid)
    AuthorityBook(held).demand_delegable(delegation, path)
    row = DelegationRow(
        id=delegation.id,
        delegator_id=wanted.delegator_id,
        delegate_id=wanted.delegate_id,
        unit_id=wanted.unit_id,
        power=wanted.power.value,
        amount=wanted.limit,
        valid=days(wanted.valid),
        reason=wanted.reason,
        made_at=now,
        made_by=caller.account_id,
    )
    session.add(row)
    await session.flush()
    await tell(session, caller=caller, now=now, row=row, action="give", after=trail.fields_of(wanted))
    return row.id


async def revoke(
    session: WriteSession, *, caller: Caller, now: datetime, today: date, delegation_id: UUID, reason: str | None
) -> None:
    """End a delegation at once; for both people, HR and executives over the unit.

    Raises:
        DelegationUnknown, OutOfReach, DelegationOver.
    """
    row = await rows.find_for_update(session, delegation_id)
    if row is None:
        raise DelegationUnknown
    path = await unit_rows.path(session, row.unit_id, today)
    if not _is_party(caller, row) and not caller.has_over(path, Role.HR, Role.EXECUTIVE):
        raise OutOfReach if caller.has_over(path, Role.AUDITOR) else DelegationUnknown
    if row.revoked_on is not None or await rows.over_from(session, row.id) <= today:
        raise DelegationOver
    row.revoked_on, row.revoked_at, row.revoked_by, row.revoked_because = today, now, caller.account_id, reason
    await session.flush()
    after = {"revoked_on": today, "reason": reason}
    await tell(session, caller=caller, now=now, row=row, action="revoke", before={"revoked_on": None}, after=after)


async def one(session: ReadSession, *, caller: Caller, delegation_id: UUID, today: date) -> Row[Any]:
    """A delegation, for both people, those above the delegator, who oversees the unit, and client systems.

    Raises:
        DelegationUnknown: none that the caller may know of.
    """
    found = (await session.execute(rows.as_of(today).where(DelegationRow.id == delegation_id))).first()
    if found is None:
        raise DelegationUnknown
    row, place = found.DelegationRow, found.UnitPlaceRow
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


async def _demand_giver(session: WriteSession, caller: Caller, wanted: Wanted, path: list[UUID], today: date) -> None:
    if caller.employee_id is not None and caller.employee_id == wanted.delegator_id:
        return
    require_hr(caller, path, await employee_rows.unit_path(session, wanted.delegator_id, today))
    if caller.employee_id == wanted.delegate_id:
        raise SelfServed


async def _demand_known(session: WriteSession, wanted: Wanted) -> None:
    known = await authority_rows.known(session, [wanted.delegator_id, wanted.delegate_id])
    for pointer, person in (("/delegator_id", wanted.delegator_id), ("/delegate_id", wanted.delegate_id)):
        stay = [employed for employed in known.get(person, []) if employed.contains(wanted.valid.start)]
        require_in_force(pointer, person, wanted.valid, stay, EMPLOYEE)
    units = (await unit_rows.timelines(session, [wanted.unit_id])).get(wanted.unit_id, [])
    require_in_force("/unit_id", wanted.unit_id, wanted.valid, [version.valid for version in units], UNIT)


async def tell(
    session: WriteSession,
    *,
    caller: Caller,
    now: datetime,
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
    told = {**ids, "power": row.power, **spanned}
    await trail.leave(
        session,
        caller=caller,
        now=now,
        action=f"delegation.{action}",
        resource="delegation",
        resource_id=row.id,
        before=before,
        after=after,
        news="org.delegation.changed",
        about=("employee", row.delegator_id),
        data=told,
    )
    other = trail.plain({"delegation_id": row.id, "action": f"delegation.{action}", **told})
    await publish(
        session,
        type="org.delegation.changed",
        subject=f"employee/{row.delegate_id}",
        data=other if isinstance(other, dict) else {},
        now=now,
    )
