"""Every read that shows what somebody is paid, as every role: who finds the amount in the answer (INC-01).

All reads of the service are walked, those of the table and those that must show no pay to anybody; so a route that
shows pay fails until it is entered below with those who may see it.
"""

import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import ZipFile, is_zipfile

import httpx2
import pytest

from services.incentive.plans.api.examples import plan_example
from services.incentive.plans.domain.rules.team_pool import TeamPool
from services.incentive.plans.domain.rules.virtual_shares import VirtualShares
from services.kit.identity import Caller, Role
from tests.api.filtering import Filters
from tests.api.incentive.test_recognitions import TITLE
from tests.api.incentive.test_shares import grant
from tests.builders.incentive_awards import answering_org, asking_org, freely, funded, nominated, post
from tests.builders.incentive_claims import claimed, plan_of_claims
from tests.builders.incentive_quarter import Quarter
from tests.identities import client_system, person

BASE = "/v1/incentive"
OPENAPI = Path(__file__).parents[3] / "services" / "incentive" / "openapi.json"
PAY, BONUS, AWARD, POOL = "18123.00", "54369.00", "25017.00", "50005.00"
NOMINATED, PART = "50011.00", "30006.60"
OFFICE = {"compensation", "finance"}
EVERYBODY = (Role.COMPENSATION, Role.FINANCE, Role.EXECUTIVE, Role.HR, Role.AUDITOR)
BOOKS = OFFICE | {"auditor"}
SIMULATION: dict[str, Any] = {"grades": {"E002": "B"}}

READS = {
    "pay_profiles": (PAY, OFFICE),
    "pay_profiles/{profile_id}": (PAY, OFFICE | {"the person"}),
    "my/pay_profiles": (PAY, {"the person"}),
    "pay_changes/{change_id}/lines": (PAY, OFFICE),
    "runs/{run_id}/changes": (BONUS, OFFICE),
    "runs/{run_id}/lines": (BONUS, OFFICE),
    "runs/{run_id}/lines/{line_id}": (BONUS, OFFICE),
    "runs/{run_id}/totals": (BONUS, OFFICE),
    "runs/{run_id}/payroll.csv": (BONUS, OFFICE),
    "runs/{run_id}/payroll.xlsx": (BONUS, OFFICE),
    "runs/{run_id}/payroll_answer.xlsx": (BONUS, OFFICE),
    "statements": (BONUS, BOOKS),
    "statements/{statement_id}": (BONUS, BOOKS | {"the person"}),
    "statements/{statement_id}/page": (BONUS, BOOKS | {"the person"}),
    "statements/{statement_id}/statement.pdf": (BONUS, BOOKS | {"the person"}),
    "my/statements": (BONUS, {"the person"}),
    "claims": (AWARD, OFFICE),
    "claims/{claim_id}": (AWARD, OFFICE | {"the person"}),
    "my/claims": (AWARD, {"the person"}),
    "awards": (NOMINATED, OFFICE | {"the person", "a colleague"}),
    "awards/{award_id}": (PART, OFFICE | {"the person"}),
    "team_pools": (POOL, OFFICE),
    "team_pools/{pool_id}": (POOL, OFFICE),
    "team_pools/{pool_id}/members": (POOL, OFFICE),
    "journal/entries": (BONUS, BOOKS),
    "journal/entries/{entry_id}": (BONUS, BOOKS),
    "journal/balances": (BONUS, BOOKS),
    "audit_entries": (AWARD, {"auditor"}),
    "audit_entries/all": (AWARD, {"auditor"}),
}
"""Path, the amount that it shows of the first employee, and who finds it there."""
SUMS = {"budget_commitments": OFFICE}
"""Who reads sums by unit, of which one person may be all."""
SIMULATIONS = {f"runs/{{run_id}}/simulations{suffix}": (BONUS, OFFICE) for suffix in ("", ".xlsx", ".svg")}
"""The same of what is asked by POST: sums by unit and grade, of which one person may be all."""


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


def shows(answer: httpx2.Response, amount: str) -> bool:
    """Whether somebody finds the amount in the answer: written plainly, with separators, or as a cell of a workbook.

    A PDF has no text to look into; whoever gets it sees what is in it.
    """
    if answer.status_code != httpx2.codes.OK:
        return False
    if answer.headers["content-type"] == "application/pdf":
        return True
    whole = amount.removesuffix(".00")
    if is_zipfile(BytesIO(answer.content)):
        with ZipFile(BytesIO(answer.content)) as book:
            cells = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
        return re.search(rf"<v>{whole}(\.0+)?</v>|>{re.escape(amount)}<", cells) is not None
    return amount in answer.text or f"{int(whole.split('.')[0]):,}." + amount.rpartition(".")[2] in answer.text


