"""What positions may approve, and when two have to: in force once two people of HR or executives said so (ORG-09)."""

from datetime import date
from uuid import UUID

from services.kit.database.codec import fields_of
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession
from services.kit.errors import Forbidden, NotFound, existing
from services.kit.periods import Period
from services.kit.timeline import at
from services.kit.work.unit_of_work import UnitOfWork
from services.org.authority.domain.authority_limit import LimitAsOf, LimitFacts, NewLimit, revoked, set_from
from services.org.authority.domain.authority_type import AuthorityType, TwoApprovers
from services.org.authority.domain.policy_change import SETTERS
from services.org.authority.store import authorities as rows
from services.org.people.store import careers as career_rows
from services.org.structure.domain.references import POSITION, require_in_force
from services.org.structure.store import positions as position_rows
from services.org.structure.store import units as unit_rows
from services.org.structure.usecases.positions import PositionUnknown
from services.org.structure.usecases.scope import OutOfScope
from services.org.structure.usecases.units import one as unit_of


class OwnLimit(Forbidden):
    """Nobody sets the limit of their own position."""

    code = "own_limit"
    zh = "不能设定本人所任岗位的权限额度，请由其他同事办理。"
    en = "You cannot set the limit of your own position; ask someone else."


class LimitUnknown(NotFound):
    """There is no such limit, or it has been replaced by another one."""

    code = "authority_limit_unknown"
    zh = "找不到该权限额度，或其已被新的额度取代。"
    en = "There is no such authority limit, or it has been replaced."


def facts_of(wanted: NewLimit) -> LimitFacts:
    """What a limit says."""
    return LimitFacts(wanted.amount, wanted.reason)


async def set_limit(uow: UnitOfWork, *, position_id: UUID, wanted: NewLimit, change_id: UUID) -> None:
    """Put in force what two people agreed on; it replaces any limit that was to apply from its first day on.

    Raises:
        PastAuthority, AuthorityBackdated.
    """
    before = await rows.timeline(uow.session, position_id, wanted.authority_type)
    after = set_from(before, wanted.valid, facts_of(wanted), uow.today)
    await rows.replace(uow.session, position_id, wanted.authority_type, before, after)
    was = at(before, wanted.valid.start)
    named = {"authority_type": wanted.authority_type.value}
    await uow.record(
        "org.authority_limit.set",
        subject=("authority_limit", position_id),
        before={**named, "amount": was.facts.amount} if was else None,
        after={"change_id": change_id, **fields_of(wanted)},
        data={"position_id": position_id, **named, "valid_from": wanted.valid.start},
        about=("position", position_id),
    )


async def revoke_limit(uow: UnitOfWork, *, limit_id: UUID, valid_to: date, reason: str) -> LimitAsOf:
    """End a position's limit for its authority type with ``valid_to``, and with it every later one.

    It takes one person, as nobody can approve more by it.

    Raises:
        LimitUnknown, OutOfScope, OwnLimit, PastAuthority, NotInForce.
    """
    found = await one(uow.session, limit_id=limit_id)
    position_id, authority_type = found.position_id, found.authority_type
    await lock_position(uow, position_id, Period.closed(valid_to, valid_to))
    before = await rows.timeline(uow.session, position_id, authority_type)
    after = revoked(before, valid_to, uow.today)
    await rows.replace(uow.session, position_id, authority_type, before, after)
    named = {"authority_type": authority_type.value}
    await uow.record(
        "org.authority_limit.revoked",
        subject=("authority_limit", position_id),
        before={**named, "amount": found.limit},
        after={**named, "valid_to": valid_to, "reason": reason},
        data={"position_id": position_id, **named, "valid_to": valid_to},
        about=("position", position_id),
    )
    return await rows.in_force_on(uow.session, position_id, authority_type, valid_to)


async def one(session: ReadSession, *, limit_id: UUID) -> LimitAsOf:
    """A limit, with position and unit as of its first day.

    Raises:
        LimitUnknown: there is none.
    """
    return existing(await rows.get(session, limit_id), LimitUnknown)


async def listed(
    session: ReadSession,
    *,
    day: date,
    paging: Paging,
    position_id: UUID | None = None,
    unit_id: UUID | None = None,
    authority_type: AuthorityType | None = None,
) -> Rows[LimitAsOf]:
    """Limits in force on ``day``: of everything, of a position, of a unit and everything below it, of a type.

    Raises:
        UnitUnknown: not in force on that day.
    """
    path = [] if unit_id is None else (await unit_of(session, unit_id=unit_id, day=day)).path
    return await rows.page_of(
        session, day, paging, position_id=position_id, unit_path=path, authority_type=authority_type
    )


async def policies(session: ReadSession) -> rows.Policies:
    """Every version of the two-approver policy; before the first, and without one, the default holds."""
    return await rows.policies(session)


def policy_on(versions: rows.Policies, day: date) -> TwoApprovers:
    """The policy in force on ``day``."""
    found = at(versions, day)
    return TwoApprovers() if found is None else found.facts


async def lock_position(uow: UnitOfWork, position_id: UUID, valid: Period) -> list[UUID]:
    """Lock the position; it must be in force when ``valid`` begins, in the caller's scope, and not their own.

    Returns:
        The path of its unit.

    Raises:
        PositionUnknown, OutOfScope, OwnLimit, ReferenceNotInForce.
    """
    timeline, path = await require_setter(uow, position_id, valid)
    first = Period.closed(valid.start, valid.start)
    require_in_force("/position_id", position_id, first, timeline, POSITION)
    return path


async def require_setter(uow: UnitOfWork, position_id: UUID, valid: Period) -> tuple[list[Period], list[UUID]]:
    """Lock the position; it must be in the caller's scope when ``valid`` begins, and not their own during it.

    Returns:
        The days on which it is in force, and the path of its unit.

    Raises:
        PositionUnknown, OutOfScope, OwnLimit.
    """
    if await position_rows.find_for_update(uow.session, position_id) is None:
        raise PositionUnknown
    timeline = (await position_rows.timelines(uow.session, [position_id])).get(position_id, [])
    version = at(timeline, valid.start)
    path = await unit_rows.path(uow.session, version.facts.unit_id, valid.start) if version else []
    if not uow.caller.has_over(path, *SETTERS):
        raise OutOfScope
    if uow.caller.employee_id is not None:
        own = (await career_rows.get(uow.session, uow.caller.employee_id)).assignments
        if any(each.position_id == position_id and each.valid.overlap(valid) for each in own):
            raise OwnLimit
    return [each.valid for each in timeline], path
