"""Org charts as data and as picture (ORG-13)."""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kit.identity import Role
from tests.api.org.counting import statements
from tests.builders.org import Organisation, act, ok, small_company
from tests.clients import Clients
from tests.identities import client_system

pytestmark = pytest.mark.req("ORG-13")
CHARTS = "/v1/org/org_charts"
EXAMPLE = Path(__file__).parents[3] / "examples" / "company" / "organisation.xlsx"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DAY = "2026-01-05"


@pytest.fixture
async def company(org: Clients) -> Organisation:
    return await small_company(org)


async def nested(company: Organisation, **params: Any) -> list[Any]:
    roots: list[Any] = (await ok(await company.hr.get(f"{CHARTS}/nested", params=params)))["roots"]
    return roots


async def picture(company: Organisation, language: str = "zh", **params: Any) -> str:
    answer = await company.hr.get(f"{CHARTS}/picture", params=params, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("image/svg+xml")
    return str(answer.text)


def shape(node: Any) -> Any:
    return {node["code"]: [shape(child) for child in node["beneath"]]}


async def test_the_chart_nests_units_with_heads_assignments_and_vacancies(company: Organisation) -> None:
    [root] = await nested(company, people="true")
    assert shape(root) == {"G": [{"C": [{"M": [{"B": []}, {"S": []}]}]}]}
    marketing = root["beneath"][0]["beneath"][0]
    bare, sales = marketing["beneath"]
    assert (bare["head"]["code"], bare["head"]["people"]) == ("B1", [])
    assert sales["head"]["people"][0]["number"] == "E3"
    assert [(place["code"], len(place["people"]), place["vacant"]) for place in sales["positions"]] == [
        ("S1", 1, 0),
        ("S2", 2, 0),
    ]
    assert bare["own"] == {"headcount": 2, "filled": 1, "vacant": 1, "over_headcount": 0}
    assert marketing["own"] == {"headcount": 1, "filled": 1, "vacant": 0, "over_headcount": 0}
    assert (
        marketing["total"]
        == root["beneath"][0]["total"]
        == {"headcount": 6, "filled": 5, "vacant": 1, "over_headcount": 0}
    )


async def test_the_chart_can_be_of_a_subtree_down_to_a_depth_and_still_counts_everything(company: Organisation) -> None:
    [root] = await nested(company, unit_id=company.ids["C"], depth="2")
    assert shape(root) == {"C": [{"M": []}]}
    assert root["beneath"][0]["children"] == 2
    assert (root["beneath"][0]["total"]["headcount"], root["beneath"][0]["positions"]) == (6, [])


async def test_the_chart_is_that_of_the_day_asked_about(company: Organisation) -> None:
    ids = company.ids
    move = {"parent_id": ids["G"], "valid_from": "2026-05-01"}
    await ok(await act(company.hr, f"/v1/org/units/{ids['M']}/move", json=move))
    await company.terminate("E3", "2026-05-31")
    [before] = await nested(company, as_of="2026-04-30")
    [after] = await nested(company, as_of="2026-06-01")
    assert shape(before) == {"G": [{"C": [{"M": [{"B": []}, {"S": []}]}]}]}
    assert shape(after) == {"G": [{"C": []}, {"M": [{"B": []}, {"S": []}]}]}
    assert after["beneath"][1]["beneath"][1]["head"]["people"] == []
    assert (before["total"]["vacant"], after["total"]["vacant"]) == (1, 2)
    assert await nested(company, as_of="2019-12-31") == []


async def test_an_acting_head_is_shown_as_acting_and_the_assignment_as_vacant(company: Organisation) -> None:
    await company.place("E3", "B1", "acting", "2026-01-01")
    [bare] = await nested(company, unit_id=company.ids["B"])
    assert [(person["number"], person["kind"]) for person in bare["head"]["people"]] == [("E3", "acting")]
    assert bare["head"]["vacant"] == 1
    assert "员工E3（代理）" in await picture(company, unit_id=company.ids["B"])


async def test_the_list_gives_each_unit_before_those_beneath_it_page_by_page(company: Organisation) -> None:
    seen: list[Any] = []
    params = {"limit": "2", "people": "true"}
    while True:
        page = await ok(await company.hr.get(f"{CHARTS}/flat", params=params))
        seen += page["items"]
        if page["next"] is None:
            break
        params["cursor"] = page["next"]
    assert [unit["level"] for unit in seen] == [1, 2, 3, 4, 4]
    assert [unit["total"]["headcount"] for unit in seen[:3]] == [7, 6, 6]
    assert seen[1]["parent_id"] == seen[0]["id"]


async def test_a_chart_needs_as_many_statements_however_large_it_is(
    company: Organisation, org: Clients, org_connection: AsyncConnection
) -> None:
    system = org(client_system("directory"))
    counts = set()
    for depth in ("1", "4"):
        params = {"unit_id": company.ids["G"], "depth": depth, "people": "true"}
        with statements(org_connection) as seen:
            await ok(await system.get(f"{CHARTS}/nested", params=params))
        counts.add(len(seen))
    assert len(counts) == 1


@pytest.mark.parametrize(("params", "status"), [({"depth": "0"}, 422), ({"depth": "x"}, 422), ({"unit_id": "G"}, 422)])
async def test_a_chart_that_cannot_be_drawn_is_refused(
    company: Organisation, params: dict[str, str], status: int
) -> None:
    for form in ("nested", "flat", "picture"):
        assert (await company.hr.get(f"{CHARTS}/{form}", params=params)).status_code == status
    gone = {"unit_id": company.ids["S"], "as_of": "2019-12-31"}
    assert (await company.hr.get(f"{CHARTS}/nested", params=gone)).status_code == 404


async def test_the_picture_of_the_example_company_shows_everybody_and_stays_legible(org: Clients) -> None:
    hr = org(Role.HR)
    loaded = await hr.post("/v1/org/imports", content=EXAMPLE.read_bytes(), headers={"Content-Type": XLSX})
    assert loaded.is_success, loaded.text
    answer = await hr.get(f"{CHARTS}/picture", params={"as_of": DAY})
    svg = answer.text
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own picture
    width, height = int(root.attrib["width"]), int(root.attrib["height"])
    assert width < 3000
    assert height < 2000
    people = (await ok(await hr.get("/v1/org/employees", params={"as_of": DAY, "limit": "500"})))["items"]
    missing = [person["name"] for person in people if person["main_assignment"] and person["name"] not in svg]
    assert missing == []
    assert "空缺" in svg
    cards = [part for part in root.iter() if part.attrib.get("class") == "card"]
    units = (await ok(await hr.get("/v1/org/units", params={"as_of": DAY, "limit": "500"})))["items"]
    assert len(cards) == len(units)


async def test_the_picture_speaks_the_readers_language(company: Organisation) -> None:
    await company.position("C1", "C")  # in a unit without a head
    chinese, english = await picture(company), await picture(company, "en")
    assert "岗位C1" in chinese
    assert "组织架构图" in chinese
    assert "单元S" in chinese
    assert "Organisation chart" in english
    assert "Unit S" in english


async def test_the_picture_fetches_nothing_and_escapes_every_text(company: Organisation) -> None:
    evil = '<script>alert("1")</script>&'
    await ok(await company.change_unit("S", valid_from="2026-01-01", name=evil))
    svg = await picture(company, unit_id=company.ids["S"])
    assert "&lt;script&gt;" in svg
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own picture
    tags = {part.tag.rpartition("}")[2] for part in root.iter()}
    assert tags <= {"svg", "style", "rect", "g", "path", "polyline", "text", "tspan", "title"}
    assert re.findall(r"(?:href|src|url\()", svg) == []


async def test_the_headcount_report_counts_each_unit_alone_and_with_all_beneath_it(company: Organisation) -> None:
    params = {"unit_id": company.ids["M"], "as_of": DAY}
    rows = (await ok(await company.hr.get("/v1/org/headcount", params=params)))["items"]
    figures = {row["unit"]["code"]: (row["own"]["headcount"], row["own"]["vacant"], row["total"]) for row in rows}
    assert figures["M"] == (1, 0, {"headcount": 6, "filled": 5, "vacant": 1, "over_headcount": 0})
    assert figures["B"] == (2, 1, {"headcount": 2, "filled": 1, "vacant": 1, "over_headcount": 0})
    before = await ok(await company.hr.get("/v1/org/headcount", params={"as_of": "2019-12-31"}))
    assert before["items"] == []
