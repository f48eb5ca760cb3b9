"""An installation at work of which a test can forget what was done, and what its tables say of money."""

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx2
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncTransaction

from services.kit.identity import Caller
from tests.builders.incentive import QUARTER, Person
from tests.builders.incentive_awards import post, who
from tests.builders.incentive_oracle import Entitlement
from tests.builders.incentive_quarter import Quarter

OK, CREATED, ACCEPTED = httpx2.codes.OK, httpx2.codes.CREATED, httpx2.codes.ACCEPTED

FUND = Decimal("100000.00")
WORK: list[dict[str, Any]] = [
    {"left_on": "2026-02-20", "last": "2026-02-20"},
    {"left_on": "2026-05-31", "last": "2026-05-31"},
    {"left_on": None, "last": None, "absences": ()},
    {"absences": (("unpaid", "2026-01-20", "2026-03-10"),)},
    {"absences": (("unpaid", "2026-03-10", None),)},
]
"""Somebody leaves, returns or is absent."""
NEXT = {
    "calculated": ("reviewer", "review", "reviewed"),
    "reviewed": ("approver", "approve", "approved"),
    "approved": ("payer", "post", "posted"),
    "posted": ("payer", "pay", "paid"),
}
UNDER_WAY = frozenset({"draft", "calculated", "reviewed", "approved"})
_OWED = """
SELECT person.number,
    (SELECT coalesce(sum(posted), 0) FROM entitlement WHERE entitlement.employee_id = person.employee_id),
    (SELECT coalesce(sum(amount), 0) FROM posting JOIN account ON account.id = account_id
     WHERE reference = person.employee_id::text AND account.kind IN ('payable', 'receivable')),
    (SELECT coalesce(sum(posting.amount), 0)
     FROM posting JOIN account ON account.id = account_id JOIN entry ON entry.id = entry_id
        JOIN line ON line.id = entry.source_id
     WHERE line.employee_id = person.employee_id AND account.kind = 'paid')
FROM person
"""
_POSTED = """
SELECT number, kind, occasion, posted FROM entitlement JOIN person USING (employee_id)
"""
_UNBALANCED = "SELECT entry_id FROM posting GROUP BY entry_id HAVING sum(amount) <> 0"
_OVERPAID = """
SELECT line.id FROM posting JOIN account ON account.id = account_id JOIN entry ON entry.id = entry_id
    JOIN line ON line.id = entry.source_id
WHERE account.kind = 'paid' GROUP BY line.id, line.amount HAVING -sum(posting.amount) NOT BETWEEN 0 AND line.amount
"""
_WRONG_SIDE = """
SELECT account.kind, reference FROM posting JOIN account ON account.id = account_id
WHERE account.kind IN ('payable', 'receivable') GROUP BY account.kind, reference
HAVING CASE account.kind WHEN 'payable' THEN sum(amount) > 0 ELSE sum(amount) < 0 END
"""
_EQUITY = "SELECT coalesce(sum(amount), 0) FROM posting JOIN account ON account.id = account_id WHERE kind = 'equity'"
_WRONG_BUDGET = """
SELECT source_id, run.state, amount, posted FROM budget_commitment JOIN run ON run.id = source_id
WHERE CASE WHEN run.state IN ('posted', 'paid') THEN amount <> posted
    ELSE posted <> 0 OR (run.state = 'cancelled' AND amount <> 0) END
"""
_FUND = "SELECT coalesce(-sum(amount), 0) FROM posting JOIN account ON account.id = account_id WHERE kind = 'fund'"


@dataclass
class Booked:
    """A run as the test follows it, with the lines of its present calculation."""

    id: str
    plan: str
    period: str
    state: str = "draft"
    lines: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Books:
    """What the tables say after a step. ``people``: number, posted, payable with receivable, paid (negative)."""

    unbalanced: list[Any]
    overpaid: list[Any]
    wrong_side: list[Any]
    wrong_budget: list[Any]
    fund: Decimal
    equity: Decimal
    posted: dict[Entitlement, Decimal]
    people: list[Any]


