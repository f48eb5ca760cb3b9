"""People recorded in org after a cycle opened are listed until HR decides, and can be added until evaluation ends."""

from datetime import date

import pytest

from services.kit.identity import Role
from tests.builders.appraisal import BASE, Quarter
from tests.builders.appraisal_company import Person

ADDED = {"reason": "4 月补录，2 月 15 日入职"}


async def late(quarter: Quarter) -> list[str]:
    path = f"cycles/{quarter.cycle_id}/exclusions"
    items = await quarter.all(quarter.company.hr, path, reason="recorded_after_opening")
    return [each["subject_code"] for each in items]


@pytest.mark.req("APR-04", "APR-09")
async def test_somebody_recorded_late_is_listed_and_can_be_added_from_their_first_day(quarter: Quarter) -> None:
    await quarter.ready()
    company, path = quarter.company, f"cycles/{quarter.cycle_id}"
    hired = Person("E109", company.sales, "REP", company.head)
    hired.assignments = [("REP", company.sales, date(2026, 2, 15), None, "primary")]
    hired.roles = (Role.HR,)
    company.people.append(hired)
    elsewhere = Person("E900", company.group, "OTHER", company.chief, (Role.HR,), company.brand.id)
    body = {"employee_id": str(hired.id), **ADDED}
    assert (await quarter.post(company.hr, f"{path}/subjects", body)).status_code == 404
    first = quarter.cycle_id
    await quarter.opened(code="2026-Q2", name="二季度", period="2026-Q2")  # which knows them from the beginning
    quarter.cycle_id = first
    rated = f"forms/{(await quarter.forms())['E101']['id']}/raters"
    rater = {"add": [{"rater_id": str(hired.id), "relation": "peer"}], **ADDED}
    assert (await quarter.post(company.head, rated, rater)).json()["code"] == "raters_invalid"  # not here yet
    for _ in range(2):
        await quarter.done(company.hr, f"{path}/refresh")
        await quarter.jobs()
        assert await late(quarter) == ["E109"]
    for who, status, code in (
        (company.head, 403, "role_missing"),
        (elsewhere, 404, "subject_not_in_cycle"),
        (hired, 403, "own_matter"),
    ):
        refused = await quarter.post(who, f"{path}/subjects", body)
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    stale = await quarter.api(company.hr.caller).post(
        f"{BASE}/{path}/subjects", json=body, headers={"If-Match": '"99"'}
    )
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    (form,) = (await quarter.done(company.hr, f"{path}/subjects", body))["forms"]
    assert (form["valid_from"], form["valid_to"], form["manager_name"]) == ("2026-02-15", "2026-03-31", "name of E100")
    assert await late(quarter) == []
    tasks = await quarter.all(hired, "my/tasks", kind="goals.propose")
    assert [task["subject"]["id"] for task in tasks if "一季度" in task["title"]] == [form["id"]]
    assert (await quarter.post(company.hr, f"{path}/subjects", body)).status_code == 404
    raters = await quarter.all(company.hr, f"{path}/raters", form_id=form["id"])
    assert {(each["rater_number"], each["relation"]) for each in raters} >= {("E100", "superior"), ("E101", "peer")}


@pytest.mark.req("APR-04")
async def test_somebody_recorded_late_can_be_left_out_with_a_reason(quarter: Quarter) -> None:
    await quarter.ready()
    await quarter.move("start_evaluation")
    company, path = quarter.company, f"cycles/{quarter.cycle_id}"
    company.people.append(Person("E109", company.sales, "REP", company.head))
    company.people.append(Person("E110", company.sales, "OTHER", company.head))
    await quarter.done(company.hr, f"{path}/refresh")
    await quarter.jobs()
    uncovered = await quarter.post(company.hr, f"{path}/subjects", {"employee_id": str(company["E110"].id), **ADDED})
    assert uncovered.json()["code"] == "not_appraisable"
    await quarter.done(company.hr, f"{path}/exclusions", {"subject_id": str(company["E109"].id), **ADDED})
    assert await late(quarter) == ["E110"]
    again = await quarter.post(company.hr, f"{path}/subjects", {"employee_id": str(company["E109"].id), **ADDED})
    assert again.status_code == 404
    await quarter.done(company.hr, f"{path}/cancel", {"reason": "重组"})
    for verb, sent in (("refresh", None), ("subjects", {"employee_id": str(company["E110"].id), **ADDED})):
        over = await quarter.post(company.hr, f"{path}/{verb}", sent)
        assert (over.status_code, over.json()["code"]) == (409, "not_in_this_state"), verb
