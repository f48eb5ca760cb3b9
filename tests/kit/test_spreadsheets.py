"""Files as people have them: every bad cell is named, and nothing is guessed (ORG-14, PLT-06)."""

import re
import zipfile
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from services.kit.errors import Malformed, Text, TooLarge
from services.kit.files.cells import code, day, decimal, integer, labelled, text, yes_no
from services.kit.files.reading import NotAWorkbook, NotCsv, TooManyCells, UnpacksTooLarge, read_csv, read_workbook
from services.kit.files.sheets import CellRefused, Column, SheetForm
from services.kit.files.writing import SheetContent, write_csv, write_workbook

pytestmark = pytest.mark.req("ORG-14", "PLT-06")


@dataclass(frozen=True)
class Person:
    number: str
    name: str
    hired_on: date
    pay: Decimal
    headcount: int
    leads: bool
    track: str | None


TRACKS = {"management": Text("管理", "management"), "professional": Text("专业", "professional")}
PEOPLE = SheetForm(
    "员工",
    (
        Column("工号", "number", code()),
        Column("姓名", "name", text()),
        Column("入职日期", "hired_on", day()),
        Column("月薪", "pay", decimal(2, "0")),
        Column("编制", "headcount", integer(1, 99)),
        Column("负责人", "leads", yes_no()),
        Column("序列", "track", labelled(TRACKS, also={"管": "management"}), required=False),
    ),
    make=Person,
)
HEADERS = [column.header for column in PEOPLE.columns]
ZHANG = ["E001", "张三", date(2026, 1, 5), Decimal("12000.50"), 3, "是", "管理"]


def workbook(*rows: list[object], headers: list[str] = HEADERS, sheet: str = "员工") -> bytes:
    return write_workbook([SheetContent(sheet, headers, rows)])  # type: ignore[arg-type]  # cells of every kind


def field_errors(reading: object) -> list[tuple[int, str | None, str | None]]:
    return [(fault.row, fault.column, fault.found) for fault in reading.field_errors]  # type: ignore[attr-defined]  # any Reading


def test_a_good_workbook_becomes_typed_rows() -> None:
    reading = read_workbook(workbook(ZHANG, [], ["E002", "李四", "2026/2/1", "8000", "1", "否", None]), [PEOPLE])
    assert reading.field_errors == []
    assert [(line.row, line.value) for line in reading.rows(PEOPLE)] == [
        (2, Person("E001", "张三", date(2026, 1, 5), Decimal("12000.50"), 3, leads=True, track="management")),
        (4, Person("E002", "李四", date(2026, 2, 1), Decimal("8000"), 1, leads=False, track=None)),
    ]


def test_a_thing_is_known_by_its_names_and_by_what_else_people_call_it() -> None:
    rows = [[*ZHANG[:6], word] for word in ("管理", "professional", "管")]
    tracks = [line.value.track for line in read_workbook(workbook(*rows), [PEOPLE]).rows(PEOPLE)]
    assert tracks == ["management", "professional", "management"]


def test_every_bad_cell_is_named_with_sheet_row_column_and_what_was_expected() -> None:
    bad = ["E 1", "", "2026-02-30", "12.345", 0, "也许", "技术"]
    reading = read_workbook(workbook(ZHANG, bad), [PEOPLE])
    assert field_errors(reading) == [
        (3, "工号", "E 1"),
        (3, "姓名", None),
        (3, "入职日期", "2026-02-30"),
        (3, "月薪", "12.345"),
        (3, "编制", "0"),
        (3, "负责人", "也许"),
        (3, "序列", "技术"),
    ]
    assert reading.field_errors[6].expected == Text("以下之一：管理、专业", "one of management, professional")
    assert reading.field_errors[6].as_fault().pointer == "/员工/3/序列"
    assert len(reading.rows(PEOPLE)) == 1


def test_missing_doubled_and_unknown_headers_are_named_and_no_row_is_read() -> None:
    reading = read_workbook(
        workbook(ZHANG, headers=["工号", "姓名", "姓名", "月薪", "编制", "负责人", "爱好"]), [PEOPLE]
    )
    assert field_errors(reading) == [(1, "姓名", "姓名"), (1, "爱好", "爱好"), (1, "入职日期", None)]
    assert reading.rows(PEOPLE) == []


