"""Merging and splitting units, applying templates, dotted lines, duties before a leave, the calendar's news."""

from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from services.kit.identity import SYSTEM, Role
from services.kit.work.unit_of_work import UnitOfWork
from services.org.exchange.usecases import effective_days
from services.org.templates.store.templates import starter_templates
from tests.builders.org import Organisation, act, ok, small_company
from tests.clients import Clients
from tests.databases import RolledBack
from tests.identities import SetClock, person

UNITS = "/v1/org/units"


@pytest.fixture
async def company(org: Clients) -> Organisation:
    return await small_company(org)


async def managers(company: Organisation, number: str, day: str) -> list[str]:
    path = f"/v1/org/employees/{company.ids[number]}/manager"
    line = await ok(await company.hr.get(path, params={"as_of": day}))
    return [manager["number"] for manager in line["chain"]]


@pytest.mark.req("ORG-01", "ORG-05")
async def test_a_merged_unit_goes_on_in_the_other_and_reviews_become_due(company: Organisation) -> None:
    hr, ids = company.hr, company.ids
    body = {"into_id": ids["S"], "valid_from": "2026-04-01"}
    await ok(await act(hr, f"{UNITS}/{ids['B']}/merge", json=body))
    assert (await hr.get(f"{UNITS}/{ids['B']}", params={"as_of": "2026-03-31"})).status_code == 200
    assert (await hr.get(f"{UNITS}/{ids['B']}", params={"as_of": "2026-04-01"})).status_code == 404
    assert await managers(company, "E6", "2026-03-31") == ["E2", "E1"]
    assert await managers(company, "E6", "2026-04-01") == ["E3", "E2", "E1"]
    expected = {
        "unit_id": ids["B"],
        "unit_code": "B",
        "successor_id": ids["S"],
        "successor_code": "S",
        "kind": "merge",
        "valid_from": "2026-04-01",
    }
    assert await ok(await hr.get(f"{UNITS}/{ids['B']}/successions")) == [expected]
    reviews = (await ok(await hr.get("/v1/org/document_reviews")))["items"]
    assert [(each["unit_code"], each["trigger"], each["due_on"]) for each in reviews] == [
        ("S", "reorganisation", "2026-07-01")
    ]


@pytest.mark.req("ORG-01", "ORG-05")
async def test_a_moved_unit_is_due_for_review_in_three_months_and_one_that_stays_where_it_is_is_not(
    company: Organisation,
) -> None:
    hr, ids = company.hr, company.ids
    body = {"parent_id": ids["G"], "valid_from": "2026-04-01"}
    for unit in ("C", "M", "M"):  # C hangs there already, and so does M the second time
        await ok(await act(hr, f"{UNITS}/{ids[unit]}/move", json=body))
    reviews = (await ok(await hr.get("/v1/org/document_reviews")))["items"]
    found = [(each["unit_code"], each["trigger"], each["due_on"]) for each in reviews]
    assert found == [("M", "reorganisation", "2026-07-01")]


@pytest.mark.req("ORG-01")
async def test_a_unit_is_not_merged_into_itself_or_beneath_itself(company: Organisation) -> None:
    for into in ("M", "S"):
        body = {"into_id": company.ids[into], "valid_from": "2026-04-01"}
        answer = await act(company.hr, f"{UNITS}/{company.ids['M']}/merge", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "merged_into_itself")


@pytest.mark.req("ORG-01")
async def test_a_split_makes_new_units_beside_the_old_one_with_what_goes_to_them(company: Organisation) -> None:
    hr, ids = company.hr, company.ids
    part = {"code": "K", "name": "大客户部", "name_en": "Key accounts", "kind": "department"}
    for wrong in ({"position_ids": [ids["B2"]]}, {"unit_ids": [ids["B"]]}):
        body = {"parts": [{**part, **wrong}], "valid_from": "2026-04-01"}
        refused = await act(hr, f"{UNITS}/{ids['S']}/split", json=body)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/parts/0")
    right = {"parts": [{**part, "position_ids": [ids["S2"]]}], "valid_from": "2026-04-01"}
    (new,) = (await ok(await act(hr, f"{UNITS}/{ids['S']}/split", json=right)))["successor_ids"]
    unit = await ok(await hr.get(f"{UNITS}/{new}", params={"as_of": "2026-04-01"}))
    assert unit["path"] == [ids["G"], ids["C"], ids["M"], new]
    assert await managers(company, "E4", "2026-03-31") == ["E3", "E2", "E1"]
    assert await managers(company, "E4", "2026-04-01") == ["E2", "E1"]
    for unit, kinds in ((new, ["split"]), (ids["S"], ["split"]), (ids["B"], [])):
        assert [each["kind"] for each in await ok(await hr.get(f"{UNITS}/{unit}/successions"))] == kinds


