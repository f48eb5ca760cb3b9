"""Schemes as stored."""

from collections.abc import Sequence
from datetime import date, datetime
from operator import itemgetter
from uuid import UUID

from sqlalchemy import Date, cast, exists, func, select, update
from sqlalchemy.orm import aliased

from services.appraisal.library.domain.scheme import Frequency, Scheme
from services.appraisal.library.domain.scheme_version import SchemeVersion
from services.appraisal.library.store.tables import SCHEMES, SchemeRow, SchemeSubjectRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession, days, period
from services.kit.work.tasks import task


async def last_version(session: ReadSession, code: str) -> SchemeVersion | None:
    """The newest version of a scheme, locked against a second successor; without its subjects.

    A caller who waited for another's lock gets the version that was newest before, superseded or ended by then.
    """
    newest = select(SchemeRow).where(SchemeRow.code == code).order_by(SchemeRow.version.desc()).limit(1)
    row = (await session.execute(newest.with_for_update().execution_options(populate_existing=True))).scalar()
    return None if row is None else _version(row, ())


async def version_before(session: ReadSession, code: str, first: date) -> SchemeVersion | None:
    """The version of a scheme that holds until the day before ``first``, without its subjects."""
    row = SchemeRow
    query = select(row).where(row.code == code, row.superseded_at.is_(None), func.lower(row.valid) < first)
    found = (await session.execute(query.order_by(row.version.desc()).limit(1))).scalar()
    return None if found is None else _version(found, ())


async def end_before(session: WriteSession, scheme_id: UUID, first: date) -> None:
    """Cut the validity of a version short, so that its last day is the one before ``first``."""
    for table, key in ((SchemeRow, SchemeRow.id), (SchemeSubjectRow, SchemeSubjectRow.scheme_id)):
        ended = func.daterange(func.lower(table.valid), cast(first, Date), "[)")
        await session.execute(
            update(table).where(key == scheme_id).values(valid=ended).execution_options(synchronize_session=False)
        )


async def supersede(session: WriteSession, scheme_id: UUID, *, now: datetime) -> None:
    """Let another version take the place of one that no cycle uses; the old one stays readable."""
    for table, key in ((SchemeRow, SchemeRow.id), (SchemeSubjectRow, SchemeSubjectRow.scheme_id)):
        await session.execute(
            update(table).where(key == scheme_id).values(superseded_at=now).execution_options(synchronize_session=False)
        )


async def under_review(session: ReadSession, kind: str) -> set[UUID]:
    """The versions that wait in tasks of this kind."""
    return set((await session.execute(select(task.c.subject_id).where(task.c.kind == kind))).scalars())


async def set_reviewed(session: WriteSession, scheme_id: UUID, day: date) -> None:
    """The weights of a version were looked at and stay."""
    query = update(SchemeRow).where(SchemeRow.id == scheme_id).values(reviewed_on=day)
    await session.execute(query.execution_options(synchronize_session=False))


async def add(session: WriteSession, version: SchemeVersion, *, created_at: datetime) -> None:
    """Store a version and whom it covers. A covered subject's clash shows as an IntegrityError at flush."""
    scheme, valid = version.scheme, days(version.valid)
    shared = {"subject_kind": scheme.subject_kind.value, "frequency": scheme.frequency.value, "valid": valid}
    row = SchemeRow(
        id=version.id,
        code=scheme.code,
        version=scheme.version,
        name=scheme.name.zh,
        name_en=scheme.name.en,
        body=SCHEMES.dump(scheme),
        created_at=created_at,
        **shared,
    )
    session.add(row)
    await session.flush()  # the subjects name the scheme by a foreign key without a mapped relationship
    session.add_all(SchemeSubjectRow(scheme_id=version.id, code=code, **shared) for code in version.subjects)
    await session.flush()


async def covering(session: ReadSession, version: SchemeVersion) -> list[tuple[str, str]]:
    """Subjects of a version that another scheme of its frequency covers at the same time, with that scheme's code."""
    scheme = version.scheme
    query = (
        select(SchemeSubjectRow.code, SchemeRow.code)
        .join(SchemeRow, SchemeRow.id == SchemeSubjectRow.scheme_id)
        .where(
            SchemeSubjectRow.subject_kind == scheme.subject_kind.value,
            SchemeSubjectRow.code.in_(version.subjects),
            SchemeSubjectRow.frequency == scheme.frequency.value,
            SchemeSubjectRow.valid.overlaps(days(version.valid)),
            SchemeSubjectRow.superseded_at.is_(None),
        )
    )
    return [(subject, other) for subject, other in await session.execute(query)]


