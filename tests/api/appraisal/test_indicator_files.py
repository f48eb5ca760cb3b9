"""The indicator library as a workbook: out, in again without a change, tried, refused by cell (APR-01, PLT-06)."""

from typing import Any

import httpx2
import pytest

from services.appraisal.workbooks.usecases.indicator_sheets import INDICATOR_SHEETS
from services.kit.files.routes import XLSX
from services.kit.files.templates import headers
from services.kit.files.writing import SheetContent, Value, write_workbook
from services.kit.identity import Role
from tests.builders.appraisal import BASE, Quarter
from tests.clients import Clients

pytestmark = pytest.mark.req("APR-01", "PLT-06")
MEANING: list[Value] = ["财务", "已收与应收之比", "元", "yuan", "财务系统", "月", "平均", "分段计分"]
ROW: list[Value] = ["T01", "回款率", "Collection", "定量", *MEANING]
POINTS: list[list[Value]] = [
    ["T01", "分段方式", "线性", None],
    ["T01", "分段点", 80, 60],
    ["T01", "分段点", "90", "80"],
]


def workbook(rows: list[list[Value]], parameters: list[list[Value]]) -> bytes:
    contents = zip(INDICATOR_SHEETS, (rows, parameters), strict=True)
    return write_workbook([SheetContent(form.name, headers(form, "zh"), lines) for form, lines in contents])


async def sent(client: httpx2.AsyncClient, data: bytes, **asked: str) -> httpx2.Response:
    return await client.post(f"{BASE}/imports/indicators", content=data, headers={"Content-Type": XLSX}, params=asked)


async def library(client: httpx2.AsyncClient) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await client.get(f"{BASE}/indicators", params={"limit": "500"})).json()["items"]
    return items


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_an_exported_library_is_imported_without_a_change(
    appraisal: Clients, quarter: Quarter, language: str
) -> None:
    await quarter.library()
    hr = appraisal(Role.HR)
    before = await library(hr)
    assert {(each["unit"], each["unit_en"]) for each in before} == {("元", "yuan")}
    exported = await hr.get(f"{BASE}/exports/indicators", headers={"Accept-Language": language})
    answer = await sent(hr, exported.content)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["created"], told["changed"], told["unchanged"]) == (0, 0, len(before))
    assert await library(hr) == before


async def test_a_workbook_is_tried_and_taken_in_and_a_changed_row_is_the_next_version(appraisal: Clients) -> None:
    hr, data = appraisal(Role.HR), workbook([ROW], POINTS)
    tried = (await sent(hr, data, dry_run="true")).json()
    assert (tried["created"], tried["errors"], await library(hr)) == (1, [], [])
    assert (await sent(hr, data)).json()["created"] == 1
    (stored,) = await library(hr)
    assert (stored["dimension"], stored["collection"], stored["aggregation"]) == ("financial", "month", "mean")
    assert (stored["unit"], stored["unit_en"]) == ("元", "yuan")
    assert (stored["rule"]["points"], stored["rule"]["between"]) == ([["80", "60"], ["90", "80"]], "linear")
    renamed = workbook([[ROW[0], "回款比例", *ROW[2:]]], POINTS)
    assert (await sent(hr, renamed)).json()["changed"] == 1
    assert [(each["name"], each["version"]) for each in await library(hr)] == [("回款比例", 2)]


async def test_every_bad_cell_is_named_and_nothing_is_stored(appraisal: Clients) -> None:
    hr = appraisal(Role.HR)
    data = workbook([ROW, [*ROW[:3], "其他", *ROW[4:]]], POINTS)
    tried = await sent(hr, data, dry_run="true")
    assert [(each["sheet"], each["row"], each["column"]) for each in tried.json()["errors"]] == [("指标", 3, "性质")]
    misshapen = workbook([ROW, ROW], [*POINTS, ["T01", "容差", 5, None], ["T02", "分段点", 1, 1]])
    found = (await sent(hr, misshapen)).json()["errors"]
    assert {each["pointer"] for each in found} == {"/计分/6/指标编码", "/计分/5/参数", "/指标/3/指标编码"}
    falling = workbook([ROW], [*POINTS, ["T01", "分段点", 85, 90]])
    assert (await sent(hr, falling)).json()["errors"][0]["pointer"] == "/计分/5/数值"
    assert await library(hr) == []


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_template_is_taken_back_as_it_is(appraisal: Clients, language: str) -> None:
    hr = appraisal(Role.HR)
    template = await hr.get(f"{BASE}/templates/indicators", headers={"Accept-Language": language})
    answer = await sent(hr, template.content, dry_run="true")
    assert (answer.status_code, answer.json()["errors"]) == (200, [])
