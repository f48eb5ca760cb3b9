"""What org calls its units, as it last stated it."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import select

from services.incentive.pay.store.tables import UnitRow
from services.kit.database.sessions import ReadSession


async def units(session: ReadSession, unit_ids: Iterable[UUID]) -> Mapping[UUID, UnitRow]:
    """The units of whom org has spoken, by id."""
    found = await session.execute(select(UnitRow).where(UnitRow.id.in_(set(unit_ids))))
    return {row.id: row for row in found.scalars()}
