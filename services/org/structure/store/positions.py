"""Positions as of a day and their timelines (ORG-02)."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession, period
from services.kit.database.timelines import Timelines
from services.kit.timeline import Version
from services.org.structure.domain.position import Filling, PositionAsOf, PositionFacts, Track
from services.org.structure.store import occupancy
from services.org.structure.store.dated import DatedStore
from services.org.structure.store.structure import in_force
from services.org.structure.store.tables import (
    PositionRow,
    PositionVersionRow,
    UnitPathRow,
    UnitRow,
    UnitVersionRow,
)
from services.org.structure.store.units import beneath

Timeline = list[Version[PositionFacts]]


def _facts(row: PositionVersionRow) -> PositionFacts:
    return PositionFacts(
        title=row.title,
        title_en=row.title_en,
        unit_id=row.unit_id,
        track=Track(row.track),
        grade=row.grade,
        headcount=row.headcount,
        reports_to_id=row.reports_to_id,
        core_talent=row.core_talent,
    )


def _columns(facts: PositionFacts) -> dict[str, object]:
    return {**vars(facts), "track": facts.track.value}


VERSIONS = Timelines(PositionVersionRow, _facts, _columns)
STORE = DatedStore(PositionRow, VERSIONS, "position_id")
timelines = STORE.timelines


async def find_for_update(session: WriteSession, position_id: UUID) -> PositionRow | None:
    """The identity of a position, locked until the transaction ends."""
    return await session.get(PositionRow, position_id, with_for_update=True)


def as_of(day: date) -> Select[*tuple[Any, ...]]:
    """Every position in force on ``day``, in the columns of ``PositionAsOf``."""
    row, superior, above = PositionVersionRow, aliased(PositionRow), aliased(PositionVersionRow)
    return (
        select(
            PositionRow.id,
            PositionRow.code,
            PositionRow.revision,
            row.title,
            row.title_en,
            row.unit_id,
            UnitRow.code.label("unit_code"),
            UnitVersionRow.name.label("unit_name"),
            UnitVersionRow.name_en.label("unit_name_en"),
            UnitPathRow.path.label("unit_path"),
            row.track,
            row.grade,
            row.headcount,
            occupancy.filled(day).label("filled"),
            row.reports_to_id,
            superior.code.label("reports_to_code"),
            above.title.label("reports_to_title"),
            above.title_en.label("reports_to_title_en"),
            row.core_talent,
            row.valid,
        )
        .join(row, row.position_id == PositionRow.id)
        .join(UnitRow, UnitRow.id == row.unit_id)
        .join(UnitVersionRow, UnitVersionRow.unit_id == row.unit_id)
        .join(UnitPathRow, UnitPathRow.unit_id == row.unit_id)
        .outerjoin(superior, superior.id == row.reports_to_id)
        .outerjoin(above, (above.position_id == row.reports_to_id) & in_force(above.valid, day))
        .where(in_force(row.valid, day), in_force(UnitVersionRow.valid, day), in_force(UnitPathRow.valid, day))
    )


def _position(row: Any) -> PositionAsOf:
    days = period(row.valid)
    found = {**row._asdict(), "valid_from": days.start, "valid_to": days.last}
    return PositionAsOf(
        **{name: found[name] for name in PositionAsOf.__dataclass_fields__} | {"track": Track(row.track)}
    )


async def get(session: ReadSession, position_id: UUID, day: date) -> PositionAsOf | None:
    """A position as of ``day``."""
    found = (await session.execute(as_of(day).where(PositionRow.id == position_id))).first()
    return None if found is None else _position(found)


async def page_of(
    session: ReadSession,
    day: date,
    paging: Paging,
    *,
    q: str | None = None,
    code: str | None = None,
    unit_id: UUID | None = None,
    unit_path: Sequence[UUID] = (),
    track: Track | None = None,
    state: Filling | None = None,
) -> Rows[PositionAsOf]:
    """Positions as of ``day`` by code: of a unit, or of the unit at ``unit_path`` and everything beneath it.

    ``q`` is a part of their title, in either language, or of their code.
    """
    row, filled = PositionVersionRow, occupancy.filled(day)
    query = as_of(day)
    if q is not None:
        named = (row.title, row.title_en, PositionRow.code)
        query = query.where(or_(*(column.icontains(q, autoescape=True) for column in named)))
    if code is not None:
        query = query.where(PositionRow.code == code)
    if unit_id is not None:
        query = query.where(row.unit_id == unit_id)
    if unit_path:
        query = query.where(beneath(unit_path))
    if track is not None:
        query = query.where(row.track == track.value)
    if state is not None:
        states = {"vacant": filled < row.headcount, "filled": filled > 0, "over_headcount": filled > row.headcount}
        query = query.where(states[state])
    return await page(session, query, _position, keys=[PositionRow.code], paging=paging)
