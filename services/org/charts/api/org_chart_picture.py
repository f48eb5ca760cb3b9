"""An org chart as an SVG picture that stands alone: nothing is fetched, every text is escaped (ORG-13)."""

from collections.abc import Iterator, Sequence
from datetime import date
from html import escape

from services.kit.errors import Language, Text
from services.kit.files.pictures import cut, document, text_at
from services.org.charts.api.org_chart_cards import HEADER, PADDING, ROSTER_TOP, ROW, Card, Piece, card_of
from services.org.charts.domain.chart_layout import Box, Line, Placed, laid_out
from services.org.charts.domain.org_chart import ChartNode, Headcount
from services.org.structure.domain.unit import UnitKind

MARGIN = 32
TOP = 72
NARROWEST = 560
HEADING = Text("组织架构图", "Organisation chart")
AS_OF = Text("截至 {day}", "as of {day}")
SUM = Text(
    "编制 {headcount} · 在职 {filled} · 空缺 {vacant}", "headcount {headcount} · {filled} filled · {vacant} vacant"
)
NOTHING = Text("该日期没有组织单元。", "There are no units on that day.")
COLOURS = {
    UnitKind.GROUP: "#1d3557",
    UnitKind.COMPANY: "#27548a",
    UnitKind.BRANCH: "#27548a",
    UnitKind.DEPARTMENT: "#2f7f8f",
    UnitKind.TEAM: "#6b7f3a",
    UnitKind.PROJECT_TEAM: "#8a5a2b",
}
STYLE = (
    ".h1{font-size:22px;font-weight:600}.sub{font-size:13px;fill:#5b6675}"
    ".name{font-size:15px;font-weight:600;fill:#fff}.kind{font-size:11px;fill:#fff;opacity:.85}"
    ".head{font-size:13px;font-weight:500}.count{font-size:12px;fill:#5b6675}"
    ".title{font-size:12px;fill:#5b6675}.who{font-size:12px}.vacant{fill:#c0262d}"
    ".card{fill:#fff;stroke:#c3ccd6}.rule{stroke:#e3e8ee}.line{fill:none;stroke:#8a97a6;stroke-width:1.5}"
)


def drawn(roots: Sequence[ChartNode], day: date, language: Language) -> str:
    """The picture of these trees as of ``day``."""
    picture = laid_out([_box(root, language) for root in roots])
    width, height = max(picture.width + 2 * MARGIN, NARROWEST), picture.height + TOP + 2 * MARGIN
    shift = max((width - picture.width) // 2, MARGIN)
    parts = [
        *_heading(roots, day, language, width),
        f'<g transform="translate({shift} {TOP + MARGIN})">',
        *(_line(line) for line in picture.lines),
        *(part for placed in picture.boxes for part in _card(placed)),
        "</g>",
    ]
    label = HEADING.in_language(language)
    return document(parts, width=width, height=height, label=label, style=STYLE, language=language, ground="#f6f8fa")


def _box(node: ChartNode, language: Language) -> Box[Card]:
    card = card_of(node.unit, language)
    return Box(card, card.width, card.height, tuple(_box(child, language) for child in node.beneath))


def _heading(roots: Sequence[ChartNode], day: date, language: Language, width: int) -> Iterator[str]:
    names = [root.unit.name if language == "zh" else root.unit.name_en for root in roots]
    heading = " · ".join([HEADING.in_language(language), *names[:3]])
    yield text_at(MARGIN, 44, "h1", cut(heading, width - 2 * MARGIN, 22))
    total = sum((root.unit.total for root in roots), start=Headcount())
    figures = SUM.in_language(language).format(**vars(total))
    said = f"{AS_OF.in_language(language).format(day=day)} · {figures}" if roots else NOTHING.in_language(language)
    yield text_at(MARGIN, 68, "sub", said)


def _line(line: Line) -> str:
    points = " ".join(f"{x},{y}" for x, y in line.points)
    return f'<polyline class="line" points="{points}"/>'


def _card(placed: Placed[Card]) -> Iterator[str]:
    card = placed.box.thing
    dashes = ' stroke-dasharray="5 4"' if card.unit.kind is UnitKind.PROJECT_TEAM else ""
    yield f'<g transform="translate({placed.x} {placed.y})"><title>{escape(card.full)}</title>'
    yield f'<rect class="card" width="{card.width}" height="{card.height}" rx="6"{dashes}/>'
    top = f"M0 6a6 6 0 0 1 6-6h{card.width - 12}a6 6 0 0 1 6 6v36h-{card.width}z"
    yield f'<path d="{top}" fill="{COLOURS[card.unit.kind]}"/>'
    yield text_at(PADDING, 20, "name", card.name)
    yield text_at(PADDING, 35, "kind", card.kind)
    yield _pieces(PADDING, 60, "head", [card.head], "")
    yield _pieces(PADDING, 78, "count", card.counts, "")
    if card.roster:
        yield f'<path class="rule" d="M{PADDING} {HEADER + 2}H{card.width - PADDING}"/>'
    for number, line in enumerate(card.roster):
        y = HEADER + ROSTER_TOP + number * ROW + 12
        if line.title:
            yield text_at(PADDING, y, "title", line.title)
        yield _pieces(PADDING + card.title_column + 8, y, "who", line.pieces, "、")
    yield "</g>"


def _pieces(x: int, y: int, style: str, pieces: Sequence[Piece], between: str) -> str:
    spans = between.join(
        f'<tspan class="vacant">{escape(piece.text)}</tspan>' if piece.vacant else escape(piece.text)
        for piece in pieces
    )
    return f'<text x="{x}" y="{y}" class="{style}">{spans}</text>'
