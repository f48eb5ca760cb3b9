"""Units: create, change, move and close them from a day on; read them as of any day (ORG-01)."""

from collections.abc import AsyncIterator, Mapping
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
from services.org.structure.domain.references import POSITION, UNIT, called
from services.org.structure.domain.tree import ReportingCircle, UnitCircle
from services.org.structure.domain.unit import UnitAsOf, UnitFacts, UnitKind, UnitVersion
from services.org.structure.store import codes, path_index, positions, structure
from services.org.structure.store import units as rows
from services.org.structure.store.tables import PositionVersionRow, UnitRow, UnitVersionRow
from services.org.structure.usecases.references import require_named
from services.org.structure.usecases.scope import days_from, require_hr_on

Unit = Dated[UnitFacts]


class UnitUnknown(NotFound):
    """There is no such unit on that day."""

    code = "unit_unknown"
    zh = "找不到该单元，或其在所查日期无效。"
    en = "There is no such unit on that day."


class UnitCodeTaken(Conflict):
    """Another unit has or had this code, or one that looks like it."""

    code = "unit_code_taken"
    zh = "单元编码“{found}”与已有的“{taken}”相同或容易混淆，请换一个。"
    en = "The unit code '{found}' is the same as '{taken}' or too similar to it; choose another one."


class UnitInUse(Conflict):
    """A unit cannot be closed while units are below it or positions are in it."""

    code = "unit_in_use"
    zh = "单元撤销后仍有下级单元或岗位：{users}。请先移走或撤销它们。"
    en = "The unit would still contain units or positions: {users}. Move or close them first."


async def create(uow: UnitOfWork, *, code: str, facts: UnitFacts, valid_from: date) -> UUID:
    """Create a unit from a day on.

    Raises:
        UnitCodeTaken, ReferenceNotInForce, ReportingCircle, OutOfScope.
    """
    await structure.lock(uow.session)
    days = days_from(valid_from, uow.today)
    await require_hr_on(uow.session, uow.caller, [(facts.parent_id, day) for day in days])
    await codes.require_distinct(uow.session, UnitRow.code, code, refused=UnitCodeTaken, pointer="/code")
    unit = Dated(new_id(), code, 1, (Version(Period(valid_from), facts),))
    await _save(uow.session, None, unit, valid_from)
    await uow.record(
        "org.unit.created",
        subject=("unit", unit.id),
        after={"code": code, "valid_from": valid_from, **fields_of(facts)},
        data={"valid_from": valid_from},
    )
    return unit.id


async def change(
    uow: UnitOfWork,
    *,
    unit_id: UUID,
    expected_revision: int | None,
    valid_from: date,
    changes: Mapping[str, object],
) -> None:
    """Rename a unit, move it or give it another head from a day on; what was before stays as it was.

    Raises:
        UnitUnknown, Stale, NotInForce, ReferenceNotInForce, UnitCircle, ReportingCircle, OutOfScope.
    """
    await structure.lock(uow.session)
    unit = await _for_update(uow.session, unit_id)
    concerned: list[UUID | None] = [unit_id]
    if "parent_id" in changes:
        parent_id = changes["parent_id"]
        concerned.append(parent_id if isinstance(parent_id, UUID) else None)
    days = days_from(valid_from, uow.today)
    await require_hr_on(uow.session, uow.caller, [(each, day) for each in concerned for day in days])
    unit.require_revision(expected_revision)
    await _save(uow.session, unit, unit.change(valid_from, changes), valid_from)
    was = unit.facts_on(valid_from)
    await uow.record(
        "org.unit.moved" if "parent_id" in changes else "org.unit.changed",
        subject=("unit", unit_id),
        before=None if was is None else {name: getattr(was, name) for name in changes},
        after={"valid_from": valid_from, **changes},
        data={"valid_from": valid_from},
    )


async def close(uow: UnitOfWork, *, unit_id: UUID, expected_revision: int | None, valid_to: date) -> None:
    """Close a unit after ``valid_to``, its last day. Nothing may be in it or below it afterwards.

    Raises:
        UnitUnknown, Stale, NotInForce, UnitInUse, OutOfScope.
    """
    await structure.lock(uow.session)
    unit = await _for_update(uow.session, unit_id)
    await require_hr_on(uow.session, uow.caller, [(unit_id, day) for day in days_from(valid_to, uow.today)])
    unit.require_revision(expected_revision)
    afterwards = Period(valid_to + date.resolution)
    below = await rows.STORE.codes(uow.session, UnitVersionRow.parent_id == unit_id, afterwards)
    within = await positions.STORE.codes(uow.session, PositionVersionRow.unit_id == unit_id, afterwards)
    if below or within:
        expected = Text("先移走或撤销下级单元和岗位", "a later day, or a unit with nothing in it")
        users = joined([*called(UNIT, below), *called(POSITION, within)])
        raise UnitInUse(users=users, field_errors=[FieldError("/valid_to", str(valid_to), expected)])
    await _save(uow.session, unit, unit.close(valid_to), afterwards.start)
    await uow.record(
        "org.unit.closed", subject=("unit", unit_id), after={"valid_to": valid_to}, data={"valid_to": valid_to}
    )


