"""Cycles are changed where nothing is lost by it, and copied; a scheme with a typo is replaced for its day."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from services.kit.identity import Role
from tests.builders.appraisal import BASE, Person, Quarter, scheme
from tests.builders.appraisal_bodies import section


async def edited(
    quarter: Quarter, body: dict[str, Any], who: Person | None = None, seen: str | None = None
) -> httpx2.Response:
    """PATCH the cycle as somebody, by default HR, of the revision that they saw."""
    path = f"cycles/{quarter.cycle_id}"
    headers = {"If-Match": seen or await quarter.revision(path)}
    return await quarter.api((who or quarter.company.hr).caller).patch(f"{BASE}/{path}", json=body, headers=headers)


def code_of(answer: httpx2.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, answer.json().get("code", "")


@pytest.mark.req("APR-04")
async def test_a_draft_is_changed_in_everything_and_a_running_cycle_where_nothing_is_lost(quarter: Quarter) -> None:
    company, hr = quarter.company, quarter.company.hr
    await quarter.library()
    await quarter.schemes()
    for code in ("TAKEN", "2025-Q4"):
        body = {"code": code, "name": "草稿", "period": "2025-Q4"}
        quarter.cycle_id = (await quarter.done(hr, "cycles", body))["id"]
    whole = {
        "code": "2026-Q1", "name": "一季度", "period": "2026-Q1", "unit_id": str(company.sales.id),
        "policy": {"minimum_days": 10, "public_notice_days": 7},
    }  # fmt: skip
    seen = await quarter.revision(f"cycles/{quarter.cycle_id}")
    done = (await edited(quarter, whole)).json()
    assert {key: done[key] for key in ("code", "name", "valid_from", "valid_to", "unit_id")} == {
        "code": "2026-Q1", "name": "一季度", "valid_from": "2026-01-01", "valid_to": "2026-03-31",
        "unit_id": str(company.sales.id),
    }  # fmt: skip
    assert (done["policy"]["minimum_days"], done["policy"]["leavers"]) == (10, "exclude")
    assert (await edited(quarter, {"unit_id": None})).json()["unit_id"] is None
    over = replace(hr, roles=(Role.HR,), over=company.brand.id)
    refused = [
        (await edited(quarter, {"name": "x"}, seen=seen), (412, "stale")),
        (await edited(quarter, {"code": "TAKEN"}), (409, "code_taken")),
        (await edited(quarter, {"frequency": "month"}), (422, "period_not_of_frequency")),
        (await edited(quarter, {"period": "2026-03"}), (422, "period_not_of_frequency")),
        (await edited(quarter, {"policy": {"public_notice_days": 4}}), (422, "public_notice_too_short")),
        (await edited(quarter, {"name": "x"}, over), (403, "cycle_not_yours")),
        (await edited(quarter, {"name": "x"}, company.head), (403, "role_missing")),
    ]
    assert [code_of(answer) for answer, _ in refused] == [expected for _, expected in refused]

    await quarter.done(hr, f"cycles/{quarter.cycle_id}/open")
    await quarter.jobs()
    fixed = await edited(quarter, {"period": "2026-Q2", "name": "新名", "policy": {"leavers": "include"}})
    assert code_of(fixed) == (409, "cycle_field_fixed")
    assert fixed.json()["title"] == "考核周期目前为“目标设定”，不能再修改：离职人员处理方式、考核期间。"
    assert {error["pointer"] for error in fixed.json()["errors"]} == {"/period", "/leavers"}
    same = {"period": "2026-Q1", "name": "新名", "policy": {"public_notice_days": 6, "quota_minimum": 8}}
    now = (await edited(quarter, same)).json()
    assert (now["name"], now["policy"]["public_notice_days"], now["policy"]["quota_minimum"]) == ("新名", 6, 8)
    assert now["state"] == "goal_setting"


@pytest.mark.req("APR-04")
async def test_the_next_cycle_is_a_copy_of_the_last(quarter: Quarter) -> None:
    hr, sales = quarter.company.hr, str(quarter.company.sales.id)
    body = {"code": "2026-Q1", "name": "一季度", "period": "2026-Q1", "unit_id": sales, "policy": {"minimum_days": 20}}
    earlier = await quarter.done(hr, "cycles", body)
    wanted = {"code": "2026-Q2", "name": "二季度", "period": "2026-Q2", "ratings_due_on": "2026-07-08"}
    path = f"cycles/{earlier['id']}/copy"
    made = await quarter.done(hr, path, wanted)
    assert {key: made[key] for key in ("frequency", "unit_id", "policy", "state", "ratings_due_on", "valid_from")} == {
        "frequency": "quarter", "unit_id": sales, "policy": earlier["policy"], "state": "draft",
        "ratings_due_on": "2026-07-08", "valid_from": "2026-04-01",
    }  # fmt: skip
    assert code_of(await quarter.post(hr, path, wanted)) == (409, "code_taken")
    assert code_of(await quarter.post(hr, path, {**wanted, "code": "X", "period": "2026"}))[0] == 422
    over = replace(hr, roles=(Role.HR,), over=quarter.company.brand.id)
    assert code_of(await quarter.post(over, path, {**wanted, "code": "X"})) == (403, "cycle_not_yours")


def mended(first: str = "60", *positions: str) -> dict[str, Any]:
    """The scheme of representatives with other weights, as what takes a version's place."""
    work = section("work", "100", ("S01", first), ("S03", str(100 - int(first))))
    body = scheme("QE-REP", *(positions or ("REP",)), sections=[work])
    return {key: value for key, value in body.items() if key not in {"code", "valid_from"}}