@dataclass
class Work:
    """The installation that every example begins with; what an example does is rolled back at its end."""

    quarter: Quarter
    connection: AsyncConnection
    loop: asyncio.AbstractEventLoop
    fund_id: str
    cycle_id: str
    grants: dict[str, dict[str, Any]]
    chief: Caller
    _savepoint: AsyncTransaction | None = None
    _people: list[Person] = field(default_factory=list)

    async def begin(self) -> None:
        """From here on everything can be forgotten."""
        self._savepoint = await self.connection.begin_nested()
        self._people = list(self.quarter.company.people)

    async def forget(self) -> None:
        """As if the example had never been."""
        assert self._savepoint is not None
        await self._savepoint.rollback()
        self.quarter.company.people = self._people

    async def draft(self, plan: str, period: str) -> str:
        """The id of a new run."""
        if plan == "QB" and period != QUARTER:
            return await self.quarter.next_run(period)
        body = {"plan_code": plan, "period": period} | ({"cycle_id": self.cycle_id} if plan == "QB" else {})
        drafted = await post(self.quarter, self.quarter.clerk, "runs", body)
        assert drafted.status_code == CREATED, drafted.text
        return str(drafted.json()["id"])

    async def calculate(self) -> list[dict[str, Any]]:
        """The lines of the run once the worker has calculated it."""
        answer = await self.quarter.act(self.quarter.clerk, "calculate")
        assert answer.status_code == ACCEPTED, answer.text
        await self.quarter.work()
        run = await self.quarter.read()
        assert run["state"] == "calculated", run
        return list((await self._read(f"runs/{run['id']}/lines", limit="500"))["items"])

    async def state(self, run_id: str) -> str:
        """How far a run is."""
        return str((await self._read(f"runs/{run_id}"))["state"])

    async def entries(self, line_id: str) -> list[dict[str, Any]]:
        """What is booked about a line."""
        return list((await self._read("journal/entries", source_id=line_id))["items"])

    async def dispute(self, number: str) -> None:
        """Somebody objects to their newest statement and gets an answer."""
        client = self.quarter.clients(who(self.quarter, number))
        own = (await client.get("/v1/incentive/my/statements")).json()["items"]
        for statement in [each for each in own if each["state"] == "issued"][-1:]:
            path = f"statements/{statement['id']}"
            seen = (await client.get(f"/v1/incentive/{path}")).json()["revision"]
            reason = {"reason": "请核对天数。"}
            disputed = await post(self.quarter, who(self.quarter, number), f"{path}/dispute", reason, seen=seen)
            assert disputed.status_code == OK, disputed.text
            answer = {"text": "已核对。"}
            seen = disputed.json()["revision"]
            answered = await post(self.quarter, self.quarter.clerk, f"{path}/answer", answer, seen=seen)
            assert answered.status_code == OK, answered.text

    async def books(self) -> Books:
        """What is booked, posted and paid."""
        async with self.quarter.sessions.read() as session:
            posted = await session.execute(text(_POSTED))
            return Books(
                unbalanced=list(await session.execute(text(_UNBALANCED))),
                overpaid=list(await session.execute(text(_OVERPAID))),
                wrong_side=list(await session.execute(text(_WRONG_SIDE))),
                wrong_budget=list(await session.execute(text(_WRONG_BUDGET))),
                fund=(await session.execute(text(_FUND))).scalar_one(),
                equity=(await session.execute(text(_EQUITY))).scalar_one(),
                posted={(number, kind, occasion): amount for number, kind, occasion, amount in posted},
                people=list(await session.execute(text(_OWED))),
            )

    async def _read(self, path: str, **query: str) -> Any:
        answer = await self.quarter.clients(self.quarter.payer).get(f"/v1/incentive/{path}", params=query)
        assert answer.status_code == OK, answer.text
        return answer.json()