def all_reads() -> list[str]:
    """Every read that the service documents, below its own address."""
    paths = json.loads(OPENAPI.read_text(encoding="utf-8"))["paths"]
    return [path.removeprefix(f"{BASE}/") for path, operations in paths.items() if "get" in operations]


async def pool_of_one(quarter: Quarter) -> str:
    """The id of a team pool that is the first employee's alone."""
    cycle, alone = str(uuid4()), quarter.company.people[0]
    quarter.company.cycles[cycle] = {
        "code": "Y",
        "state": "closed",
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
    }
    plan = await plan_of_claims(quarter, TeamPool)
    body = {"unit_id": str(alone.unit.id), "year": 2026, "plan_code": plan, "cycle_id": cycle}
    figures = {"attainment": "126.40", "profit": "1000100.00"}
    proposed = await post(quarter, quarter.payer, "team_pools", body | figures)
    assert proposed.status_code == 201, proposed.text
    path = f"team_pools/{proposed.json()['id']}"
    await quarter.work()
    assert (await post(quarter, quarter.approver, f"{path}/release", seen=1)).status_code == 200
    await quarter.work()
    return str(proposed.json()["id"])


async def award_of_both(quarter: Quarter) -> str:
    """The id of an award of the first two, nominated by the third: the first gets ``PART``."""
    async with asking_org(quarter):
        return str((await nominated(quarter, await funded(quarter, "99999.00"), **freely(NOMINATED)))["id"])


async def honoured(quarter: Quarter) -> None:
    """The second has a title, and virtual shares proposed."""
    await quarter.enter_plan(plan_example(VirtualShares) | {"valid_from": "2020-01-01"})
    hr = person(Role.HR, employee_id=uuid4())
    for caller, path, body in ((hr, "recognitions", TITLE), (quarter.clerk, "share_grants", grant("E002", 400))):
        made = await post(quarter, caller, path, body)
        assert made.status_code == 201, made.text


async def ids_of(quarter: Quarter) -> dict[str, str]:
    """The records of the first employee by the names that paths give them; others are unknown ids."""
    office = quarter.clients(Role.FINANCE)
    number = quarter.company.people[0].number

    async def first(path: str) -> str:
        items = (await office.get(f"{BASE}/{path}")).json()["items"]
        return str(next(one["id"] for one in items if one.get("employee_number", number) == number))

    line = (await quarter.lines())[number]["id"]
    return {
        "run_id": quarter.run_id,
        "line_id": line,
        "profile_id": await first("pay_profiles"),
        "change_id": await first("pay_changes"),
        "claim_id": await first("claims?kind=special_award"),
        "statement_id": await first("statements"),
        "entry_id": await first(f"journal/entries?source_id={line}"),
        "plan_id": await first("plans"),
    }


@pytest.mark.req("INC-01", "PLT-03")
async def test_what_somebody_is_paid_is_found_by_whom_the_table_names_and_by_nobody_else(quarter: Quarter) -> None:
    quarter.company.change("E004", left_on="2025-12-31", last="2025-12-31")
    quarter.company.change("E001", pay=((PAY, "2026-01-01"),), grade="A")
    await quarter.reach("calculated")
    quarter.company.change("E001", grade="S")
    await quarter.act(quarter.clerk, "calculate")
    await quarter.work()
    await quarter.reach("posted")
    assert (await quarter.lines())["E001"]["amount"] == BONUS
    pool = await pool_of_one(quarter)
    await claimed(quarter, "E001", AWARD)
    await honoured(quarter)
    ids = {"pool_id": pool, "award_id": await award_of_both(quarter)} | await ids_of(quarter)
    wanted = READS | {path: (PAY, SUMS.get(path, set())) for path in all_reads() if path not in READS}
    found: dict[str, set[str]] = {path: set() for path in wanted | SIMULATIONS}
    async with answering_org(quarter):
        for name, caller in callers(quarter).items():
            client = quarter.clients(caller)
            for path, (amount, _) in (wanted | SIMULATIONS).items():
                real = re.sub(r"{(\w+)}", lambda part: ids.get(part[1], str(uuid4())), path)
                if path in SIMULATIONS:
                    answer = await client.post(f"{BASE}/{real}", json=SIMULATION)
                else:
                    answer = await client.get(real if real.startswith("/") else f"{BASE}/{real}")
                assert answer.status_code < 500, (name, path, answer.text)
                amounts = [amount] if path in READS or path in SIMULATIONS else [PAY, BONUS, AWARD, PART, POOL]
                if any(shows(answer, each) for each in amounts):
                    found[path].add(name)
    assert found == {path: who for path, (_, who) in (wanted | SIMULATIONS).items()}
    filters = Filters("incentive", ids)
    assert await filters.loose(quarter.clients(person(*EVERYBODY, employee_id=uuid4()))) == []
    assert len(filters.tried) >= 15, filters.tried