def test_missing_and_foreign_sheets_are_named_but_notes_are_not_read() -> None:
    reading = read_workbook(
        write_workbook([SheetContent("人员", HEADERS, []), SheetContent("说明", ["随便"], [])]), [PEOPLE]
    )
    assert [(fault.sheet, fault.found) for fault in reading.field_errors] == [("员工", None), ("人员", "人员")]


def test_an_empty_sheet_lacks_its_headers_and_a_sheet_without_rows_is_fine() -> None:
    empty = read_workbook(workbook(headers=[]), [PEOPLE])
    assert {fault.column for fault in empty.field_errors} == set(HEADERS) - {"序列"}
    assert read_workbook(workbook(), [PEOPLE]).field_errors == []


def test_a_cell_under_no_header_is_a_fault() -> None:
    assert field_errors(read_workbook(workbook([*ZHANG, "多余"]), [PEOPLE])) == [(2, None, "多余")]


def test_an_amount_with_an_unquoted_comma_in_csv_is_answered_with_what_to_do() -> None:
    content = ",".join(HEADERS) + "\nE001,张三,2026-01-05,12,000.50,3,是,销售\n"
    (hint,) = [fault.expected for fault in read_csv(content.encode(), PEOPLE).field_errors if fault.column is None]
    assert "须加双引号" in hint.zh
    assert "needs double quotes" in hint.en


def test_rows_are_numbered_as_the_spreadsheet_program_shows_them_also_below_blank_rows() -> None:
    target = BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet("员工")
    for place, header in enumerate(HEADERS):
        sheet.write(0, place, header)
    sheet.write(6, 1, "只有姓名")
    book.close()
    assert {fault.row for fault in read_workbook(target.getvalue(), [PEOPLE]).field_errors} == {7}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_csv_is_read_in_every_encoding_that_chinese_excel_writes(encoding: str) -> None:
    content = ",".join(HEADERS) + "\r\nE001,张三,2026-01-05,12000.50,3,是,\r\n"
    reading = read_csv(content.encode(encoding), PEOPLE)
    assert reading.field_errors == []
    assert reading.rows(PEOPLE)[0].value == Person(
        "E001", "张三", date(2026, 1, 5), Decimal("12000.50"), 3, leads=True, track=None
    )


@pytest.mark.parametrize("content", [b"a\0b\0", b"\x81\xff", ",".join(HEADERS).encode() + b'\n"unclosed'])
def test_what_is_not_csv_is_refused(content: bytes) -> None:
    with pytest.raises(NotCsv):
        read_csv(content, PEOPLE)


def test_a_short_csv_row_lacks_its_required_cells() -> None:
    reading = read_csv((",".join(HEADERS) + "\nE001,张三\n").encode(), PEOPLE)
    assert [fault.column for fault in reading.field_errors] == ["入职日期", "月薪", "编制", "负责人"]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (0.1, "0.1"),
        (8000.0, "8000"),
        ("12.50", "12.50"),
        (1234567.89, "1234567.89"),
        (-3, "-3"),
        (1e14, "1" + "0" * 14),
    ],
)
def test_numbers_are_read_as_their_user_sees_them(cell: object, number: str) -> None:
    assert str(decimal(2)(cell)) == number


@pytest.mark.parametrize(
    "cell",
    [
        0.1 + 0.2,
        float("nan"),
        float("inf"),
        1e300,
        "1e3",
        "１２",
        "1,00",
        "12%",
        "",
        " ",
        True,
        "12.345",
        date(2026, 1, 1),
    ],
)
def test_numbers_that_are_not_exact_are_refused(cell: object) -> None:
    with pytest.raises(CellRefused):
        decimal(2)(cell)


def test_a_number_of_more_digits_than_a_cell_keeps_for_certain_is_refused() -> None:
    assert decimal(4)(12345678901.2345) == Decimal("12345678901.2345")
    with pytest.raises(CellRefused):
        decimal(4)(123456789012.3456)


@settings(max_examples=5, deadline=None)  # each starts a process
@given(st.lists(st.decimals(min_value=-(10**12), max_value=10**12, places=2), min_size=30, max_size=60))
def test_any_amount_survives_the_way_through_a_workbook(amounts: list[Decimal]) -> None:
    form = SheetForm("额", (Column("金额", "amount", decimal(2)),), make=lambda amount: amount)
    written = write_workbook([SheetContent("额", ["金额"], [[amount] for amount in amounts])])
    assert [line.value for line in read_workbook(written, [form]).rows(form)] == amounts


