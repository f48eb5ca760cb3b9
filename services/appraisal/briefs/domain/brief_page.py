"""A monthly brief in words, ready to be shown or typeset (APR-08)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Final

from services.appraisal.briefs.domain.brief import BRIEF, Brief, BriefIndicator, BriefObligation
from services.appraisal.library.domain.attainment import UNATTAINED_NAMES
from services.appraisal.library.domain.figures import figure
from services.kit.errors import Language, Text
from services.kit.periods import period_in_words

_TITLE: Final = Text("月度工作简报", "Monthly brief")
_FACTS: Final = (Text("单元", "Unit"), Text("月份", "Month"), Text("负责人", "Head"), Text("状态", "State"))
_NO_HEAD: Final = Text("未设", "none")
_HEADINGS: Final = (
    Text("一、指标达成", "1. Indicators against targets"),
    Text("二、本月新增及月末未完成的督办事项", "2. Obligations of the month, and those still open at its end"),
    Text("三、问题分析", "3. Analysis"),
    Text("四、下月措施", "4. Measures for next month"),
)
_COLUMNS: Final = (
    Text("指标", "Indicator"),
    Text("本月实绩", "This month"),
    Text("本期累计", "So far"),
    Text("目标", "Target"),
    Text("差距", "Gap"),
    Text("达成率", "Attainment"),
)
_OPEN_COLUMNS: Final = (Text("事项", "What"), Text("责任人", "Owner"), Text("截止", "Due"))
_NO_INDICATORS: Final = Text("本月没有单元指标的数据。", "There are no figures of the unit this month.")
_NOTHING_OPEN: Final = Text(
    "本月没有新增督办事项，月末也没有未完成的。", "No obligation arose in the month, and none was open at its end."
)
_NOT_WRITTEN: Final = Text("（未填写）", "(nothing yet)")
_LATE: Final = Text("（逾期）", " (late)")
_SETTLED: Final = Text("（月内已完成）", " (settled in the month)")
_UNSIGNED: Final = Text("尚未签署。", "Not signed yet.")
_SIGNED: Final = Text("{name} 于 {at} 签署", "Signed by {name} on {at}")
_INSTEAD: Final = Text("（代签：{reason}）", " (instead of the head: {reason})")
_ON_BEHALF: Final = Text("（受{head}委托代签）", " (on behalf of {head}, by delegation)")
_NO_OWNER: Final = Text("人力资源", "HR")
_NONE: Final = "—"


@dataclass(frozen=True)
class BriefPage:
    """A brief from top to bottom, in one language; ``good`` and ``bad`` rows are distinguished by ``met``."""

    title: str
    subtitle: str
    facts: Sequence[tuple[str, str]]
    headings: Sequence[str]
    columns: Sequence[str]
    indicators: Sequence[Sequence[str]]
    met: Sequence[bool | None]
    no_indicators: str
    open_columns: Sequence[str]
    open_rows: Sequence[Sequence[str]]
    nothing_open: str
    analysis: str
    measures: str
    signature: str
    hash: str


def page_of(brief: Brief, language: Language, zone: tzinfo) -> BriefPage:
    """The brief in a language, with moments in the company's zone."""

    def said(text: Text) -> str:
        return text.in_language(language)

    month = said(period_in_words(f"{brief.month:%Y-%m}"))
    values = (said(brief.unit_name), month, brief.head.name or said(_NO_HEAD), said(BRIEF.states[brief.state]))
    names = [said(name) for name in _FACTS]
    return BriefPage(
        title=said(_TITLE),
        subtitle=f"{said(brief.unit_name)} · {month}",
        facts=list(zip(names, values, strict=True)),
        headings=[said(each) for each in _HEADINGS],
        columns=[said(each) for each in _COLUMNS],
        indicators=[_indicator(each, language) for each in brief.facts.indicators],
        met=[None if each.attainment is None else each.attainment >= _FULL for each in brief.facts.indicators],
        no_indicators=said(_NO_INDICATORS),
        open_columns=[said(each) for each in _OPEN_COLUMNS],
        open_rows=[_open(each, language, zone) for each in brief.facts.obligations],
        nothing_open=said(_NOTHING_OPEN),
        analysis=brief.analysis or said(_NOT_WRITTEN),
        measures=brief.measures or said(_NOT_WRITTEN),
        signature=_signature(brief, language, zone),
        hash=brief.signature.hash if brief.signature else "",
    )


_FULL: Final = Decimal(100)


def _indicator(each: BriefIndicator, language: Language) -> Sequence[str]:
    name = each.name.in_language(language)
    unit = each.measure.in_language(language)
    named = f"{name}（{unit}）" if unit and language == "zh" else f"{name} ({unit})" if unit else name
    row = (each.actual, each.so_far, each.target, each.gap)
    figures = [_NONE if value is None else figure(value, row) for value in row]
    return (named, *figures, _attainment(each, language))


def _attainment(each: BriefIndicator, language: Language) -> str:
    if each.attainment is not None:
        return f"{each.attainment}%"
    return _NONE if each.unattained is None else UNATTAINED_NAMES[each.unattained].in_language(language)


def _open(each: BriefObligation, language: Language, zone: tzinfo) -> Sequence[str]:
    late = _LATE.in_language(language) if each.late else ""
    what = f"{each.title.in_language(language)}\n{each.reason.in_language(language)}"
    settled = "" if each.open_at_end else _SETTLED.in_language(language)
    return (what, each.owner_name or _NO_OWNER.in_language(language), f"{_last_day(each.due_at, zone)}{late}{settled}")


def _last_day(due_at: datetime, zone: tzinfo) -> date:
    """The last day that is in time: a deadline at midnight belongs to the day before."""
    return (due_at.astimezone(zone) - timedelta(microseconds=1)).date()


def _signature(brief: Brief, language: Language, zone: tzinfo) -> str:
    signed = brief.signature
    if signed is None:
        return _UNSIGNED.in_language(language)
    at = f"{signed.signed_at.astimezone(zone):%Y-%m-%d %H:%M}"
    if signed.on_behalf_of:
        behalf = _ON_BEHALF.in_language(language).format(head=signed.on_behalf_of)
        return _SIGNED.in_language(language).format(name=signed.name, at=at) + behalf
    instead = _INSTEAD.in_language(language).format(reason=signed.reason) if signed.reason else ""
    return _SIGNED.in_language(language).format(name=signed.name, at=at) + instead
