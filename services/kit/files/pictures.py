"""Drawing SVG pictures that stand alone: nothing is fetched, every text is escaped and fits the room it has."""

import unicodedata
from collections.abc import Iterable
from html import escape
from typing import Final

from services.kit.errors import Language

SVG: Final = "image/svg+xml"
PICTURE_ANSWER: Final[dict[int | str, dict[str, object]]] = {200: {"content": {SVG: {}}}}
PICTURE_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}
FONTS: Final = (
    "text{font-family:'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei','Noto Sans',sans-serif;"
    "fill:#1b2430}"
)


def width_of(text: str, size: int) -> int:
    """About how wide a text of a font size is, in pixels; Chinese characters are square, others a bit over half."""
    thousandths = sum(1000 if unicodedata.east_asian_width(each) in "WFA" else 550 for each in text)
    return -(-thousandths * size // 1000)


def cut(text: str, width: int, size: int) -> str:
    """The text, with … for what does not fit."""
    if width_of(text, size) <= width:
        return text
    kept = text
    while kept and width_of(f"{kept}…", size) > width:
        kept = kept[:-1]
    return f"{kept}…"


def document(
    parts: Iterable[str], *, width: int, height: int, label: str, style: str, language: Language, ground: str
) -> str:
    """The picture of these parts on a ground of one colour; ``label`` says what it shows to whoever cannot see it."""
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
            f' role="img" aria-label="{escape(label)}" lang="{language}">',
            f"<style>{FONTS}{style}</style>",
            f'<rect width="{width}" height="{height}" fill="{ground}"/>',
            *parts,
            "</svg>\n",
        )
    )


def text_at(x: int, y: int, style: str, said: str, *, anchor: str = "start") -> str:
    """A text whose start, middle or end stands at a point."""
    placed = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{x}" y="{y}" class="{style}"{placed}>{escape(said)}</text>'


def bar(x: int, y: int, width: int, height: int, colour: str) -> str:
    """A filled rectangle."""
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{colour}"/>'
