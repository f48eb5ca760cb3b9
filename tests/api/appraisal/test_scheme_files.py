"""Schemes as workbooks: out, in again without a change, tried, refused by cell, all or nothing (APR-02, PLT-06)."""

from dataclasses import replace
from typing import Any

import httpx2
import pytest

from services.appraisal.workbooks.usecases.scheme_sheets import SCHEME_SHEETS
from services.kit.files.routes import XLSX
from services.kit.files.templates import headers
from services.kit.files.writing import SheetContent, Value, write_workbook
from tests.api.appraisal.test_cycle_editing import code_of
from tests.api.appraisal.test_scheme_scope import places_known
from tests.builders.appraisal import BASE, Person, Quarter, scheme

pytestmark = pytest.mark.req("APR-02", "PLT-06")
Rows = list[list[Value]]
HEAD: list[Value] = ["QE-NEW", "新方案", "new scheme", "员工", "季度", "2026-01-01"]
TABLE = {"kind": "score_table", "points": [["80", "60"], ["90", "80"]], "between": "linear"}


def workbook(heads: Rows, covered: Rows, items: Rows, *more: Rows) -> bytes:
    given = [heads, covered, items, *more]
    contents = [
        SheetContent(form.name, headers(form, "zh"), given[n] if n < len(given) else [])
        for n, form in enumerate(SCHEME_SHEETS)
    ]
    return write_workbook(contents)


def item(code: str, indicator: str, weight: str, *more: Value) -> list[Value]:
    return [code, "work", "业绩", "Results", "100", indicator, indicator, weight, *more]


async def sent(quarter: Quarter, who: Person, data: bytes, **asked: str) -> httpx2.Response:
    api = quarter.api(who.caller)
    return await api.post(f"{BASE}/imports/schemes", content=data, headers={"Content-Type": XLSX}, params=asked)


def places_of(answer: httpx2.Response) -> list[tuple[Any, ...]]:
    return [(each["sheet"], each["row"], each["column"]) for each in answer.json()["errors"]]


def rich() -> dict[str, Any]:
    """A scheme with everything that a sheet can say."""
    body = scheme("QE-RICH", "HEAD", missing_inputs="exclude", adjustment_limit="5.5")
    body["sections"][0]["items"][0] |= {"rule": TABLE, "veto": {"below": "60", "at_most": "B"}}
    body["sections"][2]["items"][0]["questions"][1] |= {"relations": ["peer", "superior"], "maximum": "10"}
    body["feedback"] = {
        "relations": {"superior": "60", "peer": "40", "self": "0"},
        "threshold": 4,
        "limits": {"peer": {"least": 3, "most": 8}},
    }
    return {**body, "grades": {"s": "96", "a": "86.5", "b": "71", "c": "61"}, "result_uses": ["training", "bonus"]}


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_what_is_exported_is_imported_without_a_change(quarter: Quarter, language: str) -> None:
    hr = quarter.company.hr
    await quarter.library()
    await quarter.schemes(scheme("QE-REP", "REP"), rich())
    supplied = {"template": "QE-SUPPLIER", "valid_from": "2026-01-01", "supplier_classes": ["A", "B", "C"]}
    await quarter.done(hr, "schemes/apply_template", supplied)
    before = await quarter.all(hr, "schemes")
    assert {each["code"]: each["result_uses"] for each in before}["QE-RICH"] == ["bonus", "training"]
    api = quarter.api(hr.caller)
    exported = await api.get(f"{BASE}/exports/schemes", headers={"Accept-Language": language})
    answer = await sent(quarter, hr, exported.content)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["created"], told["changed"], told["unchanged"], told["errors"]) == (0, 0, 3, [])
    assert await quarter.all(hr, "schemes") == before
    template = await api.get(f"{BASE}/templates/schemes", headers={"Accept-Language": language})
    tried = await sent(quarter, hr, template.content, dry_run="true")
    assert (tried.status_code, tried.json()["errors"]) == (200, [])


