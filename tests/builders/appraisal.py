"""A small company for appraisal's tests, and a driver that takes its people through a quarter over HTTP."""

import io
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2

from services.appraisal.clients.org import Snapshot
from services.appraisal.jobs.tasks import JOBS, Resources
from services.kit.clients import http_client
from services.kit.identity import Caller, Grant, Role
from services.kit.job_trial import run_due
from services.kit.webhooks import Deliverer
from tests.clients import Clients
from tests.databases import RolledBack
from tests.identities import SetClock

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)
BASE = "/v1/appraisal"


@dataclass(frozen=True)
class Unit:
    """A unit of the company."""

    code: str
    parent: "Unit | None" = None
    kind: str = "department"
    id: UUID = field(default_factory=uuid4)

    @property
    def path(self) -> list[UUID]:
        """From the root to it."""
        return [*(self.parent.path if self.parent else []), self.id]


@dataclass
class Person:
    """Somebody in the company; ``boss`` is the manager."""

    number: str
    unit: Unit
    position: str
    boss: "Person | None" = None
    roles: tuple[Role, ...] = ()
    over: UUID | None = None
    left_on: date | None = None
    seats: list[tuple[str, Unit, date, date | None, str]] | None = None
    id: UUID = field(default_factory=uuid4)
    account_id: UUID = field(default_factory=uuid4)

    @property
    def caller(self) -> Caller:
        """The person as caller."""
        grants = tuple(Grant(role, self.over) for role in self.roles)
        return Caller(self.account_id, f"name of {self.number}", "person", self.id, grants)

    @property
    def chain(self) -> list["Person"]:
        """Those above, nearest first."""
        return [] if self.boss is None else [self.boss, *self.boss.chain]

    @property
    def own_seats(self) -> list[tuple[str, Unit, date, date | None, str]]:
        """Seats as (position, unit, first, last, kind)."""
        return self.seats or [(self.position, self.unit, date(2025, 1, 1), self.left_on, "primary")]


class Company:
    """People in units. As an ``Organisation`` it gives the snapshot that org would give."""

    def __init__(self) -> None:
        self.group = Unit("G00", None, "group")
        self.sales = Unit("D12", self.group)
        self.brand = Unit("D17", self.group)
        self.team = Unit("T121", self.sales, "team")
        self.chief = Person("E001", self.group, "CHIEF")
        self.hr = Person("E002", self.group, "HR", self.chief, (Role.HR,))
        self.hr2 = Person("E003", self.group, "HR", self.chief, (Role.HR,))
        self.head = Person("E100", self.sales, "HEAD", self.chief)
        self.other_head = Person("E200", self.brand, "HEAD", self.chief)
        self.people = [self.chief, self.hr, self.hr2, self.head, self.other_head]
        self.people += [Person(f"E10{n}", self.sales, "REP", self.head) for n in (1, 2, 3)]
        self.people += [Person(f"E20{n}", self.brand, "BRAND", self.other_head) for n in (1, 2, 3, 4, 5)]
        self.asked: list[tuple[date, date]] = []

    def __getitem__(self, number: str) -> Person:
        return next(person for person in self.people if person.number == number)

    @property
    def reps(self) -> list[Person]:
        """Three sales representatives: each has two peers."""
        return [person for person in self.people if person.position == "REP"]

    @property
    def brands(self) -> list[Person]:
        """Five brand specialists: each has four peers."""
        return [person for person in self.people if person.position == "BRAND"]

    @property
    def units(self) -> list[Unit]:
        """All units."""
        return [self.group, self.sales, self.brand, self.team]

    def own_transfer(self, number: str, day: str) -> tuple[str, str]:
        """Somebody moves from sales to brand on a day; the last day of the old post and the first of the new."""
        first = date.fromisoformat(day)
        last = first - timedelta(days=1)
        self[number].seats = [
            ("REP", self.sales, date(2025, 1, 1), last, "primary"),
            ("BRAND", self.brand, first, None, "primary"),
        ]
        return str(last), str(first)

    def lines(self) -> list[dict[str, Any]]:
        """The snapshot's lines, as org writes them."""
        heads = {self.sales.id: self.head.id, self.brand.id: self.other_head.id, self.group.id: self.chief.id}
        lines: list[dict[str, Any]] = [{"kind": "snapshot", "from": str(FIRST), "to": str(LAST), "taken_at": "now"}]
        for unit in self.units:
            path = [str(each) for each in unit.path]
            head = heads.get(unit.id)
            line = {"kind": "unit", "id": unit.id, "code": unit.code, "name": unit.code, "unit_kind": unit.kind}
            lines.append({**line, "path": path, "parent_id": None, "head_employee_id": head})
        positions = {code: uuid4() for person in self.people for code, *_ in person.own_seats}
        for code, position in positions.items():
            lines.append({"kind": "position", "id": position, "code": code, "title": f"title of {code}"})
        for person in self.people:
            line = {"kind": "employee", "id": person.id, "number": person.number, "name": f"name of {person.number}"}
            lines.append({**line, "left_on": person.left_on, "hired_on": "2020-01-01", "probation_until": None})
            for code, unit, first, last, kind in person.own_seats:
                lines.append(
                    {
                        "kind": "assignment",
                        "id": uuid4(),
                        "employee_id": person.id,
                        "position_id": positions[code],
                        "unit_id": unit.id,
                        "unit_path": [str(each) for each in unit.path],
                        "assignment_kind": kind,
                        "first": first,
                        "last": last,
                        "manager_id": person.boss.id if person.boss else None,
                        "manager_chain": [str(above.id) for above in person.chain],
                    }
                )
        return [*lines, {"kind": "end", "lines": len(lines), "hash": "0"}]

    @asynccontextmanager
    async def snapshot(self, first: date, last: date) -> AsyncIterator[Snapshot]:
        """What org's client would give."""
        self.asked.append((first, last))
        text = "".join(json.dumps(line, default=str) + "\n" for line in self.lines())
        yield Snapshot("f" * 64, io.BytesIO(text.encode()))