@pytest.mark.req("APR-02")
async def test_a_version_that_no_cycle_uses_is_replaced_for_its_day_and_stays_readable(quarter: Quarter) -> None:
    company, hr = quarter.company, quarter.company.hr
    await quarter.library()
    await quarter.schemes()
    [old] = await quarter.all(hr, "schemes", code="QE-REP")
    over = replace(hr, roles=(Role.HR,), over=company.sales.id)
    path = f"schemes/{old['id']}/replace"
    for who in (over, company.head, company["E101"]):
        assert (await quarter.post(who, path, mended())).status_code == 403
    covered = await quarter.post(hr, path, mended("60", "REP", "BRAND"))
    assert code_of(covered) == (409, "subject_covered")
    assert (await quarter.post(hr, path, mended("60") | {"sections": []})).status_code == 422
    made = await quarter.done(hr, path, mended("70"))
    assert (made["version"], made["valid_from"], made["positions"]) == (2, "2026-01-01", ["REP"])
    versions = await quarter.all(hr, "schemes", code="QE-REP")
    assert [(each["version"], each["superseded_at"] is None) for each in versions] == [(1, False), (2, True)]
    assert [each["version"] for each in await quarter.all(hr, "schemes", code="QE-REP", as_of="2026-02-01")] == [2]
    assert {**versions[0], "superseded_at": None, "review_due_on": old["review_due_on"]} == old
    assert code_of(await quarter.post(hr, path, mended("80"))) == (409, "not_newest_version")
    assert code_of(await quarter.post(hr, "schemes", scheme("QE-REP"))) == (409, "not_later_version")

    await quarter.opened()
    second = f"schemes/{made['id']}/replace"
    used = await quarter.post(hr, second, mended("80"))
    assert code_of(used) == (409, "scheme_in_use")
    assert "2026-Q1" in used.text
    form = await quarter.read(hr, f"forms/{(await quarter.forms())['E101']['id']}")
    assert (form["scheme_id"], form["scheme_version"]) == (made["id"], 2)
    await quarter.done(hr, f"cycles/{quarter.cycle_id}/cancel", {"reason": "方案有误"})
    assert (await quarter.done(hr, second, mended("80")))["version"] == 3


@pytest.mark.req("APR-02")
async def test_a_version_of_the_wrong_day_is_moved_to_an_earlier_one_and_the_version_before_makes_room(
    quarter: Quarter,
) -> None:
    hr = quarter.company.hr
    await quarter.library()
    await quarter.schemes(scheme("QE-REP", "REP"), scheme("QE-REP", "REP", valid_from="2026-07-01"))
    late = (await quarter.all(hr, "schemes", code="QE-REP"))[1]
    path = f"schemes/{late['id']}/replace"
    assert code_of(await quarter.post(hr, path, mended() | {"valid_from": "2026-08-01"})) == (409, "not_earlier_day")
    assert code_of(await quarter.post(hr, path, mended() | {"valid_from": "2026-01-01"})) == (409, "not_later_version")
    assert (await quarter.all(hr, "schemes", code="QE-REP"))[1] == late
    moved = await quarter.done(hr, path, mended() | {"valid_from": "2026-04-01"})
    assert (moved["version"], moved["valid_from"], moved["valid_to"]) == (3, "2026-04-01", None)
    versions = await quarter.all(hr, "schemes", code="QE-REP")
    assert [(each["valid_from"], each["valid_to"]) for each in versions if each["superseded_at"] is None] == [
        ("2026-01-01", "2026-03-31"),
        ("2026-04-01", None),
    ]
    for day, version in (("2026-03-31", 1), ("2026-04-01", 3)):
        covered = await quarter.all(hr, "schemes", code="QE-REP", as_of=day)
        assert [each["version"] for each in covered if each["superseded_at"] is None] == [version]


@pytest.mark.req("APR-02", "APR-04")
async def test_of_two_who_replace_a_version_and_a_cycle_that_opens_no_form_goes_by_what_was_replaced(
    live: Quarter,
) -> None:
    hr = live.company.hr
    await live.library()
    await live.schemes()
    [old] = await live.all(hr, "schemes", code="QE-REP")
    body = {"code": "2026-Q1", "name": "一季度", "period": "2026-Q1"}
    live.cycle_id = (await live.done(hr, "cycles", body))["id"]
    await live.done(hr, f"cycles/{live.cycle_id}/open")
    path = f"schemes/{old['id']}/replace"
    *answers, _ = await asyncio.gather(*(live.post(hr, path, mended(share)) for share in ("70", "80")), live.jobs())
    codes = sorted(code_of(answer) for answer in answers)
    assert codes[-1][0] == 409
    assert {code for status, code in codes if status == 409} <= {"scheme_in_use", "not_newest_version"}
    async with live.sessions.read() as session:
        wrong = text(
            "SELECT count(*) FROM form JOIN scheme ON scheme.id = form.scheme_id WHERE scheme.superseded_at IS NOT NULL"
        )
        assert (await session.execute(wrong)).scalar() == 0
