"""A role over a unit counts on the days that a change is about, and on those into which it reaches (PLT-03)."""

from typing import Any
from uuid import UUID

import httpx2
import pytest

from services.kit.identity import Role
from tests.api.org.test_assignments import ASSIGNMENTS, EMPLOYEES
from tests.builders.org import Organisation, act, ok, small_company
from tests.clients import Clients
from tests.identities import person

pytestmark = pytest.mark.req("PLT-03", "ORG-01", "ORG-02", "ORG-07")
BEFORE, MOVED = "2026-01-02", "2026-01-03"


@pytest.fixture
async def company(org: Clients) -> Organisation:
    """The small company, with a team T (T1: E9) that was below S and has been below B since 3 January."""
    made = await small_company(org)
    await made.unit("T", "S", kind="team")
    await made.position("T1", "T", headcount=2)
    await made.person("E9", "T1")
    body = {"parent_id": made.ids["B"], "valid_from": MOVED}
    await ok(await act(made.hr, f"/v1/org/units/{made.ids['T']}/move", json=body))
    return made


@pytest.fixture
def former(org: Clients, company: Organisation) -> httpx2.AsyncClient:
    """HR over the unit that contained the team before."""
    return org(person(Role.HR, over=UUID(company.ids["S"])))


@pytest.fixture
def present(org: Clients, company: Organisation) -> httpx2.AsyncClient:
    """HR over the unit that contains the team now."""
    return org(person(Role.HR, over=UUID(company.ids["B"])))


async def tagged(hr: httpx2.AsyncClient, method: str, path: str, verb: str, **body: Any) -> httpx2.Response:
    tag = (await hr.get(path)).headers["ETag"]
    return await hr.request(method, path + verb, json=body, headers={"If-Match": tag})


async def assignment_of(company: Organisation, number: str) -> str:
    found = await ok(await company.hr.get(ASSIGNMENTS, params={"employee_id": company.ids[number]}))
    return f"{ASSIGNMENTS}/{found['items'][0]['id']}"


async def test_who_had_a_unit_once_changes_nothing_of_it_that_still_counts(
    company: Organisation, former: httpx2.AsyncClient
) -> None:
    unit, position = f"/v1/org/units/{company.ids['T']}", f"/v1/org/positions/{company.ids['T1']}"
    facts = {"title": "岗", "title_en": "Post", "track": "professional", "grade": "P5", "headcount": 1}
    new = {**facts, "code": "T2", "unit_id": company.ids["T"], "valid_from": BEFORE, "reports_to_id": None}
    team = {"name": "队", "name_en": "Team", "kind": "team", "parent_id": company.ids["T"], "valid_from": BEFORE}
    answers = [
        await tagged(former, "PATCH", unit, "", valid_from=BEFORE, name="旧名"),
        await tagged(former, "PATCH", position, "", valid_from=BEFORE, headcount=9),
        await tagged(former, "POST", position, "/close", valid_to=BEFORE),
        await tagged(former, "POST", unit, "/close", valid_to=BEFORE),
        await tagged(former, "POST", unit, "/move", parent_id=company.ids["S"], valid_from=BEFORE),
        await act(former, f"{unit}/merge", json={"into_id": company.ids["S"], "valid_from": BEFORE}),
        await former.post("/v1/org/positions", json=new),
        await former.post("/v1/org/units", json={**team, "code": "T3"}),
        await tagged(former, "POST", f"{EMPLOYEES}/{company.ids['E9']}", "/terminate", last_day=BEFORE),
    ]
    assert [answer.status_code for answer in answers] == [403] * len(answers)


async def test_a_assignment_is_the_business_of_who_has_its_unit_when_it_turns(
    company: Organisation, former: httpx2.AsyncClient, present: httpx2.AsyncClient
) -> None:
    path = await assignment_of(company, "E9")
    assignment = {
        "employee_id": company.ids["E3"],
        "position_id": company.ids["T1"],
        "kind": "acting",
        "valid_from": BEFORE,
    }
    other = f"{EMPLOYEES}/{company.ids['E4']}/transfer"
    refused = [
        await tagged(former, "POST", path, "/end", valid_to="2026-05-31"),
        await tagged(former, "POST", path, "/end", valid_to=BEFORE),
        await former.post(ASSIGNMENTS, json=assignment),
        await act(former, other, json={"position_id": company.ids["T1"], "valid_from": BEFORE}),
        await tagged(former, "PATCH", path, "", valid_to=None, note="旧部"),
    ]
    assert [answer.status_code for answer in refused] == [403] * len(refused)
    await ok(await tagged(present, "PATCH", path, "", valid_to=None, note="现部"))
    await ok(await tagged(present, "POST", path, "/end", valid_to="2026-05-31"))


@pytest.mark.req("ORG-07")
async def test_why_somebody_leaves_is_told_to_who_has_him_now_whatever_day_is_asked_about(
    company: Organisation, former: httpx2.AsyncClient, present: httpx2.AsyncClient
) -> None:
    path = f"{EMPLOYEES}/{company.ids['E9']}"
    await company.terminate("E9", "2026-06-30", "个人原因")
    for day in (BEFORE, MOVED):
        assert (await ok(await former.get(path, params={"as_of": day})))["employments"] is None
        (seen,) = (await ok(await present.get(path, params={"as_of": day})))["employments"]
        assert seen["termination_reason"] == "个人原因"


async def test_absences_and_second_lines_of_somebody_are_for_who_is_hr_over_him_today_too(
    company: Organisation, former: httpx2.AsyncClient, present: httpx2.AsyncClient
) -> None:
    who = company.ids["E9"]
    away = {"employee_id": who, "kind": "sick", "valid_from": BEFORE, "valid_to": "2026-02-27"}
    line = {"employee_id": who, "superior_id": company.ids["E1"], "valid_from": BEFORE}
    for path, body in (("/v1/org/absences", away), ("/v1/org/dotted_lines", line)):
        assert (await former.post(path, json=body)).status_code == 403
        made = await ok(await company.hr.post(path, json=body))
        ending = {"json": {"valid_to": BEFORE}, "headers": {"If-Match": '"1"'}}
        refused = await former.post(f"{path}/{made['id']}/end", **ending)
        assert (refused.status_code, refused.json()["code"]) == (403, "out_of_scope")
        ending["json"] = {"valid_to": "2026-03-31"} if "lines" in path else {"valid_to": "2026-01-30"}
        await ok(await present.post(f"{path}/{made['id']}/end", **ending))
