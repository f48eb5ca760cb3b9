"""A termination ahead is rescheduled or rescinded, and the assignments that it ended continue (ORG-07)."""

from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kit.identity import Role
from tests.api.org.test_assignments import ASSIGNMENTS, EMPLOYEES, assignments
from tests.api.org.test_hiring import employments, sent
from tests.builders.org import Organisation, act, ok, small_company
from tests.clients import Clients
from tests.identities import SetClock, person

pytestmark = pytest.mark.req("ORG-07")
LAST = "2026-03-31"


@pytest.fixture
async def company(org: Clients) -> Organisation:
    """The small company."""
    return await small_company(org)


async def leaves(company: Organisation, number: str = "E4", last: str = LAST) -> None:
    await company.terminate(number, last, "个人原因")


async def stays(company: Organisation, number: str = "E4", **more: Any) -> httpx2.Response:
    verb = "reschedule_termination" if "last_day" in more else "rescind_termination"
    path = f"{EMPLOYEES}/{company.ids[number]}"
    tag = (await company.hr.get(path)).headers["ETag"]
    hr = more.pop("hr", company.hr)
    return await hr.post(f"{path}/{verb}", json={"reason": "挽留", **more}, headers={"If-Match": tag})


async def everything(company: Organisation, number: str = "E4") -> Any:
    path = f"{EMPLOYEES}/{company.ids[number]}"
    recorded = (await ok(await company.hr.get(path)))["employments"]
    held = await ok(await company.hr.get(ASSIGNMENTS, params={"employee_id": company.ids[number]}))
    return recorded, sorted(({**each, "revision": 0} for each in held["items"]), key=lambda each: each["id"])


async def busy(company: Organisation) -> None:
    """E4, once on probation, also acts, works in a project, and is to rotate and come back."""
    path = f"{EMPLOYEES}/{company.ids['E4']}"
    tag = (await company.hr.get(path)).headers["ETag"]
    await ok(await company.hr.patch(path, json={"probation_until": "2020-06-30"}, headers={"If-Match": tag}))
    await company.place("E4", "M1", "acting", "2026-01-01", LAST)
    await company.place("E4", "B2", "project", "2026-02-01")
    await company.place("E4", "B1", "rotation", "2026-05-01", "2026-12-31")


async def test_a_leaving_that_is_taken_back_leaves_everything_as_it_was(company: Organisation) -> None:
    await busy(company)
    before = await everything(company)
    await leaves(company)
    assert [row[3] for row in await assignments(company, "E4")] == [LAST] * 3
    await ok(await stays(company))
    assert await everything(company) == before


async def test_a_leaving_that_was_moved_forward_twice_is_taken_back_whole(company: Organisation) -> None:
    await busy(company)
    before = await everything(company)
    for last in ("2026-07-31", LAST, "2026-01-31"):
        await leaves(company, last=last)
    await ok(await stays(company))
    assert await everything(company) == before


async def test_who_stays_longer_keeps_the_assignments_until_then_and_no_longer(company: Organisation) -> None:
    await busy(company)
    before = await everything(company)
    await leaves(company)
    await ok(await stays(company, last_day="2026-06-15"))
    assert await employments(company, "E4", LAST) == [("2020-01-01", "2026-06-15", "2020-06-30")]
    assert sorted(await assignments(company, "E4")) == [
        ("B1", "rotation", "2026-05-01", "2026-06-15"),
        ("B2", "project", "2026-02-01", "2026-06-15"),
        ("M1", "acting", "2026-01-01", LAST),
        ("S2", "primary", "2020-01-01", "2026-04-30"),
    ]
    await ok(await stays(company))
    assert await everything(company) == before


async def test_a_assignment_that_came_back_and_was_withdrawn_does_not_come_back_again(company: Organisation) -> None:
    later = await company.place("E4", "B2", "project", "2026-05-01")
    await leaves(company)
    await ok(await stays(company, last_day="2026-06-30"))
    path = f"{ASSIGNMENTS}/{later}"
    tag = (await company.hr.get(path)).headers["ETag"]
    await ok(await company.hr.post(f"{path}/rescind", json={"reason": "项目取消"}, headers={"If-Match": tag}))
    await leaves(company)
    await ok(await stays(company))
    assert await assignments(company, "E4") == [("S2", "primary", "2020-01-01", None)]


@pytest.mark.req("ORG-14")
async def test_a_rotation_that_a_leaving_cut_short_is_noted_exported_and_imported(company: Organisation) -> None:
    rotation = await company.place("E4", "B1", "rotation", "2026-02-01", "2026-12-31")
    await leaves(company)
    file = await company.hr.get("/v1/org/exports")
    asked = {"dry_run": True}
    again = await company.hr.post(
        "/v1/org/imports", params=asked, content=file.content, headers={"Content-Type": file.headers["Content-Type"]}
    )
    assert (again.status_code, again.json()["errors"] if again.is_success else again.text) == (200, [])
    path = f"{ASSIGNMENTS}/{rotation}"
    for last, status in ((LAST, 200), ("2026-03-30", 422)):
        tag = (await company.hr.get(path)).headers["ETag"]
        body = {"valid_to": last, "note": "已离职"}
        assert (await company.hr.patch(path, json=body, headers={"If-Match": tag})).status_code == status


