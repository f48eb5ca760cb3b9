"""incentive's real client against appraisal's real application: the final grades of a closed cycle."""

from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from services.incentive.clients.appraisal import AppraisalClient
from services.incentive.clients.cycle import Cycle
from services.incentive.clients.org import OrgClient
from services.incentive.runs.usecases.snapshot_taking import Neighbours
from services.kit.access.clients import Refused, ServiceClient, http_client
from services.kit.periods import calendar_period
from tests.builders import appraisal as appraising
from tests.builders.incentive import Company, Person, Unit
from tests.builders.incentive_quarter import FixedToken, Quarter, ServiceToken
from tests.clients import Clients
from tests.databases import RolledBack
from tests.identities import Issuer, SetClock

pytestmark = pytest.mark.req("INC-03", "INC-10")


def appraisal_client(appraisal: Clients, issuer: Issuer, *scopes: str) -> AppraisalClient:
    """incentive's client, talking to the app in this process."""
    http = http_client(httpx2.ASGITransport(app=appraisal.app))
    tokens = ServiceToken(issuer, *scopes)
    return AppraisalClient(ServiceClient("appraisal", "http://appraisal.test", http=http, tokens=tokens))


@pytest.fixture
def cycle(appraisal: Clients, appraisal_sessions: RolledBack, clock: SetClock) -> appraising.Quarter:
    """A cycle of 2026-Q1."""
    return appraising.Quarter(appraisal, appraisal_sessions, clock, appraising.Company())


def paid(company: appraising.Company) -> Company:
    """The appraised people as incentive's builders know them."""
    units = {unit.code: Unit(unit.code, unit.code, id=unit.id) for unit in company.units}
    people = [Person(one.number, one.number, units[one.unit.code], None, id=one.id) for one in company.people]
    return Company(people, group=units["G00"])


async def calculated(quarter: Quarter, appraisal: Clients, issuer: Issuer) -> dict[str, Any]:
    """The run after its calculation was asked for, with appraisal itself and a stand-in of org."""
    await quarter.act(quarter.clerk, "calculate")
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=quarter.company.app())) as http:
        stand_in = OrgClient(ServiceClient("org", "http://org.test", http=http, tokens=FixedToken()))
        await quarter.work_with(Neighbours(stand_in, appraisal_client(appraisal, issuer, "results")))
    run: dict[str, Any] = await quarter.read()
    return run


@pytest.mark.req("APR-14")
async def test_the_grades_of_a_closed_cycle_become_bonuses(
    cycle: appraising.Quarter,
    appraisal: Clients,
    issuer: Issuer,
    incentive: Clients,
    incentive_sessions: RolledBack,
    clock: SetClock,
) -> None:
    await cycle.closed()
    quarter = Quarter(incentive, incentive_sessions, clock, paid(cycle.company))
    await quarter.begin(cycle_id=cycle.cycle_id)
    run = await calculated(quarter, appraisal, issuer)
    assert (run["state"], run["problem"]) == ("calculated", None)
    results = {code: result for code, result in (await cycle.results()).items() if code.startswith("E")}
    lines = await quarter.lines()
    assert {number: line["grade"] for number, line in lines.items()} == {
        code: result["grade"] for code, result in results.items()
    }
    number, line = next(iter(lines.items()))
    path = f"/v1/incentive/runs/{quarter.run_id}/lines/{line['id']}"
    named = (await incentive(quarter.clerk).get(path)).json()["explanation"]["tree"]
    source = f"result:{results[number]['id']}@{results[number]['version']}"
    assert named["inputs"][0]["source"] == source


async def test_a_cycle_that_is_not_closed_sends_the_run_back_to_draft(
    cycle: appraising.Quarter,
    appraisal: Clients,
    issuer: Issuer,
    incentive: Clients,
    incentive_sessions: RolledBack,
    clock: SetClock,
) -> None:
    await cycle.opened()
    quarter = Quarter(incentive, incentive_sessions, clock, paid(cycle.company))
    await quarter.begin(cycle_id=cycle.cycle_id)
    run = await calculated(quarter, appraisal, issuer)
    assert (run["state"], run["problem"]["code"], run["input_snapshot"]) == ("draft", "cycle_not_closed", None)
    assert run["problem"]["errors"] == [
        {"pointer": "/cycle_id", "found": "goal_setting", "expected": "已关闭（closed）"}
    ]


async def test_a_closed_cycle_of_another_quarter_sends_the_run_back_to_draft(
    cycle: appraising.Quarter,
    appraisal: Clients,
    issuer: Issuer,
    incentive: Clients,
    incentive_sessions: RolledBack,
    clock: SetClock,
) -> None:
    await cycle.closed()
    quarter = Quarter(incentive, incentive_sessions, clock, paid(cycle.company))
    await quarter.begin(cycle_id=cycle.cycle_id, period="2026-Q2")
    run = await calculated(quarter, appraisal, issuer)
    assert (run["state"], run["problem"]["code"], run["input_snapshot"]) == ("draft", "cycle_period_unsuitable", None)
    assert run["problem"]["errors"][0]["found"] == "2026-Q1"
    assert quarter.company.asked == []


async def test_what_the_client_understands_of_the_cycle_is_what_appraisal_says_of_it(
    cycle: appraising.Quarter, appraisal: Clients, issuer: Issuer
) -> None:
    await cycle.closed()
    named: list[Cycle] = []
    client = appraisal_client(appraisal, issuer, "results")
    proof = await client.copy_results(UUID(cycle.cycle_id), BytesIO().write, named.append)
    assert named == [Cycle("2026-Q1", "closed", calendar_period("2026-Q1"))]
    assert proof.lines == 1 + len(await cycle.results())


async def test_a_cycle_that_is_not_there_or_not_ours_to_read_is_refused(
    cycle: appraising.Quarter, appraisal: Clients, issuer: Issuer
) -> None:
    with pytest.raises(Refused) as unknown:
        await appraisal_client(appraisal, issuer, "results").copy_results(uuid4(), BytesIO().write, print)
    assert unknown.value.status == 404
    await cycle.closed()
    stranger = appraisal_client(appraisal, issuer, "snapshot")
    with pytest.raises(Refused) as forbidden:
        await stranger.copy_results(UUID(cycle.cycle_id), BytesIO().write, print)
    assert forbidden.value.status == 403
