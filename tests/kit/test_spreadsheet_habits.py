"""Files as spreadsheet programs and their users really leave them: what is seen is read, what is not is not guessed."""

import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter

from services.kit.files.cells import code, day, decimal, prose, text, yes_no
from services.kit.files.reading import read_csv, read_workbook
from services.kit.files.sheets import CellRefused, Column, OddNumber, SheetForm
from services.kit.files.writing import write_csv

pytestmark = pytest.mark.req("ORG-14", "PLT-06")
HEADERS = ["工号", "姓名", "入职日期", "离职日期", "占比"]
FORM: SheetForm[dict[str, Any]] = SheetForm(
    "员工",
    (
        Column("工号", "number", code(), english="Number"),
        Column("姓名", "name", text(), english="Name"),
        Column("入职日期", "first", day(), english="Hired on"),
        Column("离职日期", "last", day(), required=False, english="Left on"),
        Column("占比", "share", decimal(2, takes_percent=True), required=False, english="Share"),
    ),
    make=dict,
    english="Employees",
)
FIRST = date(2026, 4, 30)


class Book:
    """A workbook written cell by cell, as people do."""

    def __init__(self, sheet: str = "员工", headers: list[str] = HEADERS) -> None:
        self.target = BytesIO()
        self.book = xlsxwriter.Workbook(self.target)
        self.sheet = self.book.add_worksheet(sheet)
        self.sheet.write_row(0, 0, headers)
        self.day = self.book.add_format({"num_format": "yyyy/m/d"})

    def person(self, row: int = 2, number: str = "E1", name: str = "王五") -> "Book":
        self.sheet.write_string(row - 1, 0, number)
        self.sheet.write_string(row - 1, 1, name)
        self.sheet.write_datetime(row - 1, 2, datetime(2026, 4, 30), self.day)  # noqa: DTZ001 - a cell has no zone
        return self

    def styled(self, cell: str, value: float, number_format: str) -> "Book":
        self.sheet.write_number(cell, value, self.book.add_format({"num_format": number_format}))
        return self

    def bytes(self) -> bytes:
        self.book.close()
        return self.target.getvalue()


