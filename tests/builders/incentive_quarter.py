"""A bonus quarter being worked on: who does what, and how the jobs are run."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import uuid4

import httpx2
from sqlalchemy import text

from services.incentive.clients.appraisal import AppraisalClient
from services.incentive.clients.org import OrgClient
from services.incentive.jobs import JOBS, Resources
from services.incentive.runs.usecases.people import follow_people
from services.incentive.runs.usecases.snapshot_taking import Neighbours
from services.kit.access.clients import ServiceClient
from services.kit.clock import Clock
from services.kit.database.sessions import Sessions
from services.kit.events.webhooks import Deliverer
from services.kit.identity import Caller, Role
from services.kit.jobs.trial import run_due
from services.kit.periods import calendar_period
from services.kit.work.unit_of_work import SystemWork
from tests.beginnings import begin
from tests.builders.incentive import PLAN, QUARTER, Company, id_of
from tests.clients import ZONE, Clients, plain_http
from tests.identities import Issuer, client_system, person

CYCLE_ID = str(id_of("cycle of the quarter"))
DECISIONS = frozenset({"review", "approve", "post", "pay"})
"""What names the calculation that it is about."""
CANCELLING = {"reason": "重新核算"}
T = TypeVar("T")


def _officer(role: Role, name: str) -> Caller:
    """Who always does the same part of the work, with the same account in every test."""
    return replace(person(role, name=name), account_id=id_of(f"account {name}"))


CLERK, REVIEWER = _officer(Role.COMPENSATION, "核算"), _officer(Role.COMPENSATION, "复核")
APPROVER, PAYER = _officer(Role.FINANCE, "审批"), _officer(Role.FINANCE, "出纳")


class FixedToken:
    """A token source for neighbours that do not look at tokens."""

    async def token(self, *, refused: str | None = None) -> str:
        """Always the same."""
        return f"token{'' if refused is None else ' again'}"


class ServiceToken:
    """A real, signed token of a client system with ``scopes``."""

    def __init__(self, issuer: Issuer, *scopes: str) -> None:
        self._token = issuer.token(client_system(*scopes))

    async def token(self, *, refused: str | None = None) -> str:
        """Always the same."""
        assert refused is None
        return self._token


def neighbours_at(http: httpx2.AsyncClient, base_url: str = "http://neighbours.test") -> Neighbours:
    """incentive's own clients, talking to one address."""
    clients = [ServiceClient(name, base_url, http=http, tokens=FixedToken()) for name in ("org", "appraisal")]
    return Neighbours(OrgClient(clients[0]), AppraisalClient(clients[1]))


