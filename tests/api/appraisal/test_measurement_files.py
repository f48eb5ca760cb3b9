"""Actuals as files that people keep: every habit that other files may have, a dry run, a fault by its cell (APR-06)."""

from datetime import date
from decimal import Decimal

import httpx2
import pytest

from services.appraisal.tracking.usecases.measurement_files import FORM
from services.kit.files.routes import CSV, XLSX
from services.kit.files.templates import headers
from services.kit.files.writing import SheetContent, Value, write_workbook
from services.kit.identity import Role
from tests.builders.appraisal import BASE, Quarter
from tests.clients import Clients

pytestmark = pytest.mark.req("APR-06", "PLT-06", "ORG-14")
HEADER = "对象类型,对象编码,指标编码,数值,日期,来源,外部编号"
ROW: list[Value] = ["员工", "E101", "S01", Decimal("900000.50"), date(2026, 1, 31), "CRM", "X-1", None]


def workbook(*rows: list[Value]) -> bytes:
    return write_workbook([SheetContent("实绩", headers(FORM, "zh"), rows)])


async def sent(quarter: Quarter, data: bytes, kind: str = XLSX, **asked: str) -> httpx2.Response:
    api = quarter.api(quarter.company.hr.caller)
    return await api.post(f"{BASE}/measurements", content=data, headers={"Content-Type": kind}, params=asked)


@pytest.mark.parametrize(
    ("rows", "encoding"),
    [
        ("部门,B40,S01,87.0,2026-04-30,CRM,X-GBK-1", "gbk"),
        ("部门,B40,S01,87.0,2026/4/30,CRM,X-1", "utf-8-sig"),
        ("部门,B40,S01,87.0,2026-04-30,CRM,X-1\r\n,,,,,,\r\n,,,,,,", "utf-8"),
        ('部门,B40,S01,"1,087.0",2026-4-30,CRM,X-1', "utf-16"),
        ("部门,B40,S01,87.0%,2026年4月30日,CRM,X-1", "gb18030"),
    ],
)
async def test_actuals_saved_by_any_spreadsheet_program_are_taken(quarter: Quarter, rows: str, encoding: str) -> None:
    await quarter.library()
    answer = await sent(quarter, f"{HEADER}\r\n{rows}\r\n".encode(encoding), CSV)
    assert (answer.status_code, answer.json().get("accepted")) == (200, 1), answer.text


async def test_a_workbook_of_actuals_is_tried_taken_and_changes_nothing_again(quarter: Quarter) -> None:
    await quarter.library()
    data = workbook(ROW, ["单元", "B40", "S01", 5, date(2026, 1, 31), "CRM", "X-2", None])
    tried = (await sent(quarter, data, dry_run="true")).json()
    assert (tried["dry_run"], tried["accepted"], tried["errors"]) == (True, 2, [])
    assert (await sent(quarter, data)).json()["accepted"] == 2
    again = (await sent(quarter, data)).json()
    assert (again["accepted"], again["repeated"]) == (0, 2)


async def test_a_dry_run_names_every_bad_cell_and_the_delivery_takes_no_row(quarter: Quarter) -> None:
    await quarter.library()
    data = workbook(ROW, ["星球", "E101", "S01", "很多", date(2026, 1, 31), "CRM", "X-2", None])
    tried = await sent(quarter, data, dry_run="true")
    assert tried.status_code == 200
    assert [(each["row"], each["column"], each["found"]) for each in tried.json()["errors"]] == [
        (3, "考核对象类型", "星球"),
        (3, "数值", "很多"),
    ]
    refused = await sent(quarter, data)
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/实绩/3/考核对象类型", "/实绩/3/数值"]
    assert (await sent(quarter, workbook(ROW))).json()["accepted"] == 1


async def test_what_the_library_does_not_know_is_a_fault_by_its_cell(quarter: Quarter) -> None:
    await quarter.library()
    data = workbook(ROW, [*ROW[:2], "S99", *ROW[3:6], "X-2", None], [*ROW[:6], "X-3", "none"])
    tried = (await sent(quarter, data, dry_run="true")).json()
    assert [(each["row"], each["column"], each["found"]) for each in tried["errors"]] == [
        (3, "指标编码", "S99"),
        (4, "被更正的外部编号", "none"),
    ]
    assert (await sent(quarter, data)).json()["code"] == "cells_refused"


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_template_is_taken_back_as_it_is(appraisal: Clients, quarter: Quarter, language: str) -> None:
    template = await appraisal(Role.HR).get(f"{BASE}/templates/measurements", headers={"Accept-Language": language})
    assert template.headers["content-type"] == XLSX
    answer = await sent(quarter, template.content, dry_run="true")
    assert (answer.status_code, answer.json()["errors"]) == (200, [])
