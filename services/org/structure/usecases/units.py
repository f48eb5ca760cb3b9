"""Units: create, change from a day on, move, close; asked for as of any date (ORG-01)."""

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
from services.org.structure.domain.tree import ReportingCircle, UnitCircle
from services.org.structure.domain.unit import UnitFacts, UnitKind
from services.org.structure.store import path_index, structure
from services.org.structure.store import positions as position_rows
from services.org.structure.store import units as rows
from services.org.structure.store.tables import UnitPathRow, UnitRow, UnitVersionRow
from services.org.structure.usecases.references import POSITION, UNIT, require_in_force
from services.org.structure.usecases.scope import days_from, require_hr_on


class UnitUnknown(NotFound):
    """There is no such unit on that day."""

    code = "unit_unknown"
    zh = "找不到该单元，或其在所查日期无效，或您无权查看。"
    en = "There is no such unit on that day, or you may not see it."


class UnitCodeTaken(Conflict):
    """Another unit has or had this code."""

    code = "unit_code_taken"
    zh = "单元编码“{found}”已被使用，请换一个。"
    en = "The unit code '{found}' is taken; choose another one."


class UnitInUse(Conflict):
    """A unit cannot be closed while others hang beneath it or positions are in it."""

    code = "unit_in_use"
    zh = "单元撤销后仍有下级单元或岗位：{codes}。请先移走或撤销它们。"
    en = "The unit would still contain units or positions: {codes}. Move or close them first."


async def create(
    uow: UnitOfWork,
    *,
    code: str,
    facts: UnitFacts,
    effective_from: date,
) -> UUID:
    """Set up a unit from a day on.

    Raises:
        UnitCodeTaken, ReferenceNotInForce, ReportingCircle, OutOfScope.
    """
    await structure.lock(uow.session)
    await require_hr_on(
        uow.session, uow.caller, [(facts.parent_id, day) for day in days_from(effective_from, uow.today)]
    )
    if await rows.code_taken(uow.session, code):
        raise UnitCodeTaken(
            found=code, field_errors=[FieldError("/code", code, Text("未使用的编码", "a code not in use"))]
        )
    row = UnitRow(code=code, revision=1)
    uow.session.add(row)
    await uow.session.flush()
    version = Version(Period(effective_from), facts)
    await _write(uow.session, row, [], [version], effective_from)
    await uow.record(
        "org.unit.changed",
        subject=("unit", row.id),
        after={"code": code, "effective_from": effective_from, **fields_of(facts)},
        data={"effective_from": effective_from},
    )
    return row.id


async def change(
    uow: UnitOfWork,
    *,
    unit_id: UUID,
    expected_revision: int | None,
    effective_from: date,
    changes: Mapping[str, object],
    action: str = "unit.change",
) -> None:
    """Rename a unit, move it or give it another head from a day on; what was before stays as it was.

    Raises:
        UnitUnknown, Stale, NotInForce, ReferenceNotInForce, UnitCircle, ReportingCircle, OutOfScope.
    """
    await structure.lock(uow.session)
    row = await _for_update(uow.session, unit_id)
    concerned: list[UUID | None] = [unit_id]
    if "parent_id" in changes:
        parent_id = changes["parent_id"]
        concerned.append(parent_id if isinstance(parent_id, UUID) else None)
    days = days_from(effective_from, uow.today)
    await require_hr_on(uow.session, uow.caller, [(each, day) for each in concerned for day in days])
    structure.touch(row, expected_revision)
    before = (await rows.timelines(uow.session, [unit_id])).get(unit_id, [])
    after = amended(before, effective_from, changes)
    await _write(uow.session, row, before, after, effective_from)
    was = at(before, effective_from)
    await uow.record(
        "org.unit.changed",
        subject=("unit", unit_id),
        before=None if was is None else {name: getattr(was.facts, name) for name in changes},
        after={"effective_from": effective_from, **changes},
        data={"effective_from": effective_from},
    )


async def close(
    uow: UnitOfWork,
    *,
    unit_id: UUID,
    expected_revision: int | None,
    last_day: date,
) -> None:
    """Let a unit end with ``last_day``. Nothing may be in it or beneath it afterwards.

    Raises:
        UnitUnknown, Stale, NotInForce, UnitInUse, OutOfScope.
    """
    await structure.lock(uow.session)
    row = await _for_update(uow.session, unit_id)
    await require_hr_on(uow.session, uow.caller, [(unit_id, day) for day in days_from(last_day, uow.today)])
    structure.touch(row, expected_revision)
    afterwards = Period(last_day + date.resolution)
    codes = await rows.children(uow.session, unit_id, afterwards)
    codes += await position_rows.codes_in_unit(uow.session, unit_id, afterwards)
    if codes:
        expected = Text("先移走或撤销下级单元和岗位", "a later day, or a unit with nothing in it")
        raise UnitInUse(codes=joined(codes), field_errors=[FieldError("/last_day", str(last_day), expected)])
    before = (await rows.timelines(uow.session, [unit_id])).get(unit_id, [])
    await rows.replace(uow.session, unit_id, before, closed(before, afterwards.start))
    await path_index.lay(uow.session, path_index.UNITS, [unit_id])
    await uow.record(
        "org.unit.closed", subject=("unit", unit_id), after={"last_day": last_day}, data={"last_day": last_day}
    )


