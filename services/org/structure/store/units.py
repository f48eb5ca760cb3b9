"""Units: timelines, places in the tree, questions about both (ORG-01)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from services.kit.database import ReadSession, WriteSession
from services.kit.periods import Period
from services.kit.timeline import Version
from services.kit.timelines import Timelines
from services.org.structure.domain.unit import UnitFacts, UnitKind
from services.org.structure.store import path_index
from services.org.structure.store.structure import during, in_force
from services.org.structure.store.tables import UnitPathRow, UnitRow, UnitVersionRow

Timeline = list[Version[UnitFacts]]


async def find(session: ReadSession, unit_id: UUID) -> UnitRow | None:
    """The identity of a unit."""
    return await session.get(UnitRow, unit_id)


async def find_for_update(session: WriteSession, unit_id: UUID) -> UnitRow | None:
    """The identity of a unit, locked until the transaction ends."""
    return await session.get(UnitRow, unit_id, with_for_update=True)


async def code_taken(session: ReadSession, code: str) -> bool:
    """Whether a unit has this code, now or ever."""
    return (await session.execute(select(UnitRow.id).where(UnitRow.code == code))).first() is not None


def _facts(row: UnitVersionRow) -> UnitFacts:
    return UnitFacts(
        name=row.name,
        name_en=row.name_en,
        kind=UnitKind(row.kind),
        parent_id=row.parent_id,
        head_position_id=row.head_position_id,
        special=row.special,
    )


def _columns(said: UnitFacts) -> dict[str, object]:
    return {
        "name": said.name,
        "name_en": said.name_en,
        "kind": said.kind.value,
        "parent_id": said.parent_id,
        "head_position_id": said.head_position_id,
        "special": said.special,
    }


VERSIONS = Timelines(UnitVersionRow, _facts, _columns)


async def timelines(session: ReadSession, unit_ids: Iterable[UUID] | None = None) -> dict[UUID, Timeline]:
    """The timelines of some units, or of all."""
    return await VERSIONS.by("unit_id", session, unit_ids)


async def replace(session: WriteSession, unit_id: UUID, before: Timeline, after: Timeline) -> None:
    """Write the difference between two timelines of a unit."""
    await VERSIONS.replace(session, {"unit_id": unit_id}, before, after)


def as_of(day: date) -> Select[*tuple[Any, ...]]:
    """Every unit in force on ``day``: identity, version row, place row."""
    return (
        select(UnitRow, UnitVersionRow, UnitPathRow)
        .join(UnitVersionRow, UnitVersionRow.unit_id == UnitRow.id)
        .join(UnitPathRow, UnitPathRow.unit_id == UnitRow.id)
        .where(in_force(UnitVersionRow.valid, day), in_force(UnitPathRow.valid, day))
    )


def beneath(path: Sequence[UUID]) -> ColumnElement[bool]:
    """The condition that a place is that of the unit at ``path`` or lies beneath it: one range of the index."""
    return path_index.within(UnitPathRow, path)


async def path(session: ReadSession, unit_id: UUID, day: date) -> list[UUID]:
    """The ids from the root to the unit on ``day``; where it is not in force then, its nearest later or last place."""
    row = UnitPathRow
    order = (in_force(row.valid, day).desc(), (func.lower(row.valid) > day).desc(), func.lower(row.valid))
    query = select(row.path).where(row.unit_id == unit_id).order_by(*order).limit(1)
    return list((await session.execute(query)).scalar() or [])


async def paths(session: ReadSession, unit_ids: Iterable[UUID], day: date) -> dict[UUID, list[UUID]]:
    """The paths of several units on ``day``."""
    row = UnitPathRow
    query = select(row.unit_id, row.path).where(row.unit_id.in_(list(unit_ids)), in_force(row.valid, day))
    return {unit_id: list(found) for unit_id, found in await session.execute(query)}


async def children(session: ReadSession, unit_id: UUID, span: Period) -> list[str]:
    """Codes of the units that hang beneath ``unit_id`` on some day of ``span``, a few of them."""
    row = UnitVersionRow
    query = (
        select(UnitRow.code)
        .join(row, row.unit_id == UnitRow.id)
        .where(row.parent_id == unit_id, during(row.valid, span))
        .distinct()
        .order_by(UnitRow.code)
        .limit(5)
    )
    return list((await session.execute(query)).scalars())
