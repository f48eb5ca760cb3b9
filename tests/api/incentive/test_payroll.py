"""The payroll file of a posted run (INC-17)."""

import csv
import hashlib
from base64 import b64encode
from io import BytesIO, StringIO

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from services.kit.files.routes import XLSX
from services.kit.identity import Role
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
    assert list(rows[0]) == ["周期", "工号", "姓名", "成本中心", "币种", "税前金额"]
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
    assert sheet[0] == written[0]
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


async def test_a_file_keeps_the_language_in_which_its_run_was_posted_and_older_ones_their_headings(
    quarter: Quarter,
) -> None:
    run = await quarter.reach("approved")
    client, base = quarter.clients(quarter.payer), f"/v1/incentive/runs/{quarter.run_id}"
    seen = {"Accept-Language": "en", "If-Match": str(run["revision"]), "Idempotency-Key": "post"}
    body = {"calculation_hash": run["calculation"]["content_hash"]}
    assert (await client.post(f"{base}/post", json=body, headers=seen)).status_code == 200

    async def headings(name: str) -> tuple[list[str], list[str]]:
        """Of the file and of its workbook, for a reader of Chinese."""
        given = (await client.get(f"{base}/{name}.csv", headers={"Accept-Language": "zh"})).content
        book = (await client.get(f"{base}/{name}.xlsx", headers={"Accept-Language": "zh"})).content
        sheet = CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).to_python()
        return next(csv.reader(StringIO(given.decode("utf-8-sig")))), [str(cell) for cell in sheet[0]]

    payroll = ["Period", "Employee number", "Name", "Cost centre", "Currency", "Amount before tax"]
    centres = ["Period", "Cost centre", "Currency", "Booked", "Reversed", "Net"]
    assert [await headings(name) for name in ("payroll", "cost_centres")] == [(payroll,) * 2, (centres,) * 2]
    entry = (await items(client, "entries", kind="accrual"))[0]
    assert (await reverse(quarter, entry["id"])).is_success
    assert (await headings("payroll"))[0] == payroll  # the next version as well
    mixed = "周期 period,工号 number,姓名 name,成本中心 cost_centre,币种 currency,金额 amount"
    old = f"\ufeff{mixed}\r\n2026-Q1,E001,林一,CC-1,CNY,54000.00\r\n".encode()
    async with quarter.sessions.write() as session:
        kept = {"run": quarter.run_id, "content": old, "digest": "0" * 64}
        insert = "INSERT INTO payroll_file (run_id, content, digest, created_at, version)"
        insert += " VALUES (:run, :content, :digest, now(), 9)"
        await session.execute(text(insert), kept)
    assert await headings("payroll") == (mixed.split(","), mixed.split(","))
    assert (await client.get(f"{base}/payroll.csv")).content == old
    assert (await headings("cost_centres"))[0][1] == "成本中心 cost_centre"


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


@pytest.mark.req("INC-01", "INC-16")
async def test_amounts_in_a_currency_without_a_minor_unit_are_shown_without_places(quarter: Quarter) -> None:
    quarter.company.change("E001", currency="JPY")
    await quarter.reach("posted")
    lines = await quarter.lines()
    assert [lines[number]["amount"] for number in ("E001", "E002")] == ["54000", "55200.00"]
    totals = (await quarter.read())["calculation"]["totals"]
    assert {each["currency"]: each["amount"] for each in totals} == {"CNY": "83520.00", "JPY": "54000"}
    client = quarter.clients(quarter.payer)
    sides = {each["amount"] for one in await items(client, "entries") for each in one["postings"]}
    assert {"54000", "-54000", "55200.00"} <= sides
    mine = quarter.clients(quarter.company.people[0].caller)
    [statement] = (await mine.get("/v1/incentive/my/statements")).json()["items"]
    page = (await mine.get(f"/v1/incentive/statements/{statement['id']}/page")).json()
    assert (statement["amount"], page["amount"]) == ("54000", "JPY 54,000")
