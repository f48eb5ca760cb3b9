"""Units over HTTP (ORG-01)."""

import json
from typing import Any
from uuid import UUID

import pytest

from services.kit.identity import Role
from tests.builders.org import Organisation, act, ok, small_company
from tests.clients import Clients
from tests.identities import person

pytestmark = pytest.mark.req("ORG-01")
UNITS = "/v1/org/units"


@pytest.fixture
async def company(org: Clients) -> Organisation:
    return await small_company(org)


async def codes(company: Organisation, path: str, **params: str) -> list[str]:
    found = await ok(await company.hr.get(path, params=params))
    return [unit["code"] for unit in (found["items"] if isinstance(found, dict) else found)]


async def test_a_unit_knows_its_path_subtree_and_ancestors(company: Organisation) -> None:
    unit = await ok(await company.hr.get(f"{UNITS}/{company.ids['S']}"))
    assert unit["path"] == [company.ids[code] for code in ("G", "C", "M", "S")]
    assert await codes(company, f"{UNITS}/{company.ids['S']}/ancestors") == ["G", "C", "M"]
    assert sorted(await codes(company, f"{UNITS}/{company.ids['M']}/subtree")) == ["B", "M", "S"]


async def test_a_subtree_lists_each_unit_before_those_beneath_it_page_by_page(company: Organisation) -> None:
    seen: list[str] = []
    params = {"limit": "2"}
    while True:
        page = await ok(await company.hr.get(f"{UNITS}/{company.ids['G']}/subtree", params=params))
        seen += [unit["code"] for unit in page["items"]]
        if page["next"] is None:
            break
        params["cursor"] = page["next"]
    assert seen[:3] == ["G", "C", "M"]
    assert sorted(seen[3:]) == ["B", "S"]


