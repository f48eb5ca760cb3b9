"""The balanced scorecard of a unit as a picture: a card a perspective, a bar an indicator (APR-20)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.reports.api.pictures import (
    DONE,
    INNER,
    MARGIN,
    NOTHING,
    PALE,
    TOO_FEW,
    TOP,
    WARNING,
    attained,
    framed,
    number,
    percent,
    share,
)
from services.appraisal.reports.domain.comparison import CardLine, Perspective, shown_weight
from services.appraisal.reports.usecases.reports import Scorecard
from services.kit.errors import Language, Text
from services.kit.files.pictures import bar, cut, text_at, width_of

_TITLE: Final = Text("平衡计分卡：{unit}", "Balanced scorecard: {unit}")
_BY: Final = {
    SubjectKind.UNIT: Text("按单元自身的考核表", "by the unit's own form"),
    SubjectKind.EMPLOYEE: Text("按单元内人员的考核表汇总", "by the forms of its people"),
}
_SUBTITLE: Final = Text("{cycle} · {by} · 综合达成率 {attainment}", "{cycle} · {by} · attainment {attainment}")
_WEIGHT: Final = Text("权重 {weight}%", "weight {weight}%")
_FIGURES: Final = Text("实绩 {actual} / 目标 {target}{unit}", "actual {actual} / target {target}{unit}")
_FULL: Final = Decimal(120)
"""Percent at the end of a bar; a mark stands at 100."""
_GAP: Final = 20
_CARD: Final = (INNER - _GAP) // 2
_PAD: Final = 18
_HEAD, _LINE, _FOOT = 64, 58, 10


def drawn(found: Scorecard, language: Language) -> str:
    """Two cards beside each other, as many rows as it takes."""
    attainment = percent(found.attainment)
    by = _BY[found.kind].in_language(language)
    subtitle = _SUBTITLE.in_language(language).format(cycle=found.cycle.name, by=by, attainment=attainment)
    parts: list[str] = []
    y = TOP
    pairs = [found.perspectives[place : place + 2] for place in range(0, len(found.perspectives), 2)]
    for pair in pairs:
        height = max(_HEAD + len(each.lines) * _LINE + _FOOT for each in pair)
        for place, each in enumerate(pair):
            parts.extend(_card(each, MARGIN + place * (_CARD + _GAP), y, height, language))
        y += height + _GAP
    if not pairs:
        parts.append(text_at(MARGIN, TOP + 30, "sub", NOTHING.in_language(language)))
        y += 50
    title = _TITLE.in_language(language).format(unit=found.unit_name.in_language(language))
    return framed(title, subtitle, parts, height=y + 12, language=language)


def _card(found: Perspective, x: int, y: int, height: int, language: Language) -> Iterator[str]:
    yield f'<rect class="card" x="{x}" y="{y}" width="{_CARD}" height="{height}" rx="6"/>'
    said = percent(found.attainment)
    room = _CARD - 2 * _PAD - width_of(said, 26) - 12
    yield text_at(x + _PAD, y + 28, "h2", cut(found.name.in_language(language), room, 15))
    weight = _WEIGHT.in_language(language).format(weight=shown_weight(found.weight))
    yield text_at(x + _PAD, y + 46, "small", weight)
    yield text_at(x + _CARD - _PAD, y + 40, "big", said, anchor="end")
    yield from _lines(found.lines, x + _PAD, y + _HEAD, language)


def _lines(lines: Sequence[CardLine], x: int, y: int, language: Language) -> Iterator[str]:
    room = _CARD - 2 * _PAD
    for place, line in enumerate(lines):
        top = y + place * _LINE
        value = line.value
        said = attained(value, language)
        yield text_at(x, top + 12, "name", cut(line.name.in_language(language), room - width_of(said, 13) - 10, 13))
        yield text_at(x + room, top + 12, "bold", said, anchor="end")
        yield bar(x, top + 19, room, 8, PALE)
        if value.attainment is not None:
            reached = min(max(value.attainment, Decimal(0)), _FULL)
            colour = DONE if value.attainment >= 100 else WARNING  # noqa: PLR2004 - percent
            yield bar(x, top + 19, share(reached, _FULL, room), 8, colour)
        yield bar(x + share(100, _FULL, room), top + 17, 2, 12, "#5b6675")
        yield text_at(x, top + 43, "small", cut(_figures(line, language), room, 11))


def _figures(line: CardLine, language: Language) -> str:
    value = line.value
    if value.hidden:
        return TOO_FEW.in_language(language)
    measure = line.unit.in_language(language)
    unit = f" {measure}" if measure else ""
    return _FIGURES.in_language(language).format(actual=number(value.actual), target=number(value.target), unit=unit)
