"""appraisal's real client against org's real application: what it relies on is there."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import httpx2
import pytest

from services.appraisal.clients.org import (
    AbsenceLine,
    AssignmentLine,
    EmployeeLine,
    Line,
    OrgClient,
    PositionLine,
    UnitLine,
)
from services.appraisal.jobs import JOBS, Resources
from services.kit.access.clients import NeighbourAway, Refused, ServiceClient, http_client
from services.kit.events.webhooks import Deliverer
from services.kit.identity import Caller, Role
from services.kit.jobs.trial import run_due
from services.kit.work.unit_of_work import SystemWork
from tests.builders.appraisal import Company, Quarter, scheme
from tests.builders.org import Organisation, act, ok, set_limit
from tests.clients import ZONE, Clients
from tests.databases import RolledBack
from tests.identities import Issuer, SetClock, client_system, person

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)


class Token:
    """A token of a client system, always the same."""

    def __init__(self, issuer: Issuer, caller: Caller) -> None:
        self._token = issuer.token(caller)

    async def token(self, *, refused: str | None = None) -> str:
        """The token."""
        del refused
        return self._token


def client(org: Clients, issuer: Issuer, *scopes: str) -> OrgClient:
    """appraisal's client, connected to the application in this process."""
    http = http_client(httpx2.ASGITransport(app=org.app))
    return OrgClient(ServiceClient("org", "http://org", http=http, tokens=Token(issuer, client_system(*scopes))))


@pytest.fixture
async def organisation(org: Clients) -> Organisation:
    """Sales with a head, two representatives, one of whom moves on 16 February; brand with a head."""
    made = Organisation(org(Role.HR))
    await made.unit("G00", kind="group", head="CHIEF")
    await made.unit("D12", "G00", head="HEAD-12")
    await made.unit("D17", "G00", head="HEAD-17")
    await made.position("REP", "D12", reports_to="HEAD-12", headcount=5)
    await made.position("BRAND", "D17", reports_to="HEAD-17", headcount=5)
    for number, position in (("E1", "CHIEF"), ("E2", "HEAD-12"), ("E3", "HEAD-17"), ("E4", "REP"), ("E5", "REP")):
        await made.person(number, position)
    return made


async def lines(source: OrgClient) -> Sequence[Line]:
    """The snapshot of the quarter."""
    async with source.snapshot(FIRST, LAST) as snapshot:
        return list(snapshot.lines())


@pytest.mark.req("APR-04")
async def test_the_snapshot_tells_what_a_cycle_needs(org: Clients, issuer: Issuer, organisation: Organisation) -> None:
    found = await lines(client(org, issuer, "snapshot"))
    units = {line.code: line for line in found if isinstance(line, UnitLine)}
    positions = {str(line.id): line.code for line in found if isinstance(line, PositionLine)}
    people = {line.number: line for line in found if isinstance(line, EmployeeLine)}
    assignments = {str(line.employee_id): line for line in found if isinstance(line, AssignmentLine)}
    assert [str(step) for step in units["D12"].path] == [organisation.ids["G00"], organisation.ids["D12"]]
    assert units["D12"].unit_kind == "department"
    assert str(units["D12"].head_employee_id) == organisation.ids["E2"]
    rep = assignments[organisation.ids["E4"]]
    assert positions[str(rep.position_id)] == "REP"
    assert (rep.assignment_kind, str(rep.unit_id)) == ("primary", organisation.ids["D12"])
    assert str(rep.manager_id) == organisation.ids["E2"]
    assert [str(above) for above in rep.manager_chain] == [organisation.ids["E2"], organisation.ids["E1"]]
    assert people["E4"].left_on is None


@pytest.mark.req("APR-09")
async def test_the_snapshot_tells_who_is_absent_when_only_if_asked(
    org: Clients, issuer: Issuer, organisation: Organisation
) -> None:
    away = {"employee_id": organisation.ids["E2"], "kind": "sick", "valid_from": "2026-02-02", "valid_to": "2026-02-06"}
    await ok(await organisation.hr.post("/v1/org/absences", json=away))
    source = client(org, issuer, "snapshot")
    assert not [line for line in await lines(source) if isinstance(line, AbsenceLine)]
    async with source.snapshot(FIRST, LAST, absences=True) as snapshot:
        (found,) = (line for line in snapshot.lines() if isinstance(line, AbsenceLine))
    told = {"employee_id": str(found.employee_id), "valid_from": str(found.valid_from), "valid_to": str(found.valid_to)}
    assert told == {name: value for name, value in away.items() if name != "kind"}