@pytest.mark.parametrize("cell", ["#REF!", "#N/A", "a\x00b", "x" * 201, True, date(2026, 1, 1)])
def test_text_cells_hold_text(cell: object) -> None:
    with pytest.raises(CellRefused):
        text()(cell)


def test_a_code_typed_as_a_number_is_read_as_its_user_sees_it() -> None:
    assert code()(1001.0) == "1001"


@pytest.mark.parametrize("data", [b"", b"PK\3\4 nonsense", b"number,name\n1,2\n", b"\xd0\xcf\x11\xe0" + b"\0" * 600])
def test_what_is_not_a_workbook_is_refused_without_being_opened(data: bytes) -> None:
    with pytest.raises(NotAWorkbook):
        read_workbook(data, [PEOPLE])


@pytest.mark.parametrize("cell", ["XFD1", "BA1", "A1048576", "B300000"])
def test_one_cell_far_out_is_refused_instead_of_laying_out_the_desert_before_it(cell: str) -> None:
    target = BytesIO()
    book = xlsxwriter.Workbook(target)
    book.add_worksheet("员工").write(cell, 1)
    book.close()
    with pytest.raises(TooManyCells):
        read_workbook(target.getvalue(), [PEOPLE])


def test_bombs_and_broken_files_are_the_senders_fault() -> None:
    assert issubclass(NotAWorkbook, Malformed)
    assert issubclass(UnpacksTooLarge, TooLarge)
    assert "10" in TooManyCells(limit=10, rows=10, columns=52).text("en")


@pytest.mark.req("INC-17")
def test_exported_text_is_never_a_formula_and_reads_back_unchanged() -> None:
    nasty = ["=1+1", "+1", "-1", "@SUM(A1)", "https://example.org/", "'already", "普通", "\t=1", "'=1", "''=1"]
    form = SheetForm("表", (Column("文", "content", lambda cell: cell),), make=lambda content: content)
    rows = [[value] for value in nasty]
    in_csv = write_csv(["文"], rows)
    assert b"\n=" not in in_csv
    assert b"\n+" not in in_csv
    assert b"\n@" not in in_csv
    assert [line.value for line in read_csv(in_csv, form).rows(form)] == nasty
    in_xlsx = write_workbook([SheetContent("表", ["文"], rows)])
    assert [line.value for line in read_workbook(in_xlsx, [form]).rows(form)] == nasty
    with zipfile.ZipFile(BytesIO(in_xlsx)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_columns_are_as_wide_as_what_they_hold_and_never_wider_than_a_page() -> None:
    rows = [["A1", "市场开发计划完成率（新）", Decimal("1234567.50"), "长" * 200]]
    with zipfile.ZipFile(
        BytesIO(write_workbook([SheetContent("表", ["编码", "名称", "额", "说明"], rows)]))
    ) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    widths = [round(float(width)) for width in re.findall(r'<col [^>]*width="([\d.]+)"', sheet)]
    assert widths == [10, 27, 13, 61]


@pytest.mark.req("APR-20")
def test_numbers_that_people_only_read_show_commas_between_thousands() -> None:
    rows = [[Decimal("24300000"), Decimal("8.9133"), 1200]]
    written = write_workbook([SheetContent("表", ["甲", "乙", "丙"], rows, grouped=True)])
    with zipfile.ZipFile(BytesIO(written)) as archive:
        styles = archive.read("xl/styles.xml").decode()
    assert set(re.findall(r'formatCode="([^"]+)"', styles)) >= {"#,##0", "#,##0.0000"}
    form = SheetForm("表", (Column("甲", "a", decimal(4)), Column("乙", "b", decimal(4)), Column("丙", "c", integer())),
                     make=lambda a, b, c: (a, b, c))  # fmt: skip
    assert [line.value for line in read_workbook(written, [form]).rows(form)] == [
        (Decimal("24300000"), Decimal("8.9133"), 1200)
    ]


@pytest.mark.req("INC-17")
def test_the_same_export_has_the_same_bytes() -> None:
    assert workbook(ZHANG) == workbook(ZHANG)


def test_numbers_too_long_for_a_spreadsheet_are_written_as_text() -> None:
    long = Decimal("1234567890123456.78")
    form = SheetForm("额", (Column("金额", "amount", lambda cell: cell),), make=lambda amount: amount)
    written = write_workbook([SheetContent("额", ["金额"], [[long]])])
    assert [line.value for line in read_workbook(written, [form]).rows(form)] == ["1234567890123456.78"]
