"""Probation: reviewed before it ends, decided by the superior or HR, never lapsing by itself (ORG-15)."""

from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text

from services.kit.identity import Role
from services.kit.work.unit_of_work import SystemWork
from services.org.exchange.usecases import effective_days
from tests.builders.org import Organisation, ok, said_twice, small_company
from tests.clients import ZONE, Clients
from tests.databases import RolledBack
from tests.identities import SetClock, client_system, person

pytestmark = pytest.mark.req("ORG-15")
REVIEWS = "/v1/org/probation_reviews"
UNTIL = "2026-04-05"


class Probation:
    """E9 in the department of E3, on probation from January to the fifth of April; and who has to do with it."""

    def __init__(self, org: Clients, company: Organisation, sessions: RolledBack, clock: SetClock) -> None:
        self.company, self.ids, self.hr = company, company.ids, company.hr
        self.superior = org(person(employee_id=UUID(self.ids["E3"])))
        self.concerned = org(person(Role.HR, employee_id=UUID(self.ids["E9"])))
        self.local_hr = org(person(Role.HR, over=UUID(self.ids["S"])))
        self.hr_elsewhere = org(person(Role.HR, over=UUID(self.ids["B"]), employee_id=UUID(self.ids["E6"])))
        self.sessions, self.clock = sessions, clock

    async def on(self, month: int, day: int) -> None:
        """Let the job of that day run, twice as after a crash."""
        self.clock.set(2026, month, day, 1)
        for _ in range(2):
            async with SystemWork(self.sessions, self.clock, ZONE).begin() as uow:
                await effective_days.review_probations(uow, days_before=14)

    async def review(self, **filters: Any) -> dict[str, Any]:
        """The one review there is."""
        [found] = (await ok(await self.hr.get(REVIEWS, params=filters)))["items"]
        made: dict[str, Any] = found
        return made

    async def decide(self, who: httpx2.AsyncClient, verb: str, *, tag: str | None = None, **body: Any) -> Any:
        """A decision in view of the newest review as HR sees it."""
        items = (await ok(await self.hr.get(REVIEWS)))["items"]
        found = items[-1]
        headers = {"If-Match": tag or f'"{found["revision"]}"'}
        return await who.post(f"{REVIEWS}/{found['id']}/{verb}", json=body, headers=headers)

    async def tasks(self, who: httpx2.AsyncClient) -> list[str]:
        """Kinds of the tasks of a person."""
        return [each["kind"] for each in (await ok(await who.get("/v1/org/my/tasks")))["items"]]

    async def events(self) -> list[tuple[str, dict[str, Any]]]:
        """What was published about reviews."""
        async with self.sessions.read() as session:
            query = "SELECT type, data FROM org.event WHERE type LIKE 'org.probation%' ORDER BY id"
            return [(each.type, each.data) for each in await session.execute(text(query))]

    async def probation_until(self) -> str | None:
        """The last day of probation as HR reads it."""
        found = await ok(await self.hr.get(f"/v1/org/employees/{self.ids['E9']}", params={"as_of": "2026-02-01"}))
        until: str | None = found["employments"][0]["probation_until"]
        return until


@pytest.fixture
async def probation(org: Clients, org_sessions: RolledBack, clock: SetClock) -> Probation:
    company = await small_company(org)
    await company.position("S3", "S", core_talent=True)
    await company.person("E9", "S3", hired_on="2026-01-06", probation_until=UNTIL)
    made = Probation(org, company, org_sessions, clock)
    await made.on(1, 10)
    return made


