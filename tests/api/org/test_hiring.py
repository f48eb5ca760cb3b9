"""A future employment is moved to an earlier or later day, or rescinded (ORG-07)."""

from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kit.identity import Role
from services.org.people.domain.absence import ABSENCE_KIND_NAMES, AbsenceKind
from tests.api.org.test_assignments import EMPLOYEES, assignments
from tests.builders.org import Organisation, act, ok, small_company
from tests.clients import Clients
from tests.identities import SetClock, person

pytestmark = pytest.mark.req("ORG-07")
HIRED = "2026-03-01"


@pytest.fixture
async def company(org: Clients) -> Organisation:
    """The small company; E9 comes to head B from March on, on probation until the end of May."""
    made = await small_company(org)
    await made.person("E9", "B1", hired_on=HIRED, probation_until="2026-05-31")
    return made


async def sent(
    company: Organisation, verb: str, number: str = "E9", hr: httpx2.AsyncClient | None = None, **body: Any
) -> httpx2.Response:
    path = f"{EMPLOYEES}/{company.ids[number]}"
    tag = (await company.hr.get(path, params={"as_of": "2027-12-31"})).headers["ETag"]
    return await (hr or company.hr).post(f"{path}/{verb}", json=body, headers={"If-Match": tag})


async def moved(company: Organisation, day: str, probation: str | None = None, **more: Any) -> httpx2.Response:
    return await sent(company, "change_hire_date", hired_on=day, probation_until=probation, **more)


async def employments(company: Organisation, number: str = "E9", day: str = "2027-12-31") -> Any:
    path = f"{EMPLOYEES}/{company.ids[number]}"
    found = (await ok(await company.hr.get(path, params={"as_of": day})))["employments"]
    return [(each["hired_on"], each["last_day"], each["probation_until"]) for each in found]


@pytest.mark.parametrize("day", ["2026-04-01", "2026-02-01", "2026-01-05"])
async def test_a_hire_is_moved_with_the_first_post(company: Organisation, day: str) -> None:
    await ok(await moved(company, day, "2026-06-30"))
    assert await employments(company) == [(day, None, "2026-06-30")]
    assert await assignments(company, "E9") == [("B1", "primary", day, None)]


async def test_a_concurrent_post_that_was_to_begin_with_it_moves_and_a_later_one_stays(company: Organisation) -> None:
    await company.place("E9", "S2", "concurrent", HIRED, "2026-12-31")
    await company.place("E9", "B2", "project", "2026-06-01", "2026-12-31")
    await ok(await moved(company, "2026-04-01"))
    assert {row[0]: row[2] for row in await assignments(company, "E9")} == {
        "B1": "2026-04-01",
        "S2": "2026-04-01",
        "B2": "2026-06-01",
    }


@pytest.mark.parametrize(
    ("day", "probation", "status", "code"),
    [
        ("2026-01-04", None, 409, "first_day_past"),
        ("2026-04-01", "2026-03-31", 422, "probation_outside"),
        ("2026-07-01", None, 409, "before_hire_date"),
    ],
)
async def test_a_first_day_that_cannot_be_is_refused_and_nothing_is_changed(
    company: Organisation, day: str, probation: str | None, status: int, code: str
) -> None:
    await company.place("E9", "B2", "project", "2026-06-01", "2026-12-31")
    before = (await employments(company), await assignments(company, "E9"))
    answer = await moved(company, day, probation)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["errors"][0]["pointer"] in {"/hired_on", "/probation_until"}
    assert (await employments(company), await assignments(company, "E9")) == before


async def test_a_first_day_is_not_moved_past_a_leave_that_is_recorded(company: Organisation) -> None:
    away = {"employee_id": company.ids["E9"], "kind": "maternity", "valid_from": "2026-03-15", "valid_to": "2026-06-15"}
    await ok(await company.hr.post("/v1/org/absences", json=away))
    answer = await moved(company, "2026-04-01")
    assert (answer.status_code, answer.json()["code"]) == (409, "before_hire_date")
    await ok(await moved(company, "2026-03-10"))


async def test_a_first_day_is_not_moved_beyond_the_last(company: Organisation) -> None:
    await company.terminate("E9", "2026-05-31")
    path = f"{EMPLOYEES}/{company.ids['E9']}"
    tag = (await company.hr.get(path, params={"as_of": HIRED})).headers["ETag"]
    body = {"hired_on": "2026-06-01", "probation_until": None}
    answer = await company.hr.post(f"{path}/change_hire_date", json=body, headers={"If-Match": tag})
    assert (answer.status_code, answer.json()["code"]) == (422, "period_reversed")
    assert answer.json()["errors"][0]["pointer"] == "/hired_on"
    last = {**body, "hired_on": "2026-05-31"}
    await ok(await company.hr.post(f"{path}/change_hire_date", json=last, headers={"If-Match": tag}))


async def test_a_assignment_that_is_not_free_yet_is_not_taken_earlier(company: Organisation) -> None:
    await company.position("N1", "B", valid_from="2026-02-15")
    await company.person("E10", "N1", hired_on=HIRED)
    body = {"hired_on": "2026-02-01", "probation_until": None}
    answer = await sent(company, "change_hire_date", "E10", **body)
    assert (answer.status_code, answer.json()["code"]) == (422, "reference_not_in_force")
    await company.terminate("E6", "2026-02-28")
    await company.person("E11", "B2", hired_on=HIRED)
    early = await sent(company, "change_hire_date", "E11", **body)
    assert (early.status_code, early.json()["code"]) == (409, "headcount_exceeded")
    await ok(await sent(company, "change_hire_date", "E11", **body, overfill_reason="交接"))


