"""Documents to take away: a Typst template and data in, a PDF out, the same bytes each time.

The only font is the one that is installed with Merit, so that a document looks the same everywhere. What a template
gets stands in it as text and never as markup.
"""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import typst

FONT: Final = "Noto Sans CJK TC"
"""Holds the glyphs of every region, those of Taiwan unless a language and region are said."""
MAINLAND: Final = rb"""#show regex("[\p{Han}\u{3000}-\u{303F}\u{FF00}-\u{FFEF}]+"): set text(
  lang: "zh", region: "cn", script: "hani"
)
"""
"""Chinese is set as on the mainland in documents of other languages too: names stand there as they are.

The script is said because the font has forms of the mainland for Han only: a comma between two figures would count as
Latin and be set as in Taiwan.
"""
_HOME: Final = "cvttf_NotoSansCJK_Regular"


async def typeset(template: bytes, data: Mapping[str, object], *, made_at: datetime) -> bytes:
    """The PDF of a template, which finds ``data`` as JSON in ``sys.inputs.data``, without blocking other tasks.

    ``made_at`` is what the document says of when it was made: the same gives the same bytes.
    """
    return await asyncio.to_thread(_typeset, template, json.dumps(data, ensure_ascii=False), int(made_at.timestamp()))


def _typeset(template: bytes, data: str, made_at: int) -> bytes:
    made = typst.compile(
        MAINLAND + template,
        format="pdf",
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": data, "font": FONT},
        timestamp=made_at,
    )
    if not isinstance(made, bytes):
        raise TypeError("a template makes one document")
    return made


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """The one font. Its package is not imported, since nothing of its code is wanted."""
    found = find_spec(_HOME)
    if found is None or found.origin is None:
        raise FileNotFoundError(_HOME)
    folder = Path(found.origin).parent
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
