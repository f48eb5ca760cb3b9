"""Positions, headcount and vacancies over HTTP (ORG-02)."""

import pytest

from tests.builders.org import Organisation, act, ok, small_company
from tests.clients import Clients

pytestmark = pytest.mark.req("ORG-02")
POSITIONS = "/v1/org/positions"


@pytest.fixture
async def company(org: Clients) -> Organisation:
    return await small_company(org)


async def change(company: Organisation, code: str, **changes: object) -> tuple[int, dict[str, object]]:
    path = f"{POSITIONS}/{company.ids[code]}"
    tag = (await company.hr.get(path)).headers["ETag"]
    answer = await company.hr.patch(path, json=changes, headers={"If-Match": tag})
    return answer.status_code, answer.json()


async def test_a_position_tells_its_assignments_people_and_vacancies(company: Organisation) -> None:
    position = await ok(await company.hr.get(f"{POSITIONS}/{company.ids['S2']}"))
    assert (position["headcount"], position["filled"], position["vacant"]) == (2, 2, 0)
    assert position["unit_path"][-1] == company.ids["S"]
    vacant = await ok(await company.hr.get(f"{POSITIONS}/{company.ids['B1']}"))
    assert (vacant["filled"], vacant["vacant"]) == (0, 1)


async def test_a_position_is_shown_once_with_its_unit_as_it_is_named_and_lies_on_the_day(company: Organisation) -> None:
    await ok(await company.change_unit("S", valid_from="2026-02-01", name="大客户部"))
    await company.unit("N", "C")
    moved = {"parent_id": company.ids["N"], "valid_from": "2026-04-01"}
    await ok(await act(company.hr, f"/v1/org/units/{company.ids['S']}/move", json=moved))
    for day, name, above in (
        ("2026-01-05", "单元S", "M"),
        ("2026-03-01", "大客户部", "M"),
        ("2026-05-01", "大客户部", "N"),
    ):
        params = {"unit_id": company.ids["S"], "as_of": day}
        listed = (await ok(await company.hr.get(POSITIONS, params=params)))["items"]
        assert [each["code"] for each in listed] == ["S1", "S2"]
        one = await ok(await company.hr.get(f"{POSITIONS}/{company.ids['S2']}", params={"as_of": day}))
        for shown in (listed[1], one):
            assert (shown["unit_name"], shown["unit_path"][-2]) == (name, company.ids[above])


async def test_headcount_and_vacancy_are_reported_by_unit_as_of_a_date(company: Organisation) -> None:
    report = await ok(await company.hr.get("/v1/org/headcount", params={"unit_id": company.ids["M"]}))
    rows = {
        row["unit"]["code"]: (row["own"]["headcount"], row["own"]["filled"], row["own"]["vacant"])
        for row in report["items"]
    }
    assert rows == {"M": (1, 1, 0), "S": (3, 3, 0), "B": (2, 1, 1)}
    await company.terminate("E4", "2026-02-28")
    later = await ok(
        await company.hr.get("/v1/org/headcount", params={"unit_id": company.ids["S"], "as_of": "2026-03-01"})
    )
    assert [(row["own"]["filled"], row["own"]["vacant"]) for row in later["items"]] == [(2, 1)]


async def test_a_full_position_takes_nobody_more_unless_hr_gives_a_reason(company: Organisation) -> None:
    body = {"number": "E9", "name": "超编", "hired_on": "2026-01-05", "position_id": company.ids["S2"]}
    refused = await company.hr.post("/v1/org/employees", json=body)
    assert refused.status_code == 409
    assert refused.json()["code"] == "headcount_exceeded"
    assert (await company.hr.get("/v1/org/employees", params={"number": "E9"})).json()["items"] == []
    forced = await company.hr.post("/v1/org/employees", json={**body, "overfill_reason": "新品上市，总经理特批"})
    assert forced.status_code == 201
    position = await ok(await company.hr.get(f"{POSITIONS}/{company.ids['S2']}"))
    assert (position["filled"], position["vacant"]) == (3, 0)


async def test_somebody_who_comes_later_counts_on_the_day_on_which_assignments_run_out(company: Organisation) -> None:
    await company.person("E8", "B1", hired_on="2026-06-01")
    body = {"number": "E9", "name": "临时", "hired_on": "2026-01-05"}
    company.ids["E9"] = (await ok(await company.hr.post("/v1/org/employees", json=body)))["id"]
    assignment = {"employee_id": company.ids["E9"], "position_id": company.ids["B1"], "kind": "primary"}
    open_end = await company.hr.post("/v1/org/assignments", json={**assignment, "valid_from": "2026-01-05"})
    assert (open_end.status_code, "2026-06-01" in open_end.json()["title"]) == (409, True)
    until_then = {**assignment, "valid_from": "2026-01-05", "valid_to": "2026-05-31"}
    assert (await company.hr.post("/v1/org/assignments", json=until_then)).status_code == 201


async def test_acting_and_concurrent_holders_take_no_assignment_of_the_headcount(company: Organisation) -> None:
    await company.place("E3", "B1", "acting", "2026-01-01")
    position = await ok(await company.hr.get(f"{POSITIONS}/{company.ids['B1']}"))
    assert (position["filled"], position["vacant"]) == (0, 1)


async def test_a_headcount_below_the_people_in_it_needs_a_reason(company: Organisation) -> None:
    assert (await change(company, "S2", headcount=1, valid_from="2026-02-01"))[0] == 409
    status, _ = await change(company, "S2", headcount=1, valid_from="2026-02-01", overfill_reason="年内自然减员")
    assert status == 200


