"""Indicators as stored."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from services.appraisal.library.store.tables import IndicatorRow
from services.kit.database import ReadSession
from services.kit.pages import Paging, Rows, page


async def latest(session: ReadSession, codes: Collection[str]) -> dict[str, IndicatorRow]:
    """The newest version of each code that exists."""
    newest = (
        select(IndicatorRow)
        .where(IndicatorRow.code.in_(codes))
        .ext(distinct_on(IndicatorRow.code))
        .order_by(IndicatorRow.code, IndicatorRow.version.desc())
    )
    return {row.code: row for row in (await session.execute(newest)).scalars()}


async def next_version(session: ReadSession, code: str) -> int:
    """The number of the version that comes after the newest."""
    newest = select(func.max(IndicatorRow.version)).where(IndicatorRow.code == code)
    return ((await session.execute(newest)).scalar() or 0) + 1


async def current_page(session: ReadSession, paging: Paging) -> Rows[Any]:
    """The newest version of every indicator, by code."""
    newer = aliased(IndicatorRow)
    superseded = exists().where(newer.code == IndicatorRow.code, newer.version > IndicatorRow.version)
    return await page(session, select(IndicatorRow).where(~superseded), keys=[IndicatorRow.code], paging=paging)
