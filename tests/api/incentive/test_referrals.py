"""A referral bonus is claimed once both are known: who referred whom, and that probation was passed (INC-06)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid4

import pytest

from services.incentive.plans.api.examples import plan_example
from services.incentive.plans.domain.rules.referral_bonus import ReferralBonus
from services.incentive.referrals.usecases.referrals import settle_referrals
from services.kit.events.outbox import CloudEvent
from services.kit.identity import Role
from services.kit.work.unit_of_work import SystemWork
from tests.api.incentive.test_news import SECRET, tell
from tests.builders.incentive import small_company
from tests.builders.incentive_awards import post, who
from tests.builders.incentive_claims import plan_of_claims, run_of_claims
from tests.builders.incentive_quarter import Quarter
from tests.clients import ZONE, Clients, app_context_of, app_of
from tests.databases import RolledBack
from tests.identities import Issuer, SetClock, person

pytestmark = pytest.mark.req("INC-06")

HR = person(Role.HR, name="人事", employee_id=uuid4())


@pytest.fixture
async def quarter(incentive_sessions: RolledBack, issuer: Issuer, clock: SetClock) -> AsyncIterator[Quarter]:
    """A quarter in an installation that hears org's news; a plan of referral bonuses is in force."""
    clock.set(2026, 4, 22, 1)
    context = replace(app_context_of("incentive", incentive_sessions, issuer, clock), event_secrets=(SECRET,))
    clients = Clients(app_of(context), issuer)
    made = Quarter(clients, incentive_sessions, clock, small_company())
    await plan_of_claims(made, ReferralBonus)
    yield made
    await clients.close()


def id_of(quarter: Quarter, number: str) -> UUID:
    """The id of a person."""
    return next(one.id for one in quarter.company.people if one.number == number)


async def decided(quarter: Quarter, number: str, outcome: str = "passed", **told: Any) -> CloudEvent:
    """org tells that a probation was decided; the event."""
    data = {
        "probation_review_id": str(uuid4()),
        "employee_id": str(id_of(quarter, number)),
        "number": number,
        "assignment_id": str(uuid4()),
        "position_id": str(uuid4()),
        "core_talent": True,
        "outcome": outcome,
        "effective_on": "2026-04-06",
    } | told
    subject = f"employee/{data['employee_id']}"
    event = CloudEvent(str(uuid4()), "merit/org", "org.probation_review.decided", subject, quarter.clock.now(), data)
    assert await tell(quarter, event) == 204
    return event


async def enter(quarter: Quarter, hired: str = "E003", referrer: str = "E001", caller: Any = HR) -> Any:
    """HR enters who referred whom."""
    body = {"referrer_number": referrer, "hired_number": hired}
    return await post(quarter, caller, "referrals", body)


async def claims(quarter: Quarter) -> list[tuple[str, int, str]]:
    """Whose claims there are, their newest versions and amounts."""
    items = (await quarter.clients(quarter.payer).get("/v1/incentive/claims")).json()["items"]
    return [(each["employee_number"], each["version"], each["amount"]) for each in items]


async def waiting(quarter: Quarter, referral: str) -> str | None:
    """What the referral waits for."""
    body = (await quarter.clients(HR).get(f"/v1/incentive/referrals/{referral}")).json()
    assert body["waiting_for"] is None or body["waiting_for_text"]
    return body["waiting_for"]  # type: ignore[no-any-return]  # JSON


async def test_what_is_entered_first_is_paid_once_probation_is_passed_and_only_once(quarter: Quarter) -> None:
    referral = (await enter(quarter)).json()
    assert (referral["referrer_name"], referral["hired_name"]) == ("林一", "陈三")
    assert (await waiting(quarter, referral["id"]), await claims(quarter)) == ("probation", [])
    await decided(quarter, "E003", "extended")
    assert await claims(quarter) == []
    event = await decided(quarter, "E003")
    assert await tell(quarter, event) == 204  # sent again
    await decided(quarter, "E003", effective_on="2026-04-20")  # hired and passed a second time
    assert await claims(quarter) == [("E001", 1, "2000.00")]
    assert await waiting(quarter, referral["id"]) == "nothing"
    run = await run_of_claims(quarter, "RB", "paid")
    assert run["calculation"]["totals"] == [{"currency": "CNY", "amount": "2000.00"}]
    mine = quarter.clients(who(quarter, "E001"))
    statement = (await mine.get("/v1/incentive/my/statements")).json()["items"][0]
    path = f"/v1/incentive/statements/{statement['id']}"
    told = (await mine.get(path, headers={"Accept-Language": "zh"})).json()["explanation"]["narration"]
    assert any("推荐的员工陈三（工号 E003）于 2026-04-06 通过试用期" in line for line in told)
    file = unquote((await mine.get(f"{path}/statement.pdf")).headers["content-disposition"])
    assert f"-E001-{run['period']}-RB-" in file  # the hire's id would say nothing
    await decided(quarter, "E003", effective_on="2026-05-20")
    await run_of_claims(quarter, "RB")
    assert await quarter.lines() == {}