@pytest.mark.req("APR-08", "ORG-09")
async def test_org_tells_who_acts_for_whom_today(org: Clients, issuer: Issuer, organisation: Organisation) -> None:
    limit = {"authority_type": "staffing", "limit": "3", "reason": "出差"}
    head = {"position_id": organisation.ids["HEAD-12"], "valid_from": "2026-01-05", **limit}
    await set_limit(organisation.hr, org(Role.EXECUTIVE), head)
    days = {"valid_from": "2026-01-06", "valid_to": "2026-01-16"}
    people = {"delegator_id": organisation.ids["E2"], "delegate_id": organisation.ids["E4"]}
    given = {**people, **limit, **days, "unit_id": organisation.ids["D12"]}
    delegator = person(Role.EMPLOYEE, employee_id=UUID(organisation.ids["E2"]))
    await ok(await org(delegator).post("/v1/org/delegations", json=given))
    source = client(org, issuer, "directory")
    assert [each async for each in source.delegations(date(2026, 1, 5))] == []
    (found,) = [each async for each in source.delegations(date(2026, 1, 16))]
    told = {name: str(getattr(found, name)) for name in ("delegator_id", "delegate_id", "unit_id", *days)}
    assert told == {**people, **days, "unit_id": organisation.ids["D12"]}
    assert found.limit == 3


@pytest.mark.req("APR-04", "PLT-03")
async def test_org_refuses_a_client_without_the_scope(org: Clients, issuer: Issuer, organisation: Organisation) -> None:
    assert organisation.ids
    with pytest.raises(Refused):
        await lines(client(org, issuer, "results"))


@pytest.mark.req("APR-04")
async def test_org_that_is_away_is_named() -> None:
    tokens = Token(Issuer(), client_system("snapshot"))
    gone = ServiceClient("org", "http://127.0.0.1:9", http=http_client(), tokens=tokens)
    with pytest.raises(NeighbourAway):
        await lines(OrgClient(gone))


@pytest.mark.req("APR-04", "APR-09")
async def test_a_cycle_opens_from_the_real_organisation(
    org: Clients,
    issuer: Issuer,
    organisation: Organisation,
    appraisal: Clients,
    appraisal_sessions: RolledBack,
    clock: SetClock,
) -> None:
    transfer = {"position_id": organisation.ids["BRAND"], "valid_from": "2026-02-16"}
    await ok(await act(organisation.hr, f"/v1/org/employees/{organisation.ids['E5']}/transfer", json=transfer))
    quarter = Quarter(appraisal, appraisal_sessions, clock, company := Company())
    await quarter.library()
    await quarter.schemes(scheme("QE-REP", "REP"), scheme("QE-BRAND", "BRAND"))
    body = {"code": "2026-Q1", "name": "一季度", "period": "2026-Q1"}
    quarter.cycle_id = (await quarter.done(company.hr, "cycles", body))["id"]
    await quarter.done(company.hr, f"cycles/{quarter.cycle_id}/open")
    http = http_client()
    deliverer = Deliverer(appraisal_sessions, http, "whsec_AAAA")
    source = client(org, issuer, "snapshot")
    await run_due(JOBS, appraisal_sessions, Resources(SystemWork(appraisal_sessions, clock, ZONE), source, deliverer))
    await http.aclose()
    forms = await quarter.all(company.hr, f"cycles/{quarter.cycle_id}/forms")
    spans = sorted(
        (form["subject_code"], form["position_code"], form["valid_from"], form["valid_to"]) for form in forms
    )
    assert ("E4", "REP", "2026-01-01", "2026-03-31") in spans
    assert ("E5", "REP", "2026-01-01", "2026-02-15") in spans
    assert ("E5", "BRAND", "2026-02-16", "2026-03-31") in spans
    exclusions = await quarter.all(company.hr, f"cycles/{quarter.cycle_id}/exclusions")
    reasons = {line["subject_code"]: line["reason"] for line in exclusions}
    assert reasons == {"E1": "no_scheme", "E2": "no_scheme", "E3": "no_scheme"}
