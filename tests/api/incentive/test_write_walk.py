"""Every write of incentive that is about one person, as compensation of another unit and as that person (PLT-03)."""

import json
import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kit.identity import Role
from tests.api.walking import SERVICES, Walk, scoped_writes, shape
from tests.builders.incentive_quarter import Quarter
from tests.clients import Clients
from tests.identities import Issuer, person

pytestmark = pytest.mark.req("PLT-03", "INC-01")
BASE = "/v1/incentive"

NEW = {
    "employee_number": "E001", "fixed_pay": "18000.00", "fixed_share": "6", "variable_share": "4",
    "cost_centre": "CC-1", "valid_from": "2026-05-01",
}  # fmt: skip
WRITES: dict[str, Any] = {
    "POST /pay_changes": NEW,
    "POST /pay_changes/$change/refuse": {"reason": "与调薪审批单不符"},
    "POST /pay_changes/$change/release": None,
    "POST /pay_profiles/$profile/correct": {"fixed_pay": "54000.00"},
    "POST /statements/$statement/answer": {"text": "已核对。"},
    "POST /statements/$statement/confirm": None,
    "POST /statements/$statement/dispute": {"reason": "天数有误"},
}
FILES = {"POST /pay_changes/imports"}
"""Refuses a file with a row outside the caller's units or about the caller: test_pay_files."""
BY_AUTHORITY = {
    "POST /recognitions",
    "POST /recognitions/{recognition_id}/withdraw",
    "POST /awards",
    "POST /awards/{award_id}/approve",
    "POST /awards/{award_id}/refuse",
    "POST /innovation_proposals",
    "POST /referrals",
    "POST /referrals/{referral_id}/withdraw",
}
"""For whoever works here, whom org gives authority, or HR over the person: test_awards, _referrals, _recognitions."""


OF_THE_WHOLE = {
    "GET /award_funds",
    "GET /award_funds/{fund_id}",
    "GET /award_funds/{fund_id}/endowments",
    "GET /budget_commitments",
    "GET /budget_explanations",
    "GET /budget_explanations/{explanation_id}",
    "GET /budget_versions/{version_id}",
    "GET /budgets",
    "GET /budgets/{budget_id}",
    "GET /budgets/{budget_id}/versions",
    "GET /dead_letters",
    "GET /fund_endowments/{endowment_id}",
    "GET /journal/balances",
    "GET /journal/chain",
    "GET /journal/entries",
    "GET /journal/entries/{entry_id}",
    "GET /journal/month_closings",
    "GET /journal/month_closings/{closing_id}",
    "GET /journal/reversals",
    "GET /journal/reversals/{reversal_id}",
    "GET /journal/trial_balance",
    "GET /runs",
    "GET /runs/{run_id}",
    "GET /runs/{run_id}/cost_centres.csv",
    "GET /runs/{run_id}/cost_centres.xlsx",
    "GET /runs/{run_id}/exclusions",
    "GET /runs/{run_id}/payments",
    "GET /runs/{run_id}/payroll.csv",
    "GET /runs/{run_id}/payroll.xlsx",
    "GET /runs/{run_id}/payroll_answer.xlsx",
    "GET /runs/{run_id}/replay",
    "GET /runs/{run_id}/transitions",
    "GET /share_dividends",
    "GET /share_dividends/{dividend_id}",
    "GET /share_dividends/{dividend_id}/parts",
    "GET /share_grants",
    "GET /share_revocations",
    "GET /subscriptions",
    "GET /team_budgets",
    "GET /team_budgets/{budget_id}",
    "GET /team_budgets/{budget_id}/expenses",
    "GET /team_pools",
    "GET /team_pools/{pool_id}",
    "GET /team_pools/{pool_id}/members",
    "POST /dead_letters/{job}/replay",
    "POST /runs/{run_id}/simulations",
    "POST /runs/{run_id}/simulations.svg",
    "POST /runs/{run_id}/simulations.xlsx",
    "POST /subscriptions/{subscription_id}/replay",
}
"""What is read and asked about everybody's money takes a role over the whole organisation."""


