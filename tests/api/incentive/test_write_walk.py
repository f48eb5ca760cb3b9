"""Every write of incentive that is about one person, as compensation of another unit and as that person (PLT-03)."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kit.identity import Role
from tests.api.filtering import Filters
from tests.api.walking import Walk, scoped_writes, shape
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
"""Refuses a file of which a row lies outside the caller's units, or is their own: test_pay_files."""
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
    refused = {}
    for operation, body in WRITES.items():
        answer = await walk.send(person(Role.COMPENSATION, employee_id=one.id), operation, body)
        if answer.status_code in {403, 404}:
            refused[operation] = answer.json()["code"]
    await unwatched.close()
    filters = Filters("incentive", {})
    reader = quarter.clients(person(Role.COMPENSATION, Role.FINANCE, Role.EXECUTIVE, Role.HR, employee_id=uuid4()))
    assert await filters.loose(reader) == []
    assert len(filters.tried) >= 15, filters.tried
    assert refused == {
        "POST /pay_changes": "own_pay",
        "POST /pay_changes/$change/release": "own_pay",
        "POST /pay_profiles/$profile/correct": "own_pay",
        "POST /statements/$statement/answer": "transition_forbidden",
    }
