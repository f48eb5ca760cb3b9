"""Nobody enters actuals that count for themselves without a second person (APR-06)."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.kit.identity import Role, RoleAssignment
from tests.builders.appraisal import BASE, Person, Quarter, measurement

pytestmark = pytest.mark.req("APR-06")
PROPOSALS = "measurement_proposals"
OWN = measurement("E101", "S01", "2310000")


async def waiting(quarter: Quarter, who: Person) -> list[str]:
    """The links of what somebody has to release."""
    tasks = await quarter.all(who, "my/tasks", kind="measurement_proposal.release")
    return [task["link"].removeprefix(f"{BASE}/") for task in tasks]


async def counted(quarter: Quarter, code: str = "E101") -> list[str]:
    """The values that are stored about somebody."""
    rows = await quarter.all(quarter.company.hr, "measurements", subject_code=code)
    return [row["value"] for row in rows]


@pytest.fixture
async def clerk(quarter: Quarter) -> Person:
    """Somebody with a form who is HR as well."""
    await quarter.ready()
    quarter.company["E101"].roles = (Role.HR,)
    return quarter.company["E101"]


async def test_what_counts_for_oneself_counts_once_another_person_has_released_it(
    quarter: Quarter, clerk: Person
) -> None:
    company = quarter.company
    sent = (await quarter.measure(OWN, measurement("E102", "S01", "5"), who=clerk)).json()
    assert (sent["accepted"], sent["pending"], sent["repeated"]) == (1, 1, 0)
    assert (await counted(quarter), await counted(quarter, "E102")) == ([], ["5"])
    again = (await quarter.measure(OWN, who=clerk)).json()
    assert (again["accepted"], again["pending"], again["repeated"]) == (0, 0, 1)
    [path] = await waiting(quarter, company.hr)
    [task] = await quarter.all(company.hr, "my/tasks", kind="measurement_proposal.release")
    assert task["title"] == "确认name of E101录入的本人实绩：name of E101（E101）销售额，2026 年 3 月"
    other = replace(clerk, account_id=uuid4())
    for self_same in (clerk, other):
        assert await waiting(quarter, self_same) == []
        refused = await quarter.post(self_same, f"{path}/release")
        assert (refused.status_code, refused.json()["code"]) == (403, "second_person_needed")
    api = quarter.api(company.hr.caller)
    assert (await api.post(f"{BASE}/{path}/release")).status_code == 428
    stale = await quarter.post(company.hr, f"{path}/release", seen="7")
    assert stale.status_code == 412
    assert await counted(quarter) == []
    done = await quarter.done(company.hr, f"{path}/release")
    assert (done["state"], done["measurements"][0]["value"]) == ("released", "2310000")
    assert await counted(quarter) == ["2310000"]
    assert await waiting(quarter, company.hr) == []
    assert (await quarter.measure(OWN, who=clerk)).json()["repeated"] == 1


async def test_a_correction_about_oneself_waits_and_a_refused_one_changes_nothing(
    quarter: Quarter, clerk: Person
) -> None:
    company = quarter.company
    await quarter.measure({**OWN, "external_id": "a"})
    better = {**OWN, "value": "9999999", "external_id": "b", "corrects": "a"}
    sent = (await quarter.measure(better, who=clerk)).json()
    assert (sent["pending"], sent["corrected"]) == (1, 0)
    [path] = await waiting(quarter, company.hr)
    refused = await quarter.done(company.hr, f"{path}/refuse", {"reason": "与系统不符"})
    assert (refused["state"], refused["decision"]) == ("refused", "与系统不符")
    assert await counted(quarter) == ["2310000"]
    late = await quarter.post(company.hr, f"{path}/release")
    assert (late.status_code, late.json()["code"]) == (409, "transition_not_possible")
    await quarter.measure(better, who=clerk)
    [path] = await waiting(quarter, company.hr)
    await quarter.done(company.hr, f"{path}/release")
    rows = await quarter.all(company.hr, "measurements", subject_code="E101")
    assert [(row["value"], row["superseded"]) for row in rows] == [("2310000", True), ("9999999", False)]


async def test_whom_it_is_about_does_not_release_it_and_what_fits_no_more_is_refused(
    quarter: Quarter, clerk: Person
) -> None:
    await quarter.measure(OWN, who=clerk)
    company = quarter.company
    [path] = await waiting(quarter, company.hr)
    async with quarter.sessions.write() as session:  # as if the form were another's since
        moved = text("UPDATE form SET owner_id = CAST(:owner AS uuid) WHERE subject_code = 'E101'")
        await session.execute(moved, {"owner": str(company.hr2.id)})
    refused = await quarter.post(company.hr2, f"{path}/release")
    assert (refused.status_code, refused.json()["code"]) == (403, "own_matter")
    await quarter.measure({**OWN, "value": "1"})
    refused = await quarter.post(company.hr, f"{path}/release")
    assert (refused.status_code, refused.json()["code"]) == (422, "measurements_wrong")
    assert await counted(quarter) == ["1"]


@pytest.mark.req("PLT-03")
async def test_hr_of_another_unit_neither_sees_nor_decides_it(quarter: Quarter, clerk: Person) -> None:
    await quarter.measure(OWN, who=clerk)
    company = quarter.company
    [path] = await waiting(quarter, company.hr)
    elsewhere = Person("E901", company["E201"].unit, "HR", company.chief, (Role.HR,), over=company["E201"].unit.id)
    assert await quarter.all(elsewhere, PROPOSALS) == []
    api = quarter.api(elsewhere.caller)
    seen = {"If-Match": "1"}
    for answer in (
        await api.get(f"{BASE}/{path}"),
        await api.post(f"{BASE}/{path}/release", headers=seen),
        await api.post(f"{BASE}/{path}/refuse", json={"reason": "无"}, headers=seen),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "measurement_proposal_unknown")
    grants = (*elsewhere.caller.role_assignments, RoleAssignment(Role.AUDITOR, None))
    reader = quarter.api(replace(elsewhere.caller, role_assignments=grants))
    assert (await reader.get(f"{BASE}/{path}")).status_code == 200
    for known in (path, f"{PROPOSALS}/{uuid4()}"):
        for verb, body in (("release", None), ("refuse", {"reason": "无"})):
            answer = await reader.post(f"{BASE}/{known}/{verb}", json=body, headers=seen)
            assert (answer.status_code, answer.json()["code"]) == (404, "measurement_proposal_unknown")
    assert [each["state"] for each in await quarter.all(company.hr, PROPOSALS)] == ["proposed"]
