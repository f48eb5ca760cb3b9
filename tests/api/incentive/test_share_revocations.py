"""Grants of virtual shares that are revoked, before and after dividends are posted (INC-07)."""

from uuid import uuid4

import pytest

from services.kit.identity import Caller, Role
from tests.api.incentive.test_awards import tasks
from tests.api.incentive.test_differences import balance, get
from tests.api.incentive.test_shares import chief, dividend, grant, granted, parts, quarter, revoked
from tests.builders.incentive_awards import INCENTIVE, post, who
from tests.builders.incentive_claims import run_of_claims
from tests.builders.incentive_quarter import Quarter
from tests.identities import person

__all__ = ["chief", "quarter"]
pytestmark = pytest.mark.req("INC-07")


async def test_a_grant_is_revoked_by_two_people_who_saw_it_and_are_not_concerned(
    quarter: Quarter, chief: Caller
) -> None:
    waits = (await post(quarter, quarter.clerk, "share_grants", grant("E002", 400))).json()
    given = await granted(quarter, chief, "E001", 800)
    path, body = f"share_grants/{given['id']}/revocations", {"revoked_on": "2027-03-01", "reason": "数据更正"}
    holder = person(Role.COMPENSATION, Role.EXECUTIVE, employee_id=who(quarter, "E001").employee_id)
    refused = {
        name: (await post(quarter, caller, place, body | changed, seen=seen)).json()["code"]
        for name, caller, place, changed, seen in (
            ("the holder", holder, path, {}, 2),
            ("finance", quarter.payer, path, {}, 2),
            ("stale", quarter.clerk, path, {}, 1),
            ("not released", quarter.clerk, f"share_grants/{waits['id']}/revocations", {}, 1),
            ("before the grant", quarter.clerk, path, {"revoked_on": "2026-02-28"}, 2),
            ("ahead", quarter.clerk, path, {"revoked_on": "2028-01-21"}, 2),
            ("unknown", quarter.clerk, f"share_grants/{uuid4()}/revocations", {}, 2),
        )
    }
    assert refused == {
        "the holder": "own_share_grant",
        "finance": "role_missing",
        "stale": "stale",
        "not released": "share_grant_not_revocable",
        "before the grant": "share_revocation_unsound",
        "ahead": "share_revocation_unsound",
        "unknown": "share_grant_unknown",
    }
    made = (await post(quarter, quarter.clerk, path, body, seen=2)).json()
    twice = await post(quarter, quarter.clerk, path, body, seen=2)
    assert (twice.status_code, twice.json()["code"]) == (409, "share_revocation_proposed")
    asked = ["share_revocation.release" in await tasks(quarter, each) for each in (chief, quarter.reviewer, holder)]
    assert asked == [True, True, False]
    readers = [quarter.clients(each) for each in (who(quarter, "E001"), who(quarter, "E002"), quarter.payer)]
    place, release = f"{INCENTIVE}/share_revocations/{made['id']}", f"share_revocations/{made['id']}/release"
    assert [(await each.get(place)).status_code for each in readers] == [404, 404, 200]
    assert (await post(quarter, quarter.clerk, release, seen=1)).json()["code"] == "second_person_needed"
    assert (await post(quarter, holder, release, seen=1)).json()["code"] == "own_share_grant"
    assert (await post(quarter, chief, release, seen=2)).json()["code"] == "stale"
    back = await post(quarter, chief, f"share_revocations/{made['id']}/refuse", {"reason": "数据无误"}, seen=1)
    assert (back.json()["state"], (await get(quarter, f"/share_grants/{given['id']}"))["forfeited"]) == ("refused", 0)
    gone = await revoked(quarter, chief, given, "2027-03-01")
    assert (gone["vested"], gone["forfeited"], gone["revoked_on"]) == (200, 600, "2027-03-01")
    assert [each["vests_on"] for each in gone["vesting"]] == ["2027-03-01"]
    (counts,) = (await get(quarter, "/share_revocations", grant_id=given["id"], state="released"))["items"]
    assert (counts["employee_number"], counts["decided_by_name"]) == ("E001", "董事长")
    place = f"{INCENTIVE}/share_revocations/{counts['id']}"
    assert [(await each.get(place)).status_code for each in readers] == [200, 404, 200]
    (shown,) = (await readers[0].get("/v1/incentive/my/share_grants")).json()["items"]
    told = [shown[name] for name in ("forfeited", "revocation", "revoked_by_name", "revoked_at")]
    assert told == [600, "目标数据经审计更正", "董事长", counts["decided_at"]]
    again = await post(quarter, quarter.clerk, path, body, seen=gone["revision"])
    assert again.json()["code"] == "share_grant_not_revocable"
    anew = await post(quarter, quarter.clerk, "share_grants", grant("E001", 100))
    assert anew.status_code == 201, anew.text  # on the day of the one that was revoked


@pytest.mark.req("INC-12", "INC-13")
async def test_what_was_posted_of_revoked_units_is_booked_back(quarter: Quarter, chief: Caller) -> None:
    one, two = await granted(quarter, chief, "E001", 800), await granted(quarter, chief, "E002", 400)
    found = await dividend(quarter, "1300000.00")
    await run_of_claims(quarter, "VS", "posted", period="2028-01")
    await revoked(quarter, chief, one, "2026-03-01")
    assert "share_dividend.share_out" in await tasks(quarter, quarter.clerk)
    path = f"share_dividends/{found['id']}/share_out"
    again = (await post(quarter, quarter.clerk, path, seen=found["revision"])).json()
    assert await parts(quarter, found) == {"E002": "30000.00"}
    await run_of_claims(quarter, "VS", "posted", period="2028-01")
    booked = {number: line["amount"] for number, line in (await quarter.lines()).items()}
    assert booked == {"E001": "-20000.00", "E002": "20000.00"}
    await revoked(quarter, chief, two, "2026-03-01")
    again = (await post(quarter, quarter.clerk, path, seen=again["revision"])).json()
    assert again["attempt"] == 3, again
    assert await parts(quarter, found) == {}  # nobody holds a vested unit any more
    assert await balance(quarter, "equity", "VS") == "0.00"
    await run_of_claims(quarter, "VS", "posted", period="2028-01")
    assert await balance(quarter, "expense", "VIRTUAL-SHARES") == "0.00"
    assert (await get(quarter, "/journal/trial_balance"))["total"] == "0.00"
    late = await granted(quarter, chief, "E004", 400)
    assert late["vested"] == 100
    assert "share_dividend.share_out" in await tasks(quarter, quarter.clerk)
    await post(quarter, quarter.clerk, path, seen=again["revision"])
    assert await parts(quarter, found) == {"E004": "30000.00"}
    entries = (await get(quarter, "/journal/entries", source_id=found["id"]))["items"]
    kinds = [each["kind"] for each in entries]
    assert (kinds.count("declaration"), kinds.count("distribution"), kinds.count("reversal")) == (2, 2, 2)
    assert await balance(quarter, "equity", "VS") == "0.00"
