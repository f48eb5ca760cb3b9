"""What was recorded for a day ahead is postponed, brought forward or withdrawn (ORG-07)."""

import random
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kit.identity import Role
from tests.api.org.test_assignments import ASSIGNMENTS, EMPLOYEES, assignments
from tests.builders.org import Organisation, act, ok, small_company
from tests.clients import Clients
from tests.identities import SetClock, person

pytestmark = pytest.mark.req("ORG-07")


@pytest.fixture
async def company(org: Clients) -> Organisation:
    return await small_company(org)


async def transferred(company: Organisation, number: str = "E4", to: str = "B1", day: str = "2026-02-10") -> str:
    body = {"position_id": company.ids[to], "valid_from": day}
    path = f"{EMPLOYEES}/{company.ids[number]}/transfer"
    made: str = (await ok(await act(company.hr, path, json=body)))["id"]
    return made


async def moved(hr: httpx2.AsyncClient, assignment: str, first: str | None, last: str | None = None) -> httpx2.Response:
    path = f"{ASSIGNMENTS}/{assignment}"
    tag = (await hr.get(path)).headers["ETag"]
    return await hr.patch(path, json={"valid_from": first, "valid_to": last}, headers={"If-Match": tag})


async def withdrawn(hr: httpx2.AsyncClient, assignment: str, **more: Any) -> httpx2.Response:
    path = f"{ASSIGNMENTS}/{assignment}"
    tag = (await hr.get(path)).headers["ETag"]
    return await hr.post(f"{path}/rescind", json={"reason": "误录", **more}, headers={"If-Match": tag})


@pytest.mark.parametrize(("day", "eve"), [("2026-04-01", "2026-03-31"), ("2026-01-05", "2026-01-04")])
async def test_a_transfer_is_moved_and_the_post_before_goes_on_until_then(
    company: Organisation, day: str, eve: str
) -> None:
    await ok(await moved(company.hr, await transferred(company), day))
    assert await assignments(company, "E4") == [("S2", "primary", "2020-01-01", eve), ("B1", "primary", day, None)]


async def test_a_transfer_that_is_withdrawn_leaves_everything_as_it_was(company: Organisation) -> None:
    before = await assignments(company, "E4")
    made = await transferred(company)
    await ok(await withdrawn(company.hr, made))
    assert await assignments(company, "E4") == before
    assert (await company.hr.get(f"{ASSIGNMENTS}/{made}")).status_code == 404
    position = await ok(await company.hr.get(f"/v1/org/positions/{company.ids['B1']}", params={"as_of": "2026-03-01"}))
    assert position["vacant"] == 1


async def test_a_rotation_that_is_withdrawn_takes_its_return_with_it(company: Organisation) -> None:
    before = await assignments(company, "E4")
    made = await company.place("E4", "B1", "rotation", "2026-02-01", "2026-08-31")
    await ok(await withdrawn(company.hr, made))
    assert await assignments(company, "E4") == before


@pytest.mark.parametrize(
    ("first", "last", "eve", "back"),
    [
        ("2026-03-01", "2026-09-30", "2026-02-28", "2026-10-01"),
        ("2027-02-01", "2027-08-31", "2027-01-31", "2027-09-01"),
        ("2026-01-10", "2026-07-31", "2026-01-09", "2026-08-01"),
        ("2026-02-01", "2026-12-31", "2026-01-31", "2027-01-01"),
    ],
)
async def test_a_rotation_is_moved_with_its_return(
    company: Organisation, first: str, last: str, eve: str, back: str
) -> None:
    made = await company.place("E4", "B1", "rotation", "2026-02-01", "2026-08-31")
    await ok(await moved(company.hr, made, first, last))
    assert await assignments(company, "E4") == [
        ("S2", "primary", "2020-01-01", eve),
        ("B1", "rotation", first, last),
        ("S2", "primary", back, None),
    ]


async def test_the_return_of_a_running_rotation_is_brought_forward_and_makes_it_shorter(
    company: Organisation, clock: SetClock
) -> None:
    made = await company.place("E4", "B1", "rotation", "2026-02-01", "2026-10-31")
    clock.set(2026, 5, 1, 1)
    assert (await moved(company.hr, made, None, "2026-06-30")).json()["code"] == "rotation_length"
    await ok(await moved(company.hr, made, None, "2026-08-31"))
    assert (await assignments(company, "E4"))[1:] == [
        ("B1", "rotation", "2026-02-01", "2026-08-31"),
        ("S2", "primary", "2026-09-01", None),
    ]


