"""Every read that shows what somebody is paid, as every role: who finds the amount in the answer (INC-01)."""

from uuid import uuid4

import pytest

from services.kit.identity import Caller, Role
from tests.builders.incentive_awards import asking_org, freely, funded, nominated
from tests.builders.incentive_claims import claimed
from tests.builders.incentive_quarter import Quarter
from tests.identities import client_system, person

BASE = "/v1/incentive"
PAY, BONUS, AWARD = "18123.00", "54369.00", "25017.00"
NOMINATED, PART = "50011.00", "30006.60"
OFFICE = {"compensation", "finance"}
BOOKS = OFFICE | {"auditor"}

READS = {
    "pay_profiles": (PAY, OFFICE),
    "pay_profiles/{profile}": (PAY, OFFICE | {"the person"}),
    "my/pay_profiles": (PAY, {"the person"}),
    "pay_changes/{change}/lines": (PAY, OFFICE),
    "runs/{run}/lines": (BONUS, OFFICE),
    "runs/{run}/lines/{line}": (BONUS, OFFICE),
    "runs/{run}/payroll.csv": (BONUS, OFFICE),
    "statements": (BONUS, OFFICE),
    "statements/{statement}": (BONUS, OFFICE | {"the person"}),
    "my/statements": (BONUS, {"the person"}),
    "claims": (AWARD, OFFICE),
    "claims/{claim}": (AWARD, OFFICE | {"the person"}),
    "my/claims": (AWARD, {"the person"}),
    "awards": (NOMINATED, OFFICE | {"the person", "a colleague"}),
    "awards/{award}": (PART, OFFICE | {"the person"}),
    "journal/entries": (BONUS, BOOKS),
    "journal/balances": (BONUS, BOOKS),
    "plans": (BONUS, set()),
    "runs": (BONUS, set()),
    "runs/{run}/exclusions": (BONUS, set()),
    "runs/{run}/transitions": (BONUS, set()),
    "audit_entries": (PAY, set()),
}
"""Path, the amount that it shows of the first employee, and who finds it there."""


def callers(quarter: Quarter) -> dict[str, Caller]:
    """Everybody who might ask: each role over everything, over another unit, the person, a colleague, a client."""
    one, two = quarter.company.people[0], quarter.company.people[1]
    roles = [role for role in Role if role not in {Role.EMPLOYEE, Role.MANAGER, Role.SERVICE}]
    scopes = ("snapshot", "directory", "results", "measurements")
    return {
        **{role.value: person(role, employee_id=uuid4()) for role in roles},
        **{f"{role.value} of another unit": person(role, over=two.unit.id) for role in roles},
        "the person": person(employee_id=one.id),
        "a colleague": person(employee_id=two.id),
        "a client system": client_system(*scopes),
    }


@pytest.mark.req("INC-01", "PLT-03")
async def award_of_both(quarter: Quarter) -> str:
    """The id of an award of the first two, nominated by the third: the first gets ``PART``."""
    async with asking_org(quarter):
        return str((await nominated(quarter, await funded(quarter, "99999.00"), **freely(NOMINATED)))["id"])


async def test_what_somebody_is_paid_is_found_by_whom_the_table_names_and_by_nobody_else(quarter: Quarter) -> None:
    quarter.company.change("E001", pay=((PAY, "2026-01-01"),))
    await quarter.begin()
    await quarter.reach("posted")
    assert (await quarter.lines())["E001"]["amount"] == BONUS
    await claimed(quarter, "E001", AWARD)
    award = await award_of_both(quarter)
    office = quarter.clients(Role.COMPENSATION)
    number = quarter.company.people[0].number
    profiles = (await office.get(f"{BASE}/pay_profiles")).json()["items"]
    statements = (await office.get(f"{BASE}/statements")).json()["items"]
    ids = {
        "run": quarter.run_id,
        "line": (await quarter.lines())[number]["id"],
        "profile": next(one["id"] for one in profiles if one["employee_number"] == number),
        "change": (await office.get(f"{BASE}/pay_changes")).json()["items"][0]["id"],
        "claim": (await office.get(f"{BASE}/claims")).json()["items"][0]["id"],
        "award": award,
        "statement": next(one["id"] for one in statements if one["employee_number"] == number),
    }
    found: dict[str, set[str]] = {path: set() for path in READS}
    for name, caller in callers(quarter).items():
        client = quarter.clients(caller)
        for path, (amount, _) in READS.items():
            answer = await client.get(f"{BASE}/{path.format(**ids)}")
            assert answer.status_code in {200, 403, 404}, (name, path, answer.text)
            if amount in answer.text:
                found[path].add(name)
    assert found == {path: who for path, (_, who) in READS.items()}