async def test_probation_that_is_corrected_meanwhile_stays_corrected(company: Organisation) -> None:
    await busy(company)
    await leaves(company)
    path = f"{EMPLOYEES}/{company.ids['E4']}"
    tag = (await company.hr.get(path)).headers["ETag"]
    await ok(await company.hr.patch(path, json={"probation_until": None}, headers={"If-Match": tag}))
    await leaves(company, last="2026-02-28")
    await ok(await stays(company))
    assert await employments(company, "E4", LAST) == [("2020-01-01", None, None)]


async def test_a_assignment_that_was_ended_otherwise_since_stays_ended(company: Organisation) -> None:
    await leaves(company)
    held = (await ok(await company.hr.get(ASSIGNMENTS, params={"employee_id": company.ids["E4"]})))["items"][0]
    body = {"valid_to": "2026-02-28"}
    headers = {"If-Match": f'"{held["revision"]}"'}
    await ok(await company.hr.post(f"{ASSIGNMENTS}/{held['id']}/end", json=body, headers=headers))
    await ok(await stays(company))
    assert await assignments(company, "E4") == [("S2", "primary", "2020-01-01", "2026-02-28")]


async def test_a_assignment_that_somebody_else_has_got_meanwhile_is_not_given_twice(company: Organisation) -> None:
    await leaves(company)
    await company.person("E9", "S2", hired_on="2026-06-01")
    refused = await stays(company)
    assert (refused.status_code, refused.json()["code"]) == (409, "headcount_exceeded")
    assert await employments(company, "E4", LAST) == [("2020-01-01", LAST, None)]
    await ok(await stays(company, last_day="2026-05-31"))
    await ok(await stays(company, overfill_reason="交接"))
    assert (await assignments(company, "E4"))[0][3] is None


async def test_who_stays_without_his_assignment_is_placed_anew(company: Organisation) -> None:
    await leaves(company)
    body = {"valid_from": "2026-04-01", "headcount": 1}
    path = f"/v1/org/positions/{company.ids['S2']}"
    await ok(
        await company.hr.patch(path, json=body, headers={"If-Match": (await company.hr.get(path)).headers["ETag"]})
    )
    assert (await stays(company)).json()["code"] == "headcount_exceeded"
    await ok(await stays(company, restore_assignments=False))
    assert await employments(company, "E4", LAST) == [("2020-01-01", None, None)]
    await company.place("E4", "B1", "primary", "2026-04-01")
    assert await assignments(company, "E4") == [
        ("S2", "primary", "2020-01-01", LAST),
        ("B1", "primary", "2026-04-01", None),
    ]


async def test_a_assignment_whose_position_ends_meanwhile_does_not_come_back(company: Organisation) -> None:
    await leaves(company, "E6")
    path = f"/v1/org/positions/{company.ids['B2']}"
    await ok(await act(company.hr, f"{path}/close", json={"valid_to": LAST}))
    refused = await stays(company, "E6")
    assert (refused.status_code, refused.json()["code"]) == (422, "reference_not_in_force")


async def test_after_the_last_day_a_leaving_stands(company: Organisation, clock: SetClock) -> None:
    await leaves(company)
    clock.set(2026, 3, 31, 15)  # late on the last day in Shanghai
    await ok(await stays(company, last_day="2026-04-01"))
    clock.set(2026, 4, 1, 17)
    path = f"{EMPLOYEES}/{company.ids['E4']}"
    tag = (await company.hr.get(path, params={"as_of": "2026-04-01"})).headers["ETag"]
    gone = await company.hr.post(f"{path}/rescind_termination", json={"reason": "挽留"}, headers={"If-Match": tag})
    assert (gone.status_code, gone.json()["code"]) == (409, "no_termination_ahead")


@pytest.mark.parametrize(
    ("last", "status", "code"),
    [
        (LAST, 409, "termination_earlier"),
        ("2026-03-30", 409, "termination_earlier"),
        ("2019-01-01", 422, "period_reversed"),
        ("2026-06-01", 409, "still_employed"),
    ],
)
async def test_a_last_day_that_cannot_be_is_refused_and_nothing_is_changed(
    company: Organisation, last: str, status: int, code: str
) -> None:
    assert (await stays(company, last_day=last)).json()["code"] == "no_termination_ahead"
    await leaves(company)
    body = {"hired_on": "2026-06-01"}
    await ok(await act(company.hr, f"{EMPLOYEES}/{company.ids['E4']}/rehire", json=body))
    before = await everything(company)
    answer = await stays(company, last_day=last)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await everything(company) == before
    assert (await stays(company)).json()["code"] == "still_employed"
    await ok(await sent(company, "rescind_hire", "E4", reason="不离职"))
    await ok(await stays(company))