async def test_reporting_in_a_circle_is_refused_and_named(company: Organisation) -> None:
    await company.position("S3", "S", reports_to="S2")
    status, problem = await change(company, "S2", reports_to_id=company.ids["S3"], valid_from="2026-02-01")
    assert status == 409
    assert problem["code"] == "reporting_circle"
    assert problem["errors"] == [
        {
            "pointer": "/reports_to_id",
            "found": company.ids["S3"],
            "expected": "汇报关系不绕回自身的上级岗位",
        }
    ]
    itself, _ = await change(company, "S2", reports_to_id=company.ids["S2"], valid_from="2026-02-01")
    assert itself == 409


async def test_a_position_in_use_cannot_be_closed(company: Organisation) -> None:
    held = await act(company.hr, f"{POSITIONS}/{company.ids['S2']}/close", json={"valid_to": "2026-03-31"})
    assert (held.status_code, held.json()["code"]) == (409, "position_in_use")
    heads = await act(company.hr, f"{POSITIONS}/{company.ids['B1']}/close", json={"valid_to": "2026-03-31"})
    assert (heads.status_code, "单元 B。" in heads.json()["title"]) == (409, True)
    assert "员工 E4 员工E4、" in held.json()["title"]


async def test_an_unused_position_can_be_closed(company: Organisation) -> None:
    await company.position("B9", "B")
    path = f"{POSITIONS}/{company.ids['B9']}"
    await ok(await act(company.hr, f"{path}/close", json={"valid_to": "2026-03-31"}))
    assert (await company.hr.get(path, params={"as_of": "2026-03-31"})).status_code == 200
    assert (await company.hr.get(path, params={"as_of": "2026-04-01"})).status_code == 404


async def test_a_position_is_changed_and_closed_only_as_it_was_seen(company: Organisation) -> None:
    path = f"{POSITIONS}/{company.ids['B2']}"
    for send, address, body in (
        (company.hr.patch, path, {"valid_from": "2026-02-01", "title": "改名"}),
        (company.hr.post, f"{path}/close", {"valid_to": "2026-03-31"}),
    ):
        stale = await send(address, json=body, headers={"If-Match": '"99"'})
        assert (stale.status_code, stale.json()["code"]) == (412, "stale")


async def test_positions_of_a_unit_or_of_its_whole_subtree(company: Organisation) -> None:
    async def listed(**params: str) -> list[str]:
        page = await ok(await company.hr.get(POSITIONS, params=params))
        return [position["code"] for position in page["items"]]

    assert await listed(unit_id=company.ids["M"]) == ["M1"]
    assert await listed(unit_id=company.ids["M"], whole_subtree="true") == ["B1", "B2", "M1", "S1", "S2"]


async def test_a_position_must_lie_in_a_unit_that_exists(company: Organisation) -> None:
    body = {"code": "Z", "title": "虚", "title_en": "none", "unit_id": company.ids["GM"], "track": "professional"}
    answer = await company.hr.post(POSITIONS, json={**body, "grade": "P1", "headcount": 1, "valid_from": "2026-01-01"})
    assert answer.status_code in {403, 422}
    answer = await company.hr.post(
        POSITIONS,
        json={**body, "unit_id": company.ids["S"], "grade": "P1", "headcount": -1, "valid_from": "2026-01-01"},
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/headcount"


async def test_positions_are_found_by_name_and_by_whether_they_are_vacant(company: Organisation) -> None:
    await company.position("B9", "B", title="品牌策划", title_en="Brand planner", headcount=2)

    async def found(**params: str) -> list[str]:
        return [each["code"] for each in (await ok(await company.hr.get(POSITIONS, params=params)))["items"]]

    assert await found(q="策划") == await found(q="planner") == ["B9"]
    assert await found(state="vacant") == ["B1", "B9"]
    assert "S2" in await found(state="filled", unit_id=company.ids["S"])
    assert await found(state="over_headcount") == []


@pytest.mark.req("ORG-02", "ORG-14", "INC-06")
async def test_a_position_of_core_talent_is_marked_from_a_day_on_and_by_file(company: Organisation) -> None:
    hr, path = company.hr, f"/v1/org/positions/{company.ids['B2']}"
    tag = (await hr.get(path)).headers["ETag"]
    marked = await hr.patch(path, json={"valid_from": "2026-03-01", "core_talent": True}, headers={"If-Match": tag})
    assert (await ok(marked))["core_talent"] is True
    days = [
        (await ok(await hr.get(path, params={"as_of": day})))["core_talent"] for day in ("2026-02-28", "2026-03-01")
    ]
    assert days == [False, True]
    head, *lines = (await hr.get("/v1/org/exports", params={"sheet": "positions"})).text.splitlines()
    column = head.split(",").index("核心人才岗位")
    mine = [line.split(",") for line in lines if line.startswith("B2,")]
    assert [cells[column] for cells in mine] == ["否", "是"]
    asked = {"params": {"sheet": "positions"}, "headers": {"Content-Type": "text/csv"}}
    for value, kept in (("", True), ("否", False)):
        mine[1][column] = value
        await ok(await hr.post("/v1/org/imports", content="\n".join([head, ",".join(mine[1])]).encode(), **asked))
        assert (await ok(await hr.get(path, params={"as_of": "2026-03-01"})))["core_talent"] is kept
