"""The indicator library: every change is a new version (APR-01)."""

from uuid import UUID

from services.appraisal.library.domain.indicator import Indicator, IndicatorFacts
from services.appraisal.library.store import indicators as store
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import NotFound, existing
from services.kit.work.unit_of_work import UnitOfWork


class NoIndicator(NotFound):
    """There is no such version of an indicator."""

    code = "no_indicator"
    zh = "找不到该指标，请刷新列表后重试。"
    en = "There is no such indicator."


async def create(uow: UnitOfWork, *, code: str, facts: IndicatorFacts) -> Indicator:
    """Add an indicator, or the next version of the one with this code."""
    version = await store.next_version(uow.session, code)
    indicator = Indicator(new_id(), code, version, facts, uow.now)
    await store.add(uow.session, indicator)
    after = {"code": code, "version": version, "rule": facts.rule}
    await uow.audit("appraisal.indicator.created", subject=("indicator", indicator.id), after=after)
    return indicator


async def get(session: ReadSession, indicator_id: UUID) -> Indicator:
    """One version of an indicator.

    Raises:
        NoIndicator: there is none of that id.
    """
    return existing(await store.find(session, indicator_id), NoIndicator)


async def list_newest(
    session: ReadSession, *, paging: Paging, dimension: str | None, search: str | None
) -> Rows[Indicator]:
    """The newest version of every indicator, by code; ``search`` looks into code and names."""
    return await store.newest(session, paging, dimension=dimension, search=search)
