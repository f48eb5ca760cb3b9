"""Import and export of the organisation (ORG-14)."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import httpx2
import pytest

from services.kit.files.writing import SheetContent, Value, write_csv, write_workbook
from services.kit.identity import Role
from services.org.exchange.usecases.sheets import SHEETS
from tests.builders.org import ok
from tests.clients import Clients

pytestmark = pytest.mark.req("ORG-14", "PLT-06")
IMPORTS = "/v1/org/imports"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXAMPLE = Path(__file__).parents[3] / "examples/company/organisation.xlsx"
D = date(2020, 1, 1)
NOTHING = {name: {"created": 0, "changed": 0} for name in SHEETS}
Rows = Sequence[Sequence[Value]]

UNITS: Rows = [
    ("G", "集团", "Group", "集团", None, "GM", "否", D, None),
    ("S", "销售部", "Sales", "部门", "G", "S1", "否", D, None),
]
POSITIONS: Rows = [
    ("GM", "总经理", "GM", "G", "管理", "M5", 1, None, D, None),
    ("S1", "销售部长", "Head", "S", "管理", "M3", 1, None, D, None),
    ("S2", "销售", "Sales", "S", "专业", "P3", 2, "S1", D, None),
]
EMPLOYEES: Rows = [
    ("E1", "王一", "e1@example.com", D, None, None),
    ("E2", "李二", None, D, None, None),
    ("E3", "张三", None, date(2025, 12, 1), date(2026, 2, 28), None),
]
ASSIGNMENTS: Rows = [
    ("E1", "GM", "主岗", D, None, None),
    ("E2", "S1", "主岗", D, date(2026, 1, 31), None),
    ("E2", "S2", "主岗", date(2026, 2, 1), None, "调岗"),
    ("E3", "S2", "主岗", date(2025, 12, 1), None, None),
]
GOOD = {"units": UNITS, "positions": POSITIONS, "employees": EMPLOYEES, "assignments": ASSIGNMENTS}


def workbook(**changed: Rows) -> bytes:
    sheets = {**GOOD, **changed}
    return write_workbook(
        SheetContent(form.name, [column.header for column in form.columns], sheets[name])
        for name, form in SHEETS.items()
        if name in sheets
    )


def changed(rows: Rows, row: int, column: int, value: Value) -> Rows:
    """The rows with one cell changed; ``row`` counts as in the file, where the header is 1."""
    copy = [list(each) for each in rows]
    copy[row - 2][column] = value
    return copy


async def send(client: httpx2.AsyncClient, data: bytes, kind: str = XLSX, **asked: str) -> httpx2.Response:
    return await client.post(IMPORTS, content=data, headers={"Content-Type": kind}, params=asked)


@pytest.mark.parametrize("kind", [XLSX, "application/octet-stream"])
async def test_a_file_is_uploaded_as_form_data_as_browsers_do(org: Clients, kind: str) -> None:
    upload = {"file": ("组织.xlsx", workbook(), kind)}
    answer = await org(Role.HR).post(IMPORTS, files=upload, params={"dry_run": "true"})
    assert answer.status_code == (200 if kind == XLSX else 415), answer.text
    if kind == XLSX:
        assert (answer.json()["units"], answer.json()["errors"]) == ({"created": 2, "changed": 0}, [])


async def test_form_data_without_exactly_one_file_are_refused(org: Clients) -> None:
    hr = org(Role.HR)
    both = [("file", ("a.xlsx", workbook(), XLSX)), ("file", ("b.xlsx", workbook(), XLSX))]
    head = b'--x\r\nContent-Disposition: form-data; name="file"\r\nContent-Type: ' + XLSX.encode()
    part, form = head + b"\r\n\r\n" + workbook() + b"\r\n", {"Content-Type": "multipart/form-data; boundary=x"}
    answers = [
        await hr.post(IMPORTS, content=b"before it\r\n" + part + b"--x--\r\n", headers=form),
        await hr.post(IMPORTS, content=part + b"--x\r\ncut off", headers=form),
        await hr.post(IMPORTS, content=head + b"\r\n--x--\r\n", headers=form),
        await hr.post(IMPORTS, files=both),
        await hr.post(IMPORTS, files={"other": ("a.xlsx", workbook(), XLSX)}),
        await hr.post(IMPORTS, content=b"nonsense", headers={"Content-Type": "multipart/form-data; boundary=x"}),
        await hr.post(IMPORTS, content=b"--x--", headers={"Content-Type": "multipart/form-data"}),
    ]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(400, "upload_malformed")] * 7


async def field_errors(client: httpx2.AsyncClient, data: bytes) -> list[tuple[str, int, str | None]]:
    report = await ok(await send(client, data, dry_run="true"))
    assert report["error_count"] == len(report["errors"])
    return [(fault["sheet"], fault["row"], fault["column"]) for fault in report["errors"]]


async def counts(client: httpx2.AsyncClient) -> list[int]:
    found = []
    for name in ("units", "positions", "employees", "assignments"):
        found.append(len((await ok(await client.get(f"/v1/org/{name}", params={"limit": "500"})))["items"]))
    return found


async def test_a_workbook_is_tried_out_then_taken_over_and_changes_nothing_the_second_time(org: Clients) -> None:
    hr = org(Role.HR)
    trial = await ok(await send(hr, workbook(), dry_run="true"))
    assert (trial["dry_run"], trial["units"], trial["errors"]) == (True, {"created": 2, "changed": 0}, [])
    assert await counts(hr) == [0, 0, 0, 0]
    done = await ok(await send(hr, workbook()))
    assert [done[name]["created"] for name in SHEETS] == [2, 3, 3, 4]
    assert await counts(hr) == [2, 3, 3, 4]
    again = await ok(await send(hr, workbook()))
    assert {name: again[name] for name in SHEETS} == NOTHING


async def test_what_was_imported_answers_like_what_was_made_by_hand(org: Clients) -> None:
    hr = org(Role.HR)
    await ok(await send(hr, workbook()))
    (e3,) = (await ok(await hr.get("/v1/org/employees", params={"number": "E3", "as_of": "2026-03-01"})))["items"]
    assert (e3["main_assignment"]["position_code"], e3["main_assignment"]["unit"]["code"]) == ("S2", "S")
    january = await ok(await hr.get(f"/v1/org/employees/{e3['id']}/manager", params={"as_of": "2026-01-31"}))
    february = await ok(await hr.get(f"/v1/org/employees/{e3['id']}/manager", params={"as_of": "2026-02-01"}))
    assert [p["number"] for p in january["chain"]] == ["E2", "E1"]
    assert [p["number"] for p in february["chain"]] == ["E1"]


async def test_the_example_company_goes_in_comes_out_and_goes_in_unchanged(org: Clients) -> None:
    hr = org(Role.HR)
    done = await ok(await send(hr, EXAMPLE.read_bytes()))
    assert done["employees"]["created"] >= 80
    exported = (await hr.get("/v1/org/exports")).content
    again = await ok(await send(hr, exported))
    assert {name: again[name] for name in SHEETS} == NOTHING
    assert (await hr.get("/v1/org/exports")).content == exported


@pytest.mark.parametrize("sheet", SHEETS)
async def test_each_sheet_goes_out_and_in_again_as_csv(org: Clients, sheet: str) -> None:
    hr = org(Role.HR)
    await ok(await send(hr, workbook()))
    exported = await hr.get("/v1/org/exports", params={"sheet": sheet})
    assert exported.headers["content-type"].startswith("text/csv")
    again = await ok(await send(hr, exported.content, "text/csv", sheet=sheet))
    assert {name: again[name] for name in SHEETS} == NOTHING


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "header"),
    [
        ("units", 3, 3, "事业群", "类型"),
        ("units", 3, 4, "X", "上级单元编码"),
        ("units", 3, 5, "X9", "负责人岗位编码"),
        ("units", 2, 4, "S", "上级单元编码"),  # a circle
        ("units", 3, 7, "不知道", "生效日期"),
        ("units", 3, 8, date(2019, 12, 31), "失效日期"),
        ("units", 2, 7, date(2021, 1, 1), "上级单元编码"),  # found at S, which hangs beneath it
        ("positions", 4, 3, "X", "单元编码"),
        ("positions", 4, 6, -1, "编制"),
        ("positions", 3, 7, "S2", "上级岗位编码"),  # S1 and S2 report to each other
        ("positions", 4, 8, date(2019, 1, 1), "单元编码"),
        ("employees", 4, 4, date(2025, 11, 30), "试用期截止"),
        ("employees", 4, 5, date(2025, 11, 1), "离职日期"),
        ("assignments", 5, 0, "E9", "工号"),
        ("assignments", 5, 1, "S9", "岗位编码"),
        ("assignments", 5, 2, "正式", "任职类型"),
        ("assignments", 5, 3, date(2025, 11, 1), "开始日期"),  # before being hired
        ("assignments", 3, 4, date(2026, 2, 15), "开始日期"),  # overlaps the next row
    ],
)
async def test_a_wrong_cell_is_named_and_nothing_is_stored(
    org: Clients, sheet: str, row: int, column: int, value: Value, header: str
) -> None:
    hr = org(Role.HR)
    data = workbook(**{sheet: changed(GOOD[sheet], row, column, value)})
    found = await field_errors(hr, data)
    assert any(where[2] == header for where in found), found
    refused = await send(hr, data)
    assert (refused.status_code, refused.json()["code"]) == (422, "cells_refused")
    assert any(fault["pointer"].endswith(f"/{header}") for fault in refused.json()["errors"])
    assert await counts(hr) == [0, 0, 0, 0]


async def test_what_would_stand_too_deep_is_found_before_anything_is_stored(org: Clients) -> None:
    units = [
        (f"L{n}", "层", "Level", "团队", f"L{n - 1}" if n > 1 else None, None, "否", D, None) for n in range(1, 103)
    ]
    data = workbook(units=[*UNITS, *units])
    assert await field_errors(org(Role.HR), data) == [("单元", 104, "上级单元编码")]  # L101; L102 would only repeat it
    data = workbook(units=[*UNITS, *units[:100]])
    assert await field_errors(org(Role.HR), data) == []
    line = [
        (f"P{n}", "岗", "Post", "S", "专业", "P1", 1, f"P{n - 1}" if n > 1 else "S2", D, None) for n in range(1, 100)
    ]
    assert await field_errors(org(Role.HR), workbook(positions=[*POSITIONS, *line])) == [("岗位", 102, "上级岗位编码")]


@pytest.mark.req("ORG-15")
async def test_a_file_brings_in_no_probation_beyond_the_legal_limit(org: Clients) -> None:
    data = workbook(employees=changed(EMPLOYEES, 4, 4, date(2026, 6, 1)))
    assert ("员工", 4, "试用期截止") in await field_errors(org(Role.HR), data)


async def test_every_wrong_cell_is_reported_at_once(org: Clients) -> None:
    units = changed(changed(UNITS, 2, 3, "?"), 3, 7, "?")
    found = await field_errors(org(Role.HR), workbook(units=units, employees=changed(EMPLOYEES, 2, 0, "工号一")))
    assert {("单元", 2, "类型"), ("单元", 3, "生效日期"), ("员工", 2, "工号")} <= set(found)


async def test_a_headcount_is_not_exceeded_by_a_file_unless_hr_says_why(org: Clients) -> None:
    hr = org(Role.HR)
    data = workbook(positions=changed(POSITIONS, 4, 6, 1))
    assert await field_errors(hr, data) == [("任职", 5, "岗位编码")]
    done = await ok(await send(hr, data, overfill_reason="合并期间"))
    assert done["assignments"]["created"] == 4
    again = await ok(await send(hr, data))
    assert {name: again[name] for name in SHEETS} == NOTHING


async def test_a_file_leaves_what_it_does_not_mention_and_history_as_they_were(org: Clients) -> None:
    hr = org(Role.HR)
    await ok(await send(hr, workbook()))
    later: Rows = [("S", "大客户部", "Key accounts", "部门", "G", "S1", "是", date(2026, 4, 1), None)]
    done = await ok(await send(hr, csv("units", later), "text/csv", sheet="units"))
    assert done["units"] == {"created": 0, "changed": 1}
    (before,) = (await ok(await hr.get("/v1/org/units", params={"code": "S", "as_of": "2026-03-31"})))["items"]
    (after,) = (await ok(await hr.get("/v1/org/units", params={"code": "S", "as_of": "2026-04-01"})))["items"]
    assert (before["name"], after["name"], after["special"]) == ("销售部", "大客户部", True)
    assert await counts(hr) == [2, 3, 3, 4]
    one_more = ("E4", "赵四", None, D, None, None), ("E4", "S2", "主岗", D, None, None)
    third = workbook(
        positions=changed(POSITIONS, 4, 6, 3),
        employees=[*EMPLOYEES, one_more[0]],
        assignments=[*ASSIGNMENTS, one_more[1]],
    )
    assert await field_errors(hr, third) == []  # nobody counts twice among the people of S2


@pytest.mark.req("ORG-08")
async def test_a_file_of_units_alone_changes_whom_their_people_report_to(org: Clients) -> None:
    hr = org(Role.HR)
    chief = ("GV", "总裁", "President", "G", "管理", "M6", 1, None, D, None)
    more = {"employees": [*EMPLOYEES, ("E4", "赵四", None, D, None, None)]}
    more["assignments"] = [*ASSIGNMENTS, ("E4", "GV", "主岗", D, None, None)]
    await ok(await send(hr, workbook(positions=[*POSITIONS, chief], **more)))
    headed: Rows = [("G", "集团", "Group", "集团", None, "GV", "否", date(2026, 4, 1), None)]
    await ok(await send(hr, csv("units", headed), "text/csv", sheet="units"))
    (e2,) = (await ok(await hr.get("/v1/org/employees", params={"number": "E2"})))["items"]
    lines = [
        await ok(await hr.get(f"/v1/org/employees/{e2['id']}/manager", params={"as_of": day}))
        for day in ("2026-03-31", "2026-04-01")
    ]
    assert [line["manager"]["number"] for line in lines] == ["E1", "E4"]


async def test_a_file_gives_a_position_no_fewer_places_than_are_taken_unless_hr_says_why(org: Clients) -> None:
    hr = org(Role.HR)
    await ok(await send(hr, workbook()))
    fewer = csv("positions", changed(changed(POSITIONS, 4, 6, 1), 4, 1, "销售员")[2:])
    asked = {"sheet": "positions"}
    report = await ok(await send(hr, fewer, "text/csv", dry_run="true", **asked))
    assert [(fault["row"], fault["column"], fault["found"]) for fault in report["errors"]] == [(2, "编制", "1")]
    done = await ok(await send(hr, fewer, "text/csv", overfill_reason="缩编", **asked))
    assert done["positions"] == {"created": 0, "changed": 1}
    renamed = csv("positions", changed(changed(POSITIONS, 4, 6, 1), 4, 1, "销售代表")[2:])
    assert (await ok(await send(hr, renamed, "text/csv", **asked)))["positions"]["changed"] == 1


async def test_the_same_employment_or_assignment_twice_in_a_file_is_a_fault(org: Clients) -> None:
    hr = org(Role.HR)
    data = workbook(employees=[*EMPLOYEES, EMPLOYEES[0]], assignments=[*ASSIGNMENTS, ASSIGNMENTS[0]])
    assert await field_errors(hr, data) == [("员工", 5, "入职日期"), ("任职", 6, "开始日期")]
    while_employed = workbook(employees=[*EMPLOYEES, ("E2", "李二", None, date(2026, 3, 1), None, None)])
    assert await field_errors(hr, while_employed) == [("员工", 5, "入职日期")]


@pytest.mark.req("ORG-07")
async def test_an_empty_cell_leaves_a_termination_and_a_cleared_one_rescinds_it(org: Clients) -> None:
    hr, last = org(Role.HR), date(2026, 3, 31)
    await ok(await send(hr, workbook()))

    async def sent(value: Value) -> list[tuple[str | None, str | None]]:
        row = csv("employees", changed(EMPLOYEES, 4, 5, value)[2:])
        await ok(await send(hr, row, "text/csv", sheet="employees"))
        (e3,) = (await ok(await hr.get("/v1/org/employees", params={"number": "E3"})))["items"]
        found = await ok(await hr.get(f"/v1/org/employees/{e3['id']}"))
        return [(each["last_day"], each["probation_until"]) for each in found["employments"]]

    await ok(await send(hr, csv("assignments", changed(ASSIGNMENTS, 5, 4, last)), "text/csv", sheet="assignments"))
    assert await sent(last) == [("2026-03-31", "2026-02-28")]
    assert await sent(None) == [("2026-03-31", "2026-02-28")]
    assert await sent("清除") == [(None, "2026-02-28")]
    assert await sent("-") == [(None, "2026-02-28")]


def csv(sheet: str, rows: Rows) -> bytes:
    return write_csv([column.header for column in SHEETS[sheet].columns], rows)
