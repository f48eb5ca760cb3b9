"""Organisations for tests, built through org's own API."""

from dataclasses import dataclass, field
from typing import Any

import httpx2

from services.kit.identity import Role
from tests.beginnings import begin
from tests.clients import Clients

FROM = "2020-01-01"


async def ok(answer: httpx2.Response) -> Any:
    """The JSON of an answer that must be a success."""
    assert answer.is_success, f"{answer.status_code} {answer.text}"
    return answer.json() if answer.content else None


async def act(client: httpx2.AsyncClient, path: str, json: dict[str, Any]) -> httpx2.Response:
    """A transition of a record (the last part of ``path``) with the ETag that the record has now."""
    day = json.get("valid_from") or json.get("valid_to") or json.get("hired_on")
    record = path.rpartition("/")[0]
    seen = await client.get(record, params={"as_of": day} if day else {})
    tag = seen.headers.get("ETag") or await _tag_of_somebody_gone(client, record)
    return await client.post(path, json=json, headers={"If-Match": tag})


async def _tag_of_somebody_gone(client: httpx2.AsyncClient, record: str) -> str:
    """The tag of somebody who is, was or was to be employed on another day; of anything else, that of a first edit."""
    collection, _, wanted = record.rpartition("/")
    if collection != "/v1/org/employees":
        return '"1"'
    if today := (await client.get(record)).headers.get("ETag"):
        return today
    found = (await client.get(collection, params={"state": "left", "limit": 500})).json().get("items", [])
    return next((f'"{each["revision"]}"' for each in found if each["id"] == wanted), '"1"')


async def set_limit(hr: httpx2.AsyncClient, executive: httpx2.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    """An authority limit that one person proposes and another releases."""
    changes = "/v1/org/authority_limit_changes"
    change = await ok(await hr.post(changes, json=body))
    released: dict[str, Any] = await ok(await act(executive, f"{changes}/{change['id']}/release", json={}))
    return released


@dataclass
class Organisation:
    """Makes units, positions and people as HR; ids are kept by code and number.

    ``executive`` releases what takes a second person.
    """

    hr: httpx2.AsyncClient
    ids: dict[str, str] = field(default_factory=dict)
    executive: httpx2.AsyncClient | None = None

    async def limit(self, body: dict[str, Any]) -> dict[str, Any]:
        """An authority limit that HR proposes and an executive releases."""
        assert self.executive is not None
        return await set_limit(self.hr, self.executive, body)

    async def unit(self, code: str, parent: str | None = None, *, head: str | None = None, **facts: Any) -> str:
        """A unit, with a head position of the code ``head`` made in it if that is new."""
        body = {
            "code": code,
            "name": f"单元{code}",
            "name_en": f"Unit {code}",
            "kind": "department",
            "parent_id": self.ids[parent] if parent else None,
            "valid_from": FROM,
            **facts,
        }
        made = await ok(await self.hr.post("/v1/org/units", json=body))
        self.ids[code] = made["id"]
        if head is not None:
            if head not in self.ids:
                await self.position(head, code, track="management")
            await self.change_unit(code, head_position_id=self.ids[head], valid_from=body["valid_from"])
        return self.ids[code]

    async def change_unit(self, code: str, **changes: Any) -> httpx2.Response:
        """Change a unit with the ETag it has now."""
        path = f"/v1/org/units/{self.ids[code]}"
        tag = (await self.hr.get(path, params={"as_of": changes["valid_from"]})).headers["ETag"]
        return await self.hr.patch(path, json=changes, headers={"If-Match": tag})

    async def position(self, code: str, unit: str, *, reports_to: str | None = None, **facts: Any) -> str:
        """A position."""
        body = {
            "code": code,
            "title": f"岗位{code}",
            "title_en": f"Position {code}",
            "unit_id": self.ids[unit],
            "track": "professional",
            "grade": "P5",
            "headcount": 1,
            "reports_to_id": self.ids[reports_to] if reports_to else None,
            "valid_from": FROM,
            **facts,
        }
        self.ids[code] = (await ok(await self.hr.post("/v1/org/positions", json=body)))["id"]
        return self.ids[code]

    async def person(self, number: str, position: str | None = None, **facts: Any) -> str:
        """Hires a person, into a primary assignment if a position is given."""
        body = {"number": number, "name": f"员工{number}", "hired_on": FROM, **facts}
        if position is not None:
            body["position_id"] = self.ids[position]
        self.ids[number] = (await ok(await self.hr.post("/v1/org/employees", json=body)))["id"]
        return self.ids[number]

    async def terminate(self, number: str, last_day: str, reason: str | None = None) -> None:
        """An employment that ends, with the ETag that the person has on its last day."""
        path = f"/v1/org/employees/{self.ids[number]}"
        tag = (await self.hr.get(path, params={"as_of": last_day})).headers["ETag"]
        body = {"last_day": last_day, "reason": reason}
        await ok(await self.hr.post(f"{path}/terminate", json=body, headers={"If-Match": tag}))

    async def place(self, number: str, position: str, kind: str, first: str, last: str | None = None) -> str:
        """Gives a person a further position."""
        body = {
            "employee_id": self.ids[number],
            "position_id": self.ids[position],
            "kind": kind,
            "valid_from": first,
            "valid_to": last,
        }
        made: str = (await ok(await self.hr.post("/v1/org/assignments", json=body)))["id"]
        return made


async def small_company(org: Clients, hr: httpx2.AsyncClient | None = None) -> Organisation:
    """A group with a company, a marketing centre and two departments, made by ``hr`` or by HR over everything.

    G (head GM: E1) > C > M (head M1: E2) > S (head S1: E3; S2 with two places: E4, E5) and B (head B1 vacant; B2: E6).
    C has no head of its own.
    """
    hr = hr or org(Role.HR)
    ids = await begin(org.app, "small company", lambda: _small_company(Organisation(hr)))
    return Organisation(hr, ids, org(Role.EXECUTIVE))


async def _small_company(made: Organisation) -> dict[str, str]:
    await made.unit("G", kind="group", head="GM")
    await made.unit("C", "G", kind="company")
    await made.unit("M", "C", head="M1")
    await made.unit("S", "M", head="S1")
    await made.unit("B", "M", head="B1")
    await made.position("S2", "S", headcount=2)
    await made.position("B2", "B")
    for number, position in (("E1", "GM"), ("E2", "M1"), ("E3", "S1"), ("E4", "S2"), ("E5", "S2"), ("E6", "B2")):
        await made.person(number, position)
    return made.ids


def said_twice(answer: Any) -> set[str]:
    """The fields of an answer with an English name of a unit or position of ``Organisation``, each checked against
    the Chinese name beside it.
    """
    if isinstance(answer, list):
        return {field for part in answer for field in said_twice(part)}
    if not isinstance(answer, dict):
        return set()
    found = {field for part in answer.values() for field in said_twice(part)}
    for name, english in answer.items():
        chinese = answer.get(name.removesuffix("_en"))
        if name.endswith("_en") and isinstance(chinese, str) and chinese.startswith(("单元", "岗位")):
            assert english == chinese.replace("单元", "Unit ").replace("岗位", "Position "), name
            found.add(name)
    return found