async def hidden_from_local_roles(quarter: Quarter, unit_id: UUID, records: dict[str, str]) -> set[str]:
    """The questions that are refused to every role that is held over one unit, for want of the whole."""
    document = json.loads((SERVICES / "incentive" / "openapi.json").read_text(encoding="utf-8"))
    roles = (Role.COMPENSATION, Role.FINANCE, Role.EXECUTIVE, Role.AUDITOR, Role.HR, Role.ADMINISTRATOR)
    everything = quarter.clients(person(*roles, over=unit_id, employee_id=uuid4()))
    hidden = set()
    for path, operations in document["paths"].items():
        where = re.sub(r"\{(\w+)\}", lambda found: records.get(found[1], str(uuid4())), path)
        for method, operation in operations.items():
            asks = method == "get" or re.search(r"replay|simulat", path)
            needed = [
                each for each in operation.get("parameters", ()) if each.get("in") == "query" and each.get("required")
            ]
            if not asks or operation.get("x-permission", {}).get("whole"):
                continue
            params = {each["name"]: "2026-03" for each in needed}
            body = {"json": {}} if method == "post" else {}
            answer = await everything.request(method.upper(), where, params=params, **body)
            if answer.status_code == 403 and answer.json()["code"] == "whole_organisation_only":
                hidden.add(f"{method.upper()} {path.removeprefix(BASE)}")
    return hidden


def test_the_walk_knows_every_operation_that_writes_about_one_person() -> None:
    assert {shape(each) for each in WRITES} == {
        shape(each) for each in scoped_writes("incentive") - FILES - BY_AUTHORITY
    }


async def test_nobody_writes_pay_outside_their_units_or_their_own(
    quarter: Quarter, issuer: Issuer, incentive: Clients, incentive_connection: AsyncConnection
) -> None:
    await quarter.reach("posted")
    one, two = quarter.company.people[0], quarter.company.people[1]
    office = quarter.clients(Role.COMPENSATION)
    profiles = (await office.get(f"{BASE}/pay_profiles")).json()["items"]
    statements = (await office.get(f"{BASE}/statements")).json()["items"]
    change = await office.post(f"{BASE}/pay_changes", json={**NEW, "valid_from": "2026-06-01"})
    records = {
        "change": change.json()["id"],
        "profile": next(each["id"] for each in profiles if each["employee_number"] == one.number),
        "statement": next(each["id"] for each in statements if each["employee_number"] == one.number),
    }
    path = f"{BASE}/statements/{records['statement']}"
    own = quarter.clients(person(employee_id=one.id))
    seen = (await own.get(path)).headers["ETag"]
    disputed = await own.post(f"{path}/dispute", json={"reason": "天数有误"}, headers={"If-Match": seen})
    assert disputed.status_code == 200, disputed.text
    unwatched = Clients(incentive.app, issuer)
    walk = Walk("incentive", unwatched, incentive_connection, records)
    other_unit = next(each.unit.id for each in quarter.company.people if each.unit.id != one.unit.id)
    elsewhere = person(Role.COMPENSATION, over=other_unit, employee_id=two.id)
    found = await walk.open_to(elsewhere, WRITES)
    assert not found, "\n".join(found)
    colleague = person(Role.COMPENSATION, employee_id=uuid4())
    by_the_person = {"POST /statements/$statement/confirm", "POST /statements/$statement/dispute"}
    found = await walk.closed_to(colleague, WRITES, but=by_the_person)
    assert not found, "\n".join(found)
    assert await walk.done_unseen([colleague, person(employee_id=one.id)], WRITES) == set()
    refused = {}
    for operation, body in WRITES.items():
        answer = await walk.send(person(Role.COMPENSATION, employee_id=one.id), operation, body)
        if answer.status_code in {403, 404}:
            refused[operation] = answer.json()["code"]
    await unwatched.close()
    run = (await office.get(f"{BASE}/runs")).json()["items"][0]["id"]
    assert await hidden_from_local_roles(quarter, other_unit, {"run_id": run}) == OF_THE_WHOLE
    assert refused == {
        "POST /pay_changes": "own_pay",
        "POST /pay_changes/$change/refuse": "own_pay",
        "POST /pay_changes/$change/release": "own_pay",
        "POST /pay_profiles/$profile/correct": "own_pay",
        "POST /statements/$statement/answer": "transition_forbidden",
    }
