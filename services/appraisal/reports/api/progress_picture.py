"""The progress of a cycle as a picture: two bars a unit, then who is late (APR-20)."""

from collections.abc import Iterator
from typing import Final

from services.appraisal.cycles.domain.cycle import CYCLE
from services.appraisal.reports.api.pictures import (
    DONE,
    INNER,
    MARGIN,
    PALE,
    TOP,
    WARNING,
    WIDTH,
    framed,
    legend,
    share,
)
from services.appraisal.reports.domain.lateness import WHAT_IS_LATE, Lateness
from services.appraisal.reports.domain.unit_rows import PEOPLE, UnitRow
from services.appraisal.reports.usecases.reports import UnitReport
from services.kit.errors import Language, Text
from services.kit.files.pictures import bar, cut, text_at

_TITLE: Final = Text("考核进度", "Progress of the cycle")
_STATE: Final = Text("{name} · {state} · {forms} 份考核表", "{name} · {state} · {forms} forms")
_DUE: Final = Text(" · 本阶段截止 {due}", " · this phase is due on {due}")
_LEGEND: Final = (
    (Text("已完成", "done"), DONE),
    (Text("未完成", "open"), PALE),
)
_GOALS: Final = Text("目标已确认", "goals agreed")
_RATINGS: Final = Text("实名评价已提交", "named ratings in")
_LATE: Final = Text("逾期 {count} 项", "{count} late")
_NOBODY: Final = Text("目前无人逾期", "Nobody is late")
_MORE: Final = Text("另有 {count} 项，见工作簿", "and {count} more: see the workbook")
_ABOUT: Final = Text("{what}：{subject}", "{what}: {subject}")
_NAME, _LABEL, _FIGURE = 200, 128, 96
_BAR: Final = INNER - _NAME - _LABEL - _FIGURE
_ROW, _LINE = 52, 26
_MOST_DRAWN: Final = 40
_MOST_LATE: Final = 12


def drawn(report: UnitReport, language: Language) -> str:
    """Bars by unit, and the first who are late."""
    rows = [report.rows.whole, *report.rows.parts][:_MOST_DRAWN]
    lateness = report.lateness or Lateness(None, 0, [])
    shown = lateness.items[:_MOST_LATE]
    late_top = TOP + 24 + len(rows) * _ROW + 22
    height = late_top + 30 + len(shown) * _LINE + (_LINE if lateness.count > len(shown) else 0) + 24
    parts = [
        *legend([(name.in_language(language), colour) for name, colour in _LEGEND], TOP),
        *_bars(rows, language),
        *_late(lateness, late_top, language),
    ]
    return framed(
        _TITLE.in_language(language), _subtitle(report, lateness, language), parts, height=height, language=language
    )


def _subtitle(report: UnitReport, lateness: Lateness, language: Language) -> str:
    forms = (report.rows.whole.counts or {}).get(PEOPLE, 0)
    state = CYCLE.states[report.cycle.state].in_language(language)
    said = _STATE.in_language(language).format(name=report.cycle.name, state=state, forms=forms)
    due = _DUE.in_language(language).format(due=lateness.due_on) if lateness.due_on else ""
    return f"{said}{due}"


def _bars(rows: list[UnitRow], language: Language) -> Iterator[str]:
    for place, row in enumerate(rows):
        y = TOP + 24 + place * _ROW
        counts = row.counts or {}
        style = "bold" if place == 0 else "name"
        yield text_at(MARGIN, y + 17, style, cut(row.name.in_language(language), _NAME - 12, 13))
        yield text_at(MARGIN, y + 34, "small", cut(row.code, _NAME - 12, 11))
        goals = (counts.get("goals_agreed", 0), counts.get(PEOPLE, 0))
        ratings = (counts.get("ratings_submitted", 0), counts.get("ratings", 0))
        for step, (label, (done, whole)) in enumerate(((_GOALS, goals), (_RATINGS, ratings))):
            yield from _bar(label.in_language(language), done, whole, y + step * 20)
        yield f'<path class="rule" d="M{MARGIN} {y + _ROW - 6}H{WIDTH - MARGIN}"/>'


def _bar(label: str, done: int, whole: int, y: int) -> Iterator[str]:
    x = MARGIN + _NAME
    yield text_at(x, y + 15, "small", label)
    yield bar(x + _LABEL, y + 5, _BAR, 12, PALE)
    yield bar(x + _LABEL, y + 5, share(done, whole, _BAR), 12, DONE)
    figure = f"{done} / {whole}"
    yield text_at(WIDTH - MARGIN, y + 15, "name", figure, anchor="end")


def _late(lateness: Lateness, y: int, language: Language) -> Iterator[str]:
    if not lateness.count:
        yield text_at(MARGIN, y + 12, "h2", _NOBODY.in_language(language))
        return
    yield bar(MARGIN, y - 1, 4, 16, WARNING)
    yield text_at(MARGIN + 12, y + 12, "h2", _LATE.in_language(language).format(count=lateness.count))
    shown = lateness.items[:_MOST_LATE]
    for place, each in enumerate(shown):
        line = y + 38 + place * _LINE
        who = f"{each.person_name or '—'} {each.person_number or ''}".strip()
        what = WHAT_IS_LATE[each.what].in_language(language)
        about = _ABOUT.in_language(language).format(what=what, subject=each.subject_name.in_language(language))
        yield text_at(MARGIN + 12, line, "name", cut(who, 240, 13))
        yield text_at(MARGIN + 270, line, "late", cut(about, 340, 13))
        yield text_at(WIDTH - MARGIN, line, "small", cut(each.unit_name.in_language(language), 230, 11), anchor="end")
    if lateness.count > len(shown):
        more = _MORE.in_language(language).format(count=lateness.count - len(shown))
        yield text_at(MARGIN + 12, y + 38 + len(shown) * _LINE, "small", more)
