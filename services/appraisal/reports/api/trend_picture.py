"""The trend of an indicator as a picture: actuals as bars, targets as a line, attainment above (APR-20)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

from services.appraisal.library.domain.scheme import FREQUENCY_NAMES, SubjectKind
from services.appraisal.reports.api.pictures import (
    DONE,
    INNER,
    MARGIN,
    NOTHING,
    PALE,
    TOP,
    WARNING,
    WIDTH,
    attained,
    framed,
    legend,
    number,
)
from services.appraisal.reports.domain.comparison import TrendPoint
from services.appraisal.reports.usecases.reports import Trend
from services.kit.errors import Language, Text
from services.kit.files.pictures import bar, cut, text_at

_TITLE: Final = Text("指标趋势：{name}", "Trend: {name}")
_KINDS: Final = {
    SubjectKind.EMPLOYEE: Text("人员", "people"),
    SubjectKind.UNIT: Text("单元", "units"),
    SubjectKind.SUPPLIER: Text("供应商", "suppliers"),
}
_ALL: Final = Text("全部可见范围", "everything visible to you")
_SUBTITLE: Final = Text(
    "{unit} · 按{kind}考核表 · {frequency}{measure} · 柱上百分数为达成率",
    "{unit} · by forms of {kind} · by {frequency}{measure} · percentages are attainment",
)
_MEASURE: Final = Text(" · 单位：{unit}", " · in {unit}")
_LEGEND: Final = (
    (Text("实绩", "actual"), DONE),
    (Text("目标", "target"), WARNING),
)
_PLOT_TOP: Final = TOP + 52
_PLOT: Final = 260
_ZERO_ROOM: Final = 24
_DOT: Final = 6
_HEIGHT: Final = _PLOT_TOP + _PLOT + 56


def drawn(found: Trend, language: Language) -> str:
    """A column a cycle, the oldest first, to one scale from zero."""
    facts = found.indicator.facts
    unit = facts.measure.in_language(language)
    measure = _MEASURE.in_language(language).format(unit=unit) if unit else ""
    subtitle = _SUBTITLE.in_language(language).format(
        unit=(found.unit_name or _ALL).in_language(language),
        kind=_KINDS[found.kind].in_language(language),
        frequency=FREQUENCY_NAMES[found.frequency].in_language(language),
        measure=measure,
    )
    title = _TITLE.in_language(language).format(name=facts.name.in_language(language))
    parts = [*legend([(name.in_language(language), colour) for name, colour in _LEGEND], TOP)]
    parts.extend(_columns(found.points, language))
    return framed(title, subtitle, parts, height=_HEIGHT, language=language)


def _columns(points: Sequence[TrendPoint], language: Language) -> Iterator[str]:
    if not points:
        yield text_at(WIDTH // 2, _PLOT_TOP + _PLOT // 2, "sub", NOTHING.in_language(language), anchor="middle")
        return
    figures = [each for point in points for each in (point.value.actual, point.value.target) if each is not None]
    top, bottom = max([Decimal(0), *figures]), min([Decimal(0), *figures])
    scale = _Scale(top, bottom)
    step = INNER // max(len(points), 4)
    for place, point in enumerate(points):
        yield from _column(point, MARGIN + place * step, step, scale, language)
    yield from _targets(points, step, scale)
    yield f'<path class="rule" d="M{MARGIN} {scale.y(Decimal(0))}H{WIDTH - MARGIN}"/>'


class _Scale:
    """From figures to pixels: the largest at the top of the plot, the smallest (zero at most) at its foot."""

    def __init__(self, top: Decimal, bottom: Decimal) -> None:
        self._top, self._span = top, top - bottom or Decimal(1)

    def y(self, value: Decimal) -> int:
        return _PLOT_TOP + int((self._top - value) / self._span * _PLOT)


def _targets(points: Sequence[TrendPoint], step: int, scale: _Scale) -> Iterator[str]:
    """The targets as dots, joined by a line where cycles beside each other have one."""
    dots = [
        (place, MARGIN + place * step + step // 2, scale.y(point.value.target))
        for place, point in enumerate(points)
        if point.value.target is not None
    ]
    for (place, x, y), (following, to_x, to_y) in pairwise(dots):
        if following == place + 1:
            yield f'<path d="M{x} {y}L{to_x} {to_y}" stroke="{WARNING}" stroke-width="3" stroke-linecap="round"/>'
    for _, x, y in dots:
        yield f'<circle cx="{x}" cy="{y}" r="{_DOT}" fill="{WARNING}" stroke="#ffffff" stroke-width="2"/>'


def _column(point: TrendPoint, x: int, step: int, scale: _Scale, language: Language) -> Iterator[str]:
    value, middle = point.value, x + step // 2
    wide = min(step - 24, 88)
    foot = scale.y(Decimal(0))
    highest = foot
    if value.hidden:
        yield bar(middle - wide // 2, foot - _ZERO_ROOM, wide, _ZERO_ROOM, PALE)
        yield text_at(middle, foot - _ZERO_ROOM // 2 + 4, "small", "< 3", anchor="middle")
    if value.actual is not None:
        end = scale.y(value.actual)
        highest = min(highest, end)
        yield bar(middle - wide // 2, min(foot, end), wide, max(abs(foot - end), 1), DONE)
    if value.target is not None:
        highest = min(highest, scale.y(value.target) - _DOT)
    if not value.hidden:
        yield text_at(middle, highest - 24, "bold", cut(attained(value, language), step - 6, 13), anchor="middle")
        yield text_at(middle, highest - 9, "small", cut(number(value.actual), step - 4, 11), anchor="middle")
    yield text_at(middle, _PLOT_TOP + _PLOT + 26, "name", cut(point.code, step - 6, 13), anchor="middle")