@pytest.mark.parametrize("last", ["2026-09-10", "2026-08-15"])
async def test_the_end_of_a_rotation_that_is_recorded_late_leaves_no_gap_before_the_return(
    company: Organisation, clock: SetClock, last: str
) -> None:
    made = await company.place("E4", "B1", "rotation", "2026-02-01", "2026-09-15")
    clock.set(2026, 9, 14 if last == "2026-09-10" else 20, 1)
    await ok(await moved(company.hr, made, None, last))
    back = f"{last[:-2]}{int(last[-2:]) + 1}"
    assert (await assignments(company, "E4"))[1:] == [
        ("B1", "rotation", "2026-02-01", last),
        ("S2", "primary", back, None),
    ]
    clock.set(2026, 9, 20, 1)
    longer = await moved(company.hr, made, None, "2026-10-31")
    assert (longer.status_code, longer.json()["code"]) == (409, "assignments_overlap")


async def test_an_acting_post_is_moved_and_withdrawn_without_touching_the_primary(company: Organisation) -> None:
    made = await company.place("E3", "B1", "acting", "2026-02-01", "2026-06-30")
    await ok(await moved(company.hr, made, "2026-03-01", "2026-06-30"))
    assert await assignments(company, "E3") == [
        ("S1", "primary", "2020-01-01", None),
        ("B1", "acting", "2026-03-01", "2026-06-30"),
    ]
    await ok(await withdrawn(company.hr, made))
    assert await assignments(company, "E3") == [("S1", "primary", "2020-01-01", None)]


async def test_what_has_begun_keeps_its_first_day_and_is_not_withdrawn(company: Organisation, clock: SetClock) -> None:
    made = await transferred(company)
    clock.set(2026, 2, 9, 17)  # the tenth in Shanghai
    before = await assignments(company, "E4")
    for answer in (await moved(company.hr, made, "2026-03-01"), await withdrawn(company.hr, made)):
        assert (answer.status_code, answer.json()["code"]) == (409, "already_begun")
    assert await assignments(company, "E4") == before


@pytest.mark.parametrize(
    ("first", "last", "status", "code"),
    [
        ("2026-01-04", None, 409, "first_day_past"),
        ("2026-04-01", "2026-03-31", 422, "period_reversed"),
        ("2019-12-31", None, 409, "first_day_past"),
    ],
)
async def test_a_first_day_that_cannot_be_is_refused_and_nothing_is_changed(
    company: Organisation, first: str, last: str | None, status: int, code: str
) -> None:
    made = await transferred(company)
    before = await assignments(company, "E4")
    answer = await moved(company.hr, made, first, last)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await assignments(company, "E4") == before


async def test_a_assignment_before_that_somebody_else_has_got_meanwhile_is_not_given_twice(
    company: Organisation,
) -> None:
    made = await transferred(company)
    await company.person("E9", "S2", hired_on="2026-02-10")
    before = await assignments(company, "E4")
    for answer in (await moved(company.hr, made, "2026-03-01"), await withdrawn(company.hr, made)):
        assert (answer.status_code, answer.json()["code"]) == (409, "headcount_exceeded")
        assert "2026-02-10" in answer.text
    assert await assignments(company, "E4") == before
    await ok(await withdrawn(company.hr, made, overfill_reason="交接"))
    assert (await assignments(company, "E4"))[0][3] is None


async def test_a_second_transfer_is_not_brought_before_the_first(company: Organisation) -> None:
    await transferred(company)
    second = await transferred(company, to="S2", day="2026-06-01")
    answer = await moved(company.hr, second, "2026-02-10")
    assert (answer.status_code, answer.json()["code"]) == (409, "assignments_overlap")
    assert answer.json()["errors"][0]["pointer"] == "/valid_from"


async def test_moving_and_withdrawing_need_the_version_that_was_read(company: Organisation) -> None:
    made = await transferred(company)
    path = f"{ASSIGNMENTS}/{made}"
    body = {"valid_from": "2026-03-01", "valid_to": None}
    assert (await company.hr.patch(path, json=body)).status_code == 428
    assert (await company.hr.post(f"{path}/rescind", json={"reason": "误录"})).status_code == 428
    tag = (await company.hr.get(path)).headers["ETag"]
    await ok(await company.hr.patch(path, json=body, headers={"If-Match": tag}))
    stale = await company.hr.post(f"{path}/rescind", json={"reason": "误录"}, headers={"If-Match": tag})
    assert stale.status_code == 412