async def test_a_workbook_is_tried_and_taken_and_a_changed_scheme_is_the_next_version(quarter: Quarter) -> None:
    hr = quarter.company.hr
    await quarter.library()
    items = [item("QE-NEW", "S01", "60"), item("QE-NEW", "S03", "40", "分段计分", "60", "B")]
    parameters: Rows = [["QE-NEW", "S03", "分段点", 80, 60], ["QE-NEW", "S03", "分段点", 90, 80]]
    data = workbook([HEAD], [["QE-NEW", "REP"]], items, parameters)
    tried = (await sent(quarter, hr, data, dry_run="true")).json()
    assert (tried["created"], tried["errors"], await quarter.all(hr, "schemes")) == (1, [], [])
    assert (await sent(quarter, hr, data)).json()["created"] == 1
    assert (await sent(quarter, hr, data)).json()["unchanged"] == 1  # twice is once
    [made] = await quarter.all(hr, "schemes")
    _, second = made["sections"][0]["items"]
    assert (made["positions"], second["rule"]["points"], second["veto"]) == (
        ["REP"], [["80", "60"], ["90", "80"]], {"below": "60", "at_most": "B"},
    )  # fmt: skip
    light = [item("QE-NEW", "S01", "70"), item("QE-NEW", "S03", "30", "分段计分", "60", "B")]
    same_day = await sent(quarter, hr, workbook([HEAD], [["QE-NEW", "REP"]], light, parameters), dry_run="true")
    assert places_of(same_day) == [("方案", 2, "生效日期")]
    later = workbook([[*HEAD[:5], "2026-07-01"]], [["QE-NEW", "REP"]], light, parameters)
    assert (await sent(quarter, hr, later)).json()["changed"] == 1
    versions = await quarter.all(hr, "schemes")
    assert [(each["version"], each["valid_from"], each["valid_to"]) for each in versions] == [
        (1, "2026-01-01", "2026-06-30"), (2, "2026-07-01", None),
    ]  # fmt: skip


async def test_every_fault_names_its_row_and_nothing_is_stored(quarter: Quarter) -> None:
    hr, company = quarter.company.hr, quarter.company
    await quarter.library()
    await quarter.schemes(scheme("QE-REP", "REP"))
    good = [item("QE-NEW", "S01", "100")]
    other: list[Value] = ["QE-TWO", *HEAD[1:]]
    rated, asked = [item("QE-NEW", "X01", "100")], ["QE-NEW", "X01", "Q1", "题", None, "100"]
    for data, places in (
        (workbook([HEAD, HEAD], [], good), [("方案", 3, "方案编码")]),
        (workbook([[*HEAD[:3], "客户", *HEAD[4:]]], [], good), [("方案", 2, "考核对象")]),
        (workbook([HEAD], [], []), [("方案", 2, "方案编码")]),
        (workbook([HEAD, other], [], [*good, item("QE-TWO", "Z99", "100")]), [("考核项", 3, "指标编码")]),
        (workbook([HEAD], [], [*good, item("QE-NEW", "S03", "10")]), [("考核项", 2, None)]),  # together 110
        (workbook([HEAD], [], [[*good[0][:4], "90", *good[0][5:]]]), [("方案", 2, None)]),
        (workbook([[*HEAD, *[None] * 7, "奖金、奖金"]], [], good), [("方案", 2, "结果应用")]),
        (workbook([[*HEAD, *[None] * 7, "奖品"]], [], good), [("方案", 2, "结果应用")]),
        (workbook([HEAD], [["QE-X", "REP"]], good), [("适用对象", 2, "方案编码")]),
        (workbook([HEAD], [], good, [["QE-NEW", "S01", "容差", "5", None]]), [("计分", 2, "考核项编号")]),
        (workbook([HEAD], [], good, [], [["QE-NEW", "S03", "Q1", "题", None, "100"]]), [("评价题", 2, "考核项编号")]),
        (workbook([HEAD], [], good, [], [["QE-NEW", "S01", "Q1", "题", None, "100"]]), [("考核项", 2, "考核项编号")]),
        (workbook([HEAD], [], rated, [], [[*asked, None, "上级、同级、上级"]]), [("评价题", 2, "评价关系")]),
        (workbook([HEAD], [], rated, [], [[*asked, "0", None]]), [("考核项", 2, None)]),  # nothing to give
        (workbook([HEAD], [], good, [], [], [["QE-NEW", "上级", "90"]]), [("方案", 2, None)]),
        (workbook([HEAD], [["QE-NEW", "REP"]], good), [("方案", 2, None)]),  # another scheme covers it
        (workbook([[*HEAD[:3], "供应商", *HEAD[4:]]], [["QE-NEW", "D"]], good), [("适用对象", 2, "对象编码")]),
    ):
        tried = await sent(quarter, hr, data, dry_run="true")
        assert (tried.status_code, places_of(tried)) == (200, places), tried.text
        refused = await sent(quarter, hr, data)
        assert code_of(refused) == (422, "cells_refused")
        assert len(refused.json()["errors"]) == len(places)
    assert [each["code"] for each in await quarter.all(hr, "schemes")] == ["QE-REP"]

    await places_known(quarter)
    scoped = replace(hr, over=company.brand.id)
    data = workbook([HEAD, other], [["QE-NEW", "BRAND"], ["QE-TWO", "CHIEF"]], [*good, item("QE-TWO", "S01", "100")])
    assert places_of(await sent(quarter, scoped, data, dry_run="true")) == [("方案", 3, None)]
    assert (await sent(quarter, scoped, data)).status_code == 422
    for who in (company.head, company["E101"]):
        assert (await sent(quarter, who, data)).status_code == 403
    assert (await quarter.get(company["E101"], "exports/schemes")).status_code == 200
