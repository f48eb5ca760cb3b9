"""The texts of an XLSX file: the common list, and the runs that a text is made of (ORG-14).

This module runs in the process of ``files.process``.
"""

import re
from typing import Final

from services.kit.files.workbook_unpacking import FileRefused

MAX_CELL_TEXT: Final = 32_767  # as Excel has it
MAX_STRINGS: Final = 1_000_000
MAX_STRING_TEXT: Final = 32 * 1024 * 1024
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Strings:
    """The common list of texts."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._text = RunText()
        self._length = 0

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self._text.start(name)

    def end(self, name: str) -> None:
        self._text.end(name)
        if name == "si":
            text = self._text.taken()
            self._length += len(text)
            if len(self.found) >= MAX_STRINGS or self._length > MAX_STRING_TEXT:
                raise FileRefused("too_large")
            self.found.append(text)

    def text(self, content: str) -> None:
        self._text.text(content)


class RunText:
    """The text of an ``si`` or ``is``: all its runs, without the phonetic ones."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._collects = False
        self._phonetic = False

    def start(self, name: str) -> None:
        if name == "t":
            self._collects = not self._phonetic
        elif name == "rPh":
            self._phonetic = True

    def end(self, name: str) -> None:
        if name == "t":
            self._collects = False
        elif name == "rPh":
            self._phonetic = False

    def text(self, content: str) -> None:
        if self._collects:
            self._length += len(content)
            if self._length > MAX_CELL_TEXT:
                raise FileRefused("cell_too_long")
            self._pieces.append(content)

    def taken(self) -> str:
        """What was collected; the next text begins."""
        text = "".join(self._pieces)
        self._pieces, self._length = [], 0
        return unescaped(text)


def unescaped(text: str) -> str:
    """Text with characters that XML cannot hold, which Excel writes as ``_x000D_``."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
