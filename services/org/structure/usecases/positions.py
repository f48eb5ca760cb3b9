"""Positions: create, change from a day on, close; headcount and vacancy as of any date (ORG-02)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kit.codec import fields_of
from services.kit.database import ReadSession, WriteSession
from services.kit.errors import Conflict, FieldError, NotFound, Text, joined
from services.kit.pages import Paging, Rows, page
from services.kit.periods import Period
from services.kit.timeline import Version, amended, at, closed, same
from services.kit.unit_of_work import UnitOfWork
from services.org.people.domain.assignment import first_overfull
from services.org.structure.domain.position import PositionFacts, users_in_words
from services.org.structure.domain.tree import ReportingCircle
from services.org.structure.store import path_index, structure
from services.org.structure.store import positions as rows
from services.org.structure.store import units as unit_rows
from services.org.structure.store.tables import PositionRow, PositionVersionRow, UnitPathRow
from services.org.structure.usecases.references import POSITION, UNIT, require_in_force
from services.org.structure.usecases.scope import days_from, require_hr_on


class PositionUnknown(NotFound):
    """There is no such position on that day."""

    code = "position_unknown"
    zh = "找不到该岗位，或其在所查日期无效，或您无权查看。"
    en = "There is no such position on that day, or you may not see it."


class PositionCodeTaken(Conflict):
    """Another position has or had this code."""

    code = "position_code_taken"
    zh = "岗位编码“{found}”已被使用，请换一个。"
    en = "The position code '{found}' is taken; choose another one."


class PositionInUse(Conflict):
    """A position cannot be closed while people hold it, positions report to it or units are headed by it."""

    code = "position_in_use"
    zh = "岗位撤销后仍与以下对象关联：{users}。请先结束任职或改派。"
    en = "The position would still be used by {users}. End the assignments or reassign these first."


class Overfilled(Conflict):
    """More people would hold the position than its headcount allows."""

    code = "headcount_exceeded"
    zh = "{day} 起该岗位将有 {people} 人，超过编制 {headcount} 人；确需超编的，请由人力资源填写理由后办理。"
    en = (
        "From {day} the position would have {people} people for a headcount of {headcount}; HR can allow it "
        "by giving a reason."
    )


async def create(
    uow: UnitOfWork,
    *,
    code: str,
    facts: PositionFacts,
    effective_from: date,
) -> UUID:
    """Set up a position from a day on.

    Raises:
        PositionCodeTaken, ReferenceNotInForce, OutOfScope.
    """
    await structure.lock(uow.session)
    await require_hr_on(uow.session, uow.caller, [(facts.unit_id, day) for day in days_from(effective_from, uow.today)])
    if await rows.code_taken(uow.session, code):
        expected = Text("未使用的编码", "a code not in use")
        raise PositionCodeTaken(found=code, field_errors=[FieldError("/code", code, expected)])
    row = PositionRow(code=code, revision=1)
    uow.session.add(row)
    await uow.session.flush()
    await _write(uow.session, row, [], [Version(Period(effective_from), facts)], effective_from)
    await uow.record(
        "org.position.changed",
        subject=("position", row.id),
        after={"code": code, "effective_from": effective_from, **fields_of(facts)},
        data={"effective_from": effective_from},
    )
    return row.id


async def change(
    uow: UnitOfWork,
    *,
    position_id: UUID,
    expected_revision: int | None,
    effective_from: date,
    changes: Mapping[str, object],
    overfill_reason: str | None = None,
) -> None:
    """Change a position from a day on; what was before stays as it was.

    Raises:
        PositionUnknown, Stale, NotInForce, ReferenceNotInForce, ReportingCircle, Overfilled, OutOfScope.
    """
    await structure.lock(uow.session)
    row = await _for_update(uow.session, position_id)
    before = (await rows.timelines(uow.session, [position_id])).get(position_id, [])
    was = at(before, effective_from)
    days = days_from(effective_from, uow.today)
    unit_id = changes.get("unit_id")
    joined = [(unit_id, day) for day in days] if isinstance(unit_id, UUID) else []
    await require_hr_on(uow.session, uow.caller, [*_seated(before, days), *joined])
    structure.touch(row, expected_revision)
    after = amended(before, effective_from, changes)
    await _write(uow.session, row, before, after, effective_from)
    if "headcount" in changes and overfill_reason is None:
        await require_room(uow.session, position_id, after, effective_from, pointer="/headcount")
    await uow.record(
        "org.position.changed",
        subject=("position", position_id),
        before=None if was is None else {name: getattr(was.facts, name) for name in changes},
        after={"effective_from": effective_from, "overfill_reason": overfill_reason, **changes},
        data={"effective_from": effective_from},
    )


async def close(
    uow: UnitOfWork,
    *,
    position_id: UUID,
    expected_revision: int | None,
    last_day: date,
) -> None:
    """Let a position end with ``last_day``. Nobody may hold it and nothing refer to it afterwards.

    Raises:
        PositionUnknown, Stale, NotInForce, PositionInUse, OutOfScope.
    """
    await structure.lock(uow.session)
    row = await _for_update(uow.session, position_id)
    before = (await rows.timelines(uow.session, [position_id])).get(position_id, [])
    seated = _seated(before, days_from(last_day, uow.today))
    await require_hr_on(uow.session, uow.caller, seated if at(before, last_day) else [(None, last_day)])
    structure.touch(row, expected_revision)
    afterwards = Period(last_day + date.resolution)
    users = users_in_words(
        await rows.holder_numbers(uow.session, position_id, afterwards),
        await rows.subordinate_codes(uow.session, position_id, afterwards),
        await rows.units_headed(uow.session, position_id, afterwards),
    )
    if users:
        expected = Text("先结束任职、改派下级岗位并更换负责人岗位", "a later day, or nothing that uses the position")
        raise PositionInUse(
            users=joined(users, "；", "; "), field_errors=[FieldError("/last_day", str(last_day), expected)]
        )
    await rows.replace(uow.session, position_id, before, closed(before, afterwards.start))
    await path_index.lay(uow.session, path_index.POSITIONS, [position_id])
    await uow.record(
        "org.position.closed",
        subject=("position", position_id),
        after={"last_day": last_day},
        data={"last_day": last_day},
    )


async def require_room(
    session: WriteSession,
    position_id: UUID,
    timeline: rows.Timeline,
    since: date,
    *,
    joining: Period | None = None,
    besides: UUID | None = None,
    pointer: str,
) -> None:
    """Check that the headcount holds from ``since`` on, also with somebody ``joining``.

    Raises:
        Overfilled: naming the first day on which it does not.
    """
    occupied = await rows.occupied(session, position_id, besides=besides)
    spans = [*occupied, joining] if joining else occupied
    worst = first_overfull([(v.valid, v.facts.headcount) for v in timeline], spans, since=since)
    if worst is not None:
        day, people, headcount = worst
        expected = Text(f"{day} 不超过 {headcount} 人", f"at most {headcount} people on {day}")
        field_errors = [FieldError(pointer, str(people), expected)]
        raise Overfilled(day=day, people=people, headcount=headcount, field_errors=field_errors)


async def one(session: ReadSession, *, position_id: UUID, day: date) -> Row[Any]:
    """A position as of ``day``: identity, version, place of its unit, people in their main seat there.

    Raises:
        PositionUnknown: not in force on that day.
    """
    found = (await session.execute(rows.as_of(day).where(PositionRow.id == position_id))).first()
    if found is None:
        raise PositionUnknown
    return found


async def listed(
    session: ReadSession,
    *,
    day: date,
    paging: Paging,
    code: str | None = None,
    unit_id: UUID | None = None,
    whole_subtree: bool = False,
) -> Rows[Row[Any]]:
    """Positions as of ``day``, by code; those of a unit, or of everything beneath it too."""
    query = rows.as_of(day)
    if code is not None:
        query = query.where(PositionRow.code == code)
    if unit_id is not None and whole_subtree:
        query = query.where(unit_rows.beneath(await unit_rows.path(session, unit_id, day)))
    elif unit_id is not None:
        query = query.where(PositionVersionRow.unit_id == unit_id)
    return await page(session, query, keys=[PositionRow.code], paging=paging)


async def headcount(session: ReadSession, *, day: date, unit_id: UUID | None, paging: Paging) -> Rows[Row[Any]]:
    """Headcount, people and vacant seats of each unit's own positions as of ``day``, beneath ``unit_id`` or of all."""
    query = rows.headcount_by_unit(day)
    if unit_id is not None:
        query = query.where(unit_rows.beneath(await unit_rows.path(session, unit_id, day)))
    return await page(session, query, keys=[UnitPathRow.path], paging=paging)


