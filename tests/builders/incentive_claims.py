"""Claims and runs of claims for tests, where the record that they come from does not matter."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from services.incentive.claims.domain.claim import Claim, Source
from services.incentive.claims.usecases.claims import Origin, state_claims, withdraw_claims
from services.incentive.plans.api.examples import plan_example
from services.incentive.plans.domain.rules import Rule
from services.incentive.plans.domain.rules.special_award import SpecialAward
from services.kit.errors import Text
from services.kit.explanation import Step
from services.kit.work.unit_of_work import SystemWork
from tests.builders.incentive_quarter import Quarter
from tests.clients import ZONE

ORIGIN = Origin(Text("新市场奖励", "the award for a new market"), "/v1/incentive/my/claims")


async def claimed(
    quarter: Quarter,
    number: str,
    amount: str,
    *,
    occasion: str = "SA-1",
    kind: str = "special_award",
    due_on: date = date(2026, 4, 20),
    source: UUID | None = None,
) -> UUID:
    """Records what a person is owed from now on for an occasion; returns the id of the record."""
    source = source or uuid4()
    who = next(one for one in quarter.company.people if one.number == number)
    value = Decimal(amount)
    claim = Claim(
        employee_id=who.id,
        kind=kind,
        occasion=occasion,
        currency="CNY",
        amount=value,
        costs=(("CC-9", value),) if value else (),
        due_on=due_on,
        source=Source("award", source, "1"),
        explanation=Step("share", Text("新市场一半", "half of a new market"), f"{amount} × 1", amount),
    )
    async with SystemWork(quarter.sessions, quarter.clock, ZONE).begin() as uow:
        await state_claims(uow, [claim], ORIGIN)
    return source


async def withdrawn(quarter: Quarter, source: UUID, reason: str = "重复申报") -> None:
    """What the record said is not owed any more."""
    async with SystemWork(quarter.sessions, quarter.clock, ZONE).begin() as uow:
        await withdraw_claims(uow, source_type="award", source_id=source, reason=Text(reason, reason), origin=ORIGIN)


async def plan_of_claims(quarter: Quarter, rule: type[Rule] = SpecialAward) -> str:
    """The code of a released plan of a rule that pays claims; org has spoken of everybody."""
    plan = plan_example(rule)

    async def play() -> None:
        await quarter.learn_people()
        await quarter.enter_plan(plan)

    await quarter.kept(f"plan {plan}", play)
    return str(plan["code"])


async def run_of_claims(quarter: Quarter, plan: str, state: str = "posted", period: str = "2026-04") -> dict[str, Any]:
    """Another run of the plan, brought to a state, each step by its own person."""
    body = {"plan_code": plan, "period": period}
    drafted = await quarter.clients(quarter.clerk).post("/v1/incentive/runs", json=body)
    assert drafted.status_code == 201, drafted.text
    quarter.run_id = drafted.json()["id"]
    return await quarter.reach(state)
