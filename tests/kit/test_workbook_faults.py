"""What is wrong inside a workbook is refused by name where it stands, however the rest looks (ORG-14).

The reading process is called as a function here; its limits are tested in test_spreadsheet_bombs.
"""

import io
import json
import warnings
import zipfile
from typing import Any

import pytest

from services.kit.files import process, workbook_sheets, workbook_strings, workbook_unpacking
from tests.kit.test_spreadsheet_bombs import ONE_CELL, workbook

pytestmark = pytest.mark.req("ORG-14")
ONE_TEXT = b"<sst><si><t>a</t></si></sst>"
LONG = "a" * 32_768


def said(data: bytes) -> list[Any]:
    """The lines that the reading process would write."""
    stream = io.StringIO()
    order = {"kind": "xlsx", "sheets": ["员工"], "max_rows": 10, "notes": []}
    process.read(order, io.BytesIO(data), process.Output(stream))
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def sheet(cells: str) -> bytes:
    return f"<worksheet><sheetData>{cells}</sheetData></worksheet>".encode()


def without(data: bytes, part: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
    return target.getvalue()


def encrypted(data: bytes) -> bytes:
    """The same with the flag that says so on every part."""
    marked = bytearray(data)
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = marked.find(mark)
        while at >= 0:
            marked[at + place] |= 1
            at = marked.find(mark, at + 4)
    return bytes(marked)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ('<row r="x"><c r="A1"><v>1</v></c></row>', "damaged"),
        ('<row r="2"><c r="A2"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>', "damaged"),
        ('<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>', "damaged"),
        ('<row r="1"><c r="é1"><v>1</v></c></row>', "damaged"),
        ('<row r="1"><c r="A1"><v>1e999</v></c></row>', "damaged"),
        ('<row r="1"><c r="A1"><v>one</v></c></row>', "damaged"),
        ('<row r="1"><c r="A1" t="s"><v>1</v></c></row>', "damaged"),
        ('<row r="12"><c r="A12"><v>1</v></c></row>', "too_many_cells"),
        (f'<row r="1"><c r="A1" t="str"><v>{LONG}</v></c></row>', "cell_too_long"),
        (f'<row r="1"><c r="A1" t="inlineStr"><is><t>{LONG}</t></is></c></row>', "cell_too_long"),
        ("".join(f"<x{number}/>" for number in range(2001)), "unusual"),
    ],
)
def test_a_sheet_that_no_spreadsheet_program_writes_is_refused(cells: str, reason: str) -> None:
    assert said(workbook(ONE_TEXT, sheet(cells)))[-1] == ["refused", reason]


def test_a_workbook_that_lacks_a_part_or_is_locked_is_refused() -> None:
    sound = workbook(ONE_TEXT)
    assert said(sound) == [["sheet", "员工"], [1, ["a"]], ["end"]]
    assert said(without(sound, "xl/workbook.xml")) == [["refused", "not_a_workbook"]]
    assert said(without(sound, "xl/worksheets/sheet1.xml"))[-1] == ["refused", "damaged"]
    assert said(encrypted(sound)) == [["refused", "old_or_encrypted"]]


def test_an_old_or_locked_file_is_told_from_a_damaged_one() -> None:
    assert said(b"\xd0\xcf\x11\xe0" + bytes(600)) == [["refused", "old_or_encrypted"]]
    assert said(b"PK\x03\x04" + bytes(600)) == [["refused", "damaged"]]


@pytest.mark.parametrize("names", [["a.xml"] * 2, [f"{number}.xml" for number in range(2001)]])
def test_a_workbook_with_a_part_twice_or_with_too_many_is_refused(names: list[str]) -> None:
    target = io.BytesIO(workbook(ONE_TEXT))
    with zipfile.ZipFile(target, "a") as archive, warnings.catch_warnings(action="ignore"):
        for name in names:
            archive.writestr(name, "")
    assert said(target.getvalue()) == [["refused", "unusual"]]


def test_what_stands_behind_the_cells_is_not_read() -> None:
    behind = ONE_CELL.replace(b"</worksheet>", b"<broken")
    assert said(workbook(ONE_TEXT, behind))[-2:] == [[1, ["a"]], ["end"]]


@pytest.mark.parametrize(
    ("module", "limit", "reason"),
    [
        (workbook_strings, "MAX_STRINGS", "too_large"),
        (workbook_strings, "MAX_STRING_TEXT", "too_large"),
        (workbook_sheets, "_MAX_SHEETS", "unusual"),
        (workbook_unpacking, "MAX_UNPACKED", "too_large"),
        (workbook_unpacking, "_MAX_TAG", "too_large"),
        (process, "MAX_CELLS", "too_large"),
        (process, "MAX_OUTPUT", "too_large"),
    ],
)
def test_how_much_a_workbook_holds_is_bounded(
    monkeypatch: pytest.MonkeyPatch, module: Any, limit: str, reason: str
) -> None:
    monkeypatch.setattr(module, limit, -1)
    assert said(workbook(ONE_TEXT))[-1] == ["refused", reason]
