"""What all pictures of reports share: their frame, colours and legend (APR-20)."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from services.appraisal.library.domain.attainment import UNATTAINED_NAMES
from services.appraisal.library.domain.figures import figure
from services.appraisal.reports.domain.comparison import Comparison
from services.kit.errors import Language, Text
from services.kit.files.pictures import bar, cut, document, text_at, width_of

WIDTH: Final = 960
MARGIN: Final = 36
INNER: Final = WIDTH - 2 * MARGIN
TOP: Final = 104
ACCENT: Final = "#1f4e79"
DONE: Final = "#2f7f8f"
PALE: Final = "#e6ebf0"
WARNING: Final = "#c0562d"
GRADE_COLOURS: Final = {"S": "#1f4e79", "A": "#2f7f8f", "B": "#8fb8a8", "C": "#e0b465", "D": "#c0562d"}
ON_DARK: Final = frozenset({"S", "A", "D"})
NOTHING: Final = Text("暂无数据", "No data yet")
TOO_FEW: Final = Text("人数不足 3 人，不单独显示", "fewer than 3 people, not shown")
NO_VALUE: Final = "—"
STYLE: Final = (
    ".h1{font-size:22px;font-weight:600;fill:#1f4e79}.sub{font-size:13px;fill:#5b6675}"
    ".h2{font-size:15px;font-weight:600}.name{font-size:13px}.bold{font-size:13px;font-weight:600}"
    ".small{font-size:11px;fill:#5b6675}.white{font-size:11px;fill:#fff}.dark{font-size:11px;fill:#1b2430}"
    ".big{font-size:26px;font-weight:600;fill:#1f4e79}.late{font-size:13px;fill:#c0562d}"
    ".rule{stroke:#d9dfe6}.card{fill:#fff;stroke:#d9dfe6}"
)


def framed(title: str, subtitle: str, parts: Iterable[str], *, height: int, language: Language) -> str:
    """A picture with its title and a subtitle."""
    heading = (
        bar(0, 0, WIDTH, 6, ACCENT),
        text_at(MARGIN, 46, "h1", cut(title, INNER, 22)),
        text_at(MARGIN, 70, "sub", cut(subtitle, INNER, 13)),
        f'<path class="rule" d="M{MARGIN} 84H{WIDTH - MARGIN}"/>',
    )
    shown = (*heading, *parts)
    return document(shown, width=WIDTH, height=height, label=title, style=STYLE, language=language, ground="#ffffff")


def legend(entries: Sequence[tuple[str, str]], y: int) -> Iterator[str]:
    """Coloured squares with what they mean, in a row."""
    x = MARGIN
    for name, colour in entries:
        yield bar(x, y - 10, 12, 12, colour)
        yield text_at(x + 18, y, "small", name)
        x += 18 + width_of(name, 11) + 22


def number(value: Decimal | None) -> str:
    """A figure for people; a dash where there is none."""
    return NO_VALUE if value is None else figure(value)


def percent(value: Decimal | None) -> str:
    """A percentage for people; a dash where there is none."""
    return NO_VALUE if value is None else f"{value}%"


def attained(value: Comparison, language: Language) -> str:
    """An attainment for people, or why there is none."""
    if value.attainment is not None or value.unattained is None:
        return percent(value.attainment)
    return UNATTAINED_NAMES[value.unattained].in_language(language)


def share(part: int | Decimal, whole: int | Decimal, room: int) -> int:
    """How many of ``room`` pixels ``part`` takes of ``whole``."""
    return int(Decimal(room) * Decimal(part) / Decimal(whole)) if whole else 0