@pytest.mark.req("PLT-02")
async def test_a_review_opens_two_weeks_before_the_end_and_the_superior_passes_it(probation: Probation) -> None:
    await probation.on(3, 21)
    assert (await ok(await probation.hr.get(REVIEWS)))["items"] == []
    await probation.on(3, 22)
    found = await probation.review(state="open", employee_id=probation.ids["E9"])
    assert (found["employee_number"], found["due_on"], found["days_overdue"]) == ("E9", UNTIL, 0)
    assert (found["superior_number"], found["state"], found["unit_name"]) == ("E3", "open", "单元S")
    assert said_twice(found) == {"unit_name_en", "position_title_en"}
    path = f"{REVIEWS}/{found['id']}"
    [task] = (await ok(await probation.superior.get("/v1/org/my/tasks")))["items"]
    assert (task["kind"], task["title"].endswith("的试用期（至 2026 年 4 月 5 日）")) == (
        "probation_review.decide",
        True,
    )
    assert (await ok(await probation.superior.get(REVIEWS)))["items"] == [found]
    for other in (probation.hr, probation.concerned, probation.hr_elsewhere):
        assert await probation.tasks(other) == []
    for other in (probation.concerned, probation.hr_elsewhere):
        assert (await other.get(path)).status_code == 404
    assert (await ok(await probation.hr_elsewhere.get(REVIEWS)))["items"] == []
    assert (await probation.superior.post(f"{path}/pass", json={})).status_code == 428
    assert (await probation.decide(probation.superior, "pass", tag='"7"')).status_code == 412
    decided = await ok(await probation.decide(probation.superior, "pass"))
    assert (decided["state"], decided["effective_on"], decided["decided_by_name"]) == ("passed", "2026-04-06", "测试员")
    assert (await probation.decide(probation.superior, "pass")).json()["code"] == "transition_not_possible"
    assert await probation.tasks(probation.superior) == []
    assert (await probation.concerned.get(path)).json()["state"] == "passed"
    await probation.on(4, 20)
    assert len((await ok(await probation.hr.get(REVIEWS)))["items"]) == 1


async def test_the_decision_is_told_with_position_and_core_talent(probation: Probation) -> None:
    await probation.on(3, 22)
    early = await probation.decide(probation.superior, "pass", effective_on="2026-03-21")
    assert (early.status_code, early.json()["code"]) == (422, "probation_passed_outside")
    await ok(await probation.decide(probation.superior, "pass", effective_on="2026-03-25"))
    [opened, (kind, data)] = await probation.events()
    review = await probation.review()
    assert opened == (
        "org.probation_review.opened",
        {"probation_review_id": review["id"], "employee_id": probation.ids["E9"], "due_on": UNTIL},
    )
    mine = await probation.hr.get("/v1/org/assignments", params={"employee_id": probation.ids["E9"]})
    [assignment] = (await ok(mine))["items"]
    assert (kind, data) == (
        "org.probation_review.decided",
        {
            "probation_review_id": review["id"],
            "employee_id": probation.ids["E9"],
            "number": "E9",
            "assignment_id": assignment["id"],
            "position_id": probation.ids["S3"],
            "core_talent": True,
            "outcome": "passed",
            "effective_on": "2026-03-25",
        },
    )
    assert await probation.probation_until() == "2026-03-24"


@pytest.mark.req("PLT-03")
async def test_undecided_it_is_overdue_does_not_lapse_and_hr_of_the_unit_decides_with_a_reason(
    probation: Probation, org: Clients
) -> None:
    await probation.on(3, 22)
    soon = await probation.decide(probation.local_hr, "pass", reason="上级出差")
    assert (soon.status_code, soon.json()["code"]) == (403, "superior_decides")
    await probation.on(5, 5)
    found = await probation.review(overdue=True)
    assert found["days_overdue"] == 30
    listed = await ok(await probation.hr.get("/v1/org/employees", params={"state": "on_probation"}))
    assert [each["number"] for each in listed["items"]] == ["E9"]
    span = {"valid_from": "2026-04-01", "valid_to": "2026-06-30"}
    lines = (await org(client_system("snapshot")).get("/v1/org/snapshot", params=span)).text.splitlines()
    assert [line for line in lines if '"E9"' in line and '"probation_until":"2026-06-30"' in line.replace(": ", ":")]
    assert await probation.tasks(probation.local_hr) == await probation.tasks(probation.superior)
    assert await probation.tasks(probation.concerned) == []
    own = await probation.decide(probation.concerned, "pass", reason="本人")
    assert (own.status_code, own.json()["code"]) == (403, "own_probation")
    assert (await probation.decide(probation.hr_elsewhere, "pass", reason="他部门")).status_code == 404
    mute = await probation.decide(probation.local_hr, "pass")
    assert (mute.status_code, mute.json()["code"]) == (422, "probation_reason_needed")
    decided = await ok(await probation.decide(probation.local_hr, "pass", reason="上级长期请假，业绩达标"))
    assert (decided["state"], decided["effective_on"], decided["days_overdue"]) == ("passed", "2026-04-06", 30)
    assert await probation.probation_until() == UNTIL
    listed = await ok(await probation.hr.get("/v1/org/employees", params={"state": "on_probation"}))
    assert listed["items"] == []


