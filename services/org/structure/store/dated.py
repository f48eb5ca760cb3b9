"""Reads and writes units and positions with their timelines."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, update

from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.database.timelines import Timelines
from services.kit.periods import Period
from services.kit.timeline import Facts, Version
from services.org.structure.domain.dated import Dated
from services.org.structure.store.structure import during
from services.org.structure.store.tables import PositionRow, UnitRow

SHOWN = 5
"""So many codes are named where something is still in use."""


@dataclass(frozen=True)
class DatedStore(Generic[Facts]):
    """Where the identities and the versions of units, or of positions, lie; ``key`` is the versions' column of ids."""

    identity: type[UnitRow] | type[PositionRow]
    versions: Timelines[Facts]
    key: str

    async def for_update(self, session: WriteSession, thing_id: UUID) -> Dated[Facts] | None:
        """One with its timeline, locked until the transaction ends."""
        row: UnitRow | PositionRow | None = await session.get(
            self.identity, thing_id, with_for_update=True, populate_existing=True
        )
        if row is None:
            return None
        timeline = await self.versions.one(session, **{self.key: thing_id})
        return Dated(row.id, row.code, row.revision, tuple(timeline))

    async def save(self, session: WriteSession, before: Dated[Facts] | None, after: Dated[Facts]) -> None:
        """Write what differs; ``before`` None for a new one."""
        if before is None:
            session.add(self.identity(id=after.id, code=after.code, revision=after.revision))
            await session.flush()
        else:
            row = self.identity
            await session.execute(update(row).where(row.id == after.id).values(revision=after.revision))
        old = before.timeline if before else ()
        await self.versions.replace(session, {self.key: after.id}, old, after.timeline)

    async def timelines(
        self, session: ReadSession, ids: Iterable[UUID] | None = None
    ) -> dict[UUID, list[Version[Facts]]]:
        """The timelines of some, or of all."""
        return await self.versions.by(self.key, session, ids)

    async def codes(self, session: ReadSession, condition: ColumnElement[bool], span: Period) -> list[str]:
        """Codes of those of which ``condition`` is true on some day of ``span``, a few of them."""
        row = self.versions.row
        query: Select[Any] = (
            select(self.identity.code)
            .join(row, getattr(row, self.key) == self.identity.id)
            .where(condition, during(row.valid, span))
            .distinct()
            .order_by(self.identity.code)
            .limit(SHOWN)
        )
        return list((await session.execute(query)).scalars())