def _seated(timeline: rows.Timeline, days: list[date]) -> list[tuple[UUID | None, date]]:
    """The unit on each of ``days``, where it is in force."""
    return [(found.facts.unit_id, day) for day in days if (found := at(timeline, day)) is not None]


async def _for_update(session: WriteSession, position_id: UUID) -> PositionRow:
    row = await rows.find_for_update(session, position_id)
    if row is None:
        raise PositionUnknown
    return row


async def _write(
    session: WriteSession, row: PositionRow, before: rows.Timeline, after: rows.Timeline, since: date
) -> None:
    """Check the new timeline from ``since`` on, write it, work out where all that reports to it stands."""
    changed = [version for version in after if version not in before]
    of_units = await unit_rows.timelines(session, {v.facts.unit_id for v in changed})
    superiors = {v.facts.reports_to_id for v in changed if v.facts.reports_to_id}
    of_positions = await rows.timelines(session, superiors)
    for version in changed:
        days = version.valid.overlap(Period(since))
        if days is None:
            continue
        unit_id, superior_id = version.facts.unit_id, version.facts.reports_to_id
        require_in_force("/unit_id", unit_id, days, [v.valid for v in of_units.get(unit_id, [])], UNIT)
        if superior_id == row.id:
            raise ReportingCircle(day=since, position=row.code, field_errors=[_circle_fault(superior_id)])
        if superior_id is not None:
            known = [v.valid for v in of_positions.get(superior_id, [])]
            require_in_force("/reports_to_id", superior_id, days, known, POSITION)
    await rows.replace(session, row.id, before, after)
    if same(before, after, "unit_id", "reports_to_id"):
        return
    day = await path_index.lay(session, path_index.POSITIONS, [row.id])
    if day is not None:
        raise ReportingCircle(day=day, position=row.code, field_errors=[_circle_fault(changed[-1].facts.reports_to_id)])


def _circle_fault(found: UUID | None) -> FieldError:
    expected = Text("汇报关系不绕回自身的上级岗位", "a superior position that does not report back to this one")
    return FieldError("/reports_to_id", str(found) if found else None, expected)