async def test_it_is_extended_within_the_legal_limit_and_reviewed_again(probation: Probation) -> None:
    await probation.on(3, 22)
    body = {"contract_months": 12, "reason": "目标未全部完成"}
    long = await probation.decide(probation.superior, "extend", probation_until="2026-04-06", **body)
    assert (long.status_code, long.json()["code"]) == (422, "probation_too_long")
    assert "期限为 12 个月" in long.json()["title"]
    assert long.json()["errors"][0]["pointer"] == "/probation_until"
    body["contract_months"] = 36
    same = await probation.decide(probation.superior, "extend", probation_until=UNTIL, **body)
    assert same.json()["code"] == "probation_not_later"
    decided = await ok(await probation.decide(probation.superior, "extend", probation_until="2026-06-05", **body))
    assert (decided["state"], decided["effective_on"], decided["probation_until"]) == (
        "extended",
        "2026-04-06",
        "2026-06-05",
    )
    assert await probation.probation_until() == "2026-06-05"
    await probation.on(5, 20)
    assert await probation.tasks(probation.superior) == []
    await probation.on(5, 22)
    assert (await probation.review(state="open"))["due_on"] == "2026-06-05"
    assert [data["outcome"] for kind, data in await probation.events() if kind.endswith("decided")] == ["extended"]


async def test_a_failed_probation_waits_for_hr_to_record_the_termination(probation: Probation) -> None:
    await probation.on(3, 22)
    assert (await probation.decide(probation.superior, "fail")).status_code == 422
    await ok(await probation.decide(probation.superior, "fail", reason="不符合录用条件第三条"))
    assert await probation.tasks(probation.superior) == []
    assert await probation.tasks(probation.local_hr) == ["probation_review.terminate"]
    for other in (probation.concerned, probation.hr_elsewhere):
        assert await probation.tasks(other) == []
    await probation.company.terminate("E9", "2026-03-31", "试用期不符合录用条件")
    assert await probation.tasks(probation.local_hr) == []
    person_path = f"/v1/org/employees/{probation.ids['E9']}"
    tag = (await probation.hr.get(person_path)).headers["ETag"]
    await ok(
        await probation.hr.post(
            f"{person_path}/rescind_termination", json={"reason": "登记有误"}, headers={"If-Match": tag}
        )
    )
    assert await probation.tasks(probation.local_hr) == ["probation_review.terminate"]


async def test_a_review_follows_the_person_and_the_superior(probation: Probation) -> None:
    await probation.on(3, 22)
    await probation.company.terminate("E3", "2026-03-25")
    await probation.on(3, 26)
    assert (await probation.review())["superior_number"] == "E2"
    assert (await probation.decide(probation.superior, "pass")).status_code == 404
    for number in ("E2", "E1"):
        await probation.company.terminate(number, "2026-03-26")
    await probation.on(3, 27)
    assert (await probation.review())["superior_number"] is None
    assert await probation.tasks(probation.local_hr) == ["probation_review.decide"]
    await probation.company.terminate("E9", "2026-03-31")
    assert (await probation.review())["state"] == "cancelled"
    assert await probation.tasks(probation.local_hr) == []
    late = await probation.decide(probation.local_hr, "pass", reason="无上级")
    assert (late.status_code, late.json()["code"]) == (409, "transition_not_possible")
    assert [kind for kind, _ in await probation.events()][-1] == "org.probation_review.cancelled"


