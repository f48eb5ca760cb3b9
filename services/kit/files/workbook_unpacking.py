"""Unpacking the parts of an XLSX file piece by piece, so that a few kilobytes never become gigabytes (ORG-14).

Only the parts that are asked for are unpacked. No piece is kept; what may come out is bounded in bytes, in proportion
to what went in, and in the length of a single tag. This module runs in the process of ``files.process``.
"""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO, Final, Protocol
from xml.parsers import expat

MAX_UNPACKED: Final = 256 * 1024 * 1024
MAX_RATIO: Final = 100  # Excel's own files reach 5 to 30
_SMALL: Final = 4 * 1024 * 1024  # so much may come out whatever the proportion
_MAX_PARTS: Final = 2000
_MAX_TAG: Final = 1024 * 1024
_PIECE: Final = 256 * 1024
_ENCRYPTED: Final = 0x1
_OLE: Final = b"\xd0\xcf\x11\xe0"  # how an XLSX file with a password, or an XLS file, begins


class FileRefused(Exception):
    """The file is not taken. ``reason`` is a word for the process that asked; see ``spreadsheet_files``."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Events(Protocol):
    """What is done with a part's XML: with tags by their local names, and with the text between them."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """A tag begins; ``r:id`` of a sheet is called ``rid``."""

    def end(self, name: str) -> None:
        """A tag ends."""

    def text(self, content: str) -> None:
        """Text, or a part of it."""


class Enough(Exception):
    """Raised by ``Events`` that have seen what they wanted."""


class Archive:
    """The parts of a workbook."""

    def __init__(self, file: IO[bytes]) -> None:
        """Raises FileRefused."""
        if file.read(len(_OLE)) == _OLE:
            raise FileRefused("old_or_encrypted")
        try:
            self._zip = zipfile.ZipFile(file)
            parts = self._zip.infolist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as fault:
            raise FileRefused("damaged") from fault
        self._parts = {part.filename: part for part in parts}
        if len(parts) > _MAX_PARTS or len(self._parts) != len(parts):
            raise FileRefused("unusual")
        self._left = MAX_UNPACKED

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        return name in self._parts

    def walk(self, name: str, events: Events) -> None:
        """Run through the XML of a part.

        Raises:
            FileRefused: it is damaged, encrypted, not plain XML, or grows too large.
        """
        parser = _parser(events)
        fed = 0
        try:
            for piece in self._pieces(name):
                fed += len(piece)
                parser.Parse(piece, False)  # noqa: FBT003 - expat takes no keyword
                if fed - max(parser.CurrentByteIndex, 0) > _MAX_TAG:
                    raise FileRefused("too_large")
            parser.Parse(b"", True)  # noqa: FBT003 - the same
        except Enough:
            return
        except expat.ExpatError as fault:
            raise FileRefused("damaged") from fault

    def _pieces(self, name: str) -> Iterator[bytes]:
        part = self._parts.get(name)
        if part is None:
            raise FileRefused("damaged")
        if part.flag_bits & _ENCRYPTED:
            raise FileRefused("old_or_encrypted")
        self._left -= part.file_size  # which zipfile holds the part to, whatever comes out
        if self._left < 0 or part.file_size > max(_SMALL, part.compress_size * MAX_RATIO):
            raise FileRefused("too_large")
        try:
            with self._zip.open(part) as stream:
                while piece := stream.read(_PIECE):
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as fault:
            raise FileRefused("damaged") from fault


def _parser(events: Events) -> expat.XMLParserType:
    """A parser that tells ``events`` of every tag; written for speed, since it runs for each cell of large files."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    names: dict[str, str] = {}
    begin, finish = events.start, events.end

    def local(name: str) -> str:
        if len(names) > _MAX_PARTS:
            raise FileRefused("unusual")
        return names.setdefault(name, name.rpartition(":")[2])

    def start(name: str, attributes: dict[str, str]) -> None:
        known = names.get(name) or local(name)
        if known == "sheet":  # of all tags that are read, the only one whose attributes have a prefix
            attributes = {"rid" if key.endswith(":id") else key: value for key, value in attributes.items()}
        begin(known, attributes)

    def end(name: str) -> None:
        finish(names.get(name) or local(name))

    def refuse(*_: object) -> None:
        raise FileRefused("unusual")  # an XLSX file has no document type, and with it come entities that grow

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = events.text
    parser.StartDoctypeDeclHandler = refuse
    return parser


def resolved(folder: str, target: str) -> str:
    """The name of a part that another one in ``folder`` speaks of."""
    if target.startswith("/"):
        return target.lstrip("/")
    steps: list[str] = []
    for step in PurePosixPath(folder, target).parts:
        if step == "..":
            steps = steps[:-1]
        elif step != ".":
            steps.append(step)
    return "/".join(steps)
