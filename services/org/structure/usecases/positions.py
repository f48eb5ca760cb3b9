"""Positions: create, change and close them from a day on; read them as of any day (ORG-02)."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from services.kit.database.codec import fields_of
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, WriteSession, new_id
from services.kit.errors import Conflict, FieldError, NotFound, Text, existing, joined
from services.kit.periods import Period
from services.kit.timeline import Version, same
from services.kit.work.unit_of_work import UnitOfWork
from services.org.structure.domain.dated import Dated
from services.org.structure.domain.occupancy import require_headcount
from services.org.structure.domain.position import Filling, PositionAsOf, PositionFacts, Track
from services.org.structure.domain.references import PERSON, POSITION, UNIT, called
from services.org.structure.domain.tree import ReportingCircle
from services.org.structure.store import codes, occupancy, path_index, structure, units
from services.org.structure.store import positions as rows
from services.org.structure.store.tables import PositionRow, PositionVersionRow, UnitVersionRow
from services.org.structure.usecases.references import require_named
from services.org.structure.usecases.scope import days_from, require_hr_on

Position = Dated[PositionFacts]


class PositionUnknown(NotFound):
    """There is no such position on that day."""

    code = "position_unknown"
    zh = "找不到该岗位，或其在所查日期无效。"
    en = "There is no such position on that day."


class PositionCodeTaken(Conflict):
    """Another position has or had this code, or one that looks like it."""

    code = "position_code_taken"
    zh = "岗位编码“{found}”与已有的“{taken}”相同或容易混淆，请换一个。"
    en = "The position code '{found}' is the same as '{taken}' or too similar to it; choose another one."


class PositionInUse(Conflict):
    """A position cannot be closed while people hold it, positions report to it or units are headed by it."""

    code = "position_in_use"
    zh = "岗位撤销后仍与以下对象关联：{users}。请先结束任职或改派。"
    en = "The position would still be used by {users}. End the assignments or reassign these first."


async def create(uow: UnitOfWork, *, code: str, facts: PositionFacts, valid_from: date) -> UUID:
    """Create a position from a day on.

    Raises:
        PositionCodeTaken, ReferenceNotInForce, OutOfScope.
    """
    await structure.lock(uow.session)
    await require_hr_on(uow.session, uow.caller, [(facts.unit_id, day) for day in days_from(valid_from, uow.today)])
    await codes.require_distinct(uow.session, PositionRow.code, code, refused=PositionCodeTaken, pointer="/code")
    position = Dated(new_id(), code, 1, (Version(Period(valid_from), facts),))
    await _save(uow.session, None, position, valid_from)
    await uow.record(
        "org.position.created",
        subject=("position", position.id),
        after={"code": code, "valid_from": valid_from, **fields_of(facts)},
        data={"valid_from": valid_from},
    )
    return position.id


async def change(
    uow: UnitOfWork,
    *,
    position_id: UUID,
    expected_revision: int | None,
    valid_from: date,
    changes: Mapping[str, object],
    overfill_reason: str | None = None,
) -> None:
    """Change a position from a day on; what was before stays as it was.

    Raises:
        PositionUnknown, Stale, NotInForce, ReferenceNotInForce, ReportingCircle, HeadcountExceeded, OutOfScope.
    """
    await structure.lock(uow.session)
    position = await _for_update(uow.session, position_id)
    days = days_from(valid_from, uow.today)
    unit_id = changes.get("unit_id")
    joined = [(unit_id, day) for day in days] if isinstance(unit_id, UUID) else []
    await require_hr_on(uow.session, uow.caller, [*_units_on(position, days), *joined])
    position.require_revision(expected_revision)
    after = position.change(valid_from, changes)
    await _save(uow.session, position, after, valid_from)
    if "headcount" in changes and overfill_reason is None:
        limits = [(version.valid, version.facts.headcount) for version in after.timeline]
        filled = await occupancy.main_assignments(uow.session, position_id)
        require_headcount(limits, filled, since=valid_from, pointer="/headcount")
    was = position.facts_on(valid_from)
    await uow.record(
        "org.position.changed",
        subject=("position", position_id),
        before=None if was is None else {name: getattr(was, name) for name in changes},
        after={"valid_from": valid_from, "overfill_reason": overfill_reason, **changes},
        data={"valid_from": valid_from},
    )


async def close(uow: UnitOfWork, *, position_id: UUID, expected_revision: int | None, valid_to: date) -> None:
    """End a position with ``valid_to``, its last day. Nobody may be in it and nothing refer to it afterwards.

    Raises:
        PositionUnknown, Stale, NotInForce, PositionInUse, OutOfScope.
    """
    await structure.lock(uow.session)
    position = await _for_update(uow.session, position_id)
    concerned = _units_on(position, days_from(valid_to, uow.today))
    await require_hr_on(uow.session, uow.caller, concerned if position.facts_on(valid_to) else [(None, valid_to)])
    position.require_revision(expected_revision)
    afterwards = Period(valid_to + date.resolution)
    reporting, headed = PositionVersionRow.reports_to_id == position_id, UnitVersionRow.head_position_id == position_id
    users = [
        *called(PERSON, await occupancy.holders(uow.session, position_id, afterwards)),
        *called(POSITION, await rows.STORE.codes(uow.session, reporting, afterwards)),
        *called(UNIT, await units.STORE.codes(uow.session, headed, afterwards)),
    ]
    if users:
        expected = Text("先结束任职、改派下级岗位并更换负责人岗位", "a later day, or nothing that uses the position")
        raise PositionInUse(users=joined(users), field_errors=[FieldError("/valid_to", str(valid_to), expected)])
    await rows.STORE.save(uow.session, position, position.close(valid_to))
    await path_index.lay(uow.session, path_index.POSITIONS, [position_id])
    await uow.record(
        "org.position.closed",
        subject=("position", position_id),
        after={"valid_to": valid_to},
        data={"valid_to": valid_to},
    )


async def one(session: ReadSession, *, position_id: UUID, day: date) -> PositionAsOf:
    """A position as of ``day``.

    Raises:
        PositionUnknown: not in force on that day.
    """
    return existing(await rows.get(session, position_id, day), PositionUnknown)


async def listed(
    session: ReadSession,
    *,
    day: date,
    paging: Paging,
    q: str | None = None,
    code: str | None = None,
    unit_id: UUID | None = None,
    whole_subtree: bool = False,
    track: Track | None = None,
    state: Filling | None = None,
) -> Rows[PositionAsOf]:
    """Positions as of ``day``, by code; those of a unit, or of everything beneath it too."""
    path = await units.path(session, unit_id, day) if unit_id is not None and whole_subtree else []
    within = None if whole_subtree and path else unit_id
    return await rows.page_of(
        session, day, paging, q=q, code=code, unit_id=within, unit_path=path, track=track, state=state
    )


def _units_on(position: Position, days: list[date]) -> list[tuple[UUID | None, date]]:
    """The unit on each of ``days``, where the position is in force."""
    return [(facts.unit_id, day) for day in days if (facts := position.facts_on(day)) is not None]


async def _for_update(session: WriteSession, position_id: UUID) -> Position:
    return existing(await rows.STORE.for_update(session, position_id), PositionUnknown)


async def _save(session: WriteSession, before: Position | None, after: Position, since: date) -> None:
    """Check what changes from ``since`` on, write it, and work out anew the paths of everything that reports to it."""
    changed = after.changed_since(before, since)
    await require_named(session, changed, "unit_id", "reports_to_id")
    await rows.STORE.save(session, before, after)
    if same(before.timeline if before else (), after.timeline, "unit_id", "reports_to_id"):
        return
    day = await path_index.lay(session, path_index.POSITIONS, [after.id])
    if day is not None:
        raise _reporting_circle(after, day)


def _reporting_circle(position: Position, day: date) -> ReportingCircle:
    facts = position.facts_on(day)
    found = facts.reports_to_id if facts else None
    expected = Text("汇报关系不绕回自身的上级岗位", "a superior position that does not report back to this one")
    fault = FieldError("/reports_to_id", str(found) if found else None, expected)
    return ReportingCircle(day=day, position=position.code, field_errors=[fault])
