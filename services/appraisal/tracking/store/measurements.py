"""Measurements as stored: only ever added."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Date, Numeric, String, Uuid, bindparam, exists, func, or_, select, text
from sqlalchemy.orm import aliased

from services.appraisal.cycles.store.cycles import within
from services.appraisal.cycles.store.tables import FormRow
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.library.store.tables import IndicatorRow
from services.appraisal.tracking.domain.measurement import Key, Measured, Measurement, MeasurementFilter, Place, Stored
from services.appraisal.tracking.store.tables import MeasurementRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession, new_id, period
from services.kit.identity import Caller

_WANTED = """
    SELECT measurement.id, measurement.source, measurement.external_id, measurement.subject_kind,
           measurement.subject_code, measurement.indicator, measurement.value, measurement.measured_on,
           EXISTS (SELECT FROM appraisal.measurement AS later WHERE later.supersedes_id = measurement.id) AS superseded
    FROM unnest(:sources, :ids) AS wanted (source, external_id)
    JOIN appraisal.measurement AS measurement USING (source, external_id)
"""
_FIND = text(_WANTED).bindparams(bindparam("sources", type_=ARRAY(String)), bindparam("ids", type_=ARRAY(String)))
# ON CONFLICT waits for a parallel delivery of the same measurement; what it leaves out is counted as repeated.
_ADD = text("""
    INSERT INTO appraisal.measurement (id, subject_kind, subject_code, indicator, value, measured_on, source,
                                       external_id, supersedes_id, recorded_by, recorded_by_person, recorded_at)
    SELECT new.*, :recorded_by, :recorded_by_person, :recorded_at
    FROM unnest(:ids, :kinds, :codes, :indicators, :values, :days, :sources, :external_ids, :superseded) AS new
    ON CONFLICT (source, external_id) DO NOTHING
    RETURNING id
