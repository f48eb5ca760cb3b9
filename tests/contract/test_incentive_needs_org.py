"""incentive's real client against org's real application: who sat where in a quarter."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from uuid import UUID

import httpx2
import pytest

from services.incentive.clients.appraisal import AppraisalClient
from services.incentive.clients.approval import ApprovalQuestion, Colleague
from services.incentive.clients.org import OrgClient
from services.incentive.runs.usecases.snapshot_taking import Neighbours
from services.kit.access.clients import Refused, ServiceClient, http_client
from services.kit.identity import Role
from services.kit.periods import Period, calendar_period
from tests.builders.incentive import Company, Person, Unit
from tests.builders.incentive_quarter import FixedToken, Quarter, ServiceToken
from tests.builders.org import Organisation, act, ok, small_company
from tests.clients import Clients
from tests.databases import RolledBack
from tests.identities import Issuer, SetClock, person

pytestmark = pytest.mark.req("INC-03", "INC-10")

QUARTER = calendar_period("2026-Q1")


def org_client(org: Clients, issuer: Issuer, *scopes: str) -> OrgClient:
    """incentive's client, talking to the app in this process."""
    http = http_client(httpx2.ASGITransport(app=org.app))
    return OrgClient(ServiceClient("org", "http://org.test", http=http, tokens=ServiceToken(issuer, *scopes)))


@pytest.fixture
async def organisation(org: Clients) -> Organisation:
    """Six people in three units; one moves on 15 February, one is on probation until the end of January."""
    made = await small_company(org)
    await made.person("E7", hired_on="2025-11-01", probation_until="2026-01-31", position_id=made.ids["B1"])
    return made


def expected(organisation: Organisation) -> Company:
    """The same people as incentive's builders know them, for pay and results."""
    units = {code: Unit(code, f"单元{code}", id=UUID(organisation.ids[code])) for code in ("G", "M", "S", "B")}
    assignments = {"E1": "G", "E2": "M", "E3": "S", "E4": "S", "E5": "S", "E6": "B", "E7": "B"}
    return Company(
        [
            Person(number, f"员工{number}", units[unit], "B", id=UUID(organisation.ids[number]))
            for number, unit in assignments.items()
        ]
    )


@pytest.mark.req("ORG-07", "ORG-08")
async def test_the_snapshot_tells_all_that_a_run_needs(
    org: Clients,
    issuer: Issuer,
    organisation: Organisation,
    incentive: Clients,
    incentive_sessions: RolledBack,
    clock: SetClock,
) -> None:
    company = expected(organisation)
    await organisation.position("S9", "S")
    transfer = {"position_id": organisation.ids["S9"], "valid_from": "2026-02-15"}
    await ok(await act(organisation.hr, f"/v1/org/employees/{organisation.ids['E6']}/transfer", json=transfer))
    days = {"valid_from": "2026-01-01", "valid_to": "2026-01-09"}
    away = {"employee_id": organisation.ids["E5"], "kind": "unpaid", **days}
    await ok(await organisation.hr.post("/v1/org/absences", json=away))
    quarter = Quarter(incentive, incentive_sessions, clock, company)
    await quarter.begin()
    await quarter.act(quarter.clerk, "calculate")
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=company.app())) as http:
        stand_in = ServiceClient("appraisal", "http://appraisal.test", http=http, tokens=FixedToken())
        neighbours = Neighbours(org_client(org, issuer, "snapshot"), AppraisalClient(stand_in))
        await quarter.work_with(neighbours)
    run = await quarter.read()
    assert (run["state"], run["problem"]) == ("calculated", None)
    lines = await quarter.lines()
    amounts = {number: (line["amount"], line["days"]) for number, line in lines.items()}
    assert amounts == {f"E{n}": ("36000.00", 90) for n in range(1, 7)} | {
        "E5": ("32400.00", 81),
        "E7": ("23600.00", 59),
    }
    assert lines["E6"]["unit_id"] == organisation.ids["S"]
    path = f"/v1/incentive/runs/{quarter.run_id}/lines/{lines['E6']['id']}"
    read = (await incentive(quarter.clerk).get(path, headers={"Accept-Language": "en"})).json()
    told = [line.partition(" (")[0] for line in read["explanation"]["narration"] if "days" in line]
    assert told == [
        "  2026-01-01 to 2026-02-14, 45 days, Unit B: 12,000.00 × 3 × 45/90 × 1.0 × 1 = 18,000.00",
        "  2026-02-15 to 2026-03-31, 45 days, Unit S: 12,000.00 × 3 × 45/90 × 1.0 × 1 = 18,000.00",
    ]