SALES = {"code": "S01", "name": "销售额", "rule": {"kind": "higher_is_better"}}
EXPENSE = {"code": "S03", "name": "费用率", "aggregation": "mean", "rule": {"kind": "lower_is_better"}}
JUDGED = {"code": "J01", "name": "协作", "nature": "qualitative", "rule": {"kind": "judged", "maximum": "5"}}
FEEDBACK = {"code": "X01", "name": "360 度评价", "nature": "qualitative", "rule": {"kind": "multi_rater"}}


def indicator(**given: Any) -> dict[str, Any]:
    """A good body of POST indicators, with changes."""
    body = {
        "code": "S01",
        "name": "销售额",
        "name_en": f"name of {given.get('code', 'S01')}",
        "definition": "as the finance handbook says",
        "unit": "元",
        "data_source": "CRM",
        "collection": "quarter",
        "rule": {"kind": "higher_is_better"},
    }
    return {**body, **given}


def section(key: str, weight: str, *items: tuple[str, str], questions: Sequence[str] = ()) -> dict[str, Any]:
    """A section with items (indicator, weight); questions go to X01."""
    share = f"{100 // max(1, len(questions))}"
    asked = [{"key": key, "text": f"question {key}", "weight": share, "maximum": "5"} for key in questions]
    return {
        "key": key,
        "name": f"部分{key}",
        "name_en": f"section {key}",
        "weight": weight,
        "items": [
            {"indicator": code, "weight": w, **({"questions": asked} if code == "X01" else {})} for code, w in items
        ],
    }


def scheme(code: str = "QE-REP", *positions: str, **given: Any) -> dict[str, Any]:
    """A good body of POST schemes: work 70 of two measured items, conduct 10 judged, feedback 20."""
    body = {
        "code": code,
        "name": f"方案 {code}",
        "name_en": f"scheme {code}",
        "subject_kind": "employee",
        "frequency": "quarter",
        "valid_from": "2026-01-01",
        "positions": list(positions or ("REP",)),
        "sections": [
            section("work", "70", ("S01", "60"), ("S03", "40")),
            section("conduct", "10", ("J01", "100")),
            section("feedback", "20", ("X01", "100"), questions=("Q1", "Q2")),
        ],
    }
    return {**body, **given}


