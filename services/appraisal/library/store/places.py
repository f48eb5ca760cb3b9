"""Where positions and units lie, and which scheme covers each."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, select, true

from services.appraisal.library.domain.coverage import Coverage
from services.appraisal.library.domain.scheme import Frequency, SubjectKind
from services.appraisal.library.store.tables import PlaceRow, SchemeRow, SchemeSubjectRow
from services.kit.database.bulk import copy_rows
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession, period
from services.kit.errors import Text

_COLUMNS = ("subject_kind", "code", "name", "name_en", "unit_path")


async def learn(session: WriteSession, places: Iterable[Sequence[Any]]) -> None:
    """Know these places (kind of the subject, code, name in both languages, unit path) instead of those of before."""
    await session.execute(delete(PlaceRow))
    await copy_rows(session, PlaceRow.__tablename__, _COLUMNS, list(places))


async def paths(session: ReadSession, subject_kind: SubjectKind, codes: Sequence[str]) -> dict[str, list[UUID]]:
    """The unit paths of positions or units, by code, without those that org has not reported."""
    query = select(PlaceRow.code, PlaceRow.unit_path)
    query = query.where(PlaceRow.subject_kind == subject_kind.value, PlaceRow.code.in_(codes))
    return {code: list(path) for code, path in await session.execute(query)}


async def covered(
    session: ReadSession, paging: Paging, *, units: tuple[UUID, ...] | None, frequency: Frequency, as_of: date
) -> Rows[Coverage]:
    """The positions and units in the subtrees of ``units`` (None: all) by code, with what covers them on a day."""
    row = SchemeSubjectRow
    covers = and_(
        row.subject_kind == PlaceRow.subject_kind,
        row.code == PlaceRow.code,
        row.frequency == frequency.value,
        row.valid.contains(as_of),
        row.superseded_at.is_(None),
    )
    query = (
        select(
            PlaceRow.subject_kind, PlaceRow.code, PlaceRow.name, PlaceRow.name_en, SchemeRow.id, SchemeRow.code,
            SchemeRow.version, SchemeRow.name, SchemeRow.name_en, row.valid,
        )
        .outerjoin(row, covers)
        .outerjoin(SchemeRow, SchemeRow.id == row.scheme_id)
        .where(true() if units is None else PlaceRow.unit_path.overlap(list(units)))
    )  # fmt: skip
    return await page(
        session,
        query,
        lambda each: _coverage(each, frequency),
        keys=[PlaceRow.subject_kind, PlaceRow.code],
        paging=paging,
    )


def _coverage(row: Any, frequency: Frequency) -> Coverage:
    kind, code, *names, scheme_id, scheme_code, version, zh, en, valid = row[:10]
    name = Text(*names)
    if scheme_id is None:
        return Coverage(SubjectKind(kind), code, name, frequency)
    days = period(valid)
    return Coverage(SubjectKind(kind), code, name, frequency, scheme_id, scheme_code, version, zh, en, days)
