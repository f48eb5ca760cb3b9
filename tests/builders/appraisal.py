"""A driver that takes a small company through a quarter over HTTP, each step as the person concerned."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import httpx2
from sqlalchemy import text

from services.appraisal.jobs import JOBS, Resources
from services.kit.events.webhooks import Deliverer
from services.kit.jobs.queue import defer
from services.kit.jobs.trial import run_due
from services.kit.work.unit_of_work import SystemWork
from tests.beginnings import begin
from tests.builders.appraisal_bodies import EXPENSE, FEEDBACK, JUDGED, SALES, indicator, measurement, scheme, section
from tests.builders.appraisal_company import Company, Person
from tests.clients import CIPHER, ZONE, Clients, plain_http
from tests.databases import RolledBack
from tests.identities import SetClock

__all__ = ["BASE", "Company", "Person", "Quarter", "indicator", "measurement", "scheme", "section"]

BASE = "/v1/appraisal"
TRANSITION = re.compile(
    r"((?:cycles|appeals|corrections|calibrations|measurement_proposals|obligations|briefs|alert_rules|suppliers|supplier_agreements|supplier_eliminations)/[^/]+|forms/[^/]+(?:/goals|/nomination)?)/[a-z_]+(?<!grade_adjustments)"
)


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

    async def post(
        self, who: Person, path: str, body: Mapping[str, Any] | None = None, *, seen: str | None = None
    ) -> httpx2.Response:
        """POST as somebody who has just read what they decide about, or who saw the revision ``seen``."""
        headers = {}
        if match := TRANSITION.fullmatch(path):
            headers["If-Match"] = seen or await self.revision(match[1])
        sent = body if body is None or "result_version" in body else {**body, **await self._version(path, body)}
        return await self.api(who.caller).post(f"{BASE}/{path}", json=sent, headers=headers)

    async def revision(self, path: str) -> str:
        """The revision of something as HR reads it now."""
        return (await self.get(self.company.hr, path)).headers.get("etag", "1")

    async def _version(self, path: str, body: Mapping[str, Any]) -> dict[str, int]:
        """The newest version of the result that ``body`` or ``path`` is about."""
        found = body.get("result_id")
        if match := re.fullmatch(r"(appeals/[^/]+)/(accept|reject)", path):
            found = (await self.get(self.company.hr, match[1])).json().get("result_id")
        elif match := re.fullmatch(r"results/([^/]+)/corrections", path):
            found = match[1]
        if found is None:
            return {}
        return {"result_version": (await self.get(self.company.hr, f"results/{found}")).json().get("version", 1)}

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
        http = plain_http()
        deliverer = Deliverer(self.sessions, http, "whsec_AAAA", cipher=CIPHER)
        resources = Resources(SystemWork(self.sessions, self.clock, ZONE, CIPHER), self.company, deliverer)
        await run_due(JOBS, self.sessions, resources)
        await http.aclose()

    async def follow(self, task: str) -> None:
        """Run a job that the worker runs by the clock."""
        async with self.sessions.write() as session:
            await defer(session, task)
        await self.jobs()

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
        """Transition the cycle."""
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
        return [line for line in await self.all(who, "my/rating_forms") if line["cycle_id"] == self.cycle_id]

    async def rate_all(self, mark: str = "4", but: Sequence[str] = ()) -> None:
        """Everybody gives the same mark everywhere, but some people nothing."""
        for person in self.company.people:
            if person.number in but:
                continue
            for line in await self.sheets(person):
                entries = (await self.read(person, f"rating_forms/{line['id']}"))["entries"]
                marks = {entry["key"]: mark for entry in entries}
                await self.done(person, f"rating_forms/{line['id']}/submit", {"ratings": marks})

    async def provide(self) -> None:
        """Everything that scoring asks for: actuals and superiors' ratings; nothing of anybody who may leave it."""
        await self.measure_all()
        for person in self.company.people:
            for line in await self.sheets(person):
                if (line["relation"], line["state"]) == ("superior", "open"):
                    entries = (await self.read(person, f"rating_forms/{line['id']}"))["entries"]
                    marks = {entry["key"]: "4" for entry in entries}
                    await self.done(person, f"rating_forms/{line['id']}/submit", {"ratings": marks})

    async def ready(self) -> None:
        """Library, schemes, an open cycle with agreed goals."""
        await self._reach("ready", self._ready)

    async def scored(self) -> None:
        """All the way to results."""
        await self._reach("scored", self._scored)

    async def published(self) -> None:
        """All the way to the public notice on 14 April."""
        await self._reach("published", self._published)

    async def closed(self) -> None:
        """All the way to the end, on 21 April."""
        await self._reach("closed", self._closed)

    async def _reach(self, stage: str, play: Callable[[], Awaitable[None]]) -> None:
        """``play`` from the very beginning, or copied from a test of the same company that did."""
        if self.cycle_id or await self._touched():
            await play()
            return

        async def remembered() -> tuple[str, datetime, list[tuple[date, date]]]:
            await play()
            return self.cycle_id, self.clock.moment, self.company.asked

        kept = await begin(self.api.app, f"{stage} {vars(self.company)}", remembered)
        self.cycle_id, self.clock.moment, self.company.asked = kept

    async def _touched(self) -> bool:
        async with self.sessions.read() as session:
            return bool(await session.scalar(text("SELECT EXISTS (SELECT 1 FROM audit)")))

    async def _ready(self) -> None:
        await self.library()
        await self.schemes()
        await self.opened()
        await self.agree_all()

    async def _scored(self) -> None:
        await self.ready()
        await self.measure_all()
        await self.move("start_evaluation")
        await self.rate_all()
        await self.move("score")
        await self.jobs()

    async def _published(self) -> None:
        await self.scored()
        await self.move("finish_calibration")
        self.clock.set(2026, 4, 14, 1)
        await self.move("publish")

    async def _closed(self) -> None:
        await self.published()
        self.clock.set(2026, 4, 21, 1)
        await self.move("close")

    async def results(self, who: Person | None = None) -> dict[str, dict[str, Any]]:
        """Results by the subject's code."""
        items = await self.all(who or self.company.hr, "results", cycle_id=self.cycle_id)
        return {item["subject_code"]: item for item in items}

    async def state(self) -> str:
        """Where the cycle stands."""
        found: str = (await self.read(self.company.hr, f"cycles/{self.cycle_id}"))["state"]
        return found
