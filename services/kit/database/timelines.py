"""Versions of records in their tables: read as timelines, written as the difference between two of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, select

from services.kit.database.sessions import ReadSession, WriteSession, days, new_id, period
from services.kit.timeline import Facts, Version

Key = Mapping[str, Any]
"""The columns that identify the record, with their values."""


@dataclass(frozen=True)
class Timelines(Generic[Facts]):
    """Where the versions of one kind of thing lie, and how facts become columns and come back."""

    row: Any
    facts: Callable[[Any], Facts]
    columns: Callable[[Facts], Mapping[str, object]]

    async def one(self, session: ReadSession, **key: object) -> list[Version[Facts]]:
        """The timeline of the record identified by these columns."""
        return [version for _, version in await self._versions(session, *self._named(key))]

    async def by(
        self, column: str, session: ReadSession, ids: Iterable[UUID] | None
    ) -> dict[UUID, list[Version[Facts]]]:
        """The timelines of the records with these ids in ``column``, or of all."""
        where = [] if ids is None else [getattr(self.row, column).in_(list(ids))]
        found: dict[UUID, list[Version[Facts]]] = defaultdict(list)
        for row, version in await self._versions(session, *where):
            found[getattr(row, column)].append(version)
        return dict(found)

    async def replace(
        self, session: WriteSession, key: Key, before: Sequence[Version[Facts]], after: Sequence[Version[Facts]]
    ) -> None:
        """Write the difference between two timelines of a record; a version whose first day is unchanged
        keeps its id.
        """
        kept = set(before) & set(after)
        gone = [version.valid.start for version in before if version not in kept]
        added = [version for version in after if version not in kept]
        ids: dict[date, UUID] = {}
        if gone:
            first = func.lower(self.row.valid)
            removed = delete(self.row).where(*self._named(key), first.in_(gone)).returning(first, self.row.id)
            ids = dict((await session.execute(removed)).all())
        if added:
            rows = [
                {**row, "id": ids.get(version.valid.start, row["id"])}
                for row, version in zip(self.rows(key, added), added, strict=True)
            ]
            await session.execute(insert(self.row), rows)

    def rows(self, key: Key, versions: Iterable[Version[Facts]]) -> Iterator[dict[str, object]]:
        """The rows that say it."""
        for version in versions:
            yield {"id": new_id(), **key, "valid": days(version.valid), **self.columns(version.facts)}

    async def _versions(self, session: ReadSession, *where: ColumnElement[bool]) -> list[tuple[Any, Version[Facts]]]:
        query = select(self.row).where(*where).order_by(func.lower(self.row.valid))
        rows = (await session.execute(query)).scalars()
        return [(row, Version(period(row.valid), self.facts(row))) for row in rows]

    def _named(self, key: Key) -> list[ColumnElement[bool]]:
        return [getattr(self.row, name) == value for name, value in key.items()]
