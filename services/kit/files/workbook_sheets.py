"""The sheets of an XLSX file: which there are, who sees them, where their cells and texts lie (ORG-14).

This module runs in the process of ``files.process``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from services.kit.files.workbook_cells import Cells, Emit
from services.kit.files.workbook_strings import Strings
from services.kit.files.workbook_styles import NumberFormat, Styles
from services.kit.files.workbook_unpacking import Archive, Enough, FileRefused, resolved

_WORKBOOK: Final = "xl/workbook.xml"
_MAX_SHEETS: Final = 500
_HIDDEN: Final = frozenset({"hidden", "veryHidden"})


@dataclass(frozen=True)
class SheetPart:
    """A sheet: its name, the part of the file that holds it, whether its users see it."""

    name: str
    part: str
    hidden: bool


@dataclass
class Workbook:
    """A workbook, its cells not yet read."""

    archive: Archive
    sheets: list[SheetPart]
    from_1904: bool
    styles: Styles
    _strings_part: str | None
    _strings: list[str] | None = None
    formats: dict[str | None, NumberFormat] = field(default_factory=dict)

    @classmethod
    def of(cls, archive: Archive) -> "Workbook":
        """Raises FileRefused."""
        if not archive.has(_WORKBOOK):
            raise FileRefused("not_a_workbook")
        listed, related, styles = _SheetList(), _Relations(), Styles()
        archive.walk(_WORKBOOK, listed)
        archive.walk("xl/_rels/workbook.xml.rels", related)
        sheets = [
            SheetPart(name, related.targets[rid], state in _HIDDEN)
            for name, rid, state in listed.sheets
            if rid in related.targets
        ]
        if related.by_type.get("styles"):
            archive.walk(related.by_type["styles"], styles)
        return cls(archive, sheets, listed.from_1904, styles, related.by_type.get("sharedStrings"))

    def read(self, sheet: SheetPart, emit: Emit, *, max_rows: int) -> None:
        """Give every row that holds a value to ``emit``, with its number.

        Raises:
            FileRefused: damaged, or reaching too far.
        """
        self.archive.walk(sheet.part, Cells(self, emit, max_rows))

    def is_empty(self, sheet: SheetPart) -> bool:
        """Whether a sheet holds no value at all."""
        found = False

        def seen(_row: int, _cells: list[object]) -> None:
            nonlocal found
            found = True
            raise Enough

        self.archive.walk(sheet.part, Cells(self, seen, None))
        return not found

    def string(self, number: str) -> str:
        """A text of the file's common list."""
        if self._strings is None:
            strings = Strings()
            if self._strings_part:
                self.archive.walk(self._strings_part, strings)
            self._strings = strings.found
        try:
            return self._strings[int(number)]
        except (IndexError, ValueError) as fault:
            raise FileRefused("damaged") from fault

    def format_of(self, style: str | None) -> NumberFormat:
        """How a cell of this style shows its number."""
        known = self.formats.get(style)
        if known is None:
            known = self.formats[style] = self.styles.format_of(style)
        return known


class _Silent:
    """Events that pass over all but the tags that begin."""

    def end(self, name: str) -> None:
        pass

    def text(self, content: str) -> None:
        pass


class _SheetList(_Silent):
    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, str]] = []
        self.from_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            self.sheets.append((attributes.get("name", ""), attributes.get("rid", ""), attributes.get("state", "")))
            if len(self.sheets) > _MAX_SHEETS:
                raise FileRefused("unusual")
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904", "0") in {"1", "true"}


class _Relations(_Silent):
    def __init__(self) -> None:
        self.targets: dict[str, str] = {}
        self.by_type: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            target = resolved("xl", attributes.get("Target", ""))
            self.targets[attributes.get("Id", "")] = target
            self.by_type[attributes.get("Type", "").rpartition("/")[2]] = target


def wanted(workbook: Workbook, names: Iterable[str]) -> list[SheetPart]:
    """The sheets that are read: seen by their users, and called by one of ``names``."""
    known = set(names)
    return [sheet for sheet in workbook.sheets if not sheet.hidden and sheet.name in known]
