"""The distribution of grades as a picture: two bars a unit, as computed and as it is now (APR-20)."""

from collections.abc import Iterator, Mapping
from typing import Final

from services.appraisal.library.domain.grade import Grade
from services.appraisal.reports.api.pictures import (
    GRADE_COLOURS,
    INNER,
    MARGIN,
    NOTHING,
    ON_DARK,
    PALE,
    TOO_FEW,
    TOP,
    WIDTH,
    framed,
    legend,
    share,
)
from services.appraisal.reports.domain.unit_rows import PEOPLE, UnitRow
from services.appraisal.reports.usecases.reports import UnitReport
from services.kit.errors import Language, Text
from services.kit.files.pictures import bar, cut, text_at, width_of

_TITLE: Final = Text("等级分布", "Distribution of grades")
_SUBTITLE: Final = Text(
    "{name} · {people} 人 · 上：计算等级，下：最终等级", "{name} · {people} people · above: computed, below: final"
)
_NOBODY: Final = Text("{name}", "{name}")
_NAMES: Final = {
    Grade.S: Text("S 卓越", "S outstanding"),
    Grade.A: Text("A 优秀", "A excellent"),
    Grade.B: Text("B 达标", "B meets expectations"),
    Grade.C: Text("C 待改进", "C needs improvement"),
    Grade.D: Text("D 不合格", "D unsatisfactory"),
}
_SIDES: Final = (("computed", Text("计算", "computed")), ("final", Text("最终", "final")))
_PEOPLE: Final = Text("{count} 人", "{count} people")
_NAME, _LABEL = 220, 70
_BAR: Final = INNER - _NAME - _LABEL
_ROW: Final = 64
_MOST_DRAWN: Final = 40


def drawn(report: UnitReport, language: Language) -> str:
    """Two bars a unit; their parts are shares of its people, with how many they are."""
    rows = [report.rows.whole, *report.rows.parts][:_MOST_DRAWN]
    names = [(_NAMES[grade].in_language(language), GRADE_COLOURS[grade.value]) for grade in Grade]
    parts = [*legend(names, TOP)]
    for place, row in enumerate(rows):
        parts.extend(_unit(row, TOP + 24 + place * _ROW, language, first=place == 0))
    counts = report.rows.whole.counts
    said = _SUBTITLE if counts else _NOBODY
    people = (counts or {}).get(PEOPLE, 0)
    subtitle = said.in_language(language).format(name=report.cycle.name, people=people)
    height = TOP + 24 + len(rows) * _ROW + 16
    return framed(_TITLE.in_language(language), subtitle, parts, height=height, language=language)


def _unit(row: UnitRow, y: int, language: Language, *, first: bool) -> Iterator[str]:
    style = "bold" if first else "name"
    yield text_at(MARGIN, y + 22, style, cut(row.name.in_language(language), _NAME - 14, 13))
    if row.counts is not None:
        people = _PEOPLE.in_language(language).format(count=row.counts.get(PEOPLE, 0))
        yield text_at(MARGIN, y + 40, "small", cut(f"{row.code} · {people}" if row.code else people, _NAME - 14, 11))
    for step, (side, label) in enumerate(_SIDES):
        top = y + 6 + step * 24
        yield text_at(MARGIN + _NAME, top + 14, "small", label.in_language(language))
        yield bar(MARGIN + _NAME + _LABEL, top, _BAR, 19, PALE)
        yield from _shares(row.counts, side, top, language)
    yield f'<path class="rule" d="M{MARGIN} {y + _ROW - 4}H{WIDTH - MARGIN}"/>'


def _shares(counts: Mapping[str, int] | None, side: str, y: int, language: Language) -> Iterator[str]:
    x = start = MARGIN + _NAME + _LABEL
    people = 0 if counts is None else counts.get(PEOPLE, 0)
    if counts is None or not people:
        said = TOO_FEW if counts is None else NOTHING
        yield text_at(start + 8, y + 14, "small", said.in_language(language))
        return
    so_far = 0
    for grade in Grade:
        count = counts.get(f"{side}:{grade.value}", 0)
        so_far += count
        end = start + share(so_far, people, _BAR)
        if count:
            yield bar(x, y, end - x, 19, GRADE_COLOURS[grade.value])
            said_count = f"{grade.value} {count}"
            fitting = said_count if width_of(said_count, 11) + 8 <= end - x else str(count)
            if width_of(fitting, 11) + 4 <= end - x:
                style = "white" if grade.value in ON_DARK else "dark"
                yield text_at((x + end) // 2, y + 14, style, fitting, anchor="middle")
        x = end