""").bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("kinds", type_=ARRAY(String)),
    bindparam("codes", type_=ARRAY(String)),
    bindparam("indicators", type_=ARRAY(String)),
    bindparam("values", type_=ARRAY(Numeric)),
    bindparam("days", type_=ARRAY(Date)),
    bindparam("sources", type_=ARRAY(String)),
    bindparam("external_ids", type_=ARRAY(String)),
    bindparam("superseded", type_=ARRAY(Uuid)),
    bindparam("recorded_by_person", type_=Uuid),
)


async def known(session: ReadSession, keys: Sequence[Key]) -> tuple[dict[Key, Stored], dict[Key, UUID]]:
    """Which of these measurements are stored, and under which ids."""
    found: dict[Key, Stored] = {}
    ids: dict[Key, UUID] = {}
    parameters = {"sources": [source for source, _ in keys], "ids": [external for _, external in keys]}
    for row in await session.execute(_FIND, parameters):
        key = (row.source, row.external_id)
        value: Decimal = row.value
        content = (row.subject_kind, row.subject_code, row.indicator, value.normalize(), row.measured_on)
        found[key], ids[key] = Stored(content, row.superseded), row.id
    return found, ids


async def indicator_codes(session: ReadSession) -> frozenset[str]:
    """All codes of the library."""
    return frozenset((await session.execute(select(IndicatorRow.code).distinct())).scalars())


async def add(
    session: WriteSession, fresh: Sequence[Measured], stored_ids: Mapping[Key, UUID], *, by: Caller, at: datetime
) -> list[UUID]:
    """Store new measurements in one statement; the ids of those that were in fact new."""
    own = {each.key: new_id() for each in fresh}
    ids = {**stored_ids, **own}
    parameters = {
        "ids": [own[each.key] for each in fresh],
        "kinds": [each.subject_kind.value for each in fresh],
        "codes": [each.subject_code for each in fresh],
        "indicators": [each.indicator for each in fresh],
        "values": [each.value for each in fresh],
        "days": [each.measured_on for each in fresh],
        "sources": [each.source for each in fresh],
        "external_ids": [each.external_id for each in fresh],
        "superseded": [ids[(each.source, each.corrects)] if each.corrects else None for each in fresh],
        "recorded_by": by.account_id,
        "recorded_by_person": by.employee_id,
        "recorded_at": at,
    }
    return list((await session.execute(_ADD, parameters)).scalars())


async def without_form(session: ReadSession, fresh: Sequence[Measured]) -> list[tuple[str, str]]:
    """Subjects (kind, code) among those measured that have a form in no cycle, at most a hundred."""
    subjects = sorted({(each.subject_kind.value, each.subject_code) for each in fresh})
    query = text("""
        SELECT wanted.kind, wanted.code FROM unnest(:kinds, :codes) AS wanted (kind, code)
        WHERE NOT EXISTS (SELECT FROM appraisal.form
                          WHERE form.subject_kind = wanted.kind AND form.subject_code = wanted.code)
        ORDER BY 1, 2 LIMIT 100
    """).bindparams(bindparam("kinds", type_=ARRAY(String)), bindparam("codes", type_=ARRAY(String)))
    parameters = {"kinds": [kind for kind, _ in subjects], "codes": [code for _, code in subjects]}
    return [(row.kind, row.code) for row in await session.execute(query, parameters)]


async def places_of(session: ReadSession, subjects: Sequence[tuple[str, str]]) -> dict[tuple[str, str], list[Place]]:
    """The days and unit paths of the forms that subjects (kind, code) have, for checking whose they are."""
    codes, row = [code for _, code in subjects], FormRow
    query = select(row.subject_kind, row.subject_code, row.days, row.unit_path).where(row.subject_code.in_(codes))
    found: dict[tuple[str, str], list[Place]] = {}
    for kind, code, days, path in await session.execute(query):
        found.setdefault((kind, code), []).append(Place(period(days), tuple(path)))
    return found


async def listed(session: ReadSession, paging: Paging, *, wanted: MeasurementFilter) -> Rows[Measurement]:
    """Measurements by day, corrected ones among them."""
    later = aliased(MeasurementRow)
    superseded = exists().where(later.supersedes_id == MeasurementRow.id)
    query = select(MeasurementRow, superseded.label("superseded"))
    equal = {
        MeasurementRow.subject_kind: wanted.subject_kind,
        MeasurementRow.subject_code: wanted.subject_code,
        MeasurementRow.indicator: wanted.indicator,
        MeasurementRow.source: wanted.source,
    }
    query = query.where(*(column == value for column, value in equal.items() if value is not None))
    if wanted.first is not None:
        query = query.where(MeasurementRow.measured_on >= wanted.first)
    if wanted.last is not None:
        query = query.where(MeasurementRow.measured_on <= wanted.last)
    if wanted.units is not None:
        query = query.where(_measured_in(wanted.units))
    return await page(
        session,
        query,
        lambda row: _measurement(row.MeasurementRow, superseded=row.superseded),
        keys=[MeasurementRow.measured_on, MeasurementRow.id],
        paging=paging,
    )


def _measured_in(units: tuple[UUID, ...]) -> ColumnElement[bool]:
    """Whether the subject was in one of these units on the day: see ``paths_on``, which decides the same of a value."""
    row, form, other = MeasurementRow, FormRow, aliased(FormRow)

    def of_subject(each: type[FormRow]) -> tuple[ColumnElement[bool], ...]:
        return each.subject_kind == row.subject_kind, each.subject_code == row.subject_code

    has_the_day = or_(other.days.contains(row.measured_on), func.lower(other.days) > func.lower(form.days))
    elsewhere = exists().where(*of_subject(other), has_the_day).correlate(row, form)
    decides = or_(form.days.contains(row.measured_on), ~elsewhere)
    return exists().where(*of_subject(form), within(form.unit_path, units), decides)


def _measurement(row: MeasurementRow, *, superseded: bool) -> Measurement:
    return Measurement(
        id=row.id,
        subject_kind=SubjectKind(row.subject_kind),
        subject_code=row.subject_code,
        indicator=row.indicator,
        value=row.value,
        measured_on=row.measured_on,
        source=row.source,
        external_id=row.external_id,
        supersedes_id=row.supersedes_id,
        superseded=superseded,
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
    )
