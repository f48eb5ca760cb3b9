"""Pay profiles as workbooks: tried out, taken in, described by a template (PLT-06, INC-01)."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from uuid import uuid4

import httpx2
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from services.incentive.pay.usecases.pay_imports import FORM
from services.kit.files.reading import read_workbook
from services.kit.files.routes import XLSX
from services.kit.files.templates import headers
from services.kit.files.writing import SheetContent, Value, write_workbook
from services.kit.identity import Role
from tests.clients import Clients
from tests.databases import RolledBack
from tests.identities import person

pytestmark = [pytest.mark.req("PLT-06", "INC-01"), pytest.mark.usefixtures("known_people")]
PATH = "/v1/incentive/pay_changes"
ROW: list[Value] = ["E001", Decimal("18000.00"), 6, 4, None, "CNY", "CC-1", date(2026, 1, 1)]


def workbook(*rows: list[Value], sheet: str = "薪酬") -> bytes:
    language = "zh" if sheet == "薪酬" else "en"
    return write_workbook([SheetContent(sheet, headers(FORM, language), rows)])


async def sent(client: httpx2.AsyncClient, data: bytes, **asked: str) -> httpx2.Response:
    return await client.post(f"{PATH}/imports", content=data, headers={"Content-Type": XLSX}, params=asked)


@pytest.mark.parametrize("sheet", ["薪酬", "Pay"])
async def test_a_pay_workbook_is_tried_and_taken_in_and_changes_nothing_again(incentive: Clients, sheet: str) -> None:
    client, data = incentive(Role.COMPENSATION), workbook(ROW, sheet=sheet)
    tried = (await sent(client, data, dry_run="true")).json()
    assert (tried["changed"], tried["errors"], (await client.get(PATH)).json()["items"]) == (1, [], [])
    entered = (await sent(client, data)).json()
    assert entered["changed"] == 1
    release = f"{PATH}/{entered['change_id']}/release"
    assert (await incentive(Role.COMPENSATION).post(release, headers={"If-Match": "1"})).status_code == 200
    again = (await sent(client, data)).json()
    assert (again["changed"], again["unchanged"]) == (0, 1)


async def test_a_pay_workbook_is_uploaded_as_form_data(incentive: Clients) -> None:
    answer = await incentive(Role.COMPENSATION).post(
        f"{PATH}/imports", files={"file": ("薪酬.xlsx", workbook(ROW), XLSX)}
    )
    assert (answer.status_code, answer.json()["changed"]) == (200, 1)


async def test_a_dry_run_names_every_bad_cell_and_the_import_refuses_them_all(incentive: Clients) -> None:
    client = incentive(Role.COMPENSATION)
    far = [*ROW[:7], "9999-12-31"]
    data = workbook(ROW, ["E002", "很多", 6, 4, None, "CNY", "CC-1", date(2026, 1, 1)], far)
    tried = await sent(client, data, dry_run="true")
    assert tried.status_code == 200
    found = [(each["sheet"], each["row"], each["column"], each["found"]) for each in tried.json()["errors"]]
    assert found == [("薪酬", 3, "固定月薪", "很多"), ("薪酬", 4, "生效日期", "9999-12-31")]
    assert tried.json()["error_count"] == 2
    refused = await sent(client, data)
    assert (refused.status_code, refused.json()["code"]) == (422, "cells_refused")
    assert (await client.get(PATH)).json()["items"] == []


async def test_a_dry_run_tells_nobody_whether_pay_outside_their_units_or_their_own_would_change(
    incentive: Clients, incentive_sessions: RolledBack
) -> None:
    async with incentive_sessions.read() as session:
        own = await session.scalar(text("SELECT employee_id FROM person WHERE number = 'E001'"))
    for who, code in (
        (person(Role.COMPENSATION, over=uuid4()), "outside_your_units"),
        (person(Role.COMPENSATION, employee_id=own), "own_pay"),
    ):
        refused = await sent(incentive(who), workbook(ROW), dry_run="true")
        assert (refused.status_code, refused.json()["code"]) == (403, code)


@pytest.mark.parametrize(("language", "sheet", "notes"), [("zh", "薪酬", "填写说明"), ("en", "Pay", "Notes")])
async def test_the_template_is_an_empty_pay_file_with_a_description(
    incentive: Clients, language: str, sheet: str, notes: str
) -> None:
    answer = await incentive(Role.COMPENSATION).get(
        "/v1/incentive/templates/pay_changes", headers={"Accept-Language": language}
    )
    assert answer.headers["content-type"] == XLSX
    assert read_workbook(answer.content, [FORM]).field_errors == []
    assert (await sent(incentive(Role.COMPENSATION), answer.content)).json()["rows"] == 0
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    assert book.sheet_names == [sheet, notes]
    described = book.get_sheet_by_name(notes).to_python()
    assert len(described) == len(FORM.columns) + 1
    assert all(cell for row in described for cell in row)