def rewritten(data: bytes, part: str, changes: Mapping[str, str]) -> bytes:
    """The workbook with some of the text of a part replaced."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == part:
                for before, after in changes.items():
                    assert before.encode() in content, content
                    content = content.replace(before.encode(), after.encode())
            new.writestr(name, content)
    return target.getvalue()


def read(data: bytes) -> list[dict[str, Any]]:
    reading = read_workbook(data, [FORM])
    assert reading.field_errors == []
    return [line.value for line in reading.rows(FORM)]


def faults(data: bytes) -> list[tuple[str, int, str | None, str | None]]:
    found = read_workbook(data, [FORM]).field_errors
    return [(fault.sheet, fault.row, fault.column, fault.found) for fault in found]


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!"])
def test_an_error_cell_is_a_fault_by_its_cell_and_never_empty(error: str) -> None:
    book = Book().person()
    book.sheet.write_formula("D2", "=VLOOKUP(A2,G:H,2,0)", book.day, error)
    data = book.bytes()
    assert faults(data) == [("员工", 2, "离职日期", error)]
    [fault] = read_workbook(data, [FORM]).field_errors
    assert fault.expected.en == "a value instead of a formula's error"


def test_a_formula_that_was_never_calculated_is_a_fault_by_its_cell() -> None:
    book = Book().person()
    book.sheet.write_formula("D2", "=TODAY()", book.day, "")
    assert faults(book.bytes()) == [("员工", 2, "离职日期", "=TODAY()")]


def test_a_formula_counts_with_its_result_also_where_that_is_empty_text() -> None:
    book = Book().person()
    book.sheet.write_formula("D2", '=IF(1,"","x")', None, "x")
    book.sheet.write_formula("E2", "=1/2", None, 0.5)
    data = rewritten(book.bytes(), "xl/worksheets/sheet1.xml", {"<v>x</v>": "<v></v>"})
    assert read(data) == [{"number": "E1", "name": "王五", "first": FIRST, "last": None, "share": Decimal("0.5")}]


def test_a_number_shown_with_leading_zeros_is_the_code_that_is_shown() -> None:
    book = Book().person().styled("A2", 1234, "00000000")
    assert read(book.bytes())[0]["number"] == "00001234"


@pytest.mark.parametrize("number_format", ["#,##0", "0.00", '"E"0000', "0000-0000"])
def test_a_number_shown_in_another_way_is_no_code(number_format: str) -> None:
    book = Book().person().styled("A2", 1234, number_format)
    assert faults(book.bytes()) == [("员工", 2, "工号", "1234.0")]


def test_a_percentage_is_read_as_it_is_shown_where_per_cent_is_meant_and_refused_elsewhere() -> None:
    assert read(Book().person().styled("E2", 0.125, "0.0%").bytes())[0]["share"] == Decimal("12.5")
    assert decimal(2, takes_percent=True)("12.5%") == Decimal("12.5")
    for cell in ("12.5%", "12.5％", OddNumber(0.125, None, percent=True)):
        with pytest.raises(CellRefused, match="a number without a percent sign"):
            decimal(2)(cell)


def test_commas_between_thousands_do_not_count() -> None:
    assert decimal(2)("1,234,567.80") == Decimal("1234567.80")
    assert read(Book().person().styled("E2", 1234.5, "#,##0.00").bytes())[0]["share"] == Decimal("1234.5")


def test_hidden_and_empty_sheets_and_notes_are_not_read() -> None:
    book = Book().person()
    hidden = book.book.add_worksheet("下拉选项")
    hidden.write("A1", "主岗")
    hidden.hide()
    deep = book.book.add_worksheet("更深")
    deep.write("A1", 1)
    deep.very_hidden()
    book.book.add_worksheet("Sheet2").set_column(0, 3, 20)
    book.book.add_worksheet("说明").write("A1", "请填写")
    assert len(read(book.bytes())) == 1


def test_a_visible_sheet_with_content_that_nobody_asked_for_is_a_fault() -> None:
    book = Book().person()
    book.book.add_worksheet("工资").write("C9", 1)
    assert faults(book.bytes()) == [("工资", 1, None, "工资")]


@pytest.mark.parametrize("cell", ["XFD1048576", "A1048576", "BA2"])
def test_cells_that_are_only_styled_do_not_count_however_far_away(cell: str) -> None:
    book = Book().person()
    book.sheet.write_blank(cell, None, book.book.add_format({"bg_color": "yellow"}))
    assert len(read(book.bytes())) == 1


def test_the_last_row_that_libreoffice_writes_does_not_count() -> None:
    row = '<row r="1048576" customFormat="false" ht="12.8" hidden="false" outlineLevel="0" collapsed="false"/>'
    data = rewritten(Book().person().bytes(), "xl/worksheets/sheet1.xml", {"</sheetData>": f"{row}</sheetData>"})
    assert len(read(data)) == 1


def test_spaces_of_any_width_are_taken_off_the_ends_and_made_plain_inside() -> None:
    book = Book().person(number="\u00a0E1\u3000", name="\u3000王\u3000五\u00a0")
    assert [(row["number"], row["name"]) for row in read(book.bytes())] == [("E1", "王 五")]


def test_invisible_characters_do_not_spoil_codes_days_and_headers() -> None:
    book = Book(headers=["\ufeff工号", "姓名\u200b", *HEADERS[2:]]).person(number="E1\u200b")
    book.sheet.write_string("D2", "\u200b2026-12-31")
    assert [(row["number"], row["last"]) for row in read(book.bytes())] == [("E1", date(2026, 12, 31))]


def test_an_export_with_zero_width_characters_is_imported_without_them() -> None:
    exported = write_csv(HEADERS[:3], [["E1", "王\u200b五\u200d", FIRST]])
    reading = read_csv(exported, FORM)
    assert (reading.field_errors, reading.rows(FORM)[0].value["name"]) == ([], "王五")


def test_prose_keeps_its_lines_its_spaces_and_its_joiners() -> None:
    written = "第一行\n第\u3000二行👩\u200d💻"
    assert prose()(written) == written
    for refused in ("王\u202e五", "", "字" * 4001):
        with pytest.raises(CellRefused):
            prose()(refused)
    with pytest.raises(CellRefused):
        text()("王\n五")


@pytest.mark.parametrize("character", ["\u202e", "\u0007", "\u2066"])
def test_a_character_that_is_refused_is_named(character: str) -> None:
    with pytest.raises(CellRefused) as refused:
        text()(f"王{character}五")
    assert f"U+{ord(character):04X}" in refused.value.expected.zh


@pytest.mark.parametrize(
    "written", ["2026/4/30", "2026-4-30", "2026-04-30", "2026.4.30", "2026年4月30日", " 2026/4/30 "]
)
def test_days_are_read_in_every_usual_form(written: str) -> None:
    assert day()(written) == FIRST


@pytest.mark.parametrize("written", ["9999-12-31", "1899-12-31", date(9999, 12, 31), "2026/4-30", "30.4.2026", 46142.0])
def test_days_out_of_range_or_in_doubt_are_refused(written: object) -> None:
    with pytest.raises(CellRefused):
        day()(written)


def test_a_day_out_of_range_is_refused_with_its_row() -> None:
    reading = read_csv("工号,姓名,入职日期,离职日期\nE1,王,2026-1-1,\nE2,李,2026-1-1,9999-12-31\n".encode(), FORM)
    assert [(fault.row, fault.column, fault.found) for fault in reading.field_errors] == [(3, "离职日期", "9999-12-31")]
    assert "9000-12-31" in reading.field_errors[0].expected.zh


def test_a_moment_within_a_day_is_no_day() -> None:
    assert faults(Book().person().styled("D2", 46142.5, "yyyy-mm-dd hh:mm").bytes())[0][:3] == ("员工", 2, "离职日期")


def test_days_of_a_workbook_that_counts_from_1904_are_right() -> None:
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"date_1904": True}) as book:
        sheet = book.add_worksheet("员工")
        sheet.write_row(0, 0, HEADERS)
        sheet.write_row(1, 0, ["E1", "王五"])
        sheet.write_datetime("C2", datetime(2026, 4, 30), book.add_format({"num_format": "d-mmm-yy"}))  # noqa: DTZ001 - XlsxWriter takes plain moments
    assert read(target.getvalue())[0]["first"] == FIRST


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t"])
def test_csv_with_blank_tail_rows_and_columns_in_every_encoding(encoding: str, separator: str) -> None:
    lines = ["工号,姓名,入职日期,,", "E1,王五,2026/4/30,,", ",,,,", ",,,,", ""]
    reading = read_csv("\r\n".join(lines).replace(",", separator).encode(encoding), FORM)
    assert reading.field_errors == []
    assert [line.value["first"] for line in reading.rows(FORM)] == [FIRST]


def test_a_file_in_english_is_read_and_its_faults_speak_of_its_own_words() -> None:
    book = Book("Employees", ["Number", "Name", "Hired on", "Left on", "Share"]).person()
    book.sheet.write_string("D2", "later")
    assert faults(book.bytes()) == [("Employees", 2, "Left on", "later")]


def test_yes_and_no_are_read_in_both_languages() -> None:
    assert [yes_no()(cell) for cell in ("是", "no", True, "TRUE")] == [True, False, True, True]
