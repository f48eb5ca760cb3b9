"""Empty workbooks to fill in: the headers of every sheet, and a sheet that says what belongs under each (PLT-06)."""

from collections.abc import Sequence
from typing import Any, Final

from services.kit.errors import Language, Text
from services.kit.files.sheets import CellRefused, Column, SheetForm
from services.kit.files.writing import SheetContent, write_workbook

_NOTES: Final = Text("填写说明", "Notes")
_HEADERS: Final = (
    Text("工作表", "Sheet"),
    Text("列", "Column"),
    Text("必填", "Required"),
    Text("填写内容", "What it holds"),
)
_YES_NO: Final = {True: Text("是", "yes"), False: Text("否", "no")}


def template(forms: Sequence[SheetForm[Any]], language: Language) -> bytes:
    """The workbook in one language; filled in, it is read like one in the other."""
    notes = [
        (
            _called(form, language),
            _header(column, language),
            _YES_NO[column.required].in_language(language),
            described(column).in_language(language),
        )
        for form in forms
        for column in form.columns
    ]
    sheets = [SheetContent(_called(form, language), headers(form, language), []) for form in forms]
    words = [word.in_language(language) for word in _HEADERS]
    return write_workbook([*sheets, SheetContent(_NOTES.in_language(language), words, notes)])


def headers(form: SheetForm[Any], language: Language) -> list[str]:
    """The headers of a sheet in a language."""
    return [_header(column, language) for column in form.columns]


def described(column: Column) -> Text:
    """What a column holds: its hint, or what its parser says it expects."""
    if column.hint:
        return column.hint
    try:
        column.parse(object())  # no cell is like this, so the parser says what it wants
    except CellRefused as refused:
        return refused.expected
    return Text("文本", "text")


def _called(form: SheetForm[Any], language: Language) -> str:
    return form.name if language == "zh" else form.english_name


def _header(column: Column, language: Language) -> str:
    return column.header if language == "zh" else column.english or column.header