@dataclass
class Quarter:
    """A bonus quarter being worked on: who does what, and how the jobs are run."""

    clients: Clients
    sessions: Sessions
    clock: Clock
    company: Company
    clerk: Caller = CLERK
    reviewer: Caller = REVIEWER
    approver: Caller = APPROVER
    payer: Caller = PAYER
    run_id: str = ""

    async def begin(self, plan: dict[str, Any] = PLAN, period: str = QUARTER, cycle_id: str = CYCLE_ID) -> str:
        """Pay and plan are entered and released, and a run is a draft; of no cycle with ``cycle_id`` ''."""

        async def play() -> None:
            await self.learn_people()
            await self.enter_pay()
            await self.enter_plan(plan)
            body = {"plan_code": plan["code"], "period": period, "cycle_id": cycle_id or None}
            drafted = await self.clients(self.clerk).post("/v1/incentive/runs", json=body)
            assert drafted.status_code == 201, drafted.text
            self.run_id = drafted.json()["id"]

        await self.kept(f"begun {plan} {period} {cycle_id}", play)
        return self.run_id

    async def kept(self, stage: str, play: Callable[[], Awaitable[T]]) -> T:
        """``play``, or where nothing has happened yet its copy from a test of the same people that played it."""
        if self.run_id or await self._touched():
            return await play()

        async def remembered() -> tuple[T, str, list[str]]:
            return await play(), self.run_id, self.company.asked

        people = (vars(self.company), self.clerk, self.reviewer, self.approver, self.payer)
        made, self.run_id, self.company.asked = await begin(self.clients.app, f"{stage} {people}", remembered)
        return made

    async def _touched(self) -> bool:
        async with self.sessions.read() as session:
            return bool(await session.scalar(text("SELECT EXISTS (SELECT FROM audit) OR EXISTS (SELECT FROM person)")))

    async def learn_people(self) -> None:
        """The worker asks org who works here."""
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=self.company.app())) as http:
            await follow_people(SystemWork(self.sessions, self.clock, ZONE), org=neighbours_at(http).org)
        self.company.asked.clear()

    async def enter_pay(self) -> None:
        """The clerk enters the pay file, the reviewer releases it."""
        csv = {"content-type": "text/csv"}
        path = "/v1/incentive/pay_changes"
        pay = await self.clients(self.clerk).post(f"{path}/imports", content=self.company.pay_csv(), headers=csv)
        assert pay.status_code == 200, pay.text
        if pay.json()["change_id"]:
            await self.release(f"{path}/{pay.json()['change_id']}")

    async def enter_plan(self, plan: dict[str, Any]) -> dict[str, Any]:
        """The clerk enters a version of a plan, the reviewer releases it."""
        entered = await self.clients(self.clerk).post("/v1/incentive/plans", json=plan)
        assert entered.status_code == 201, entered.text
        return await self.release(f"/v1/incentive/plans/{entered.json()['id']}", accept_findings="true")

    async def release(self, path: str, **query: str) -> dict[str, Any]:
        """The reviewer releases what the clerk has just entered."""
        headers = {"If-Match": "1"}
        released = await self.clients(self.reviewer).post(f"{path}/release", headers=headers, params=query)
        assert released.status_code == 200, released.text
        body: dict[str, Any] = released.json()
        return body

    async def act(
        self, who: Caller, action: str, *, seen: dict[str, Any] | None = None, key: str = "", **query: str
    ) -> httpx2.Response:
        """POST runs/{id}/<action> as somebody who saw the run as it is now, or at the revision ``seen``."""
        run = seen or await self.read()
        headers = {"Idempotency-Key": key or uuid4().hex, "If-Match": str(run["revision"])}
        path = f"/v1/incentive/runs/{self.run_id}/{action}"
        hash_ = run["calculation"]["content_hash"] if run["calculation"] else "0" * 64
        body = {"calculation_hash": hash_} if action in DECISIONS else CANCELLING if action == "cancel" else None
        return await self.clients(who).post(path, json=body, headers=headers, params=query)

    async def work(self, *, raising: bool = True, ahead: bool = True) -> list[str]:
        """The worker's part."""
        transport = httpx2.ASGITransport(app=self.company.app())
        async with httpx2.AsyncClient(transport=transport) as http:
            return await self.work_with(neighbours_at(http), raising=raising, ahead=ahead)

    async def work_with(self, neighbours: Neighbours, *, raising: bool = True, ahead: bool = True) -> list[str]:
        """The worker's part, asking given neighbours."""
        async with plain_http() as http:
            deliverer = Deliverer(self.sessions, http, "only-for-tests")
            resources = Resources(SystemWork(self.sessions, self.clock, ZONE), neighbours, deliverer)
            return await run_due(JOBS, self.sessions, resources, raising=raising, ahead=ahead, limit=5)

    async def reach(self, state: str) -> dict[str, Any]:
        """Begins if nobody has, and goes on until the run is in ``state``, each step by its own person."""

        async def play() -> None:
            if not self.run_id:
                await self.begin()
            await self._go_on(state)

        await self.kept(state, play)
        return await self.read()

    async def _go_on(self, state: str) -> None:
        steps = {
            "calculated": (self.clerk, "calculate"),
            "reviewed": (self.reviewer, "review"),
            "approved": (self.approver, "approve"),
            "posted": (self.payer, "post"),
            "paid": (self.payer, "pay"),
        }
        run = await self.read()
        done = list(steps).index(run["state"]) + 1 if run["state"] in steps else 0
        for target, (who, action) in list(steps.items())[done:]:
            if run["state"] == state:
                break
            answer = await self.act(who, action)
            assert answer.status_code in {200, 202}, answer.text
            if action == "calculate":
                await self.work()
            run = await self.read()
            assert run["state"] == target, run

    async def read(self, language: str = "zh") -> dict[str, Any]:
        """The run as it is."""
        headers = {"Accept-Language": language}
        answer = await self.clients(self.clerk).get(f"/v1/incentive/runs/{self.run_id}", headers=headers)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def next_run(self, period: str, *, cycle_id: str | None = None) -> str:
        """Another run of the same plan as a draft, for ``period``; of a closed cycle over it unless one is named."""
        if cycle_id is None:
            cycle_id, days = str(uuid4()), calendar_period(period)
            cycle = {"code": period, "state": "closed", "valid_from": str(days.start), "valid_to": str(days.last)}
            self.company.cycles[cycle_id] = cycle
        body = {"plan_code": "QB", "period": period, "cycle_id": cycle_id}
        drafted = await self.clients(self.clerk).post("/v1/incentive/runs", json=body)
        assert drafted.status_code == 201, drafted.text
        self.run_id = drafted.json()["id"]
        return self.run_id

    async def raise_pay(self, number: str, fixed_pay: str, valid_from: str) -> None:
        """New terms of pay for somebody."""
        body = {"employee_number": number, "fixed_pay": fixed_pay, "cost_centre": "CC-1", "valid_from": valid_from}
        entered = await self.clients(self.clerk).post("/v1/incentive/pay_changes", json=body)
        assert entered.status_code == 201, entered.text
        await self.release(f"/v1/incentive/pay_changes/{entered.json()['id']}")

    async def lines_of(self, occasion: str) -> dict[str, dict[str, Any]]:
        """The run's lines for one occasion by employee number."""
        answer = await self.clients(self.clerk).get(f"/v1/incentive/runs/{self.run_id}/lines", params={"limit": 500})
        assert answer.status_code == 200, answer.text
        return {line["employee_number"]: line for line in answer.json()["items"] if line["occasion"] == occasion}

    async def lines(self) -> dict[str, dict[str, Any]]:
        """The run's lines by employee number."""
        answer = await self.clients(self.clerk).get(f"/v1/incentive/runs/{self.run_id}/lines", params={"limit": 500})
        assert answer.status_code == 200, answer.text
        return {line["employee_number"]: line for line in answer.json()["items"]}