async def touch(uow: UnitOfWork, *, unit_id: UUID, expected_revision: int) -> Unit:
    """Take a unit, as the caller saw it, into a larger command that its revision is to show.

    Raises:
        UnitUnknown, Stale.
    """
    unit = await _for_update(uow.session, unit_id)
    unit.require_revision(expected_revision)
    await rows.STORE.save(uow.session, unit, unit.touched())
    return unit


async def one(session: ReadSession, *, unit_id: UUID, day: date) -> UnitAsOf:
    """A unit as of ``day``.

    Raises:
        UnitUnknown: not in force on that day.
    """
    return existing(await rows.get(session, unit_id, day), UnitUnknown)


async def listed(
    session: ReadSession,
    *,
    day: date,
    paging: Paging,
    q: str | None = None,
    code: str | None = None,
    kind: UnitKind | None = None,
    parent_id: UUID | None = None,
    root: bool | None = None,
) -> Rows[UnitAsOf]:
    """Units as of ``day``, by code."""
    return await rows.page_of(session, day, paging, q=q, code=code, kind=kind, parent_id=parent_id, root=root)


async def subtree(session: ReadSession, *, unit_id: UUID, day: date, paging: Paging) -> Rows[UnitAsOf]:
    """A unit and everything below it as of ``day``, each unit before those below it.

    Raises:
        UnitUnknown: not in force on that day.
    """
    path = (await one(session, unit_id=unit_id, day=day)).path
    return await rows.page_beneath(session, day, paging, path=path)


async def whole_subtree(session: ReadSession, *, unit_id: UUID, day: date) -> AsyncIterator[list[UnitAsOf]]:
    """A unit and everything beneath it as of ``day``, each unit before those beneath it; many at a time.

    ``session`` must see one moment throughout.

    Raises:
        UnitUnknown: not in force on that day.
    """
    path = (await one(session, unit_id=unit_id, day=day)).path
    async for piece in rows.stream_beneath(session, day, path=path):
        yield piece


async def ancestors(session: ReadSession, *, unit_id: UUID, day: date) -> list[UnitAsOf]:
    """The units above a unit as of ``day``, the root first, the unit itself left out.

    Raises:
        UnitUnknown: not in force on that day.
    """
    above = (await one(session, unit_id=unit_id, day=day)).path[:-1]
    found = await rows.these(session, above, day)
    return [found[each] for each in above]


async def history(session: ReadSession, *, unit_id: UUID) -> list[UnitVersion]:
    """Everything that was, is and will be true of a unit.

    Raises:
        UnitUnknown: there never was such a unit.
    """
    return existing(await rows.history(session, unit_id) or None, UnitUnknown)


async def _for_update(session: WriteSession, unit_id: UUID) -> Unit:
    return existing(await rows.STORE.for_update(session, unit_id), UnitUnknown)


async def _save(session: WriteSession, before: Unit | None, after: Unit, since: date) -> None:
    """Check what changes from ``since`` on, write it, and work out anew the paths of everything that hangs on it."""
    changed = after.changed_since(before, since)
    for version in changed:
        if version.facts.parent_id == after.id:
            raise _unit_circle(after, version.valid.start)
    await require_named(session, changed, "parent_id", "head_position_id")
    await rows.STORE.save(session, before, after)
    old = before.timeline if before else ()
    moved = not same(old, after.timeline, "parent_id")
    if moved:
        day = await path_index.lay(session, path_index.UNITS, [after.id])
        if day is not None:
            raise _unit_circle(after, day)
    if moved or not same(old, after.timeline, "head_position_id"):
        looking = await path_index.positions_looking_at(session, after.id)
        day = await path_index.lay(session, path_index.POSITIONS, looking)
        if day is not None:
            fault = FieldError("/head_position_id", after.code, _NOT_BELOW)
            raise ReportingCircle(day=day, position=after.code, field_errors=[fault])


_NOT_BELOW = Text("不是自身下级的上级", "a superior that is not below it")


def _unit_circle(unit: Unit, day: date) -> UnitCircle:
    facts = unit.facts_on(day)
    fault = FieldError("/parent_id", str(facts.parent_id) if facts else None, _NOT_BELOW)
    return UnitCircle(day=day, unit=unit.code, field_errors=[fault])
