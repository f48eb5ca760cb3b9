"""The payroll file of a posted run (INC-17)."""

import csv
import hashlib
from base64 import b64encode
from io import StringIO

import pytest

from services.kit.identity import Role
from tests.builders.incentive_quarter import Quarter

pytestmark = pytest.mark.req("INC-17")


async def test_the_payroll_file_names_cost_centres_and_its_cells_are_no_formulas(quarter: Quarter) -> None:
    quarter.company.change("E001", name="=HYPERLINK(1)", cost_centre="+CC")
    await quarter.begin()
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
    await quarter.begin()
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
    await quarter.begin()
    await quarter.reach("approved")
    refused = await quarter.clients(quarter.payer).get(f"/v1/incentive/runs/{quarter.run_id}/payroll.csv")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_posted")
    executive = await quarter.clients(Role.EXECUTIVE).get(f"/v1/incentive/runs/{quarter.run_id}/payroll.csv")
    assert executive.status_code == 403
