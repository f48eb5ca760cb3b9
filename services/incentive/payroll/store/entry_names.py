"""What entries of the journal are about, by name: the journal itself knows ids alone (INC-12)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, select

from services.incentive.awards.store.tables import AwardFundRow, AwardRow, FundEndowmentRow
from services.incentive.journal.domain.journal import EntryName
from services.incentive.journal.store.tables import EntryRow
from services.incentive.runs.store.tables import LineRow, RunRow
from services.incentive.shares.store.tables import ShareDividendRow
from services.kit.database.sessions import ReadSession
from services.kit.errors import Text
from services.kit.periods import period_in_words


def _line(row: Any) -> Text:
    return Text(f"{row.name}（{row.number}）", f"{row.name} ({row.number})")


def _award(row: Any) -> Text:
    return Text(f"专项奖励“{row.title}”（{row.code}）", f"the special award '{row.title}' ({row.code})")


def _endowment(row: Any) -> Text:
    return Text(f"{row.name}的拨款", f"an endowment of {row.name_en}")


def _dividend(row: Any) -> Text:
    return Text(f"{row.year} 年度虚拟股票分红（{row.plan_code}）", f"the dividend for {row.year} ({row.plan_code})")


def _run(row: Any) -> Text:
    period = period_in_words(row.period)
    return Text(f"{period.zh}奖金核算（{row.plan_name}）", f"the bonus run: {row.plan_name_en}, {period.en}")


def _fund(row: Any) -> Text:
    return Text(row.name, row.name_en)


_RUNS: Final = (select(RunRow.id, RunRow.period, RunRow.plan_name, RunRow.plan_name_en), RunRow.id, _run)
_FUNDS: Final = (select(AwardFundRow.id, AwardFundRow.name, AwardFundRow.name_en), AwardFundRow.id, _fund)
_DIVIDENDS: Final = (
    select(ShareDividendRow.id, ShareDividendRow.year, ShareDividendRow.plan_code),
    ShareDividendRow.id,
    _dividend,
)
_ENDOWMENTS: Final = (
    select(FundEndowmentRow.id, AwardFundRow.name, AwardFundRow.name_en).join(AwardFundRow),
    FundEndowmentRow.id,
    _endowment,
)
_SOURCES: Final[Mapping[str, Any]] = {
    "line": (select(LineRow.id, LineRow.name, LineRow.number), LineRow.id, _line),
    "award": (select(AwardRow.id, AwardRow.title, AwardRow.code), AwardRow.id, _award),
    "fund_endowment": _ENDOWMENTS,
    "share_dividend": _DIVIDENDS,
}
_BATCHES: Final[Mapping[str, Any]] = {
    "line": _RUNS,
    "award": _FUNDS,
    "fund_endowment": _FUNDS,
    "share_dividend": _DIVIDENDS,
}
"""By the type of the source: what finds the names of sources, and of the batches in which they were booked."""


async def names_of(session: ReadSession, entries: Sequence[EntryRow]) -> Mapping[UUID, EntryName]:
    """The names by entry, in a number of statements that does not depend on how many there are."""
    sources = await _found(session, _SOURCES, [(each.source_type, each.source_id) for each in entries])
    batches = await _found(session, _BATCHES, [(each.source_type, each.batch_id) for each in entries])
    return {each.id: EntryName(sources.get(each.source_id), batches.get(each.batch_id)) for each in entries}


async def _found(
    session: ReadSession, finders: Mapping[str, Any], wanted: Sequence[tuple[str, UUID]]
) -> Mapping[UUID, Text]:
    found: dict[UUID, Text] = {}
    for kind in sorted({kind for kind, _ in wanted} & finders.keys()):
        query, key, name = finders[kind]
        column: ColumnElement[UUID] = key
        rows = await session.execute(query.where(column.in_({each for one, each in wanted if one == kind})))
        found |= {row.id: name(row) for row in rows}
    return found
