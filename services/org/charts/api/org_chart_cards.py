"""What stands on the card of a unit in the picture of an org chart, cut and wrapped to the card's width (ORG-13)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.kit.errors import Language, Text
from services.kit.files.pictures import cut, width_of
from services.org.charts.domain.org_chart import ChartPosition, ChartUnit, Headcount
from services.org.structure.domain.occupancy import AssignmentKind
from services.org.structure.domain.unit import UNIT_KIND_NAMES

WIDTHS: dict[Language, int] = {"zh": 268, "en": 330}
TITLES: dict[Language, int] = {"zh": 104, "en": 164}
"""Of the card, and of the column of titles in it: English ones need more room."""
PADDING = 12
ROW = 19
HEADER = 88
ROSTER_TOP = 8

VACANT = Text("空缺", "vacant")
HEAD = Text("负责人", "Head")
NO_HEAD = Text("未设负责人岗位", "no head position")
COUNTS = Text("编制 {headcount} · 在职 {filled}", "headcount {headcount} · {filled} filled")
FREE = Text(" · 空缺 {vacant}", " · {vacant} vacant")
OVER = Text(" · 超编 {over}", " · {over} over")
BENEATH = Text("含下级 ", "in all ")
MARKS = {
    AssignmentKind.ACTING: Text("（代理）", " (acting)"),
    AssignmentKind.CONCURRENT: Text("（兼任）", " (concurrent)"),
    AssignmentKind.ROTATION: Text("（轮岗）", " (rotation)"),
    AssignmentKind.PROJECT: Text("（项目）", " (project)"),
}


@dataclass(frozen=True)
class Piece:
    """A run of text of one style."""

    text: str
    vacant: bool = False


@dataclass(frozen=True)
class RosterLine:
    """A line of the roster: the position's title on its first line, then people and vacancies."""

    title: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Card:
    """A unit's card, ready to be drawn. ``full`` is everything uncut, for the tooltip."""

    unit: ChartUnit
    width: int
    title_column: int
    name: str
    kind: str
    head: Piece
    counts: tuple[Piece, ...]
    roster: tuple[RosterLine, ...]
    full: str

    @property
    def height(self) -> int:
        """Its height in pixels."""
        roster = ROSTER_TOP + len(self.roster) * ROW + 4 if self.roster else 0
        return HEADER + roster


def card_of(unit: ChartUnit, language: Language) -> Card:
    """The card of a unit in a language."""
    inner = WIDTHS[language] - 2 * PADDING
    name = unit.name if language == "zh" else unit.name_en
    kind = UNIT_KIND_NAMES[unit.kind].in_language(language)
    head = _head(unit.head, language)
    figures = unit.total if unit.children else unit.own
    counts = list(_counts(figures, language))
    if unit.children:
        counts.insert(0, Piece(BENEATH.in_language(language)))
    roster = [line for position in _below_head(unit) for line in _lines(position, language)]
    return Card(
        unit=unit,
        width=WIDTHS[language],
        title_column=TITLES[language],
        name=cut(name, inner, 15),
        kind=cut(f"{kind} {unit.code}", inner, 11),
        head=Piece(cut(head.text, inner, 13), head.vacant),
        counts=tuple(counts),
        roster=tuple(roster),
        full=f"{name} · {kind} {unit.code} · {head.text}",
    )


def _head(position: ChartPosition | None, language: Language) -> Piece:
    if position is None:
        return Piece(NO_HEAD.in_language(language))
    title = position.title if language == "zh" else position.title_en
    holder = position.holder
    if holder is None:
        return Piece(f"{VACANT.in_language(language)} · {title}", vacant=True)
    mark = MARKS[holder.kind].in_language(language) if holder.kind in MARKS else ""
    return Piece(f"{holder.name}{mark} · {title}")


def _counts(figures: Headcount, language: Language) -> Iterator[Piece]:
    yield Piece(COUNTS.in_language(language).format(headcount=figures.headcount, filled=figures.filled))
    if figures.vacant:
        yield Piece(FREE.in_language(language).format(vacant=figures.vacant), vacant=True)
    if figures.over_headcount:
        yield Piece(OVER.in_language(language).format(over=figures.over_headcount), vacant=True)


def _below_head(unit: ChartUnit) -> Iterable[ChartPosition]:
    """The positions of the roster: the head's own position is in the header already."""
    return [
        position
        for position in unit.positions
        if unit.head is None or position.id != unit.head.id or position.headcount > 1 or len(position.people) > 1
    ]


def _lines(position: ChartPosition, language: Language) -> Iterator[RosterLine]:
    title = cut(position.title if language == "zh" else position.title_en, TITLES[language], 12)
    room = WIDTHS[language] - 2 * PADDING - TITLES[language] - 8
    pieces = [
        Piece(person.name + (MARKS[person.kind].in_language(language) if person.kind in MARKS else ""))
        for person in position.people
    ]
    if position.vacant:
        number = f" {position.vacant}" if position.vacant > 1 else ""
        pieces.append(Piece(f"{VACANT.in_language(language)}{number}", vacant=True))
    line: list[Piece] = []
    used = 0
    for piece in pieces:
        shown = Piece(cut(piece.text, room, 12), piece.vacant)
        needed = width_of(shown.text, 12) + (12 if line else 0)
        if line and used + needed > room:
            yield RosterLine(title, tuple(line))
            title, line, used = "", [], 0
            needed -= 12
        line.append(shown)
        used += needed
    yield RosterLine(title, tuple(line))
