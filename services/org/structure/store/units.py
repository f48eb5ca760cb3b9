"""Units as of a day, their timelines and paths (ORG-01)."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import fields
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, period
from services.kit.database.timelines import Timelines
from services.kit.errors import Text
from services.kit.timeline import Version, at
from services.org.structure.domain.unit import UnitAsOf, UnitFacts, UnitKind, UnitVersion
from services.org.structure.store import path_index
from services.org.structure.store.dated import DatedStore
from services.org.structure.store.structure import in_force
from services.org.structure.store.tables import (
    PositionRow,
    PositionVersionRow,
    UnitPathRow,
    UnitRow,
    UnitVersionRow,
)

Timeline = list[Version[UnitFacts]]
STREAMED: Final = 500
"""Units of a complete subtree that are in memory at a time."""


def _facts(row: UnitVersionRow) -> UnitFacts:
    return UnitFacts(
        name=row.name,
        name_en=row.name_en,
        kind=UnitKind(row.kind),
        parent_id=row.parent_id,
        head_position_id=row.head_position_id,
        special=row.special,
    )


def _columns(facts: UnitFacts) -> dict[str, object]:
    return {**vars(facts), "kind": facts.kind.value}


VERSIONS = Timelines(UnitVersionRow, _facts, _columns)
STORE = DatedStore(UnitRow, VERSIONS, "unit_id")
timelines = STORE.timelines


async def name_of(session: ReadSession, unit_id: UUID, day: date) -> Text:
    """What people call a unit on ``day``, or called it last; the Chinese name in both languages without another."""
    timeline = (await timelines(session, [unit_id]))[unit_id]
    facts = (at(timeline, day) or timeline[-1]).facts
    return Text(facts.name, facts.name_en or facts.name)


def _named(day: date | ColumnElement[date]) -> Select[*tuple[Any, ...]]:
    """Versions of units, with what they refer to as it is called on ``day``, in the columns of ``UnitVersion``."""
    row, parent, head, headed = UnitVersionRow, aliased(UnitVersionRow), aliased(PositionRow), PositionVersionRow
    return (
        select(
            row.name,
            row.name_en,
            row.kind,
            row.parent_id,
            parent.name.label("parent_name"),
            parent.name_en.label("parent_name_en"),
            row.head_position_id,
            head.code.label("head_position_code"),
            headed.title.label("head_position_title"),
            headed.title_en.label("head_position_title_en"),
            row.special,
            row.valid,
        )
        .select_from(row)
        .outerjoin(parent, (parent.unit_id == row.parent_id) & parent.valid.contains(day))
        .outerjoin(head, head.id == row.head_position_id)
        .outerjoin(headed, (headed.position_id == row.head_position_id) & headed.valid.contains(day))
    )


def as_of(day: date) -> Select[*tuple[Any, ...]]:
    """Every unit in force on ``day``, in the columns of ``UnitAsOf``."""
    return (
        _named(day)
        .add_columns(UnitRow.id, UnitRow.code, UnitRow.revision, UnitPathRow.path)
        .join(UnitRow, UnitRow.id == UnitVersionRow.unit_id)
        .join(UnitPathRow, UnitPathRow.unit_id == UnitRow.id)
        .where(in_force(UnitVersionRow.valid, day), in_force(UnitPathRow.valid, day))
    )


def unit_as_of(row: Any) -> UnitAsOf:
    """A row of ``as_of``."""
    return UnitAsOf(**_version(row), id=row.id, code=row.code, revision=row.revision, path=row.path)


def _version(row: Any) -> dict[str, Any]:
    days = period(row.valid)
    found = {**row._asdict(), "kind": UnitKind(row.kind), "valid_from": days.start, "valid_to": days.last}
    return {field.name: found[field.name] for field in fields(UnitVersion)}


async def history(session: ReadSession, unit_id: UUID) -> list[UnitVersion]:
    """Every version of a unit, the first first, with what it refers to as it was called on its first day."""
    first = func.lower(UnitVersionRow.valid)
    found = await session.execute(_named(first).where(UnitVersionRow.unit_id == unit_id).order_by(first))
    return [UnitVersion(**_version(row)) for row in found]


async def get(session: ReadSession, unit_id: UUID, day: date) -> UnitAsOf | None:
    """A unit as of ``day``."""
    found = (await session.execute(as_of(day).where(UnitRow.id == unit_id))).first()
    return None if found is None else unit_as_of(found)


async def these(session: ReadSession, unit_ids: Iterable[UUID], day: date) -> dict[UUID, UnitAsOf]:
    """Some units as of ``day``, those in force then."""
    found = await session.execute(as_of(day).where(UnitRow.id.in_(list(unit_ids))))
    return {row.id: unit_as_of(row) for row in found}


async def page_of(
    session: ReadSession,
    day: date,
    paging: Paging,
    *,
    q: str | None = None,
    code: str | None = None,
    kind: UnitKind | None = None,
    parent_id: UUID | None = None,
    root: bool | None = None,
) -> Rows[UnitAsOf]:
    """Units as of ``day`` by code; ``q`` is a part of their name, in either language, or of their code."""
    query = as_of(day)
    if q is not None:
        named = (UnitVersionRow.name, UnitVersionRow.name_en, UnitRow.code)
        query = query.where(or_(*(column.icontains(q, autoescape=True) for column in named)))
    if code is not None:
        query = query.where(UnitRow.code == code)
    if kind is not None:
        query = query.where(UnitVersionRow.kind == kind.value)
    if parent_id is not None:
        query = query.where(UnitVersionRow.parent_id == parent_id)
    if root is not None:
        query = query.where(UnitVersionRow.parent_id.is_(None) == root)
    return await page(session, query, unit_as_of, keys=[UnitRow.code], paging=paging)


async def page_beneath(session: ReadSession, day: date, paging: Paging, *, path: Sequence[UUID]) -> Rows[UnitAsOf]:
    """The unit at ``path`` and everything beneath it, or everything if it is empty; each before those beneath it."""
    query = as_of(day).where(beneath(path)) if path else as_of(day)
    return await page(session, query, unit_as_of, keys=[UnitPathRow.path], paging=paging)


async def stream_beneath(session: ReadSession, day: date, *, path: Sequence[UUID]) -> AsyncIterator[list[UnitAsOf]]:
    """The unit at ``path`` and everything below it, each unit before those below it; some hundreds at a time."""
    query = as_of(day).where(beneath(path)).order_by(UnitPathRow.path)
    rows = await session.stream(query.execution_options(yield_per=STREAMED))
    async for piece in rows.partitions():
        yield [unit_as_of(row) for row in piece]


def beneath(path: Sequence[UUID]) -> ColumnElement[bool]:
    """The condition that a unit's path is ``path`` or lies beneath it: one range of the index."""
    return path_index.within(UnitPathRow, path)


async def find(session: ReadSession, unit_id: UUID) -> UnitRow | None:
    """The identity of a unit."""
    return await session.get(UnitRow, unit_id)


async def path(session: ReadSession, unit_id: UUID, day: date) -> list[UUID]:
    """The ids from the root to the unit on ``day``; where it is not in force then, its nearest later or last path."""
    row = UnitPathRow
    order = (in_force(row.valid, day).desc(), (func.lower(row.valid) > day).desc(), func.lower(row.valid))
    query = select(row.path).where(row.unit_id == unit_id).order_by(*order).limit(1)
    return list((await session.execute(query)).scalar() or [])
