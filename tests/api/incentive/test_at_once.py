"""Several requests at the same moment, on a database that commits: money moves once (INC-10)."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.kit.database.sessions import Database
from services.kit.files.writing import write_csv
from tests.builders.incentive import small_company
from tests.builders.incentive_awards import asking_org, funded, nominated, post, who
from tests.builders.incentive_quarter import Quarter
from tests.clients import Clients, app_context_of, app_of
from tests.databases import TestDatabase
from tests.identities import Issuer, SetClock

pytestmark = pytest.mark.req("INC-10", "INC-12")


@pytest.fixture
async def committed(fresh_database: TestDatabase, issuer: Issuer, clock: SetClock) -> AsyncIterator[Quarter]:
    """A quarter whose every request is a transaction of its own, on connections of its own."""
    clock.set(2026, 4, 22, 1)
    database = Database(fresh_database.app_url("incentive"), pool_size=8)
    clients = Clients(app_of(app_context_of("incentive", database, issuer, clock)), issuer)
    yield Quarter(clients, database, clock, small_company())
    await clients.close()
    await database.close()


async def at_once(quarter: Quarter, action: str, *keys: str) -> Counter[tuple[int, str]]:
    """The same move with several keys at the same moment; how often each answer was given."""
    run = await quarter.read()
    answers = await asyncio.gather(*(quarter.act(quarter.payer, action, seen=run, key=key) for key in keys))
    return Counter((answer.status_code, answer.json().get("code", "")) for answer in answers)


async def booked(quarter: Quarter, kind: str) -> int:
    """How many entries of a kind there are."""
    listed = await quarter.clients(quarter.payer).get("/v1/incentive/journal/entries", params={"kind": kind})
    return len(listed.json()["items"])


async def test_of_several_posts_and_pays_at_once_one_takes_effect(committed: Quarter) -> None:
    await committed.reach("approved")
    posts = await at_once(committed, "post", *(uuid4().hex for _ in range(5)))
    assert posts == {(200, ""): 1, (409, "transition_not_possible"): 4}
    assert await booked(committed, "accrual") == 3
    pays = await at_once(committed, "pay", *(uuid4().hex for _ in range(5)))
    assert pays == {(200, ""): 1, (409, "transition_not_possible"): 4}
    assert await booked(committed, "payment") == 3
    short = await committed.clients(committed.payer).get("/v1/incentive/journal/trial_balance")
    assert short.json()["total"] == "0.00"


async def test_the_same_key_at_once_posts_once_and_a_later_repetition_gets_the_same_answer(committed: Quarter) -> None:
    await committed.reach("approved")
    answers = await at_once(committed, "post", *["the same"] * 5)
    assert set(answers) <= {(200, ""), (409, "idempotency_in_flight")}
    assert answers[200, ""] >= 1
    assert (await at_once(committed, "post", "the same")) == {(200, ""): 1}
    assert await booked(committed, "accrual") == 3


async def test_of_two_approvals_by_one_person_at_once_one_counts(committed: Quarter) -> None:
    await committed.reach("reviewed")
    run = await committed.read()
    answers = await asyncio.gather(*(committed.act(committed.approver, "approve", seen=run) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]


async def test_of_two_runs_for_one_period_at_once_one_is_made(committed: Quarter) -> None:
    await committed.begin()
    await committed.act(committed.clerk, "cancel")
    clerk = committed.clients(committed.clerk)
    body = {"plan_code": "QB", "period": "2026-Q1", "cycle_id": str(uuid4())}
    answers = await asyncio.gather(*(clerk.post("/v1/incentive/runs", json=body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_of_two_corrections_of_one_profile_at_once_one_is_stale(committed: Quarter) -> None:
    await committed.begin()
    clerk = committed.clients(committed.clerk)
    listed = await clerk.get("/v1/incentive/pay_profiles", params={"employee_number": "E001"})
    path = f"/v1/incentive/pay_profiles/{listed.json()['items'][0]['id']}"
    tag = (await clerk.get(path)).headers["etag"]
    bodies = [{"fixed_pay": f"{n}.00"} for n in (1, 2, 3)]
    entered = [await clerk.post(f"{path}/correct", json=body, headers={"If-Match": tag}) for body in bodies]
    assert [answer.status_code for answer in entered] == [201, 201, 201], [answer.text for answer in entered]
    reviewer = committed.clients(committed.reviewer)
    changes = [f"/v1/incentive/pay_changes/{answer.json()['id']}/release" for answer in entered]
    answers = await asyncio.gather(*(reviewer.post(change, headers={"If-Match": "1"}) for change in changes))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
    kept = await clerk.get("/v1/incentive/pay_profiles", params={"employee_number": "E001"})
    assert len(kept.json()["items"]) == 1
    assert datetime.fromisoformat((await clerk.get(path)).json()["replaced_at"]) <= datetime.now(UTC)


async def test_of_several_releases_of_a_closing_at_once_one_takes_effect(committed: Quarter) -> None:
    path = "/v1/incentive/journal/month_closings"
    bodies = [{"kind": "close", "month": f"2026-0{month}", "reason": "凭证已齐"} for month in (1, 2, 3)]
    answers = await asyncio.gather(*(committed.clients(committed.payer).post(path, json=body) for body in bodies))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 2}
    asked = next(answer.json() for answer in answers if answer.status_code == 201)
    target, seen = f"{path}/{asked['id']}/release", {"If-Match": "1"}
    releases = await asyncio.gather(
        *(committed.clients(committed.approver).post(target, headers=seen) for _ in range(3))
    )
    assert Counter(answer.status_code for answer in releases) == {200: 1, 409: 2}


async def test_of_several_answers_of_the_payroll_at_once_one_is_booked(committed: Quarter) -> None:
    await committed.reach("posted")
    revision, path = (await committed.read())["revision"], f"/v1/incentive/runs/{committed.run_id}/payroll_answers"

    async def send(name: str) -> int:
        rows = [(committed.run_id, "E001", name, "CNY", "54000.00", "已发放", None)]
        headers = {"content-type": "text/csv", "Idempotency-Key": uuid4().hex, "If-Match": str(revision)}
        content = write_csv(("核算编号", "工号", "姓名", "币种", "金额", "发放结果", "失败原因"), rows)
        return (await committed.clients(committed.payer).post(path, content=content, headers=headers)).status_code

    assert Counter(await asyncio.gather(send("一"), send("二"), send("三"))) == {201: 1, 412: 2}
    assert await booked(committed, "payment") == 1


@pytest.mark.req("INC-04")
async def test_of_awards_approved_at_once_the_fund_pays_those_that_it_can(committed: Quarter) -> None:
    async with asking_org(committed):
        fund = await funded(committed, "120000.00")
        made = [await nominated(committed, fund, f"SA-{n}") for n in range(5)]
        approver = who(committed, "E010")
        paths = [f"awards/{each['id']}/approve" for each in made]
        answers = await asyncio.gather(*(post(committed, approver, path, seen=1) for path in [*paths, *paths]))
        given = Counter((answer.status_code, answer.json()["code"]) for answer in answers)
        assert given[409, "fund_overdrawn"] + given[409, "transition_not_possible"] == 8
        assert sum(count for (status, _), count in given.items() if status == 200) == 2
        office = committed.clients(committed.payer)
        assert (await office.get(f"/v1/incentive/award_funds/{fund}")).json()["balance"] == "20000.00"
        assert await booked(committed, "drawdown") == 2
        claims = (await office.get("/v1/incentive/claims")).json()["items"]
        assert sorted(each["amount"] for each in claims) == ["20000.00", "20000.00", "30000.00", "30000.00"]


@pytest.mark.req("INC-15")
async def test_of_awards_of_several_funds_approved_at_once_the_budget_takes_those_that_it_can(
    committed: Quarter,
) -> None:
    async with asking_org(committed):
        funds = [await funded(committed, "50000.00", f"AF-{n}") for n in range(4)]
        made = [await nominated(committed, fund, f"SA-{n}") for n, fund in enumerate(funds)]
        unit = str(committed.company.group.id)
        body = {"unit_id": unit, "year": 2026, "amount": "120000.00", "reason": "年度预算"}
        budget = (await post(committed, committed.payer, "budgets", body)).json()
        path = f"budget_versions/{budget['proposed_version_id']}/release"
        assert (await post(committed, committed.approver, path, seen=1)).status_code == 200
        approver, paths = who(committed, "E010"), [f"awards/{each['id']}/approve" for each in made]
        answers = await asyncio.gather(*(post(committed, approver, path, seen=1) for path in paths))
        given = Counter((answer.status_code, answer.json()["code"]) for answer in answers)
        assert given[409, "budget_exceeded"] == 2
        office = committed.clients(committed.payer)
        now = (await office.get(f"/v1/incentive/budgets/{budget['id']}")).json()
        assert (now["planned"], now["committed"], now["left"]) == ("100000.00", "100000.00", "20000.00")
