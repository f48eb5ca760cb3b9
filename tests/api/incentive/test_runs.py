"""Runs and their sign_offs at the API: states, different people, roles, once each (INC-03, INC-10)."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from services.kit.access.revocations import revoke
from services.kit.identity import Caller, Role
from tests.builders.incentive import PLAN
from tests.builders.incentive_quarter import CANCELLING, Quarter
from tests.identities import person

pytestmark = pytest.mark.req("INC-10")


@pytest.mark.req("INC-03")
async def test_a_run_goes_from_draft_to_paid_and_pays_the_worked_examples(quarter: Quarter) -> None:
    run = await quarter.reach("paid")
    lines = await quarter.lines()
    assert {number: line["amount"] for number, line in lines.items()} == {
        "E001": "54000.00",
        "E002": "55200.00",
        "E003": "28320.00",
        "E004": "0.00",
    }
    assert run["calculation"]["totals"] == [{"currency": "CNY", "amount": "137520.00"}]
    moves = await quarter.clients(quarter.clerk).get(f"/v1/incentive/runs/{quarter.run_id}/transitions")
    assert [move["action"] for move in moves.json()] == ["calculate", "finish", "review", "approve", "post", "pay"]


async def test_calculating_reviewing_and_approving_take_different_people(quarter: Quarter) -> None:
    quarter.clerk = person(Role.COMPENSATION, Role.FINANCE)
    quarter.reviewer = person(Role.COMPENSATION, Role.FINANCE)
    await quarter.reach("calculated")
    refused = await quarter.act(quarter.clerk, "review")
    assert (refused.status_code, refused.json()["code"]) == (403, "same_person")
    await quarter.reach("reviewed")
    for already in (quarter.clerk, quarter.reviewer):
        refused = await quarter.act(already, "approve")
        assert (refused.status_code, refused.json()["code"]) == (403, "same_person")
    assert (await quarter.read())["state"] == "reviewed"


async def test_a_person_with_two_accounts_is_still_one_person(quarter: Quarter) -> None:
    employee_id = uuid4()
    quarter.clerk = person(Role.COMPENSATION, employee_id=employee_id)
    await quarter.reach("calculated")
    refused = await quarter.act(person(Role.COMPENSATION, employee_id=employee_id), "review")
    assert refused.json()["code"] == "same_person"


async def test_nobody_approves_a_line_that_pays_themselves(quarter: Quarter) -> None:
    own = quarter.company.people[0]
    quarter.approver = person(Role.FINANCE, employee_id=own.id)
    await quarter.reach("reviewed")
    first = await quarter.act(quarter.approver, "approve")
    assert first.status_code == 200
    assert (first.json()["state"], first.json()["awaiting_other_approver_id"]) == ("reviewed", str(own.id))
    again = await quarter.act(quarter.approver, "approve")
    assert again.json()["code"] == "same_person"
    second = await quarter.act(person(Role.EXECUTIVE), "approve")
    assert (second.json()["state"], second.json()["awaiting_other_approver_id"]) == ("approved", None)


async def test_an_approver_whose_own_line_pays_nothing_need_not_wait(quarter: Quarter) -> None:
    leaver = quarter.company.people[3]
    quarter.approver = person(Role.FINANCE, employee_id=leaver.id)
    assert (await quarter.reach("approved"))["awaiting_other_approver_id"] is None


async def test_a_run_may_be_recalculated_until_it_is_approved(quarter: Quarter) -> None:
    await quarter.reach("reviewed")
    quarter.company.change("E001", grade="A")
    assert (await quarter.act(quarter.clerk, "calculate")).status_code == 202
    await quarter.work()
    assert (await quarter.lines())["E001"]["amount"] == "43200.00"
    await quarter.reach("approved")
    refused = await quarter.act(quarter.clerk, "calculate")
    assert (refused.status_code, refused.json()["code"]) == (409, "transition_not_possible")


async def test_after_a_recalculation_the_steps_are_free_for_everybody_again(quarter: Quarter) -> None:
    await quarter.reach("reviewed")
    assert (await quarter.act(quarter.reviewer, "calculate")).status_code == 202
    await quarter.work()
    assert (await quarter.act(quarter.clerk, "review")).status_code == 200


async def test_a_kind_of_bonus_has_one_live_run_for_a_period_whatever_its_plan_is_called(quarter: Quarter) -> None:
    await quarter.begin()
    body = {"plan_code": "QB", "period": "2026-Q1", "cycle_id": str(uuid4())}
    clerk = quarter.clients(quarter.clerk)
    await quarter.enter_plan({**PLAN, "code": "QB-AGAIN"})
    for code in ("QB", "QB-AGAIN"):
        refused = await clerk.post("/v1/incentive/runs", json={**body, "plan_code": code})
        assert (refused.status_code, refused.json()["code"]) == (409, "run_exists")
    path, seen = f"/v1/incentive/runs/{quarter.run_id}", {"If-Match": str((await quarter.read())["revision"])}
    for silent in ({}, {"reason": " "}):
        assert (await clerk.post(f"{path}/cancel", json=silent, headers=seen)).status_code == 422
    cancelled = (await quarter.act(quarter.clerk, "cancel")).json()
    assert (cancelled["state"], cancelled["cancelled_by_name"]) == ("cancelled", quarter.clerk.name)
    assert (cancelled["cancellation_reason"], cancelled["cancelled_at"] is None) == (CANCELLING["reason"], False)
    assert (await clerk.get(f"{path}/transitions")).json()[-1]["note"] == CANCELLING["reason"]
    assert (await clerk.post("/v1/incentive/runs", json=body)).status_code == 201
    listed = await clerk.get("/v1/incentive/runs", params={"plan_code": "QB"})
    assert [run["state"] for run in listed.json()["items"]] == ["cancelled", "draft"]


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"plan_code": "NONE"}, 404, "plan_unknown"),
        ({"period": "2026"}, 422, "period_unsuitable"),
        ({"period": "2026-13"}, 422, "period_malformed"),
        ({"period": "soon"}, 422, "invalid"),
        ({"cycle_id": "7"}, 422, "invalid"),
        ({"extra": 1}, 422, "invalid"),
    ],
)
async def test_a_run_of_nonsense_is_refused(
    quarter: Quarter, changed: dict[str, object], status: int, code: str
) -> None:
    clerk = quarter.clients(quarter.clerk)
    await quarter.enter_plan(PLAN)
    body = {"plan_code": "QB", "period": "2026-Q1", "cycle_id": str(uuid4()), **changed}
    refused = await clerk.post("/v1/incentive/runs", json=body)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert (await clerk.get("/v1/incentive/runs")).json()["items"] == []


async def test_posting_needs_a_key_and_the_same_key_posts_once(quarter: Quarter) -> None:
    await quarter.reach("approved")
    run, path = await quarter.read(), f"/v1/incentive/runs/{quarter.run_id}/post"
    body, seen = {"calculation_hash": run["calculation"]["content_hash"]}, {"If-Match": str(run["revision"])}
    missing = await quarter.clients(quarter.payer).post(path, json=body, headers=seen)
    assert (missing.status_code, missing.json()["code"]) == (400, "idempotency_key_missing")
    first = await quarter.act(quarter.payer, "post", seen=run, key="k")
    second = await quarter.act(quarter.payer, "post", seen=run, key="k")
    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    assert second.headers["idempotency-replayed"] == "true"
    other = await quarter.act(quarter.payer, "post", seen=run, key="another")
    assert (other.status_code, other.json()["code"]) == (409, "transition_not_possible")


APPROVALS = {
    "review": ("calculated", "reviewer"),
    "approve": ("reviewed", "approver"),
    "post": ("approved", "payer"),
    "pay": ("posted", "payer"),
}


@pytest.mark.parametrize("action", ["review", "approve"])
async def test_a_click_on_a_calculation_that_was_replaced_changes_nothing(quarter: Quarter, action: str) -> None:
    state, who = APPROVALS[action]
    seen = await quarter.reach(state)
    assert seen["calculation"]["totals"][0]["amount"] == "137520.00"
    quarter.company.change("E002", pay=(("36000.00", "2026-01-01"),))
    await quarter.enter_pay()
    await quarter.act(quarter.clerk, "calculate")
    await quarter.work()
    present = await quarter.reach(state)
    assert present["calculation"]["totals"] != seen["calculation"]["totals"]
    for stale in (seen, {**present, "calculation": seen["calculation"]}):
        refused = await quarter.act(getattr(quarter, who), action, seen=stale)
        assert (refused.status_code, refused.json()["code"]) == (409, "approval_stale")
        assert await quarter.read() == present
    assert (await quarter.act(getattr(quarter, who), action, seen=present)).status_code == 200


@pytest.mark.parametrize("action", list(APPROVALS))
async def test_each_approval_names_the_calculation_and_the_revision_that_were_seen(
    quarter: Quarter, action: str
) -> None:
    state, who = APPROVALS[action]
    run = await quarter.reach(state)
    other = {**run, "calculation": {"content_hash": "f" * 64}}
    for seen, status, code in ((other, 409, "approval_stale"), ({**run, "revision": 1}, 412, "stale")):
        refused = await quarter.act(getattr(quarter, who), action, seen=seen)
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    path, key = f"/v1/incentive/runs/{quarter.run_id}/{action}", {"Idempotency-Key": uuid4().hex}
    body = {"calculation_hash": run["calculation"]["content_hash"]}
    client = quarter.clients(getattr(quarter, who))
    unconditional = await client.post(path, json=body, headers=key)
    assert (unconditional.status_code, unconditional.json()["code"]) == (428, "precondition_required")
    nameless = await client.post(path, json={}, headers={**key, "If-Match": str(run["revision"])})
    assert (nameless.status_code, nameless.json()["code"]) == (422, "invalid")
    assert await quarter.read() == run


@pytest.mark.parametrize("action", ["calculate", "cancel"])
async def test_a_run_that_changed_since_it_was_read_is_neither_recalculated_nor_cancelled(
    quarter: Quarter, action: str
) -> None:
    await quarter.begin()
    draft = await quarter.read()
    run = await quarter.reach("reviewed")
    refused = await quarter.act(quarter.clerk, action, seen=draft)
    assert (refused.status_code, refused.json()["code"]) == (412, "stale")
    assert await quarter.read() == run


@pytest.mark.parametrize("action", ["review", "approve", "post", "pay"])
async def test_a_draft_cannot_jump(quarter: Quarter, action: str) -> None:
    await quarter.begin()
    refused = await quarter.act(quarter.approver, action)
    assert (refused.status_code, refused.json()["code"]) == (409, "transition_not_possible")


@pytest.mark.req("PLT-03")
@pytest.mark.parametrize("role", [Role.HR, Role.ADMINISTRATOR, Role.TALENT, Role.EMPLOYEE, Role.MANAGER])
async def test_runs_are_not_there_for_roles_that_have_no_business_with_pay(quarter: Quarter, role: Role) -> None:
    await quarter.reach("calculated")
    client = quarter.clients(role)
    for path in ("", "/lines", "/exclusions", "/replay", "/payroll.csv"):
        assert (await client.get(f"/v1/incentive/runs/{quarter.run_id}{path}")).status_code == 403
    for action in ("calculate", "review", "approve", "post", "pay", "cancel"):
        assert (await quarter.act(person(role), action)).status_code == 403


@pytest.mark.req("PLT-03")
async def test_an_auditor_sees_the_run_but_no_line_and_moves_nothing(quarter: Quarter) -> None:
    await quarter.reach("calculated")
    auditor = quarter.clients(Role.AUDITOR)
    assert (await auditor.get(f"/v1/incentive/runs/{quarter.run_id}")).status_code == 200
    assert (await auditor.get(f"/v1/incentive/runs/{quarter.run_id}/lines")).status_code == 403
    assert (await quarter.act(person(Role.AUDITOR), "approve")).status_code == 403


@pytest.mark.req("PLT-03")
async def test_a_role_over_some_units_sees_their_lines_and_moves_no_run(quarter: Quarter) -> None:
    await quarter.reach("calculated")
    brand = quarter.company.people[1].unit
    scoped = person(Role.FINANCE, Role.COMPENSATION, over=brand.id)
    answer = await quarter.clients(scoped).get(f"/v1/incentive/runs/{quarter.run_id}/lines")
    assert [line["employee_number"] for line in answer.json()["items"]] == ["E002", "E003"]
    own = (await quarter.lines())["E001"]["id"]
    hidden = await quarter.clients(scoped).get(f"/v1/incentive/runs/{quarter.run_id}/lines/{own}")
    assert hidden.status_code == 404
    refused = await quarter.act(scoped, "review")
    assert (refused.status_code, refused.json()["code"]) == (403, "whole_organisation_only")


@pytest.mark.req("INC-01")
async def test_an_executive_sees_lines_as_an_approver_alone(quarter: Quarter) -> None:
    await quarter.reach("calculated")
    approver, other = person(Role.EXECUTIVE), person(Role.EXECUTIVE)
    local = person(Role.EXECUTIVE, over=quarter.company.people[0].unit.id)

    async def seen_by(who: Caller) -> int:
        answer = await quarter.clients(who).get(f"/v1/incentive/runs/{quarter.run_id}/lines")
        return len(answer.json()["items"])

    assert await seen_by(approver) == 0
    await quarter.reach("reviewed")
    assert await seen_by(approver) == len(await quarter.lines())
    assert await seen_by(local) == 0  # approves nothing
    assert (await quarter.act(approver, "approve")).status_code == 200
    assert await seen_by(approver) == len(await quarter.lines())
    assert await seen_by(other) == 0


@pytest.mark.req("PLT-03")
async def test_an_approver_whose_roles_were_withdrawn_is_refused_at_once(quarter: Quarter) -> None:
    await quarter.reach("reviewed")
    async with quarter.sessions.write() as session:
        await revoke(session, quarter.approver.account_id, datetime.now(UTC) + timedelta(seconds=1))
    refused = await quarter.act(quarter.approver, "approve")
    assert (refused.status_code, refused.json()["code"]) == (401, "revoked")
    await asyncio.sleep(0)
    assert (await quarter.read())["state"] == "reviewed"


async def test_lines_come_in_pages(quarter: Quarter) -> None:
    await quarter.reach("calculated")
    clerk, path = quarter.clients(quarter.clerk), f"/v1/incentive/runs/{quarter.run_id}/lines"
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await clerk.get(path, params={"limit": "1", **cursor})).json()
        seen += [line["employee_number"] for line in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == ["E001", "E002", "E003", "E004"]
    forged = await clerk.get(path, params={"cursor": "AAAA"})
    assert (forged.status_code, forged.json()["code"]) == (400, "cursor_foreign")