@pytest.mark.req("INC-05")
async def test_org_says_who_worked_in_a_unit_or_below_it_on_which_days(
    org: Clients, issuer: Issuer, organisation: Organisation
) -> None:
    ids, client = organisation.ids, org_client(org, issuer, "directory")
    unit = {code: UUID(ids[code]) for code in ("G", "M", "S", "B")}
    person = UUID(ids["E4"])
    transfer = {"position_id": await organisation.position("B9", "B"), "valid_from": "2026-02-10"}
    await ok(await act(organisation.hr, f"/v1/org/employees/{person}/transfer", json=transfer))
    move = {"parent_id": ids["S"], "valid_from": "2026-03-01"}
    await ok(await act(organisation.hr, f"/v1/org/units/{ids['B']}/move", json=move))
    asked = {
        ("S", "2026-01-01", "2026-02-09"): True,
        ("S", "2026-02-10", "2026-02-28"): False,
        ("B", "2026-01-01", "2026-02-09"): False,
        ("B", "2026-02-10", "2026-02-10"): True,
        ("S", "2026-02-10", "2026-03-01"): True,  # since then B has been below S
        ("M", "2026-01-01", "2026-12-31"): True,
        ("G", "2019-01-01", "2019-12-31"): False,
    }
    for (code, first, last), worked in asked.items():
        days = Period.closed(date.fromisoformat(first), date.fromisoformat(last))
        assert await client.has_worked_in(unit[code], person, days) is worked, (code, first, last)
    assert [await client.is_only_root(unit[code]) for code in ("G", "S")] == [True, False]
    await organisation.unit("G2")
    assert not await client.is_only_root(unit["G"])
    list_ = "/v1/org/assignments"
    turned = await organisation.hr.get(list_, params={"valid_from": "2026-02-01", "valid_to": "2026-01-01"})
    assert (turned.status_code, turned.json()["code"]) == (422, "period_reversed")
    late = await ok(await organisation.hr.get(list_, params={"valid_from": "2026-02-10", "employee_id": str(person)}))
    assert [each["position"]["code"] for each in late["items"]] == ["B9"]
    early = await ok(await organisation.hr.get(list_, params={"valid_to": "2026-02-09", "employee_id": str(person)}))
    assert [each["position"]["code"] for each in early["items"]] == ["S2"]


async def test_the_proof_is_over_the_bytes_that_arrived(
    org: Clients, issuer: Issuer, organisation: Organisation
) -> None:
    arrived = BytesIO()
    proof = await org_client(org, issuer, "snapshot").copy_snapshot(QUARTER, arrived.write)
    assert proof.lines == arrived.getvalue().count(b"\n")
    assert organisation.ids["E4"].encode() in arrived.getvalue()


async def test_a_client_without_the_scope_is_refused(org: Clients, issuer: Issuer) -> None:
    with pytest.raises(Refused) as refused:
        await org_client(org, issuer, "results").copy_snapshot(QUARTER, BytesIO().write)
    assert refused.value.status == 403


@pytest.mark.req("INC-04", "ORG-09")
async def test_org_says_who_may_approve_an_award_and_who_is_next(
    org: Clients, issuer: Issuer, organisation: Organisation
) -> None:
    ids = organisation.ids
    limit = {
        "position_id": ids["GM"],
        "authority_type": "single_payment",
        "limit": "60000.00",
        "valid_from": "2026-01-05",
        "reason": "权限表",
    }
    await organisation.limit(limit)
    asking = org_client(org, issuer, "directory")
    question = ApprovalQuestion(UUID(ids["E3"]), Decimal("50000.00"), UUID(ids["S"]), UUID(ids["E4"]))
    answer = await asking.check_approval(question)
    assert (answer.allowed, answer.needed) == (False, 1)
    assert answer.next is not None
    assert answer.next.id == UUID(ids["E1"])
    assert answer.reason.zh
    own = await asking.check_approval(replace(question, employee_id=UUID(ids["E1"])))
    assert (own.allowed, own.complete, own.acting_for) == (True, False, None)
    lent = {"delegator_id": ids["E1"], "delegate_id": ids["E3"], "unit_id": ids["G"], "reason": "出差"}
    days = {"authority_type": "single_payment", "limit": "60000", "valid_from": "2026-01-05", "valid_to": "2026-01-31"}
    giver = org(person(Role.EXECUTIVE, employee_id=UUID(ids["E1"])))
    await ok(await giver.post("/v1/org/delegations", json=lent | days))
    lent_answer = await asking.check_approval(replace(question, approved_by=(UUID(ids["E3"]),)))
    assert (lent_answer.allowed, lent_answer.complete) == (True, True)
    assert lent_answer.acting_for == Colleague(UUID(ids["E1"]), "E1", "员工E1")
    paid = replace(question, barred_ids=(UUID(ids["E1"]), UUID(ids["E5"])))
    for approver in ("E3", "E1"):
        refused = await asking.check_approval(replace(paid, employee_id=UUID(ids[approver])))
        assert (refused.allowed, refused.next) == (False, None)
    assert refused.reason.en == "nobody approves what benefits themselves"
    with pytest.raises(Refused):
        await org_client(org, issuer, "snapshot").check_approval(question)
