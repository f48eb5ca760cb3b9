"""A simulation as a workbook and as a picture (INC-14)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final
from xml.sax.saxutils import escape

from services.incentive.currencies import currency_name, has_minor_unit
from services.incentive.simulations.domain.simulation import Comparison, Group
from services.incentive.simulations.usecases.simulations import Simulation
from services.kit.errors import Language, Text
from services.kit.files.writing import SheetContent, Value, write_workbook
from services.kit.periods import period_in_words

_UNIT: Final = Text("部门", "Unit")
_GRADE: Final = Text("等级", "Grade")
_TOTAL: Final = Text("合计", "Total")
_COLUMNS: Final = (
    Text("币种", "Currency"),
    Text("人数（实际）", "People, actual"),
    Text("税前金额（实际）", "Amount before tax, actual"),
    Text("人数（试算）", "People, simulated"),
    Text("税前金额（试算）", "Amount before tax, simulated"),
    Text("差额", "Difference"),
)
_SHEETS: Final = (Text("按部门", "By unit"), Text("按等级", "By grade"))
_ACTUAL: Final = Text("实际", "actual")
_SIMULATED: Final = Text("试算", "simulated")
_NOTE: Final = Text("金额均为税前；试算不改变任何记录", "Amounts before tax; a simulation changes no record")
_WIDTH, _LEFT, _BARS, _ROW, _HEADING, _TOP = 860, 210, 500, 44, 34, 78
_LONGEST: Final = 13
"""So many characters of a name fit before the bars."""
_GREY: Final = "#5b6570"
_COLOURS: Final = ("#8a97a6", "#1f6fb2")


def workbook(simulation: Simulation, language: Language) -> bytes:
    """A sheet by unit and one by grade, each with the total below."""
    sheets = zip(_SHEETS, (_UNIT, _GRADE), (simulation.units, simulation.grades), strict=True)
    return write_workbook(
        SheetContent(
            sheet.in_language(language),
            [first.in_language(language), *(column.in_language(language) for column in _COLUMNS)],
            _rows(groups, simulation, language),
        )
        for sheet, first, groups in sheets
    )


def _rows(groups: Sequence[Group], simulation: Simulation, language: Language) -> Iterator[Sequence[Value]]:
    for group in groups:
        yield _row(group.name.in_language(language), group.currency, group.comparison)
    for currency, comparison in simulation.totals.items():
        yield _row(_TOTAL.in_language(language), currency, comparison)


def _row(name: str, currency: str, comparison: Comparison) -> Sequence[Value]:
    actual, simulated = comparison.actual, comparison.simulated
    sides = (actual.people, actual.amount, simulated.people, simulated.amount)
    return (name, currency, *sides, comparison.difference)


def picture(simulation: Simulation, language: Language) -> str:
    """Two bars a group, the actual one above: by unit, by grade, and the total, each to a scale of its own."""
    totals = [Group(currency, _TOTAL, currency, each) for currency, each in simulation.totals.items()]
    sections = list(zip((*_SHEETS, _TOTAL), (simulation.units, simulation.grades, totals), strict=True))
    height = _TOP + sum(_HEADING + len(groups) * _ROW for _, groups in sections) + 36
    title = Text(
        f"{simulation.plan.zh}试算 · {period_in_words(simulation.period).zh}",
        f"{simulation.plan.en}, simulated · {period_in_words(simulation.period).en}",
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        'font-family="sans-serif">',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        _text(20, 34, title.in_language(language), size=19),
        *_legend(language),
        *_sections(sections, language),
        _text(20, height - 14, _NOTE.in_language(language), size=11, fill=_GREY),
        "</svg>",
    ]
    return "\n".join(parts)


def _legend(language: Language) -> Iterator[str]:
    for place, (name, colour) in enumerate(zip((_ACTUAL, _SIMULATED), _COLOURS, strict=True)):
        x = 20 + place * 110
        yield f'<rect x="{x}" y="52" width="12" height="12" fill="{colour}"/>'
        yield _text(x + 18, 63, name.in_language(language))


def _sections(sections: Sequence[tuple[Text, Sequence[Group]]], language: Language) -> Iterator[str]:
    y = _TOP
    for heading, groups in sections:
        yield _text(20, y + 20, heading.in_language(language), size=14, fill=_COLOURS[1])
        y += _HEADING
        for group in groups:
            yield from _bars(group, _largest(groups, group.currency), y, language)
            y += _ROW


def _largest(groups: Sequence[Group], currency: str) -> Decimal:
    """The largest amount in a currency, to which the others are drawn."""
    sides = [(each.comparison.actual, each.comparison.simulated) for each in groups if each.currency == currency]
    return max((side.amount for both in sides for side in both), default=Decimal(0))


def _bars(group: Group, largest: Decimal, y: int, language: Language) -> Iterator[str]:
    name = group.name.in_language(language)
    yield _text(20, y + 16, name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…")
    yield _text(20, y + 32, currency_name(group.currency).in_language(language), size=11, fill=_GREY)
    sides = (group.comparison.actual.amount, group.comparison.simulated.amount)
    for place, (amount, colour) in enumerate(zip(sides, _COLOURS, strict=True)):
        length = max(int(_BARS * amount / largest), 1) if largest > 0 and amount > 0 else 1
        top = y + 4 + place * 17
        yield f'<rect x="{_LEFT}" y="{top}" width="{length}" height="14" fill="{colour}"/>'
        places = 2 if has_minor_unit(group.currency) or amount % 1 else 0
        yield _text(_LEFT + length + 8, top + 12, f"{amount:,.{places}f}", size=12)


def _text(x: int, y: int, content: str, *, size: int = 13, fill: str = "#222222") -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{fill}">{escape(content)}</text>'
