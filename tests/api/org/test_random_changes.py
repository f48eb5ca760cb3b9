"""Random sequences of effective-dated changes: whatever is accepted leaves a sound organisation on every day."""

import json
import random
from datetime import date, timedelta
from typing import Any

import pytest

from tests.builders.org import Organisation, act, ok, small_company
from tests.clients import Clients
from tests.identities import client_system

UNITS, POSITIONS = ("G", "C", "M", "S", "B"), ("GM", "M1", "S1", "S2", "B1", "B2")
PEOPLE = ("E1", "E2", "E3", "E4", "E5", "E6")
FIRST = date(2026, 2, 1)


class Changes:
    """Makes one random change after the other; refusals are as good as successes, field_errors of ours are not."""

    def __init__(self, company: Organisation, dice: random.Random) -> None:
        self.company = company
        self.dice = dice
        self.accepted = 0

    async def make(self) -> None:
        """One change, from a random day of the coming year on."""
        day = FIRST + timedelta(self.dice.randrange(330))
        structure = (self.move, self.rename, self.head, self.superior)
        people = (self.transfer, self.place, self.leave, self.stay, self.rehire, self.postpone, self.withdraw)
        kinds = (*structure, *people)
        answer = await self.dice.choice(kinds)(str(day))
        assert answer.status_code in {200, 201, 404, 409, 422}, answer.text
        self.accepted += answer.is_success

    def _id(self, *codes: str) -> str:
        return self.company.ids[self.dice.choice(codes)]

    async def _patch(self, path: str, day: str, **changes: Any) -> Any:
        tag = (await self.company.hr.get(path)).headers.get("ETag", '"1"')
        body = {"valid_from": day, **changes}
        return await self.company.hr.patch(path, json=body, headers={"If-Match": tag})

    async def move(self, day: str) -> Any:
        body = {"valid_from": day, "parent_id": self._id(*UNITS)}
        return await act(self.company.hr, f"/v1/org/units/{self._id(*UNITS)}/move", json=body)

    async def rename(self, day: str) -> Any:
        return await self._patch(f"/v1/org/units/{self._id(*UNITS)}", day, name=self.dice.choice("甲乙丙"))

    async def head(self, day: str) -> Any:
        head = self.dice.choice([None, self._id(*POSITIONS)])
        return await self._patch(f"/v1/org/units/{self._id(*UNITS)}", day, head_position_id=head)

    async def superior(self, day: str) -> Any:
        superior = self.dice.choice([None, self._id(*POSITIONS)])
        return await self._patch(f"/v1/org/positions/{self._id(*POSITIONS)}", day, reports_to_id=superior)

    async def transfer(self, day: str) -> Any:
        body = {"position_id": self._id(*POSITIONS), "valid_from": day}
        return await act(self.company.hr, f"/v1/org/employees/{self._id(*PEOPLE)}/transfer", json=body)

    async def place(self, day: str) -> Any:
        kind = self.dice.choice(["primary", "acting", "concurrent", "rotation", "project"])
        last = date.fromisoformat(day) + timedelta(200)
        body = {"employee_id": self._id(*PEOPLE), "position_id": self._id(*POSITIONS), "kind": kind}
        asked = {**body, "valid_from": day, "valid_to": str(last)}
        return await self.company.hr.post("/v1/org/assignments", json=asked)

    async def _assignment_ahead(self) -> str:
        """The address at which an assignment changes that is to begin, or of any if none is."""
        assignments = (await ok(await self.company.hr.get("/v1/org/assignments", params={"limit": 500})))["items"]
        ahead = [each for each in assignments if each["valid_from"] >= str(FIRST)]
        return f"/v1/org/assignments/{self.dice.choice(ahead or assignments)['id']}"

    async def postpone(self, day: str) -> Any:
        path = await self._assignment_ahead()
        found = await self.company.hr.get(path)
        body = {"valid_from": day, "valid_to": found.json()["valid_to"]}
        return await self.company.hr.patch(path, json=body, headers={"If-Match": found.headers["ETag"]})

    async def withdraw(self, _day: str) -> Any:
        path = await self._assignment_ahead()
        tag = (await self.company.hr.get(path)).headers["ETag"]
        return await self.company.hr.post(f"{path}/rescind", json={"reason": "误录"}, headers={"If-Match": tag})

    async def leave(self, day: str) -> Any:
        path = f"/v1/org/employees/{self._id(*PEOPLE)}"
        tag = (await self.company.hr.get(path)).headers.get("ETag", '"1"')
        return await self.company.hr.post(f"{path}/terminate", json={"last_day": day}, headers={"If-Match": tag})

    async def stay(self, day: str) -> Any:
        path = f"/v1/org/employees/{self._id(*PEOPLE)}"
        tag = (await self.company.hr.get(path)).headers["ETag"]
        verb, more = self.dice.choice([("rescind_termination", {}), ("reschedule_termination", {"last_day": day})])
        body = {"reason": "挽留", **more}
        return await self.company.hr.post(f"{path}/{verb}", json=body, headers={"If-Match": tag})

    async def rehire(self, day: str) -> Any:
        return await act(self.company.hr, f"/v1/org/employees/{self._id(*PEOPLE)}/rehire", json={"hired_on": day})


async def snapshot(org: Clients, first: str, last: str) -> list[dict[str, Any]]:
    """A snapshot without anything after its last day."""
    answer = await org(client_system("snapshot")).get(
        "/v1/org/snapshot", params={"valid_from": first, "valid_to": last}
    )
    lines = [json.loads(line) for line in answer.text.splitlines()[1:-1]]
    ahead = {"valid_to", "left_on", "id"}
    return [{key: value for key, value in line.items() if key not in ahead} for line in lines]


def sound(lines: list[dict[str, Any]]) -> None:
    """Each unit has one path, below its parent's; each person has one main assignment; every line of managers ends."""
    paths = [line["path"] for line in lines if line["kind"] == "unit"]
    known = {tuple(path) for path in paths}
    assert len(known) == len(paths)
    assert all(len(set(path)) == len(path) and (len(path) == 1 or tuple(path[:-1]) in known) for path in paths)
    assignments = [line for line in lines if line["kind"] == "assignment"]
    main = [
        assignment["employee_id"]
        for assignment in assignments
        if assignment["assignment_kind"] in {"primary", "rotation"}
    ]
    assert len(main) == len(set(main))
    for assignment in assignments:
        chain = assignment["manager_chain"]
        assert assignment["employee_id"] not in chain
        assert len(set(chain)) == len(chain)


@pytest.mark.req("ORG-01", "ORG-02", "ORG-07", "ORG-08")
@pytest.mark.parametrize("seed", range(4))
async def test_random_changes_leave_a_sound_organisation_on_every_day_and_never_touch_the_past(
    org: Clients, seed: int
) -> None:
    company = await small_company(org)
    past = await snapshot(org, "2026-01-01", "2026-01-31")
    changes = Changes(company, random.Random(seed))  # noqa: S311 - a reproducible test, no secret
    for _ in range(40):
        await changes.make()
    assert changes.accepted >= 8
    assert await snapshot(org, "2026-01-01", "2026-01-31") == past
    for number in range(0, 540, 27):
        day = str(FIRST + timedelta(number))
        sound(await snapshot(org, day, day))
        page = await ok(await company.hr.get("/v1/org/employees", params={"as_of": day}))
        numbers = [person["number"] for person in page["items"]]
        assert len(numbers) == len(set(numbers))