async def _for_update(session: WriteSession, unit_id: UUID) -> UnitRow:
    row = await rows.find_for_update(session, unit_id)
    if row is None:
        raise UnitUnknown
    return row


async def _write(session: WriteSession, row: UnitRow, before: rows.Timeline, after: rows.Timeline, since: date) -> None:
    """Check the new timeline from ``since`` on, write it, work out where all that hangs on it stands."""
    changed = [version for version in after if version not in before]
    await _check_references(session, row, changed, since)
    await rows.replace(session, row.id, before, after)
    moved = not same(before, after, "parent_id")
    if moved:
        day = await path_index.lay(session, path_index.UNITS, [row.id])
        if day is not None:
            found = next((v.facts.parent_id for v in after if v.valid.contains(day)), None)
            raise UnitCircle(day=day, unit=row.code, field_errors=[_circle_fault("/parent_id", str(found))])
    if moved or not same(before, after, "head_position_id"):
        day = await path_index.lay(
            session, path_index.POSITIONS, await path_index.positions_looking_at(session, row.id)
        )
        if day is not None:
            raise ReportingCircle(
                day=day, position=row.code, field_errors=[_circle_fault("/head_position_id", row.code)]
            )


async def _check_references(session: WriteSession, row: UnitRow, changed: rows.Timeline, since: date) -> None:
    parents = {v.facts.parent_id for v in changed} - {None}
    heads = {v.facts.head_position_id for v in changed} - {None}
    of_units = await rows.timelines(session, [parent for parent in parents if parent])
    of_positions = await position_rows.timelines(session, [head for head in heads if head])
    for version in changed:
        days = version.valid.overlap(Period(since))
        if days is None:
            continue
        parent_id, head_id = version.facts.parent_id, version.facts.head_position_id
        if parent_id is not None:
            if parent_id == row.id:
                raise UnitCircle(
                    day=days.start, unit=row.code, field_errors=[_circle_fault("/parent_id", str(parent_id))]
                )
            require_in_force("/parent_id", parent_id, days, [v.valid for v in of_units.get(parent_id, [])], UNIT)
        if head_id is not None:
            known = [v.valid for v in of_positions.get(head_id, [])]
            require_in_force("/head_position_id", head_id, days, known, POSITION)


def _circle_fault(pointer: str, found: str) -> FieldError:
    return FieldError(pointer, found, Text("不是自身下级的上级", "a superior that is not below it"))


async def one(session: ReadSession, *, unit_id: UUID, day: date) -> Row[Any]:
    """A unit as of ``day``: identity, version, place.

    Raises:
        UnitUnknown: not in force on that day.
    """
    found = (await session.execute(rows.as_of(day).where(UnitRow.id == unit_id))).first()
    if found is None:
        raise UnitUnknown
    return found


async def listed(
    session: ReadSession,
    *,
    day: date,
    paging: Paging,
    code: str | None = None,
    kind: UnitKind | None = None,
    parent_id: UUID | None = None,
) -> Rows[Row[Any]]:
    """Units as of ``day``, by code."""
    query = rows.as_of(day)
    if code is not None:
        query = query.where(UnitRow.code == code)
    if kind is not None:
        query = query.where(UnitVersionRow.kind == kind.value)
    if parent_id is not None:
        query = query.where(UnitVersionRow.parent_id == parent_id)
    return await page(session, query, keys=[UnitRow.code], paging=paging)


async def subtree(session: ReadSession, *, unit_id: UUID, day: date, paging: Paging) -> Rows[Row[Any]]:
    """A unit and everything beneath it as of ``day``, each unit before those beneath it.

    Raises:
        UnitUnknown: not in force on that day.
    """
    place = (await one(session, unit_id=unit_id, day=day)).UnitPathRow
    return await page(session, rows.as_of(day).where(rows.beneath(place.path)), keys=[UnitPathRow.path], paging=paging)


async def ancestors(session: ReadSession, *, unit_id: UUID, day: date) -> list[Row[Any]]:
    """The units above a unit as of ``day``, the root first, the unit itself left out.

    Raises:
        UnitUnknown: not in force on that day.
    """
    above = (await one(session, unit_id=unit_id, day=day)).UnitPathRow.path[:-1]
    found = (await session.execute(rows.as_of(day).where(UnitRow.id.in_(above)))).all()
    return sorted(found, key=lambda row: above.index(row.UnitRow.id))


async def history(session: ReadSession, *, unit_id: UUID) -> rows.Timeline:
    """Everything that was, is and will be true of a unit.

    Raises:
        UnitUnknown: there never was such a unit.
    """
    found = (await rows.timelines(session, [unit_id])).get(unit_id)
    if found is None:
        raise UnitUnknown
    return found