async def test_what_is_entered_afterwards_is_claimed_at_once_of_core_talent_alone(quarter: Quarter) -> None:
    await decided(quarter, "E003")
    await decided(quarter, "E004", core_talent=False)
    assert (await enter(quarter)).json()["waiting_for"] == "nothing"
    assert (await enter(quarter, hired="E004")).json()["waiting_for"] == "not_core_talent"
    assert await claims(quarter) == [("E001", 1, "2000.00")]


@pytest.mark.req("INC-13")
async def test_an_outcome_that_is_corrected_or_a_referral_withdrawn_pays_nothing(quarter: Quarter) -> None:
    review = str(uuid4())
    await decided(quarter, "E003", probation_review_id=review)
    referral = (await enter(quarter)).json()
    await run_of_claims(quarter, "RB", "paid")
    await decided(quarter, "E003", "failed", probation_review_id=review)
    assert await claims(quarter) == [("E001", 2, "0.00")]
    await decided(quarter, "E003", "passed", probation_review_id=review)
    assert await claims(quarter) == [("E001", 3, "2000.00")]
    await run_of_claims(quarter, "RB")
    assert await quarter.lines() == {}  # posted before, due again: no difference
    path, body = f"referrals/{referral['id']}/withdraw", {"reason": "推荐人有误"}
    assert (await post(quarter, HR, path, body, seen=9)).status_code == 412
    withdrawn = (await post(quarter, HR, path, body, seen=1)).json()
    assert (withdrawn["state"], withdrawn["withdrawal_reason"]) == ("withdrawn", "推荐人有误")
    assert (withdrawn["withdrawn_by_name"], withdrawn["withdrawn_at"] is None) == (HR.name, False)
    assert (await post(quarter, HR, path, body, seen=2)).status_code == 409
    assert (await enter(quarter, referrer="E002")).status_code == 201
    assert sorted(await claims(quarter)) == [("E001", 4, "0.00"), ("E002", 1, "2000.00")]
    await run_of_claims(quarter, "RB")
    assert {n: line["amount"] for n, line in (await quarter.lines()).items()} == {
        "E001": "-2000.00",
        "E002": "2000.00",
    }


async def test_a_referral_waits_for_a_plan_and_is_claimed_once_there_is_one(quarter: Quarter) -> None:
    referral = (await enter(quarter)).json()
    await decided(quarter, "E003", effective_on="2025-12-20")
    assert (await waiting(quarter, referral["id"]), await claims(quarter)) == ("plan", [])
    plan = plan_example(ReferralBonus) | {"valid_from": "2025-01-01", "valid_to": "2025-12-31"}
    plan["rule"] = {"kind": "referral_bonus", "amount": "1500.00", "cost_centre": "CC-HR"}
    await quarter.enter_plan(plan)
    await settle_referrals(SystemWork(quarter.sessions, quarter.clock, ZONE))
    await settle_referrals(SystemWork(quarter.sessions, quarter.clock, ZONE))
    assert await claims(quarter) == [("E001", 1, "1500.00")]


async def test_only_hr_over_the_person_hired_enters_and_nobody_for_themselves(quarter: Quarter) -> None:
    elsewhere = person(Role.HR, over=uuid4())
    there = person(Role.HR, over=quarter.company.people[2].unit.id)
    oneself = person(Role.HR, employee_id=id_of(quarter, "E001"))

    async def code(answer: Any) -> tuple[int, str | None]:
        return answer.status_code, answer.json().get("code")

    assert await code(await enter(quarter, caller=elsewhere)) == (403, "outside_your_units")
    assert await code(await enter(quarter, caller=oneself)) == (403, "own_referral")
    assert await code(await enter(quarter, caller=who(quarter, "E001"))) == (403, "role_missing")
    assert await code(await enter(quarter, referrer="E003")) == (422, "referral_unsound")
    assert await code(await enter(quarter, hired="X")) == (422, "referral_unsound")
    made = await enter(quarter, caller=there)
    assert made.status_code == 201
    assert await code(await enter(quarter)) == (409, "referral_exists")
    path, body = f"referrals/{made.json()['id']}/withdraw", {"reason": "误"}
    assert await code(await post(quarter, elsewhere, path, body, seen=1)) == (404, "referral_unknown")
    reader = replace(elsewhere, role_assignments=(*elsewhere.role_assignments, *person(Role.FINANCE).role_assignments))
    assert await code(await post(quarter, reader, path, body, seen=1)) == (403, "outside_your_units")
    assert await code(await post(quarter, oneself, path, body, seen=1)) == (403, "own_referral")
    for caller, seen in ((there, 1), (elsewhere, 0), (HR, 1)):
        items = (await quarter.clients(caller).get("/v1/incentive/referrals")).json()["items"]
        assert len(items) == seen
    assert (await quarter.clients(elsewhere).get(f"/v1/incentive/{path.removesuffix('/withdraw')}")).status_code == 404


async def test_news_that_says_less_than_is_needed_is_refused(quarter: Quarter) -> None:
    data = {"employee_id": str(uuid4()), "outcome": "passed"}
    event = CloudEvent(str(uuid4()), "merit/org", "org.probation_review.decided", "e/1", quarter.clock.now(), data)
    assert await tell(quarter, event) in {400, 422}
    assert await claims(quarter) == []