async def test_it_needs_the_version_that_was_read(company: Organisation) -> None:
    await leaves(company)
    path = f"{EMPLOYEES}/{company.ids['E4']}/rescind_termination"
    assert (await company.hr.post(path, json={"reason": "挽留"})).status_code == 428
    stale = await company.hr.post(path, json={"reason": "挽留"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412


@pytest.mark.req("PLT-03")
async def test_hr_of_another_department_has_no_say_nor_over_assignments_that_are_not_theirs(
    org: Clients, company: Organisation
) -> None:
    await company.place("E4", "B2", "concurrent", "2026-01-01")
    await leaves(company)
    for unit in ("B", "S"):
        local = org(person(Role.HR, over=UUID(company.ids[unit])))
        assert (await stays(company, hr=local)).json()["code"] == "out_of_scope"
    elsewhere = org(person(Role.HR, over=UUID(company.ids["B"])))
    alone = await stays(company, hr=elsewhere, restore_assignments=False)
    assert (alone.status_code, alone.json()["code"]) == (403, "out_of_scope")
    await ok(await stays(company, hr=local, restore_assignments=False))


@pytest.mark.req("PLT-04", "PLT-05")
async def test_both_leave_a_trail_with_before_and_after_and_are_told(
    company: Organisation, org_connection: AsyncConnection
) -> None:
    await leaves(company)
    await ok(await stays(company, last_day="2026-04-30"))
    await ok(await stays(company))
    audited = text("SELECT action, before, after FROM org.audit WHERE resource = 'employee' ORDER BY id DESC LIMIT 2")
    back, later = [tuple(row) for row in await org_connection.execute(audited)]
    said = {"reason": "挽留", "probation_until": None}
    was = {"reason": "个人原因", "probation_until": None}
    until = "2026-04-30"
    assert later == ("org.employee.termination_rescheduled", {**was, "last_day": LAST}, {**said, "last_day": until})
    assert back == ("org.employee.termination_rescinded", {**was, "last_day": until}, {**said, "last_day": None})
    day = "coalesce(data->>'last_day', data->>'valid_to')"
    recorded = text(f"SELECT type, {day} FROM org.event WHERE subject = :subject ORDER BY id")  # noqa: S608 - no input
    news = await org_connection.execute(recorded, {"subject": f"employee/{company.ids['E4']}"})
    assert [tuple(row) for row in news][-6:] == [
        ("org.assignment.ended", LAST),
        ("org.employee.terminated", LAST),
        ("org.assignment.changed", "2026-04-30"),
        ("org.employee.termination_rescheduled", "2026-04-30"),
        ("org.assignment.changed", None),
        ("org.employee.termination_rescinded", "2026-04-30"),
    ]


async def test_a_leave_of_absence_of_the_first_employment_outlives_a_rehire_that_is_withdrawn(
    company: Organisation,
) -> None:
    away = {"employee_id": company.ids["E4"], "kind": "maternity", "valid_from": "2026-02-01", "valid_to": "2026-08-31"}
    await ok(await company.hr.post("/v1/org/absences", json=away))
    await leaves(company)
    path = f"{EMPLOYEES}/{company.ids['E4']}"
    await ok(await act(company.hr, f"{path}/rehire", json={"hired_on": "2026-07-01"}))
    await ok(await sent(company, "rescind_hire", "E4", reason="不再入职"))
    kept = await ok(await company.hr.get("/v1/org/absences", params={"employee_id": company.ids["E4"]}))
    assert [each["valid_from"] for each in kept["items"]] == ["2026-02-01"]


@pytest.mark.req("ORG-08")
async def test_who_has_left_is_nobodys_second_superior_and_has_none(company: Organisation) -> None:
    for number, superior in (("E5", "E4"), ("E4", "E6")):
        line = {"employee_id": company.ids[number], "superior_id": company.ids[superior], "valid_from": "2026-01-01"}
        await ok(await company.hr.post("/v1/org/dotted_lines", json=line))
    await leaves(company)
    for day, known in ((LAST, 1), ("2026-04-01", 0)):
        asked = {"as_of": day}
        found = await ok(await company.hr.get(f"{EMPLOYEES}/{company.ids['E5']}/manager", params=asked))
        assert [each["number"] for each in found["dotted"]] == ["E4"] * known
        duties = await ok(await company.hr.get(f"{EMPLOYEES}/{company.ids['E6']}/handover", params=asked))
        assert duties["dotted_reports"] == known
    for number, superior in (("E5", "E4"), ("E4", "E6")):
        line = {"employee_id": company.ids[number], "superior_id": company.ids[superior], "valid_from": "2026-04-01"}
        refused = await company.hr.post("/v1/org/dotted_lines", json=line)
        assert (refused.status_code, refused.json()["code"]) == (422, "reference_not_in_force")
