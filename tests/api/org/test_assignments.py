"""People and their assignments over HTTP (ORG-07)."""

from typing import Any

import pytest

from services.kit.identity import Role
from tests.builders.org import Organisation, act, ok, small_company
from tests.clients import Clients
from tests.identities import person

pytestmark = pytest.mark.req("ORG-07")
EMPLOYEES = "/v1/org/employees"
ASSIGNMENTS = "/v1/org/assignments"


@pytest.fixture
async def company(org: Clients) -> Organisation:
    return await small_company(org)


async def assignments(company: Organisation, number: str) -> list[tuple[str, str, str, str | None]]:
    page = await ok(await company.hr.get(ASSIGNMENTS, params={"employee_id": company.ids[number]}))
    rows = [(each["position"]["code"], each["kind"], each["valid_from"], each["valid_to"]) for each in page["items"]]
    return sorted(rows, key=lambda row: row[2])


def assignment(
    company: Organisation, number: str, position: str, kind: str, first: str, last: str | None
) -> dict[str, Any]:
    ids = {"employee_id": company.ids[number], "position_id": company.ids[position]}
    return {**ids, "kind": kind, "valid_from": first, "valid_to": last}


async def test_a_transfer_ends_the_old_post_the_day_before(company: Organisation) -> None:
    move = {"position_id": company.ids["B1"], "valid_from": "2026-02-10"}
    await ok(await act(company.hr, f"{EMPLOYEES}/{company.ids['E4']}/transfer", json=move))
    assert await assignments(company, "E4") == [
        ("S2", "primary", "2020-01-01", "2026-02-09"),
        ("B1", "primary", "2026-02-10", None),
    ]
    before = await ok(await company.hr.get(f"{EMPLOYEES}/{company.ids['E4']}", params={"as_of": "2026-02-09"}))
    after = await ok(await company.hr.get(f"{EMPLOYEES}/{company.ids['E4']}", params={"as_of": "2026-02-10"}))
    assert (before["main_assignment"]["unit"]["code"], after["main_assignment"]["unit"]["code"]) == ("S", "B")


async def test_nobody_has_two_main_assignments_on_one_day(company: Organisation) -> None:
    second = assignment(company, "E4", "B1", "primary", "2026-02-10", None)
    answer = await company.hr.post(ASSIGNMENTS, json=second)
    assert (answer.status_code, answer.json()["code"]) == (409, "assignments_overlap")
    assert len(await assignments(company, "E4")) == 1


async def test_a_concurrent_and_an_acting_post_stand_beside_the_primary(company: Organisation) -> None:
    await company.place("E3", "B1", "acting", "2026-01-01", "2026-06-30")
    await company.place("E3", "B2", "concurrent", "2026-01-01")
    assert [row[1] for row in await assignments(company, "E3")] == ["primary", "acting", "concurrent"]
    again = await company.hr.post(ASSIGNMENTS, json=assignment(company, "E3", "B1", "concurrent", "2026-03-01", None))
    assert again.status_code == 409


async def test_a_rotation_interrupts_the_primary_post_which_goes_on_by_itself(company: Organisation) -> None:
    await company.place("E4", "B1", "rotation", "2026-02-01", "2026-08-31")
    assert await assignments(company, "E4") == [
        ("S2", "primary", "2020-01-01", "2026-01-31"),
        ("B1", "rotation", "2026-02-01", "2026-08-31"),
        ("S2", "primary", "2026-09-01", None),
    ]
    for day, unit in (("2026-01-31", "S"), ("2026-02-01", "B"), ("2026-09-01", "S")):
        found = await ok(await company.hr.get(f"{EMPLOYEES}/{company.ids['E4']}", params={"as_of": day}))
        assert found["main_assignment"]["unit"]["code"] == unit


@pytest.mark.parametrize(
    ("last", "pointer"), [(None, "/valid_to"), ("2026-03-31", "/valid_to"), ("2027-03-01", "/valid_to")]
)
async def test_a_rotation_runs_for_six_to_twelve_months(company: Organisation, last: str | None, pointer: str) -> None:
    answer = await company.hr.post(ASSIGNMENTS, json=assignment(company, "E4", "B1", "rotation", "2026-02-01", last))
    assert answer.status_code == 422
    assert answer.json()["errors"][0] == {
        "pointer": pointer,
        "found": last,
        "expected": "2026-07-31 至 2027-01-31",
    }
    assert len(await assignments(company, "E4")) == 1


async def test_leaving_ends_every_assignment_and_hides_the_person_afterwards(company: Organisation) -> None:
    await company.place("E4", "B1", "concurrent", "2026-01-01")
    await company.terminate("E4", "2026-03-15")
    assert {row[3] for row in await assignments(company, "E4")} == {"2026-03-15"}
    path = f"{EMPLOYEES}/{company.ids['E4']}"
    assert (await company.hr.get(path, params={"as_of": "2026-03-15"})).status_code == 200
    assert (await company.hr.get(path, params={"as_of": "2026-03-16"})).status_code == 404