async def test_a_whole_subtree_is_streamed_as_the_list_shows_it_and_proves_its_completeness(
    company: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.org.structure.store.units.STREAMED", 2)
    path = f"{UNITS}/{company.ids['C']}"
    listed = (await ok(await company.hr.get(f"{path}/subtree")))["items"]
    answer = await company.hr.get(f"{path}/whole_subtree")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/jsonl")
    *streamed, end = [json.loads(line) for line in answer.content.splitlines()]
    assert (streamed, end["kind"], end["lines"]) == (listed, "end", len(listed))
    refused = await company.hr.get(f"{path}/whole_subtree", params={"as_of": "1999-01-01"})
    assert (refused.status_code, refused.json()["code"]) == (404, "unit_unknown")


async def test_a_rename_holds_from_its_day_on_and_leaves_the_past_as_it_was(company: Organisation) -> None:
    answer = await company.change_unit("S", valid_from="2026-02-01", name="大客户部")
    assert answer.status_code == 200
    path = f"{UNITS}/{company.ids['S']}"
    assert (await ok(await company.hr.get(path, params={"as_of": "2026-01-31"})))["name"] == "单元S"
    assert (await ok(await company.hr.get(path, params={"as_of": "2026-02-01"})))["name"] == "大客户部"
    versions = await ok(await company.hr.get(f"{path}/versions"))
    assert [(version["valid_from"], version["valid_to"]) for version in versions] == [
        ("2020-01-01", "2026-01-31"),
        ("2026-02-01", None),
    ]


async def test_a_version_names_its_parent_and_head_position_as_on_its_first_day(company: Organisation) -> None:
    await ok(await company.change_unit("S", valid_from="2026-02-01", head_position_id=None))
    await ok(await company.change_unit("M", valid_from="2026-03-01", name="单元N", name_en="Unit N"))
    await ok(await company.change_unit("S", valid_from="2026-04-01", special=True))
    versions = await ok(await company.hr.get(f"{UNITS}/{company.ids['S']}/versions"))
    named = ("parent_name", "parent_name_en", "head_position_code", "head_position_title", "head_position_title_en")
    assert [tuple(version[name] for name in named) for version in versions] == [
        ("单元M", "Unit M", "S1", "岗位S1", "Position S1"),
        ("单元M", "Unit M", None, None, None),
        ("单元N", "Unit N", None, None, None),
    ]
    assert (await company.hr.get(f"{UNITS}/{UUID(int=1)}/versions")).json()["code"] == "unit_unknown"


async def test_an_earlier_change_of_one_field_leaves_a_later_change_of_another_standing(company: Organisation) -> None:
    hr, path = company.hr, f"{UNITS}/{company.ids['S']}"
    await ok(await act(hr, f"{path}/move", json={"parent_id": company.ids["B"], "valid_from": "2026-06-01"}))
    await ok(await company.change_unit("S", valid_from="2026-03-01", name="新名"))
    later = await ok(await hr.get(path, params={"as_of": "2026-07-01"}))
    assert (later["name"], later["parent_id"]) == ("新名", company.ids["B"])
    assert (await ok(await hr.get(path, params={"as_of": "2026-04-01"})))["parent_id"] == company.ids["M"]


async def test_a_move_takes_everything_beneath_along_from_its_day(company: Organisation) -> None:
    move = {"parent_id": company.ids["G"], "valid_from": "2026-05-01"}
    await ok(await act(company.hr, f"{UNITS}/{company.ids['M']}/move", json=move))
    path = f"{UNITS}/{company.ids['S']}/ancestors"
    assert await codes(company, path, as_of="2026-04-30") == ["G", "C", "M"]
    assert await codes(company, path, as_of="2026-05-01") == ["G", "M"]
    beneath_company = f"{UNITS}/{company.ids['C']}/subtree"
    assert sorted(await codes(company, beneath_company, as_of="2026-04-30")) == ["B", "C", "M", "S"]
    assert await codes(company, beneath_company, as_of="2026-05-01") == ["C"]


@pytest.mark.parametrize(("moved", "under"), [("G", "S"), ("M", "S"), ("M", "M")])
async def test_a_move_that_closes_a_circle_is_refused(company: Organisation, moved: str, under: str) -> None:
    move = {"parent_id": company.ids[under], "valid_from": "2026-05-01"}
    answer = await act(company.hr, f"{UNITS}/{company.ids[moved]}/move", json=move)
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["code"] == "unit_circle"
    assert problem["errors"][0]["pointer"] == "/parent_id"


async def test_a_circle_with_a_move_that_only_comes_later_is_refused_too(company: Organisation) -> None:
    later = {"parent_id": company.ids["B"], "valid_from": "2026-09-01"}
    await ok(await act(company.hr, f"{UNITS}/{company.ids['S']}/move", json=later))
    now = {"parent_id": company.ids["S"], "valid_from": "2026-03-01"}
    answer = await act(company.hr, f"{UNITS}/{company.ids['B']}/move", json=now)
    assert answer.status_code == 409
    assert "2026-09-01" in answer.json()["title"]


async def test_a_closed_unit_is_gone_afterwards_and_there_before(company: Organisation) -> None:
    await company.unit("X", "M", valid_from="2025-01-01")
    path = f"{UNITS}/{company.ids['X']}"
    await ok(await act(company.hr, f"{path}/close", json={"valid_to": "2026-03-31"}))
    assert (await company.hr.get(path, params={"as_of": "2026-03-31"})).status_code == 200
    assert (await company.hr.get(path, params={"as_of": "2026-04-01"})).status_code == 404
    assert "X" not in await codes(company, UNITS, as_of="2026-04-01")


async def test_a_unit_with_something_in_it_cannot_be_closed(company: Organisation) -> None:
    answer = await act(company.hr, f"{UNITS}/{company.ids['M']}/close", json={"valid_to": "2026-03-31"})
    assert answer.status_code == 409
    assert answer.json()["code"] == "unit_in_use"
    assert answer.json()["title"] == "单元撤销后仍有下级单元或岗位：单元 B、单元 S、岗位 M1。请先移走或撤销它们。"


async def test_a_unit_cannot_hang_beneath_one_that_does_not_exist_yet(company: Organisation) -> None:
    await company.unit("X", "M", valid_from="2026-06-01")
    body = {"name": "早", "name_en": "early", "code": "Y", "kind": "team", "parent_id": company.ids["X"]}
    answer = await company.hr.post(UNITS, json={**body, "valid_from": "2026-01-01"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/parent_id"


async def test_a_head_that_would_report_to_itself_over_others_is_refused(company: Organisation) -> None:
    hr = company.hr
    path = f"/v1/org/positions/{company.ids['GM']}"
    tag = (await hr.get(path)).headers["ETag"]
    change = {"reports_to_id": company.ids["S2"], "valid_from": "2026-02-01"}
    answer = await hr.patch(path, json=change, headers={"If-Match": tag})
    assert answer.status_code == 409
    assert answer.json()["code"] == "reporting_circle"


async def test_an_edit_needs_the_version_that_was_read(company: Organisation) -> None:
    path = f"{UNITS}/{company.ids['S']}"
    change = {"valid_from": "2026-02-01", "name": "甲"}
    assert (await company.hr.patch(path, json=change)).status_code == 428
    tag = (await company.hr.get(path)).headers["ETag"]
    assert (await company.hr.patch(path, json=change, headers={"If-Match": tag})).status_code == 200
    assert (await company.hr.patch(path, json=change, headers={"If-Match": tag})).status_code == 412


async def test_a_field_that_always_has_a_value_cannot_be_set_to_null(company: Organisation) -> None:
    answer = await company.change_unit("S", valid_from="2026-02-01", name=None)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/name"


async def test_a_code_is_given_once(company: Organisation) -> None:
    body = {"code": "S", "name": "又", "name_en": "again", "kind": "team", "parent_id": company.ids["M"]}
    answer = await company.hr.post(UNITS, json={**body, "valid_from": "2026-01-01"})
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["pointer"] == "/code"


async def test_the_head_of_a_unit_is_who_holds_its_head_position(company: Organisation) -> None:
    head = await ok(await company.hr.get(f"{UNITS}/{company.ids['S']}/head"))
    assert (head["position"]["code"], head["employee"]["number"]) == ("S1", "E3")
    vacant = await ok(await company.hr.get(f"{UNITS}/{company.ids['B']}/head"))
    assert (vacant["position"]["code"], vacant["employee"]) == ("B1", None)
    assert await ok(await company.hr.get(f"{UNITS}/{company.ids['C']}/head")) == {"position": None, "employee": None}


@pytest.mark.req("PLT-03")
async def test_hr_of_one_department_changes_nothing_in_another(org: Clients, company: Organisation) -> None:
    local = org(person(Role.HR, over=company.ids["S"]))
    made = {"name": "组", "name_en": "Team", "kind": "team", "valid_from": "2026-01-01"}
    here = await local.post(UNITS, json={**made, "code": "S-T", "parent_id": company.ids["S"]})
    there = await local.post(UNITS, json={**made, "code": "B-T", "parent_id": company.ids["B"]})
    root = await local.post(UNITS, json={**made, "code": "R"})
    assert [here.status_code, there.status_code, root.status_code] == [201, 403, 403]
    move = {"parent_id": company.ids["S"], "valid_from": "2026-02-01"}
    assert (await act(local, f"{UNITS}/{company.ids['B']}/move", json=move)).status_code == 403


@pytest.mark.req("PLT-03")
async def test_everybody_signed_in_reads_the_organisation_and_only_hr_writes_it(
    org: Clients, company: Organisation
) -> None:
    path = f"{UNITS}/{company.ids['S']}"
    for role in (Role.AUDITOR, Role.FINANCE, Role.EXECUTIVE):
        assert (await org(role).get(path)).status_code == 200
        assert (await act(org(role), f"{path}/close", json={"valid_to": "2026-03-31"})).status_code == 403
    assert (await org.stranger().get(path)).status_code == 401


async def test_units_are_found_by_a_part_of_their_name_in_either_language_or_their_code(company: Organisation) -> None:
    await company.unit("BRAND-1", "M", name="品牌中心", name_en="Brand centre")

    async def found(q: str) -> list[str]:
        return [unit["code"] for unit in (await ok(await company.hr.get(UNITS, params={"q": q})))["items"]]

    assert await found("品牌") == await found("brand c") == await found("and-") == ["BRAND-1"]
    assert await found("%") == []
    for root, expected in (("true", {"G"}), ("false", {"C", "M", "S", "B", "BRAND-1"})):
        listed = (await ok(await company.hr.get(UNITS, params={"root": root})))["items"]
        assert {unit["code"] for unit in listed} == expected


async def test_a_new_unit_is_answered_with_its_address_and_the_names_beside_ids(
    company: Organisation,
) -> None:
    body = {"code": "N", "name": "新部门", "name_en": "New", "kind": "team", "valid_from": "2026-02-01"}
    made = await company.hr.post(
        UNITS, json={**body, "parent_id": company.ids["M"], "head_position_id": company.ids["M1"]}
    )
    unit = made.json()
    assert (made.status_code, made.headers["Location"]) == (201, f"{UNITS}/{unit['id']}")
    assert made.headers["ETag"] == '"1"'  # with its quotes, as HTTP writes it
    assert (unit["parent_name"], unit["head_position_code"], unit["head_position_title"]) == ("单元M", "M1", "岗位M1")
    assert (unit["parent_name_en"], unit["head_position_title_en"]) == ("Unit M", "Position M1")
    assert (unit["valid_from"], unit["valid_to"], unit["revision"]) == ("2026-02-01", None, 1)


MOVE = {"parent_id": None, "valid_from": "2026-02-01"}
CLOSE = {"valid_to": "2026-03-31"}


@pytest.mark.parametrize(("step", "body"), [("move", MOVE), ("close", CLOSE)])
async def test_a_unit_is_changed_only_as_it_was_seen(company: Organisation, step: str, body: dict[str, Any]) -> None:
    path = f"{UNITS}/{company.ids['B']}"
    assert (await company.hr.post(f"{path}/{step}", json=body)).status_code == 428
    stale = await company.hr.post(f"{path}/{step}", json=body, headers={"If-Match": '"99"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