@pytest.mark.req("PLT-03")
async def test_hr_of_one_department_moves_no_assignment_that_ends_one_in_another(
    org: Clients, company: Organisation
) -> None:
    made = await transferred(company)
    rotation = {"employee_id": company.ids["E5"], "position_id": company.ids["B1"], "kind": "rotation"}
    for unit in ("S", "B"):
        local = org(person(Role.HR, over=UUID(company.ids[unit])))
        assert (await moved(local, made, "2026-03-01")).status_code == 403
        assert (await withdrawn(local, made)).status_code == 403
        asked = {**rotation, "valid_from": "2027-02-01", "valid_to": "2027-08-31"}
        assert (await local.post(ASSIGNMENTS, json=asked)).status_code == 403


@pytest.mark.req("PLT-04", "PLT-05")
async def test_both_assignments_are_in_the_trail_with_before_and_after_and_told_with_their_days(
    company: Organisation, org_connection: AsyncConnection
) -> None:
    made = await transferred(company)
    await ok(await moved(company.hr, made, "2026-03-01"))
    await ok(await withdrawn(company.hr, made))
    audited = text("SELECT action, before, after FROM org.audit WHERE resource_id = :made ORDER BY id DESC LIMIT 2")
    withdrawal, move = [tuple(row) for row in await org_connection.execute(audited, {"made": made})]
    assert move[0] == "org.assignment.changed"
    assert [side["valid_from"] for side in move[1:]] == ["2026-02-10", "2026-03-01"]
    assert (withdrawal[0], withdrawal[2]) == ("org.assignment.rescinded", {"reason": "误录"})
    stated = text(
        "SELECT subject, type, data FROM org.event WHERE type LIKE 'org.assignment.%' ORDER BY id DESC LIMIT 6"
    )
    news = list(reversed((await org_connection.execute(stated)).all()))
    assert {row.subject for row in news} == {f"employee/{company.ids['E4']}"}
    days = [(row.type, row.data["valid_from"], row.data["valid_to"]) for row in news]
    assert days == [
        ("org.assignment.ended", "2020-01-01", "2026-02-09"),
        ("org.assignment.created", "2026-02-10", None),
        ("org.assignment.changed", "2020-01-01", "2026-02-28"),
        ("org.assignment.changed", "2026-03-01", None),
        ("org.assignment.rescinded", "2026-03-01", None),
        ("org.assignment.changed", "2020-01-01", None),
    ]


class Career:
    """Random transfers and rotations of one person, moved and withdrawn again; refusals are as good as successes."""

    def __init__(self, company: Organisation, dice: random.Random) -> None:
        self.company = company
        self.dice = dice

    def _day(self, after: int = 0) -> str:
        return str(date(2026, 1, 6) + timedelta(self.dice.randrange(700) + after))

    async def step(self) -> httpx2.Response:
        return await self.dice.choice((self.transfer, self.rotate, self.move, self.withdraw))()

    async def transfer(self) -> httpx2.Response:
        to = self.company.ids[self.dice.choice(("S2", "B1", "N1"))]
        body = {"position_id": to, "valid_from": self._day()}
        return await act(self.company.hr, f"{EMPLOYEES}/{self.company.ids['E4']}/transfer", json=body)

    async def rotate(self) -> httpx2.Response:
        first = self._day()
        last = str(date.fromisoformat(first) + timedelta(self.dice.choice((200, 250, 300))))
        ids = {"employee_id": self.company.ids["E4"], "position_id": self.company.ids["N1"]}
        return await self.company.hr.post(
            ASSIGNMENTS, json={**ids, "kind": "rotation", "valid_from": first, "valid_to": last}
        )

    async def _any(self) -> Any:
        page = await ok(await self.company.hr.get(ASSIGNMENTS, params={"employee_id": self.company.ids["E4"]}))
        return self.dice.choice(page["items"])

    async def move(self) -> httpx2.Response:
        assignment = await self._any()
        last = assignment["valid_to"]
        if assignment["kind"] == "rotation":
            last = self.dice.choice((last, self._day(after=200)))
        return await moved(self.company.hr, assignment["id"], self._day(), last)

    async def withdraw(self) -> httpx2.Response:
        return await withdrawn(self.company.hr, (await self._any())["id"])


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_is_moved_and_withdrawn_main_assignments_follow_each_other_without_gap_or_overlap(
    company: Organisation, seed: int
) -> None:
    await company.position("N1", "M", headcount=5)
    career = Career(company, random.Random(seed))  # noqa: S311 - a reproducible test, no secret
    accepted = 0
    for _ in range(30):
        answer = await career.step()
        assert answer.status_code in {200, 201, 409, 422}, answer.text
        accepted += answer.is_success
        held = await assignments(company, "E4")
        assert (held[0][2], held[-1][3]) == ("2020-01-01", None)
        for before, after in pairwise(held):
            assert date.fromisoformat(str(before[3])) + timedelta(1) == date.fromisoformat(after[2]), held
    assert accepted >= 5