@pytest.mark.req("ORG-01")
@pytest.mark.parametrize("verb", ["merge", "split"])
async def test_what_comes_to_a_reorganised_unit_later_stays_where_it_is_until_then(
    company: Organisation, verb: str
) -> None:
    path = f"/v1/org/positions/{company.ids['B2']}"
    for day, unit in (("2026-09-01", "S"), ("2026-11-01", "M"), ("2027-01-01", "S")):
        body = {"valid_from": day, "unit_id": company.ids[unit]}
        tag = (await company.hr.get(path)).headers["ETag"]
        await ok(await company.hr.patch(path, json=body, headers={"If-Match": tag}))
    part = {"code": "X", "name": "新", "name_en": "New", "kind": "team", "unit_ids": []}
    bodies: dict[str, Any] = {
        "merge": {"into_id": company.ids["C"]},
        "split": {"parts": [{**part, "position_ids": [company.ids["B2"]]}]},
    }
    body = {**bodies[verb], "valid_from": "2026-05-01"}
    made = await ok(await act(company.hr, f"/v1/org/units/{company.ids['S']}/{verb}", json=body))
    new = made["successor_ids"][0] if verb == "split" else company.ids["C"]
    days = {"2026-05-01": "B", "2026-08-31": "B", "2026-09-01": "", "2026-11-01": "M", "2027-01-01": ""}
    for day, unit in days.items():
        found = await ok(await company.hr.get(path, params={"as_of": day}))
        assert found["unit_path"][-1] == (company.ids[unit] if unit else new)


@pytest.mark.req("ORG-01", "PLT-03")
async def test_hr_of_one_department_merges_it_into_no_other(org: Clients, company: Organisation) -> None:
    local = org(person(Role.HR, over=company.ids["B"]))  # type: ignore[arg-type]  # text in the token anyway
    body = {"into_id": company.ids["S"], "valid_from": "2026-04-01"}
    assert (await act(local, f"{UNITS}/{company.ids['B']}/merge", json=body)).status_code == 403


@pytest.mark.req("ORG-11")
async def test_a_department_is_created_from_a_bundle_of_templates_in_one_call(company: Organisation) -> None:
    hr, ids = company.hr, company.ids
    await company.unit("MK", "M")
    library = await ok(await hr.get("/v1/org/templates"))
    bundle = next(each for each in library["bundles"] if each["code"] == "department_of_seven")
    asked = {"code": bundle["code"], "valid_from": "2026-02-01"}
    made = await ok(await hr.post(f"{UNITS}/{ids['MK']}/apply_template", json=asked))
    assert len(made["position_ids"]) == len(bundle["positions"]) == 7
    assert len(made["document_ids"]) == 8
    positions = {
        each["code"].removeprefix("MK-"): each
        for each in (await ok(await hr.get("/v1/org/positions", params={"unit_id": ids["MK"], "as_of": "2026-02-01"})))[
            "items"
        ]
    }
    superiors = {entry.code: entry.position.reports_to for entry in starter_templates().entries if entry.position}
    for code in bundle["positions"]:
        superior = superiors[code]
        expected = positions[superior]["id"] if superior in positions else None
        assert positions[code]["reports_to_id"] == expected
    versions = await ok(await hr.get(f"/v1/org/role_documents/{made['document_ids'][0]}/versions"))
    assert [each["state"] for each in versions] == ["draft"]
    again = await hr.post(f"{UNITS}/{ids['MK']}/apply_template", json=asked)
    assert again.status_code == 409


@pytest.mark.req("ORG-11")
@pytest.mark.parametrize("code", [entry.code for entry in starter_templates().entries])
async def test_every_template_is_shown_in_both_languages(org: Clients, code: str) -> None:
    entry = await ok(await org(Role.AUDITOR).get(f"/v1/org/templates/{code}"))
    assert entry["title"]["zh"]
    assert entry["title"]["en"]
    assert entry["document"]["duties"]


@pytest.mark.req("ORG-11")
async def test_an_unknown_template_is_not_there(company: Organisation) -> None:
    assert (await company.hr.get("/v1/org/templates/none")).status_code == 404
    body = {"code": "none", "valid_from": "2026-02-01"}
    assert (await company.hr.post(f"{UNITS}/{company.ids['S']}/apply_template", json=body)).status_code == 404