async def test_what_has_begun_stands(company: Organisation, clock: SetClock) -> None:
    clock.set(2026, 2, 28, 17)  # the first of March in Shanghai
    for answer in (await moved(company, "2026-04-01"), await sent(company, "rescind_hire", reason="放弃入职")):
        assert (answer.status_code, answer.json()["code"]) == (409, "already_begun")


async def test_a_hire_that_does_not_come_about_leaves_the_assignment_free_and_the_number_taken(
    company: Organisation,
) -> None:
    await ok(await sent(company, "rescind_hire", reason="放弃入职"))
    path = f"{EMPLOYEES}/{company.ids['E9']}"
    twice = await act(company.hr, f"{path}/rescind_hire", json={"reason": "放弃入职"})
    assert (twice.status_code, twice.json()["code"]) == (409, "no_employment_ahead")
    assert (await company.hr.get(path, params={"as_of": "2026-06-01"})).status_code == 404
    assert await assignments(company, "E9") == []
    position = await ok(await company.hr.get(f"/v1/org/positions/{company.ids['B1']}", params={"as_of": HIRED}))
    assert position["vacant"] == 1
    again = await company.hr.post(EMPLOYEES, json={"number": "E9", "name": "他人", "hired_on": HIRED})
    assert (again.status_code, again.json()["code"]) == (409, "employee_number_taken")
    await ok(await act(company.hr, f"{path}/rehire", json={"hired_on": "2026-08-01"}))
    assert await employments(company) == [("2026-08-01", None, None)]


async def test_a_rehire_is_moved_and_withdrawn_and_the_first_employment_stays(company: Organisation) -> None:
    path = f"{EMPLOYEES}/{company.ids['E6']}"
    await company.terminate("E6", "2026-01-31")
    await ok(await act(company.hr, f"{path}/rehire", json={"hired_on": "2026-06-01"}))
    body = {"probation_until": None}
    early = await sent(company, "change_hire_date", "E6", hired_on="2026-01-31", **body)
    assert (early.status_code, early.json()["code"]) == (409, "still_employed")
    await ok(await sent(company, "change_hire_date", "E6", hired_on="2026-02-01", **body))
    assert await employments(company, "E6") == [("2020-01-01", "2026-01-31", None), ("2026-02-01", None, None)]
    await ok(await sent(company, "rescind_hire", "E6", reason="放弃"))
    assert await employments(company, "E6", "2026-01-31") == [("2020-01-01", "2026-01-31", None)]
    begun = await company.hr.post(f"{path}/rescind_hire", json={"reason": "放弃"}, headers={"If-Match": '"5"'})
    assert (begun.status_code, begun.json()["code"]) == (409, "already_begun")


async def test_it_needs_the_version_that_was_read(company: Organisation) -> None:
    path = f"{EMPLOYEES}/{company.ids['E9']}"
    body = {"hired_on": "2026-04-01", "probation_until": None}
    assert (await company.hr.post(f"{path}/change_hire_date", json=body)).status_code == 428
    stale = await company.hr.post(f"{path}/rescind_hire", json={"reason": "放弃"}, headers={"If-Match": '"7"'})
    assert stale.status_code == 412


@pytest.mark.req("PLT-03")
async def test_hr_of_another_department_has_no_say(org: Clients, company: Organisation) -> None:
    local = org(person(Role.HR, over=UUID(company.ids["S"])))
    assert (await sent(company, "rescind_hire", hr=local, reason="放弃")).status_code == 403
    body = {"hired_on": "2026-04-01", "probation_until": None}
    assert (await sent(company, "change_hire_date", hr=local, **body)).status_code == 403


@pytest.mark.req("PLT-04", "PLT-05")
async def test_both_leave_a_trail_with_before_and_after_and_are_told(
    company: Organisation, org_connection: AsyncConnection
) -> None:
    await ok(await moved(company, "2026-04-01"))
    await ok(await sent(company, "rescind_hire", reason="放弃入职"))
    audited = text("SELECT action, before, after FROM org.audit WHERE resource = 'employee' ORDER BY id DESC LIMIT 2")
    withdrawal, move = [tuple(row) for row in await org_connection.execute(audited)]
    assert move == (
        "org.employee.hire_date_changed",
        {"hired_on": HIRED, "probation_until": "2026-05-31"},
        {"hired_on": "2026-04-01", "probation_until": None},
    )
    assert (withdrawal[0], withdrawal[2]) == (
        "org.employee.hire_rescinded",
        {"hired_on": "2026-04-01", "reason": "放弃入职"},
    )
    recorded = text("SELECT type FROM org.event WHERE subject = :subject ORDER BY id DESC LIMIT 4")
    news = await org_connection.execute(recorded, {"subject": f"employee/{company.ids['E9']}"})
    assert list(news.scalars()) == [
        "org.employee.hire_rescinded",
        "org.assignment.rescinded",
        "org.employee.hire_date_changed",
        "org.assignment.changed",
    ]


@pytest.mark.req("ORG-07", "INC-02")
@pytest.mark.parametrize("kind", AbsenceKind)
async def test_every_kind_of_absence_that_pay_tells_apart_is_recorded(company: Organisation, kind: AbsenceKind) -> None:
    away = {"employee_id": company.ids["E4"], "kind": kind.value, "valid_from": "2026-02-02", "valid_to": "2026-02-06"}
    await ok(await company.hr.post("/v1/org/absences", json=away))
    found = await ok(await company.hr.get("/v1/org/absences", params={"employee_id": company.ids["E4"]}))
    assert [each["kind"] for each in found["items"]] == [kind.value]
    assert ABSENCE_KIND_NAMES[kind].zh
