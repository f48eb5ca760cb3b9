"""Nobody changes their own career, by whichever account, route or file (ORG-07, ORG-09)."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.kit.identity import Role
from tests.api.org.test_delegations import himself
from tests.api.org.test_imports import ASSIGNMENTS, EMPLOYEES, NOTHING, changed, csv, send, workbook
from tests.builders.org import Organisation, ok
from tests.clients import Clients
from tests.identities import person, second_account

pytestmark = pytest.mark.req("ORG-07", "PLT-03")

POSTS = "/v1/org/assignments"


async def held(company: Organisation, number: str) -> list[tuple[str, str]]:
    found = await ok(await company.hr.get(POSTS, params={"employee_id": company.ids[number]}))
    return [(row["position"]["code"], row["kind"]) for row in found["items"]]


@pytest.mark.req("ORG-09")
async def test_hr_does_not_seat_herself_in_a_position_by_any_of_her_accounts(
    company: Organisation, org: Clients
) -> None:
    herself = himself(company, "E5", Role.HR)
    post = {"employee_id": company.ids["E5"], "position_id": company.ids["S1"], "kind": "concurrent"}
    post |= {"valid_from": "2026-02-01", "valid_to": "2026-12-31"}
    before = await held(company, "E5")
    for account in (herself, second_account(herself), himself(company, "E5", Role.HR, over="S")):
        refused = await org(account).post(POSTS, json=post)
        assert (refused.status_code, refused.json()["code"]) == (403, "own_career")
        assert "不能办理本人的" in refused.json()["title"]
    assert await held(company, "E5") == before
    await ok(await org(himself(company, "E6", Role.HR)).post(POSTS, json=post))
    assert ("S1", "concurrent") in await held(company, "E5")


async def test_hr_becomes_nobodys_second_superior_by_her_own_hand(company: Organisation, org: Clients) -> None:
    herself = org(himself(company, "E6", Role.HR))
    line = {"employee_id": company.ids["E5"], "superior_id": company.ids["E6"], "valid_from": "2026-02-01"}
    refused = await herself.post("/v1/org/dotted_lines", json=line)
    assert (refused.status_code, refused.json()["code"]) == (403, "own_career")
    made = await ok(await company.hr.post("/v1/org/dotted_lines", json=line))
    ending = {"valid_to": "2026-03-31"}
    path = f"/v1/org/dotted_lines/{made['id']}/end"
    tag = {"If-Match": str(made["revision"])}
    assert (await herself.post(path, json=ending, headers=tag)).json()["code"] == "own_career"
    await ok(await company.hr.post(path, json=ending, headers=tag))
    stale = await company.hr.post(path, json={"valid_to": "2026-04-30"}, headers=tag)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    (line,) = (await ok(await company.hr.get("/v1/org/dotted_lines")))["items"]
    assert line["valid_to"] == "2026-03-31"


async def test_hr_corrects_her_name_but_not_her_probation(company: Organisation, org: Clients) -> None:
    await company.position("S9", "S", headcount=2)
    await company.person("E9", "S9", hired_on="2025-12-01", probation_until="2026-02-28")
    herself, path = org(himself(company, "E9", Role.HR)), f"/v1/org/employees/{company.ids['E9']}"
    refused = await act_on(herself, path, {"name": "新名", "probation_until": "2026-01-31"})
    assert (refused.status_code, refused.json()["code"]) == (403, "own_career")
    assert (await ok(await herself.get(path)))["name"] != "新名"
    assert (await ok(await act_on(herself, path, {"name": "新名"})))["name"] == "新名"
    early = await herself.post("/v1/org/probation_reviews", json={"employee_id": company.ids["E9"]})
    assert (early.status_code, early.json()["code"]) == (403, "own_probation")
    await ok(await company.hr.post("/v1/org/probation_reviews", json={"employee_id": company.ids["E9"]}))


async def act_on(client: Any, path: str, body: dict[str, Any]) -> Any:
    return await client.patch(path, json=body, headers={"If-Match": (await client.get(path)).headers["ETag"]})


@pytest.mark.req("ORG-14")
async def test_a_file_changes_the_careers_of_others_and_names_the_rows_that_change_ones_own(org: Clients) -> None:
    hr = org(Role.HR)
    await ok(await send(hr, workbook()))
    (row,) = (await ok(await hr.get("/v1/org/employees", params={"number": "E2"})))["items"]
    herself = org(person(Role.HR, employee_id=UUID(row["id"])))
    same = await ok(await send(herself, workbook()))
    assert {name: same[name] for name in NOTHING} == NOTHING

    seated = [*changed(ASSIGNMENTS, 5, 5, "转正"), ("E2", "GM", "兼任", date(2026, 3, 1), date(2026, 6, 30), None)]
    tried = await ok(await send(herself, csv("assignments", seated), "text/csv", dry_run="true", sheet="assignments"))
    assert [(fault["row"], fault["column"], fault["found"]) for fault in tried["errors"]] == [(6, "工号", "E2")]
    refused = await send(herself, csv("assignments", seated), "text/csv", sheet="assignments")
    assert (refused.status_code, refused.json()["code"]) == (422, "cells_refused")

    left = workbook(
        employees=changed(EMPLOYEES, 3, 5, date(2026, 6, 30)), assignments=changed(ASSIGNMENTS, 4, 4, date(2026, 6, 30))
    )
    tried = await ok(await send(herself, left, dry_run="true"))
    assert [(fault["sheet"], fault["row"]) for fault in tried["errors"]] == [("员工", 3), ("任职", 4)]
    assert (await ok(await send(hr, csv("assignments", seated), "text/csv", sheet="assignments")))["assignments"] == {
        "created": 1,
        "changed": 1,
    }
    others = csv("employees", [each for each in EMPLOYEES if each[0] != "E2"])
    assert (await ok(await send(herself, others, "text/csv", sheet="employees")))["employees"] == NOTHING["employees"]
    renamed = csv("employees", changed(EMPLOYEES, 3, 1, "李丽"))
    assert (await ok(await send(herself, renamed, "text/csv", sheet="employees")))["employees"]["changed"] == 1
