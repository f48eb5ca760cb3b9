"""What became of units (ORG-01)."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.periods import Period
from services.org.structure.store.structure import during
from services.org.structure.store.tables import PositionVersionRow, UnitRow, UnitSuccessionRow, UnitVersionRow


class Succession(NamedTuple):
    """A succession: a unit, and the unit in which all or a part of it continues."""

    unit_id: UUID
    unit_code: str
    successor_id: UUID
    successor_code: str
    kind: str
    valid_from: date


async def record(
    session: WriteSession, unit_id: UUID, successor_ids: Iterable[UUID], kind: str, valid_from: date
) -> None:
    """Note in which units a unit goes on."""
    session.add_all(
        UnitSuccessionRow(unit_id=unit_id, successor_id=successor_id, kind=kind, valid_from=valid_from)
        for successor_id in successor_ids
    )
    await session.flush()


async def of_unit(session: ReadSession, unit_id: UUID) -> list[Succession]:
    """Everything recorded of a unit, as the one that went on or as the one in which another did."""
    row, before, after = UnitSuccessionRow, aliased(UnitRow), aliased(UnitRow)
    query = (
        select(row.unit_id, before.code, row.successor_id, after.code, row.kind, row.valid_from)
        .join(before, before.id == row.unit_id)
        .join(after, after.id == row.successor_id)
        .where(or_(row.unit_id == unit_id, row.successor_id == unit_id))
        .order_by(row.valid_from, row.id)
    )
    return [Succession(*found) for found in await session.execute(query)]


async def child_ids(session: ReadSession, unit_id: UUID, span: Period) -> list[UUID]:
    """The units that hang beneath a unit on some day of ``span``."""
    row = UnitVersionRow
    query = select(row.unit_id).where(row.parent_id == unit_id, during(row.valid, span)).distinct()
    return list((await session.execute(query.order_by(row.unit_id))).scalars())


async def position_ids(session: ReadSession, unit_id: UUID, span: Period) -> list[UUID]:
    """The positions in a unit on some day of ``span``."""
    row = PositionVersionRow
    query = select(row.position_id).where(row.unit_id == unit_id, during(row.valid, span)).distinct()
    return list((await session.execute(query.order_by(row.position_id))).scalars())