@dataclass
class Quarter:
    """Takes a company through 2026-Q1 over HTTP, each step as the person concerned."""

    api: Clients
    sessions: RolledBack
    clock: SetClock
    company: Company
    cycle_id: str = ""

    async def get(self, who: Person, path: str, **parameters: Any) -> httpx2.Response:
        """GET as somebody."""
        return await self.api(who.caller).get(f"{BASE}/{path}", params=parameters)

    async def post(self, who: Person, path: str, body: Mapping[str, Any] | None = None) -> httpx2.Response:
        """POST as somebody."""
        return await self.api(who.caller).post(f"{BASE}/{path}", json=body)

    async def done(self, who: Person, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """POST as somebody; it must succeed."""
        answer = await self.post(who, path, body)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def read(self, who: Person, path: str, **parameters: Any) -> Any:
        """GET as somebody; it must succeed."""
        answer = await self.get(who, path, **parameters)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def all(self, who: Person, path: str, **parameters: Any) -> list[dict[str, Any]]:
        """All items of a list."""
        items: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            page = await self.read(who, path, limit=200, **parameters, **cursor)
            items += page["items"]
            if page["next"] is None:
                return items
            cursor = {"cursor": page["next"]}

    async def jobs(self) -> None:
        """Run the worker's jobs that are due."""
        http = http_client()
        deliverer = Deliverer(self.sessions, http, "whsec_AAAA")
        resources = Resources(self.sessions, self.company, self.clock, deliverer)
        await run_due(JOBS, self.sessions, resources)
        await http.aclose()

    async def library(self) -> None:
        """Enter the indicators."""
        for each in (SALES, EXPENSE, JUDGED, FEEDBACK):
            await self.done(self.company.hr, "indicators", indicator(**each))

    async def schemes(self, *bodies: Mapping[str, Any]) -> None:
        """Enter schemes; by default one for representatives and one for brand specialists."""
        for body in bodies or (scheme("QE-REP", "REP"), scheme("QE-BRAND", "BRAND")):
            await self.done(self.company.hr, "schemes", body)

    async def opened(self, **given: Any) -> None:
        """Make a cycle and open it."""
        body = {"code": "2026-Q1", "name": "一季度", "period": "2026-Q1", **given}
        self.cycle_id = (await self.done(self.company.hr, "cycles", body))["id"]
        await self.done(self.company.hr, f"cycles/{self.cycle_id}/open")
        await self.jobs()

    async def move(self, action: str, who: Person | None = None) -> Any:
        """Move the cycle."""
        return await self.done(who or self.company.hr, f"cycles/{self.cycle_id}/{action}")

    async def forms(self, who: Person | None = None) -> dict[str, dict[str, Any]]:
        """Forms by the subject's code (the last of each)."""
        items = await self.all(who or self.company.hr, f"cycles/{self.cycle_id}/forms")
        return {item["subject_code"]: item for item in items}

    async def propose(self, who: Person, form_id: str, targets: Mapping[str, str], **more: Any) -> httpx2.Response:
        """PUT goals with the present version."""
        api = self.api(who.caller)
        tag = (await api.get(f"{BASE}/forms/{form_id}/goals")).headers["etag"]
        body = {"items": [{"key": key, "target": target} for key, target in targets.items()], **more}
        return await api.put(f"{BASE}/forms/{form_id}/goals", json=body, headers={"If-Match": tag})

    async def agree_all(self, targets: Mapping[str, str] | None = None) -> None:
        """Every manager proposes, every subject agrees."""
        by_id = {str(person.id): person for person in self.company.people}
        for form in (await self.forms()).values():
            boss, owner = by_id[form["manager_id"]], by_id[form["owner_id"]]
            wanted = targets or {"S01": "2000000", "S03": "8"}
            answer = await self.propose(boss, form["id"], wanted)
            assert answer.status_code == 200, answer.text
            await self.done(owner, f"forms/{form['id']}/goals/agree")

    async def measure(self, *rows: Mapping[str, Any], who: Person | None = None) -> httpx2.Response:
        """Deliver measurements as JSON lines."""
        text = "".join(json.dumps(row) + "\n" for row in rows)
        headers = {"Content-Type": "application/jsonl"}
        api = self.api((who or self.company.hr).caller)
        return await api.post(f"{BASE}/measurements", content=text.encode(), headers=headers)

    async def measure_all(self, values: Mapping[str, str] | None = None) -> None:
        """The same actuals for everybody with a form."""
        values = values or {"S01": "2310000", "S03": "8.6"}
        rows = [measurement(code, key, value) for code in await self.forms() for key, value in values.items()]
        answer = await self.measure(*rows)
        assert answer.status_code == 200, answer.text

    async def sheets(self, who: Person) -> list[dict[str, Any]]:
        """What somebody is asked to rate in this cycle."""
        return [line for line in await self.all(who, "my/ratings") if line["cycle_id"] == self.cycle_id]

    async def rate_all(self, mark: str = "4", but: Sequence[str] = ()) -> None:
        """Everybody gives the same mark everywhere, but some people nothing."""
        for person in self.company.people:
            if person.number in but:
                continue
            for line in await self.sheets(person):
                entries = (await self.read(person, f"ratings/{line['id']}"))["entries"]
                marks = {entry["key"]: mark for entry in entries}
                await self.done(person, f"ratings/{line['id']}/submit", {"marks": marks})

    async def ready(self) -> None:
        """Library, schemes, an open cycle with agreed goals."""
        await self.library()
        await self.schemes()
        await self.opened()
        await self.agree_all()

    async def scored(self) -> None:
        """All the way to results."""
        await self.ready()
        await self.measure_all()
        await self.move("evaluate")
        await self.rate_all()
        await self.move("score")
        await self.jobs()

    async def published(self) -> None:
        """All the way to publicity on 14 April."""
        await self.scored()
        await self.move("calibrate")
        self.clock.set(2026, 4, 14, 1)
        await self.move("publish")

    async def closed(self) -> None:
        """All the way to the end, on 21 April."""
        await self.published()
        self.clock.set(2026, 4, 21, 1)
        await self.move("close")

    async def results(self, who: Person | None = None) -> dict[str, dict[str, Any]]:
        """Results by the subject's code."""
        items = await self.all(who or self.company.hr, f"cycles/{self.cycle_id}/subjects")
        return {item["subject_code"]: item for item in items}

    async def state(self) -> str:
        """Where the cycle stands."""
        found: str = (await self.read(self.company.hr, f"cycles/{self.cycle_id}"))["state"]
        return found


def measurement(code: str, key: str, value: str, day: str = "2026-03-31", **given: Any) -> dict[str, Any]:
    """A good measurement line."""
    body = {
        "subject_kind": "employee",
        "subject_code": code,
        "indicator": key,
        "value": value,
        "day": day,
        "source": "CRM",
        "external_id": f"{code}-{key}-{day}",
    }
    return {**body, **given}