@pytest.mark.req("ORG-08")
async def test_a_dotted_line_stands_beside_the_solid_one_until_it_ends(company: Organisation) -> None:
    hr, ids = company.hr, company.ids
    body = {"employee_id": ids["E6"], "superior_id": ids["E3"], "valid_from": "2026-02-01"}
    made = await ok(await hr.post("/v1/org/dotted_lines", json=body))
    twice = await hr.post("/v1/org/dotted_lines", json=body)
    assert twice.status_code == 409
    itself = await hr.post("/v1/org/dotted_lines", json={**body, "superior_id": ids["E6"]})
    assert itself.status_code == 422
    await company.terminate("E5", "2026-03-31")
    gone = {"employee_id": ids["E4"], "superior_id": ids["E5"], "valid_from": "2026-04-01"}
    left = await hr.post("/v1/org/dotted_lines", json=gone)
    assert (left.status_code, left.json()["errors"][0]["pointer"]) == (422, "/superior_id")

    async def dotted(day: str) -> list[str]:
        path = f"/v1/org/employees/{ids['E6']}/manager"
        line = await ok(await hr.get(path, params={"as_of": day}))
        assert line["manager"]["number"] == "E2"
        return [superior["number"] for superior in line["dotted"]]

    assert [await dotted(day) for day in ("2026-01-31", "2026-02-01")] == [[], ["E3"]]
    path = f"/v1/org/dotted_lines/{made['id']}"
    tag = (await hr.get(path)).headers["ETag"]
    stale = await hr.post(f"{path}/end", json={"valid_to": "2026-02-28"}, headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    await ok(await hr.post(f"{path}/end", json={"valid_to": "2026-02-28"}, headers={"If-Match": tag}))
    assert [await dotted(day) for day in ("2026-02-28", "2026-03-01")] == [["E3"], []]
    listed = await ok(await hr.get("/v1/org/dotted_lines", params={"superior_id": ids["E3"]}))
    assert [line["employee"]["id"] for line in listed["items"]] == [ids["E6"]]
    assert (await ok(await hr.get("/v1/org/dotted_lines", params={"employee_id": ids["E4"]})))["items"] == []


@pytest.mark.req("ORG-08")
async def test_dotted_lines_never_go_in_a_circle(company: Organisation) -> None:
    async def draw(who: str, superior: str, first: str = "2026-02-01", last: str | None = None) -> httpx2.Response:
        body = {"employee_id": company.ids[who], "superior_id": company.ids[superior]}
        return await company.hr.post("/v1/org/dotted_lines", json={**body, "valid_from": first, "valid_to": last})

    made = await ok(await draw("E3", "E6", last="2026-06-30"))
    back = await draw("E6", "E3")
    assert (back.status_code, back.json()["code"]) == (409, "dotted_circle")
    await ok(await draw("E6", "E5"))
    assert (await draw("E5", "E3", first="2026-06-30")).json()["code"] == "dotted_circle"
    await ok(await draw("E5", "E3", first="2026-07-01"))
    path = f"/v1/org/dotted_lines/{made['id']}"
    tag = (await company.hr.get(path)).headers["ETag"]
    longer = await company.hr.post(f"{path}/end", json={"valid_to": "2026-07-01"}, headers={"If-Match": tag})
    assert longer.json()["code"] == "dotted_circle"


@pytest.mark.req("ORG-07")
async def test_before_a_leave_hr_sees_what_somebody_else_must_take_over(company: Organisation) -> None:
    await company.place("E3", "B1", "acting", "2026-01-01")
    found = await ok(await company.hr.get(f"/v1/org/employees/{company.ids['E3']}/handover"))
    assert [unit["code"] for unit in found["headed_units"]] == ["B", "S"]
    assert [each["position_code"] for each in found["assignments"] if each["kind"] == "acting"] == ["B1"]
    assert (found["direct_reports"], found["dotted_reports"]) == (3, 0)


@pytest.mark.req("ORG-07")
async def test_the_end_of_a_rotation_is_told_once_also_after_days_of_standstill(
    company: Organisation, clock: SetClock, org_sessions: RolledBack
) -> None:
    await company.place("E4", "B1", "rotation", "2026-02-01", "2026-07-31")

    async def follow() -> int:
        async with org_sessions.write() as session:
            return await effective_days.tell(UnitOfWork(session, SYSTEM, clock.now(), clock.now().date()))

    assert await follow() == 0
    clock.set(2026, 7, 30, 1)
    assert await follow() == 0
    clock.set(2026, 8, 9, 1)  # nothing ran for ten days
    assert [await follow(), await follow()] == [1, 0]
    async with org_sessions.read() as session:
        recorded = (await session.execute(text("SELECT type, data FROM org.event ORDER BY id DESC LIMIT 1"))).all()
    days: dict[str, Any] = {row.type: row.data for row in recorded}
    assert days["org.assignment.returned"]["valid_from"] == "2026-08-01"
