"""Indicators as stored."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from services.appraisal.library.domain.indicator import Indicator, IndicatorFacts
from services.appraisal.library.domain.scheme import Aggregation, Frequency
from services.appraisal.library.store.tables import RULES, IndicatorRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.errors import Text


async def latest(session: ReadSession, codes: Collection[str]) -> dict[str, Indicator]:
    """The newest version of each code that exists."""
    newest = (
        select(IndicatorRow)
        .where(IndicatorRow.code.in_(codes))
        .ext(distinct_on(IndicatorRow.code))
        .order_by(IndicatorRow.code, IndicatorRow.version.desc())
    )
    return {row.code: _indicator(row) for row in (await session.execute(newest)).scalars()}


async def library(session: ReadSession) -> list[Indicator]:
    """The newest version of every indicator, by code."""
    newest = (
        select(IndicatorRow)
        .ext(distinct_on(IndicatorRow.code))
        .order_by(IndicatorRow.code, IndicatorRow.version.desc())
    )
    return [_indicator(row) for row in (await session.execute(newest)).scalars()]


async def find(session: ReadSession, indicator_id: UUID) -> Indicator | None:
    """One version."""
    row = await session.get(IndicatorRow, indicator_id)
    return None if row is None else _indicator(row)


async def next_version(session: ReadSession, code: str) -> int:
    """The number of the version that comes after the newest."""
    newest = select(func.max(IndicatorRow.version)).where(IndicatorRow.code == code)
    return ((await session.execute(newest)).scalar() or 0) + 1


async def add(session: WriteSession, indicator: Indicator) -> None:
    """Store a version. Two of one number at once meet in the unique constraint here, not at commit."""
    facts = indicator.facts
    session.add(
        IndicatorRow(
            id=indicator.id,
            code=indicator.code,
            version=indicator.version,
            name=facts.name.zh,
            name_en=facts.name.en,
            quantitative=facts.quantitative,
            dimension=facts.dimension,
            definition=facts.definition,
            unit=facts.unit,
            unit_en=facts.unit_en,
            data_source=facts.data_source,
            collection=facts.collection.value,
            aggregation=facts.aggregation.value,
            rule=RULES.dump(facts.rule),
            created_at=indicator.created_at,
        )
    )
    await session.flush()


async def newest(session: ReadSession, paging: Paging, *, dimension: str | None, search: str | None) -> Rows[Indicator]:
    """The newest version of every indicator, by code."""
    newer = aliased(IndicatorRow)
    superseded = exists().where(newer.code == IndicatorRow.code, newer.version > IndicatorRow.version)
    query = select(IndicatorRow).where(~superseded)
    if dimension is not None:
        query = query.where(IndicatorRow.dimension == dimension)
    if search is not None:
        named = (IndicatorRow.code, IndicatorRow.name, IndicatorRow.name_en)
        query = query.where(or_(*(column.icontains(search, autoescape=True) for column in named)))
    return await page(session, query, lambda row: _indicator(row[0]), keys=[IndicatorRow.code], paging=paging)


def _indicator(row: IndicatorRow) -> Indicator:
    facts = IndicatorFacts(
        name=Text(row.name, row.name_en),
        quantitative=row.quantitative,
        dimension=row.dimension,
        definition=row.definition,
        unit=row.unit,
        unit_en=row.unit_en,
        data_source=row.data_source,
        collection=Frequency(row.collection),
        aggregation=Aggregation(row.aggregation),
        rule=RULES.load(row.rule),
    )
    return Indicator(row.id, row.code, row.version, facts, row.created_at)
