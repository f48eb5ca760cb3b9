"""Who has a part in an award: who sees it, and who refuses it (INC-04)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import pytest

from services.kit.identity import Role
from tests.api.incentive.test_awards import tasks
from tests.api.incentive.test_differences import get
from tests.builders.incentive_awards import INCENTIVE, asking_org, funded, nominated, post, who
from tests.builders.incentive_quarter import Quarter
from tests.identities import person

pytestmark = pytest.mark.req("INC-04")


@pytest.fixture
async def quarter(quarter: Quarter) -> AsyncIterator[Quarter]:
    """The quarter with people up the line whom org lets approve."""
    async with asking_org(quarter):
        yield quarter


async def test_a_nomination_is_refused_by_who_could_approve_or_taken_back(quarter: Quarter) -> None:
    fund = await funded(quarter, "500000.00")
    no = {"reason": "依据不足"}
    head = [{"employee_number": "E010", "share": "50"}, {"employee_number": "E001", "share": "50"}]
    one, two = await nominated(quarter, fund, "SA-1", members=head), await nominated(quarter, fund, "SA-2")
    onlooker = replace(who(quarter, "E004"), role_assignments=quarter.payer.role_assignments)
    for caller, code in (
        (who(quarter, "E010"), "nominee_decides"),
        (onlooker, "authority_insufficient"),
    ):
        answer = await post(quarter, caller, f"awards/{one['id']}/refuse", no, seen=1)
        assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert (await post(quarter, who(quarter, "E004"), f"awards/{one['id']}/refuse", no, seen=1)).status_code == 404
    assert (await post(quarter, who(quarter, "E011"), f"awards/{one['id']}/refuse", no, seen=1)).json()[
        "state"
    ] == "refused"
    assert (await post(quarter, who(quarter, "E003"), f"awards/{two['id']}/refuse", no, seen=1)).json()[
        "state"
    ] == "refused"
    assert await tasks(quarter, who(quarter, "E010")) == []
    assert (await get(quarter, "/claims"))["items"] == []


async def test_everyone_sees_the_funds_and_rules_that_a_nomination_can_name_without_amounts(quarter: Quarter) -> None:
    fund = await funded(quarter, "500000.00")
    employee = quarter.clients(who(quarter, "E003"))
    answer = await employee.get(f"{INCENTIVE}/award_choices", params={"achieved_on": "2026-03-20"})
    assert answer.status_code == 200, answer.text
    choices = answer.json()
    assert [(each["fund_id"], each["fund_code"], each["is_open"]) for each in choices["funds"]] == [
        (fund, "AF-2026", True)
    ]
    assert [(each["plan_code"], each["rule"], each["rule_name"]) for each in choices["rules"]] == [
        ("SA", "NEW-MARKET", "开拓新市场"),
        ("SA", "LOWER-CAC", "降低获客成本的创新"),
    ]
    assert "balance" not in answer.text
    assert "amount" not in answer.text
    before = await employee.get(f"{INCENTIVE}/award_choices", params={"achieved_on": "2025-03-20"})
    assert (before.json()["funds"], before.json()["rules"]) == ([], [])


@pytest.mark.req("INC-01", "PLT-03")
async def test_a_nominee_sees_the_own_share_and_strangers_no_award(quarter: Quarter) -> None:
    fund = await funded(quarter, "500000.00")
    made = await nominated(quarter, fund)
    refused = await nominated(quarter, fund, "SA-2")  # whose next approver is nobody
    no = {"reason": "撤回"}
    assert (await post(quarter, who(quarter, "E003"), f"awards/{refused['id']}/refuse", no, seen=1)).status_code == 200
    unlinked = quarter.clients(person(Role.HR))
    assert (await unlinked.get(f"{INCENTIVE}/awards/{refused['id']}")).status_code == 404
    seen = {}
    for name, caller in {
        "nominator": who(quarter, "E003"),
        "nominee": who(quarter, "E001"),
        "approver": who(quarter, "E010"),
        "stranger": who(quarter, "E004"),
        "nobody of whom org spoke": person(Role.HR),
        "finance": quarter.payer,
        "finance elsewhere": person(Role.FINANCE, over=uuid4()),
        "executive": person(Role.EXECUTIVE),
        "administrator": person(Role.ADMINISTRATOR),
    }.items():
        listed = (await quarter.clients(caller).get(f"{INCENTIVE}/awards")).json()["items"]
        read = await quarter.clients(caller).get(f"{INCENTIVE}/awards/{made['id']}")
        assert (read.status_code == 200) == bool(listed), name
        seen[name] = [each["employee_number"] for each in listed[0]["members"]] if listed else None
    both = ["E001", "E002"]
    assert seen == {
        "nominator": both,
        "nominee": ["E001"],
        "approver": both,
        "stranger": None,
        "nobody of whom org spoke": None,
        "finance": both,
        "finance elsewhere": None,
        "executive": None,
        "administrator": None,
    }
