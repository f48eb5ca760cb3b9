"""The payroll file of a posted run (INC-17)."""

import csv
import hashlib
from base64 import b64encode
from io import BytesIO, StringIO

import pytest
from python_calamine import CalamineWorkbook

from services.kit.identity import Role
from services.kit.spreadsheet_routes import XLSX
from tests.api.incentive.test_journal import items, reverse
from tests.builders.incentive_quarter import Quarter
from tests.identities import SetClock, person

pytestmark = pytest.mark.req("INC-17")


async def test_the_payroll_file_names_cost_centres_and_its_cells_are_no_formulas(quarter: Quarter) -> None:
    quarter.company.change("E001", name="=HYPERLINK(1)", cost_centre="+CC")
    await quarter.reach("posted")
    answer = await quarter.clients(quarter.payer).get(f"/v1/incentive/runs/{quarter.run_id}/payroll.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    digest = b64encode(hashlib.sha256(answer.content).digest()).decode()
    assert answer.headers["repr-digest"] == f"sha-256=:{digest}:"
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [tuple(row.values()) for row in rows] == [
        ("2026-Q1", "E001", "'=HYPERLINK(1)", "'+CC", "CNY", "54000.00"),
        ("2026-Q1", "E002", "苏二", "CC-1", "CNY", "55200.00"),
        ("2026-Q1", "E003", "陈三", "CC-1", "CNY", "28320.00"),
        ("2026-Q1", "E004", "王四", "CC-1", "CNY", "0.00"),
    ]


async def test_the_payroll_file_of_a_posted_run_never_changes(quarter: Quarter) -> None:
    await quarter.reach("posted")
    path = f"/v1/incentive/runs/{quarter.run_id}/payroll.csv"
    client = quarter.clients(quarter.payer)
    before = await client.get(path)
    quarter.company.change("E001", grade="D", name="换了名字")
    await quarter.reach("paid")
    assert (await client.get(path)).content == before.content
    unchanged = await client.get(path, headers={"If-None-Match": before.headers["etag"]})
    assert unchanged.status_code == 304


async def test_before_posting_there_is_no_payroll_file(quarter: Quarter) -> None:
    await quarter.reach("approved")
    refused = await quarter.clients(quarter.payer).get(f"/v1/incentive/runs/{quarter.run_id}/payroll.csv")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_posted")
    executive = await quarter.clients(Role.EXECUTIVE).get(f"/v1/incentive/runs/{quarter.run_id}/payroll.csv")
    assert executive.status_code == 403


async def test_the_workbook_holds_the_rows_of_the_csv_file_the_same_bytes_each_time(quarter: Quarter) -> None:
    quarter.company.change("E001", name="=HYPERLINK(1)", cost_centre="+CC")
    await quarter.reach("posted")
    client, base = quarter.clients(quarter.payer), f"/v1/incentive/runs/{quarter.run_id}"
    written = list(csv.reader(StringIO((await client.get(f"{base}/payroll.csv")).content.decode("utf-8-sig"))))
    book = await client.get(f"{base}/payroll.xlsx")
    assert book.headers["content-type"] == XLSX
    assert book.content == (await client.get(f"{base}/payroll.xlsx")).content
    sheet = CalamineWorkbook.from_filelike(BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert sheet[1] == ["2026-Q1", "E001", "=HYPERLINK(1)", "+CC", "CNY", 54000.0]  # text, not a formula
    assert [[*row[:-1], f"{row[-1]:.2f}"] for row in sheet[1:]] == [
        [cell.removeprefix("'") for cell in row] for row in written[1:]
    ]


async def test_cost_centres_bear_what_the_journal_says_at_each_version(quarter: Quarter, clock: SetClock) -> None:
    quarter.company.change("E001", cost_centre="=CC-2")
    await quarter.reach("posted")
    client, base = quarter.clients(quarter.payer), f"/v1/incentive/runs/{quarter.run_id}"
    first = await client.get(f"{base}/cost_centres.csv")
    rows = [tuple(row) for row in csv.reader(StringIO(first.content.decode("utf-8-sig")))]
    assert rows[1:] == [
        ("2026-Q1", "'=CC-2", "CNY", "54000.00", "0.00", "54000.00"),
        ("2026-Q1", "CC-1", "CNY", "83520.00", "0.00", "83520.00"),
    ]
    clock.set(2026, 4, 23, 1)
    entry = next(
        each for each in await items(client, "entries", kind="accrual") if each["postings"][0]["reference"] == "=CC-2"
    )
    assert (await reverse(quarter, entry["id"])).is_success
    newest = list(csv.reader(StringIO((await client.get(f"{base}/cost_centres.csv")).content.decode("utf-8-sig"))))
    assert newest[1][3:] == ["54000.00", "-54000.00", "0.00"]
    kept = await client.get(f"{base}/cost_centres.csv", params={"version": 1})
    assert kept.content == first.content
    book = await client.get(f"{base}/cost_centres.xlsx", params={"version": 1})
    sheet = CalamineWorkbook.from_filelike(BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert sheet[1] == ["2026-Q1", "=CC-2", "CNY", 54000.0, 0.0, 54000.0]
    assert book.content == (await client.get(f"{base}/cost_centres.xlsx", params={"version": 1})).content


async def test_exports_are_for_compensation_and_finance_over_everything(quarter: Quarter) -> None:
    await quarter.reach("approved")
    own = quarter.company.people[0]
    scoped = person(Role.FINANCE, over=own.unit.id)
    for name in ("payroll.csv", "payroll.xlsx", "cost_centres.csv", "cost_centres.xlsx"):
        path = f"/v1/incentive/runs/{quarter.run_id}/{name}"
        early = await quarter.clients(quarter.payer).get(path)
        assert (early.status_code, early.json()["code"]) == (409, "not_posted")
        for who in (own.caller, scoped, person(Role.AUDITOR), person(Role.HR)):
            assert (await quarter.clients(who).get(path)).status_code == 403