@pytest.mark.req("ORG-07")
async def test_no_probation_is_changed_beside_its_review_or_begins_beyond_the_legal_limit(
    probation: Probation,
) -> None:
    path = f"/v1/org/employees/{probation.ids['E9']}"
    tag = (await probation.hr.get(path)).headers["ETag"]
    beyond = await probation.hr.patch(path, json={"probation_until": "2026-07-06"}, headers={"If-Match": tag})
    assert (beyond.status_code, beyond.json()["code"]) == (422, "probation_too_long")
    body = {"number": "E10", "name": "新人", "hired_on": "2026-02-01", "probation_until": "2026-08-01"}
    assert (await probation.hr.post("/v1/org/employees", json=body)).json()["code"] == "probation_too_long"
    other = await ok(await probation.hr.post("/v1/org/employees", json={**body, "probation_until": "2026-07-31"}))
    await probation.on(3, 22)
    theirs = f"/v1/org/employees/{other['id']}"
    seen = {"If-Match": (await probation.hr.get(theirs)).headers["ETag"]}
    await ok(await probation.hr.patch(theirs, json={"probation_until": "2026-07-30"}, headers=seen))
    refused = await probation.hr.patch(path, json={"probation_until": None}, headers={"If-Match": tag})
    assert (refused.status_code, refused.json()["code"]) == (409, "probation_under_review")
    assert await probation.probation_until() == UNTIL


async def test_hr_opens_a_review_early_and_no_second_one(probation: Probation) -> None:
    body = {"employee_id": probation.ids["E9"]}
    assert (await probation.hr_elsewhere.post(REVIEWS, json=body)).json()["code"] == "out_of_scope"
    made = await probation.local_hr.post(REVIEWS, json=body)
    assert (made.status_code, made.headers["Location"]) == (201, f"{REVIEWS}/{made.json()['id']}")
    again = await probation.local_hr.post(REVIEWS, json=body)
    assert (again.status_code, again.json()["code"]) == (409, "no_probation_to_review")
    await ok(await probation.decide(probation.superior, "pass"))
    assert (await probation.local_hr.post(REVIEWS, json=body)).json()["code"] == "no_probation_to_review"
    await probation.on(3, 30)
    assert (await probation.review())["state"] == "passed"


async def test_the_job_opens_reviews_and_leaves_what_was_over_before_it_ever_ran(
    probation: Probation, org_sessions: RolledBack, clock: SetClock
) -> None:
    await probation.company.person("E8", "B1", hired_on="2025-10-01", probation_until="2026-01-08")
    await probation.on(3, 22)
    assert [each["employee_number"] for each in (await ok(await probation.hr.get(REVIEWS)))["items"]] == ["E9"]


@pytest.mark.req("PLT-03")
async def test_what_happens_to_one_of_two_new_people_leaves_the_review_of_the_other(probation: Probation) -> None:
    await probation.company.position("S4", "S")
    await probation.company.person("E8", "S4", hired_on="2026-01-06", probation_until=UNTIL)
    ids = {number: probation.ids[number] for number in ("E8", "E9")}

    async def states(who: httpx2.AsyncClient, **filters: str) -> dict[str, str]:
        items = (await ok(await who.get(REVIEWS, params=filters)))["items"]
        return {each["employee_number"]: each["state"] for each in items}

    for number in ("E8", "E9"):
        made = await ok(await probation.local_hr.post(REVIEWS, json={"employee_id": ids[number]}))
        assert made["employee_number"] == number
    for number in ("E8", "E9"):
        assert await states(probation.hr, employee_id=ids[number]) == {number: "open"}
    assert await states(probation.concerned) == {"E8": "open"}
    await probation.company.terminate("E8", "2026-03-01")
    assert await states(probation.hr) == {"E8": "cancelled", "E9": "open"}
    assert await probation.tasks(probation.superior) == ["probation_review.decide"]
    await ok(await probation.decide(probation.superior, "pass"))
    await probation.company.terminate("E9", "2026-03-02")
    assert await states(probation.concerned) == {"E8": "cancelled", "E9": "passed"}
