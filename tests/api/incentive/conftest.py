"""A bonus quarter of a small company, and the company at its work."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.incentive.plans.api.examples import plan_example
from services.incentive.plans.domain.rules.referral_bonus import ReferralBonus
from services.incentive.plans.domain.rules.virtual_shares import VirtualShares
from services.kit.identity import Role
from tests.api.incentive.test_budgets import released
from tests.api.incentive.test_news import SECRET
from tests.api.incentive.test_shares import GOALS, granted
from tests.builders.incentive import PLAN, small_company
from tests.builders.incentive_awards import asking_org, funded
from tests.builders.incentive_claims import plan_of_claims
from tests.builders.incentive_quarter import Quarter
from tests.builders.incentive_work import FUND, Work
from tests.clients import Clients, app_context_of, app_of
from tests.databases import RolledBack
from tests.identities import Issuer, SetClock, person


@pytest.fixture
async def known_people(incentive_sessions: RolledBack) -> None:
    """org has spoken of four people."""
    insert = text("INSERT INTO person (number, employee_id, name, unit_path) VALUES (:number, :id, :number, '{}')")
    async with incentive_sessions.write() as session:
        for number in ("E001", "E002", "E003", "E004"):
            await session.execute(insert, {"number": number, "id": uuid4()})


@pytest.fixture
def quarter(incentive: Clients, incentive_sessions: RolledBack, clock: SetClock) -> Quarter:
    """The first quarter of 2026, on its calculation day."""
    clock.set(2026, 4, 22, 1)
    return Quarter(incentive, incentive_sessions, clock, small_company())


@pytest.fixture
async def work(incentive_sessions: RolledBack, issuer: Issuer, clock: SetClock) -> AsyncIterator[Work]:
    """Pay, four plans, a fund, a budget and virtual shares, before any run."""
    clock.set(2026, 4, 22, 1)
    context = replace(app_context_of("incentive", incentive_sessions, issuer, clock), event_secrets=(SECRET,))
    clients = Clients(app_of(context), issuer)
    quarter = Quarter(clients, incentive_sessions, clock, small_company())
    async with asking_org(quarter):
        await quarter.learn_people()
        await quarter.enter_pay()
        await quarter.enter_plan(PLAN)
        await plan_of_claims(quarter, ReferralBonus)
        fund_id = await funded(quarter, str(FUND))
        await released(quarter, "9000000.00")
        await quarter.enter_plan(plan_example(VirtualShares) | {"valid_from": "2020-01-01"})
        chief = person(Role.EXECUTIVE, employee_id=uuid4(), name="董事长")
        goals = [GOALS[0] | {"year": year} for year in (2020, 2021, 2022)]
        since = {"granted_on": "2023-03-01", "goals": goals}
        grants = {
            each: await granted(quarter, chief, each, units, **since) for each, units in (("E001", 800), ("E002", 400))
        }
        loop = asyncio.get_running_loop()
        yield Work(quarter, incentive_sessions.connection, loop, fund_id, str(uuid4()), grants, chief)
    await clients.close()
