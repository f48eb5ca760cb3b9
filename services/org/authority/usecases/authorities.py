"""What positions may approve, and when two have to: set by HR and executives from a day on (ORG-09)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kit.codec import fields_of
from services.kit.database import ReadSession
from services.kit.errors import Forbidden
from services.kit.identity import Role
from services.kit.pages import Paging, Rows, page
from services.kit.periods import Period
from services.kit.timeline import at
from services.kit.unit_of_work import UnitOfWork
from services.org.authority.domain.authority_limit import Allowance, allowed_from, ended
from services.org.authority.domain.authority_type import AuthorityType, TwoApprovers
from services.org.authority.store import authorities as rows
from services.org.authority.store.tables import AuthorityLimitRow
from services.org.people.store import careers as career_rows
from services.org.structure.domain.references import POSITION, require_in_force
from services.org.structure.store import positions as position_rows
from services.org.structure.store import units as unit_rows
from services.org.structure.usecases.positions import PositionUnknown
from services.org.structure.usecases.scope import OutOfScope, require_over
from services.org.structure.usecases.units import one as unit_of

SETTERS = (Role.HR, Role.EXECUTIVE)


class OwnLimit(Forbidden):
    """Nobody sets the limit of a position that he holds himself."""

    code = "own_limit"
    zh = "不能设定本人所任岗位的权限额度，请由其他同事办理。"
    en = "You cannot set the limit of your own position; ask somebody else."


@dataclass(frozen=True)
class Wanted:
    """A limit to set: ``amount`` in yuan or people, None without upper bound, over ``valid``."""

    authority_type: AuthorityType
    amount: Decimal | None
    valid: Period
    reason: str


async def allow(uow: UnitOfWork, *, position_id: UUID, wanted: Wanted) -> None:
    """Set a position's limit under an authority type, in place of whatever was to hold from its first day on.

    Raises:
        PositionUnknown, OutOfScope, OwnLimit, ReferenceNotInForce, PastAuthority.
    """
    await _position_for(uow, position_id, wanted.valid)
    await _allow(uow, position_id=position_id, wanted=wanted)


async def withdraw(
    uow: UnitOfWork,
    *,
    position_id: UUID,
    authority_type: AuthorityType,
    last_day: date,
    reason: str,
) -> None:
    """Let a position's limit under an authority type end with ``last_day``.

    Raises:
        PositionUnknown, OutOfScope, OwnLimit, PastAuthority, NotInForce.
    """
    await _position_for(uow, position_id, Period.closed(last_day, last_day))
    before = await rows.timeline(uow.session, position_id, authority_type)
    after = ended(before, last_day, uow.today)
    await rows.replace(uow.session, position_id, authority_type, before, after)
    was = at(before, last_day)
    await uow.record(
        "org.authority_limit.changed",
        subject=("authority_limit", position_id),
        before={"authority_type": authority_type.value, "amount": was.facts.amount if was else None},
        after={"authority_type": authority_type.value, "last_day": last_day, "reason": reason},
        data={"position_id": position_id, "authority_type": authority_type.value, "last_day": last_day},
        about=("position", position_id),
    )


async def listed(
    session: ReadSession,
    *,
    day: date,
    paging: Paging,
    position_id: UUID | None = None,
    unit_id: UUID | None = None,
    authority_type: AuthorityType | None = None,
) -> Rows[Row[Any]]:
    """Limits in force on ``day``: of everything, of a position, of a unit and all beneath it, of an authority type.

    Raises:
        UnitUnknown: not in force on that day.
    """
    query = rows.as_of(day)
    if position_id is not None:
        query = query.where(AuthorityLimitRow.position_id == position_id)
    if unit_id is not None:
        query = query.where(unit_rows.beneath((await unit_of(session, unit_id=unit_id, day=day)).path))
    if authority_type is not None:
        query = query.where(AuthorityLimitRow.authority_type == authority_type.value)
    return await page(session, query, keys=[AuthorityLimitRow.id], paging=paging)


async def policies(session: ReadSession) -> rows.Policies:
    """Every version of the two-approver policy; before the first, and without one, the default holds."""
    return await rows.policies(session)


async def set_policy(uow: UnitOfWork, *, valid_from: date, policy: TwoApprovers) -> None:
    """Say from a day on from which amount two have to approve; for HR or executives over everything.

    Raises:
        OutOfScope, PastAuthority.
    """
    require_over(uow.caller, *SETTERS)
    await rows.lock_policies(uow.session)
    before = await rows.policies(uow.session)
    after = allowed_from(before, Period(valid_from), policy, uow.today)
    policy_id = await rows.replace_policies(uow.session, before, after)
    was = at(before, valid_from)
    await uow.record(
        "org.authority_policy.changed",
        subject=("authority_policy", policy_id),
        before=None if was is None else _policy(was.facts),
        after={"valid_from": valid_from, **_policy(policy)},
        data={"valid_from": valid_from},
    )


def policy_on(versions: rows.Policies, day: date) -> TwoApprovers:
    """The policy in force on ``day``."""
    found = at(versions, day)
    return TwoApprovers() if found is None else found.facts


def _policy(policy: TwoApprovers) -> dict[str, object]:
    return {
        "threshold": policy.threshold,
        "authority_types": sorted(authority_type.value for authority_type in policy.authority_types),
    }


async def _position_for(uow: UnitOfWork, position_id: UUID, valid: Period) -> None:
    """Lock the position; it must be in force when ``valid`` begins, in the caller's reach, and not his own."""
    if await position_rows.find_for_update(uow.session, position_id) is None:
        raise PositionUnknown
    timeline = (await position_rows.timelines(uow.session, [position_id])).get(position_id, [])
    version = at(timeline, valid.start)
    path = await unit_rows.path(uow.session, version.facts.unit_id, valid.start) if version else []
    if not uow.caller.has_over(path, *SETTERS):
        raise OutOfScope
    first = Period.closed(valid.start, valid.start)
    require_in_force("/position_id", position_id, first, [each.valid for each in timeline], POSITION)
    if uow.caller.employee_id is not None:
        own = (await career_rows.get(uow.session, uow.caller.employee_id)).assignments
        if any(each.position_id == position_id and each.valid.overlap(valid) for each in own):
            raise OwnLimit


async def _allow(uow: UnitOfWork, *, position_id: UUID, wanted: Wanted) -> None:
    before = await rows.timeline(uow.session, position_id, wanted.authority_type)
    facts = Allowance(wanted.amount, wanted.reason)
    after = allowed_from(before, wanted.valid, facts, uow.today)
    await rows.replace(uow.session, position_id, wanted.authority_type, before, after)
    was = at(before, wanted.valid.start)
    await uow.record(
        "org.authority_limit.changed",
        subject=("authority_limit", position_id),
        before={"authority_type": wanted.authority_type.value, "amount": was.facts.amount} if was else None,
        after=fields_of(wanted),
        data={
            "position_id": position_id,
            "authority_type": wanted.authority_type.value,
            "first_day": wanted.valid.start,
        },
        about=("position", position_id),
    )
