"""Schemes as stored."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, cast, func, select, update

from services.appraisal.library.domain.scheme import Scheme, SubjectKind
from services.appraisal.library.store.codec import scheme_body, scheme_of
from services.appraisal.library.store.tables import SchemeRow, SchemeSubjectRow
from services.kit.database import ReadSession, WriteSession, days
from services.kit.pages import Paging, Rows, page
from services.kit.periods import Period


async def last_version(session: ReadSession, code: str) -> SchemeRow | None:
    """The newest version of a scheme, locked against a second successor."""
    newest = select(SchemeRow).where(SchemeRow.code == code).order_by(SchemeRow.version.desc()).limit(1)
    return (await session.execute(newest.with_for_update())).scalar()


async def end_before(session: WriteSession, scheme_id: UUID, first: date) -> None:
    """Cut the validity of a version short, so that its last day is the one before ``first``."""
    for table, key in ((SchemeRow, SchemeRow.id), (SchemeSubjectRow, SchemeSubjectRow.scheme_id)):
        ended = func.daterange(func.lower(table.valid), cast(first, Date), "[)")
        await session.execute(
            update(table).where(key == scheme_id).values(valid=ended).execution_options(synchronize_session=False)
        )


async def add(
    session: WriteSession,
    *,
    scheme_id: UUID,
    scheme: Scheme,
    valid: Period,
    subjects: Sequence[str],
    values: dict[str, Any],
) -> None:
    """Store a version and whom it covers. A covered subject's clash shows as an IntegrityError at flush."""
    row = SchemeRow(
        id=scheme_id,
        code=scheme.code,
        version=scheme.version,
        name=scheme.name.zh,
        name_en=scheme.name.en,
        subject_kind=scheme.subject_kind.value,
        frequency=scheme.frequency.value,
        valid=days(valid),
        body=scheme_body(scheme),
        **values,
    )
    session.add(row)
    await session.flush()  # the subjects name the scheme by a foreign key without a mapped relationship
    session.add_all(
        SchemeSubjectRow(
            scheme_id=scheme_id,
            subject_kind=scheme.subject_kind.value,
            code=code,
            frequency=scheme.frequency.value,
            valid=days(valid),
        )
        for code in subjects
    )
    await session.flush()


async def covering(
    session: ReadSession, *, kind: SubjectKind, codes: Sequence[str], frequency: str, valid: Period
) -> list[tuple[str, str]]:
    """Subjects among ``codes`` that another scheme of this frequency covers in ``valid``, with its code."""
    query = (
        select(SchemeSubjectRow.code, SchemeRow.code)
        .join(SchemeRow, SchemeRow.id == SchemeSubjectRow.scheme_id)
        .where(
            SchemeSubjectRow.subject_kind == kind.value,
            SchemeSubjectRow.code.in_(codes),
            SchemeSubjectRow.frequency == frequency,
            SchemeSubjectRow.valid.overlaps(days(valid)),
        )
    )
    return [(subject, scheme) for subject, scheme in await session.execute(query)]


async def by_subject(session: ReadSession, *, frequency: str, on: date) -> dict[tuple[str, str], UUID]:
    """The scheme version in force on a day for every covered (kind, code)."""
    query = select(SchemeSubjectRow.subject_kind, SchemeSubjectRow.code, SchemeSubjectRow.scheme_id).where(
        SchemeSubjectRow.frequency == frequency, SchemeSubjectRow.valid.contains(on)
    )
    return {(kind, code): scheme_id for kind, code, scheme_id in await session.execute(query)}


async def find(session: ReadSession, scheme_id: UUID) -> Scheme:
    """A scheme version. It must exist: forms keep it by foreign key."""
    body = (await session.execute(select(SchemeRow.body).where(SchemeRow.id == scheme_id))).scalar_one()
    return scheme_of(body)


async def find_all(session: ReadSession, scheme_ids: Sequence[UUID]) -> dict[UUID, Scheme]:
    """Several scheme versions."""
    query = select(SchemeRow.id, SchemeRow.body).where(SchemeRow.id.in_(scheme_ids))
    return {scheme_id: scheme_of(body) for scheme_id, body in await session.execute(query)}


async def listed(session: ReadSession, paging: Paging, code: str | None) -> Rows[Any]:
    """Scheme versions by code and version."""
    query = select(SchemeRow)
    if code is not None:
        query = query.where(SchemeRow.code == code)
    return await page(session, query, keys=[SchemeRow.code, SchemeRow.version], paging=paging)


async def row(session: ReadSession, scheme_id: UUID) -> SchemeRow | None:
    """A scheme version as a row."""
    return await session.get(SchemeRow, scheme_id)


async def subjects_of(session: ReadSession, scheme_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The codes that each scheme version covers, in order."""
    query = (
        select(SchemeSubjectRow.scheme_id, SchemeSubjectRow.code)
        .where(SchemeSubjectRow.scheme_id.in_(scheme_ids))
        .order_by(SchemeSubjectRow.code)
    )
    found: dict[UUID, list[str]] = {scheme_id: [] for scheme_id in scheme_ids}
    for scheme_id, code in await session.execute(query):
        found[scheme_id].append(code)
    return found
