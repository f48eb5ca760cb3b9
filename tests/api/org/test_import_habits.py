"""Organisation files as spreadsheet programs leave them, and the template to begin with (ORG-14, PLT-06)."""

from datetime import date
from io import BytesIO

import pytest
import xlsxwriter

from services.kit.files.templates import headers
from services.kit.files.writing import SheetContent, write_workbook
from services.kit.identity import Role
from services.org.exchange.usecases.sheets import EMPLOYEE_SHEET, SHEETS
from tests.api.org.test_imports import EMPLOYEES, NOTHING, changed, send, workbook
from tests.builders.org import ok
from tests.clients import Clients

pytestmark = pytest.mark.req("ORG-14", "PLT-06")
CSV = "工号,姓名,邮箱,入职日期,试用期截止,离职日期\n"


def looked_up(error: str, number: float, number_format: str) -> bytes:
    """One employee whose number is a formatted number, whose last day is a formula that failed."""
    target = BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("员工")
        sheet.write_row(0, 0, headers(EMPLOYEE_SHEET, "zh"))
        sheet.write_number("A2", number, book.add_format({"num_format": number_format}))
        sheet.write_string("B2", "查找甲")
        sheet.write_datetime("D2", date(2026, 1, 5), book.add_format({"num_format": "yyyy/m/d"}))
        if error:
            sheet.write_formula("F2", "=VLOOKUP(A2,X:Y,2,0)", None, error)
        hidden = book.add_worksheet("下拉选项")
        hidden.write("A1", "主岗")
        hidden.hide()
        book.add_worksheet("Sheet3")
        sheet.write_blank("XFD1048576", None, book.add_format({"bg_color": "red"}))
    return target.getvalue()


async def test_a_lookup_that_failed_is_a_fault_and_never_an_employment_without_end(org: Clients) -> None:
    hr = org(Role.HR)
    tried = (await ok(await send(hr, looked_up("#N/A", 1234, "00000000"), dry_run="true")))["errors"]
    assert [(each["sheet"], each["row"], each["column"], each["found"]) for each in tried] == [
        ("员工", 2, "离职日期", "#N/A")
    ]
    assert (await send(hr, looked_up("#N/A", 1234, "00000000"))).json()["code"] == "cells_refused"


async def test_a_number_shown_with_zeros_is_the_employee_of_that_number(org: Clients) -> None:
    hr = org(Role.HR)
    await ok(await send(hr, f"{CSV}00001234,查找甲,,2026-01-05,,\n".encode(), "text/csv", sheet="employees"))
    again = await ok(await send(hr, looked_up("", 1234, "00000000")))
    assert again["employees"] == {"created": 0, "changed": 0}


async def test_a_day_out_of_range_is_refused_with_its_row(org: Clients) -> None:
    content = f"{CSV}E1,王一,,2026-01-05,,\nE2,李二,,2026-01-05,,9999-12-31\n"
    answer = await send(org(Role.HR), content.encode(), "text/csv", sheet="employees")
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/员工/3/离职日期"]


async def test_what_the_api_would_not_take_as_an_address_or_a_grade_no_file_brings_in(org: Clients) -> None:
    hr = org(Role.HR)
    answer = await send(hr, f"{CSV}E1,王一,wangyi,2026-01-05,,\n".encode(), "text/csv", sheet="employees")
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/员工/2/邮箱"]
    assert answer.json()["errors"][0]["expected"] == "电子邮箱地址"
    positions = "岗位编码,岗位名称,单元编码,序列,职级,编制,生效日期\nP1,销售代表,U,专业,P 2,1,2026-01-01\n"
    answer = await send(hr, positions.encode(), "text/csv", sheet="positions")
    assert "/岗位/2/职级" in [each["pointer"] for each in answer.json()["errors"]]


async def test_names_aligned_with_wide_spaces_and_zero_width_characters_are_taken(org: Clients) -> None:
    hr = org(Role.HR)
    content = f"{CSV}E1,王\u3000五,,2026/1/5,,\nE2,李\u200b二,,2026/1/5,,\n,,,,,\n"
    made = await ok(await send(hr, content.encode("gb18030"), "text/csv", sheet="employees"))
    assert made["employees"]["created"] == 2
    names = [each["name"] for each in (await ok(await hr.get("/v1/org/employees")))["items"]]
    assert sorted(names) == ["李二", "王 五"]
    exported = (await hr.get("/v1/org/exports", params={"sheet": "employees"})).content
    again = await ok(await send(hr, exported, "text/csv", sheet="employees"))
    assert again["employees"] == {"created": 0, "changed": 0}


async def test_a_file_in_english_is_taken(org: Clients) -> None:
    rows = [("E1", "王一", None, "2026-01-05", None, None)]
    data = write_workbook([SheetContent("Employees", headers(EMPLOYEE_SHEET, "en"), rows)])
    assert (await ok(await send(org(Role.HR), data)))["employees"]["created"] == 1


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_template_is_taken_back_as_it_is(org: Clients, language: str) -> None:
    hr = org(Role.HR)
    template = await hr.get("/v1/org/imports/template", headers={"Accept-Language": language})
    told = await ok(await send(hr, template.content))
    assert {name: told[name] for name in NOTHING} == NOTHING
    assert (await ok(await send(hr, workbook())))["errors"] == []


async def test_names_that_look_like_formulas_stay_text(org: Clients) -> None:
    hr = org(Role.HR)
    name = '=HYPERLINK("http://example.com")'
    await ok(await send(hr, workbook(employees=changed(EMPLOYEES, 2, 1, name))))
    (e1,) = (await ok(await hr.get("/v1/org/employees", params={"number": "E1"})))["items"]
    assert e1["name"] == name
    for asked in ({}, {"sheet": "employees"}):
        exported = await hr.get("/v1/org/exports", params=asked)
        kind = exported.headers["content-type"].partition(";")[0]
        again = await ok(await send(hr, exported.content, kind, **asked))
        assert {name: again[name] for name in SHEETS} == NOTHING