async def test_somebody_rehired_keeps_the_history(company: Organisation) -> None:
    path = f"{EMPLOYEES}/{company.ids['E4']}"
    early = await act(company.hr, f"{path}/rehire", json={"hired_on": "2026-02-01"})
    assert (early.status_code, early.json()["code"]) == (409, "still_employed")
    await company.terminate("E4", "2026-01-31", "个人原因")
    rehired = {"hired_on": "2026-06-01", "probation_until": "2026-08-31"}
    await ok(await act(company.hr, f"{path}/rehire", json=rehired))
    found = await ok(await company.hr.get(path, params={"as_of": "2026-06-01"}))
    assert found["employments"] == [
        {"hired_on": "2020-01-01", "last_day": "2026-01-31", "probation_until": None, "termination_reason": "个人原因"},
        {"hired_on": "2026-06-01", "last_day": None, "probation_until": "2026-08-31", "termination_reason": None},
    ]
    assert found["main_assignment"] is None
    assert await assignments(company, "E4") == [("S2", "primary", "2020-01-01", "2026-01-31")]


async def test_nobody_sits_anywhere_before_being_hired_or_after_leaving(company: Organisation) -> None:
    body = {"number": "E9", "name": "新人", "hired_on": "2026-03-01"}
    company.ids["E9"] = (await ok(await company.hr.post(EMPLOYEES, json=body)))["id"]
    answer = await company.hr.post(ASSIGNMENTS, json=assignment(company, "E9", "B1", "primary", "2026-02-01", None))
    assert (answer.status_code, answer.json()["code"]) == (409, "not_employed")


async def test_an_assignment_gets_another_end_only_with_the_version_that_was_read(company: Organisation) -> None:
    made = await company.place("E3", "B1", "acting", "2026-01-01", "2026-03-31")
    path = f"{ASSIGNMENTS}/{made}"
    assert (await company.hr.patch(path, json={"valid_to": "2026-06-30"})).status_code == 428
    tag = (await company.hr.get(path)).headers["ETag"]
    longer = await company.hr.patch(path, json={"valid_to": "2026-06-30"}, headers={"If-Match": tag})
    assert longer.status_code == 200
    stale = await company.hr.post(f"{path}/end", json={"valid_to": "2026-02-28"}, headers={"If-Match": tag})
    assert stale.status_code == 412
    assert (await ok(await company.hr.get(path)))["valid_to"] == "2026-06-30"


async def test_an_assignment_cannot_end_before_it_began(company: Organisation) -> None:
    made = await company.place("E3", "B1", "acting", "2026-01-01")
    path = f"{ASSIGNMENTS}/{made}"
    tag = (await company.hr.get(path)).headers["ETag"]
    answer = await company.hr.post(f"{path}/end", json={"valid_to": "2025-12-31"}, headers={"If-Match": tag})
    assert answer.status_code == 422


async def test_probation_is_set_and_ends_within_the_employment(company: Organisation) -> None:
    body = {"number": "E9", "name": "新人", "hired_on": "2026-01-05", "probation_until": "2026-04-04"}
    path = f"{EMPLOYEES}/{(await ok(await company.hr.post(EMPLOYEES, json=body)))['id']}"
    tag = (await company.hr.get(path)).headers["ETag"]
    shorter = await company.hr.patch(path, json={"probation_until": "2026-03-04"}, headers={"If-Match": tag})
    assert shorter.status_code == 200
    assert (await ok(await company.hr.get(path)))["employments"][0]["probation_until"] == "2026-03-04"
    tag = (await company.hr.get(path)).headers["ETag"]
    outside = await company.hr.patch(path, json={"probation_until": "2025-12-31"}, headers={"If-Match": tag})
    assert (outside.status_code, outside.json()["errors"][0]["pointer"]) == (422, "/probation_until")
    backwards = await company.hr.post(EMPLOYEES, json={**body, "number": "E10", "probation_until": "2026-01-04"})
    assert backwards.status_code == 422


@pytest.mark.req("PLT-03")
async def test_when_somebody_was_hired_is_told_to_him_and_hr_only(org: Clients, company: Organisation) -> None:
    path = f"{EMPLOYEES}/{company.ids['E4']}"
    himself = person(employee_id=company.ids["E4"])  # type: ignore[arg-type]  # written as text into the token anyway
    neighbour = person(employee_id=company.ids["E6"])
    elsewhere = person(Role.HR, over=company.ids["B"])
    assert (await ok(await org(himself).get(path)))["employments"] is not None
    assert (await ok(await org(neighbour).get(path)))["employments"] is None
    assert (await ok(await org(elsewhere).get(path)))["employments"] is None