async def by_subject(session: WriteSession, *, frequency: str, on: date) -> dict[tuple[str, str], UUID]:
    """The scheme version in force on a day for every covered (kind, code); none is replaced until this ends."""
    row = SchemeSubjectRow
    query = (
        select(row.subject_kind, row.code, row.scheme_id)
        .join(SchemeRow, SchemeRow.id == row.scheme_id)
        .where(row.frequency == frequency, row.valid.contains(on), SchemeRow.superseded_at.is_(None))
        .with_for_update(read=True, key_share=True, of=SchemeRow)
    )
    return {(kind, code): scheme_id for kind, code, scheme_id in await session.execute(query)}


async def find(session: ReadSession, scheme_id: UUID) -> Scheme:
    """A scheme version. It must exist: forms keep it by foreign key."""
    body = (await session.execute(select(SchemeRow.body).where(SchemeRow.id == scheme_id))).scalar_one()
    return SCHEMES.load(body)


async def find_all(session: ReadSession, scheme_ids: Sequence[UUID]) -> dict[UUID, Scheme]:
    """Several scheme versions."""
    query = select(SchemeRow.id, SchemeRow.body).where(SchemeRow.id.in_(scheme_ids))
    return {scheme_id: SCHEMES.load(body) for scheme_id, body in await session.execute(query)}


async def versions(
    session: ReadSession,
    paging: Paging,
    *,
    code: str | None,
    subject: str | None,
    frequency: Frequency | None,
    as_of: date | None,
) -> Rows[SchemeVersion]:
    """Versions by code and number, narrowed by what is given."""
    query = select(SchemeRow)
    if code is not None:
        query = query.where(SchemeRow.code == code)
    if frequency is not None:
        query = query.where(SchemeRow.frequency == frequency.value)
    if as_of is not None:
        query = query.where(SchemeRow.valid.contains(as_of), SchemeRow.superseded_at.is_(None))
    if subject is not None:
        query = query.where(
            SchemeRow.id.in_(select(SchemeSubjectRow.scheme_id).where(SchemeSubjectRow.code == subject))
        )
    found = await page(session, query, itemgetter(0), keys=[SchemeRow.code, SchemeRow.version], paging=paging)
    subjects = await _subjects_of(session, [row.id for row in found.items])
    return Rows([_version(row, subjects[row.id]) for row in found.items], found.next)


async def version(session: ReadSession, scheme_id: UUID) -> SchemeVersion | None:
    """One version."""
    row = await session.get(SchemeRow, scheme_id)
    return None if row is None else _version(row, (await _subjects_of(session, [scheme_id]))[scheme_id])


async def _subjects_of(session: ReadSession, scheme_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    query = (
        select(SchemeSubjectRow.scheme_id, SchemeSubjectRow.code)
        .where(SchemeSubjectRow.scheme_id.in_(scheme_ids))
        .order_by(SchemeSubjectRow.code)
    )
    found: dict[UUID, list[str]] = {scheme_id: [] for scheme_id in scheme_ids}
    for scheme_id, code in await session.execute(query):
        found[scheme_id].append(code)
    return found


def _version(row: SchemeRow, subjects: Sequence[str]) -> SchemeVersion:
    return SchemeVersion(
        row.id, SCHEMES.load(row.body), period(row.valid), tuple(subjects), row.superseded_at, row.reviewed_on
    )


async def newest(session: ReadSession) -> list[SchemeVersion]:
    """The newest version of every scheme that still holds in its place, by code; a company has hundreds."""
    newer = aliased(SchemeRow)
    outdated = exists().where(
        newer.code == SchemeRow.code, newer.version > SchemeRow.version, newer.superseded_at.is_(None)
    )
    query = select(SchemeRow).where(SchemeRow.superseded_at.is_(None), ~outdated).order_by(SchemeRow.code)
    rows = list((await session.execute(query)).scalars())
    subjects = await _subjects_of(session, [row.id for row in rows])
    return [_version(row, subjects[row.id]) for row in rows]