@pytest.mark.req("PLT-03")
async def test_hr_of_a_department_moves_nobody_out_of_or_into_another(org: Clients, company: Organisation) -> None:
    local = org(person(Role.HR, over=company.ids["S"]))
    move = {"position_id": company.ids["B1"], "valid_from": "2026-02-10"}
    assert (await act(local, f"{EMPLOYEES}/{company.ids['E4']}/transfer", json=move)).status_code == 403
    move = {"position_id": company.ids["S2"], "valid_from": "2026-02-10"}
    assert (await act(local, f"{EMPLOYEES}/{company.ids['E6']}/transfer", json=move)).status_code == 403
    assert (
        await local.post(
            f"{EMPLOYEES}/{company.ids['E6']}/terminate", json={"last_day": "2026-03-01"}, headers={"If-Match": '"1"'}
        )
    ).status_code == 403


@pytest.mark.req("PLT-04", "PLT-05")
async def test_a_transfer_leaves_audit_and_news(company: Organisation, org_sessions: Any) -> None:
    move = {"position_id": company.ids["B1"], "valid_from": "2026-02-10"}
    await ok(await act(company.hr, f"{EMPLOYEES}/{company.ids['E4']}/transfer", json=move))
    async with org_sessions.read() as session:
        from sqlalchemy import text

        audited = (await session.execute(text("SELECT action, after FROM org.audit ORDER BY id DESC LIMIT 1"))).one()
        recorded = (
            await session.execute(text("SELECT type, subject, data FROM org.event ORDER BY id DESC LIMIT 1"))
        ).one()
    assert audited.action == "org.assignment.created"
    assert (audited.after["valid_from"], audited.after["valid_to"]) == ("2026-02-10", None)
    assert (recorded.type, recorded.subject) == ("org.assignment.created", f"employee/{company.ids['E4']}")
    assert recorded.data["valid_from"] == "2026-02-10"


async def test_the_same_post_sent_twice_hires_once(company: Organisation) -> None:
    body = {"number": "E9", "name": "一次", "hired_on": "2026-01-05"}
    first, second = [
        await company.hr.post(EMPLOYEES, json=body, headers={"Idempotency-Key": "hire-e9"}) for _ in range(2)
    ]
    assert (first.status_code, first.json()) == (second.status_code, second.json())


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"number": "E 9"}, "/number"),
        ({"name": ""}, "/name"),
        ({"email": "nobody"}, "/email"),
        ({"hired_on": "2026-02-30"}, "/hired_on"),
        ({"salary": "1"}, "/salary"),
    ],
)
async def test_a_bad_hire_is_refused_naming_the_field(
    company: Organisation, body: dict[str, str], pointer: str
) -> None:
    good = {"number": "E9", "name": "好", "hired_on": "2026-01-05"}
    answer = await company.hr.post(EMPLOYEES, json={**good, **body})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_somebody_away_keeps_the_assignment_and_is_not_away_twice(org: Clients, company: Organisation) -> None:
    hr, ids = company.hr, company.ids
    body = {"employee_id": ids["E4"], "kind": "maternity", "valid_from": "2026-02-01", "valid_to": "2026-05-31"}
    made = await ok(await hr.post("/v1/org/absences", json=body))
    twice = await hr.post("/v1/org/absences", json={**body, "valid_from": "2026-05-31"})
    assert (twice.status_code, twice.json()["code"]) == (409, "already_absent")
    found = await ok(await hr.get(f"{EMPLOYEES}/{ids['E4']}", params={"as_of": "2026-03-01"}))
    assert found["main_assignment"]["position_code"] == "S2"
    before = await hr.post("/v1/org/absences", json={**body, "valid_from": "2019-12-31", "valid_to": "2020-01-02"})
    assert (before.status_code, before.json()["code"]) == (422, "reference_not_in_force")
    back = {"valid_to": "2026-04-30"}
    stale = await hr.post(f"/v1/org/absences/{made['id']}/end", json=back, headers={"If-Match": '"2"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    await ok(await hr.post(f"/v1/org/absences/{made['id']}/end", json=back, headers={"If-Match": '"1"'}))
    listed = await ok(await hr.get("/v1/org/absences", params={"employee_id": ids["E4"]}))
    assert [(each["valid_from"], each["valid_to"]) for each in listed["items"]] == [("2026-02-01", "2026-04-30")]
    assert (await ok(await hr.get("/v1/org/absences", params={"employee_id": ids["E5"]})))["items"] == []
    herself = org(person(employee_id=ids["E4"]))  # type: ignore[arg-type]  # text in the token anyway
    assert (await herself.get("/v1/org/absences", params={"employee_id": ids["E4"]})).status_code == 200
    neighbour = org(person(employee_id=ids["E5"]))  # type: ignore[arg-type]  # text in the token anyway
    assert (await neighbour.get("/v1/org/absences", params={"employee_id": ids["E4"]})).status_code == 404
