"""Reporting lines over HTTP, and that the database's rules are those of the domain (ORG-08)."""

import json
import random
from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kit import json_lines
from services.kit.database.sessions import new_id
from services.kit.periods import Period
from services.kit.timeline import Version
from services.org.exchange.domain.people_import import Person
from services.org.exchange.store import imports
from services.org.people.domain.assignment import Assignment
from services.org.people.domain.career import Career
from services.org.people.domain.employment import Employment
from services.org.people.domain.incumbent import Incumbent
from services.org.people.domain.reporting import ReportingLines, superiors
from services.org.people.store import reporting
from services.org.structure.domain.occupancy import AssignmentKind
from services.org.structure.domain.position import PositionFacts, Track
from services.org.structure.domain.tree import loose
from services.org.structure.domain.unit import UnitFacts, UnitKind
from tests.api.org.counting import statements
from tests.builders.org import Organisation, ok, small_company
from tests.clients import Clients
from tests.databases import RolledBack

pytestmark = pytest.mark.req("ORG-08")
EMPLOYEES = "/v1/org/employees"


@pytest.fixture
async def company(org: Clients) -> Organisation:
    return await small_company(org)


async def chain(company: Organisation, number: str, **params: str) -> list[str]:
    line = await ok(await company.hr.get(f"{EMPLOYEES}/{company.ids[number]}/manager", params=params))
    return [manager["number"] for manager in line["chain"]]


async def listed(company: Organisation, number: str, what: str, **params: str) -> list[str]:
    page = await ok(await company.hr.get(f"{EMPLOYEES}/{company.ids[number]}/{what}", params=params))
    return [each["number"] for each in page["items"]]


async def test_managers_follow_heads_upwards_over_vacant_assignments_and_headless_units(company: Organisation) -> None:
    assert await chain(company, "E4") == ["E3", "E2", "E1"]
    assert await chain(company, "E6") == ["E2", "E1"]  # the head of B is vacant
    assert await chain(company, "E2") == ["E1"]  # C has no head
    assert await chain(company, "E1") == []


async def test_reports_and_peers_are_the_same_lines_read_downwards(company: Organisation) -> None:
    assert await listed(company, "E2", "reports") == ["E3", "E6"]
    assert await listed(company, "E2", "reports", direct="false") == ["E3", "E4", "E5", "E6"]
    assert await listed(company, "E3", "peers") == ["E6"]
    assert await listed(company, "E4", "peers") == ["E5"]
    assert await listed(company, "E1", "peers") == []


async def test_all_reports_come_as_json_lines_that_prove_their_completeness(
    company: Organisation,
) -> None:
    address = f"{EMPLOYEES}/{company.ids['E2']}"
    pages = await ok(await company.hr.get(f"{address}/reports", params={"direct": "false"}))
    answer = await company.hr.get(f"{address}/all_reports")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/jsonl")

    async def sent() -> AsyncIterator[bytes]:
        yield answer.content

    assert [line async for line in json_lines.read(sent())] == pages["items"]
    alone = await company.hr.get(f"{EMPLOYEES}/{company.ids['E1']}/all_reports", params={"as_of": "2026-01-31"})
    assert len(alone.content.splitlines()) > len(pages["items"])


async def test_all_reports_of_many_are_read_piece_by_piece(
    company: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.org.people.usecases.reporting.STREAMED", 1)
    answer = await company.hr.get(f"{EMPLOYEES}/{company.ids['E2']}/all_reports")
    *people, end = [json.loads(line) for line in answer.content.splitlines()]
    assert [each["number"] for each in people] == ["E3", "E4", "E5", "E6"]
    assert (end["kind"], end["lines"]) == ("end", 4)


async def test_of_somebody_without_reports_only_the_proof_is_streamed_and_of_nobody_nothing(
    company: Organisation,
) -> None:
    answer = await company.hr.get(f"{EMPLOYEES}/{company.ids['E4']}/all_reports")
    assert [json.loads(line)["kind"] for line in answer.content.splitlines()] == ["end"]
    refused = await company.hr.get(f"{EMPLOYEES}/{new_id()}/all_reports")
    assert (refused.status_code, refused.json()["code"]) == (404, "employee_unknown")


async def test_who_acts_over_a_vacancy_leads_and_reports_further_up(company: Organisation) -> None:
    await company.place("E3", "B1", "acting", "2026-02-01", "2026-03-31")
    assert await chain(company, "E6", as_of="2026-01-31") == ["E2", "E1"]
    assert await chain(company, "E6", as_of="2026-02-01") == ["E3", "E2", "E1"]
    assert await chain(company, "E6", as_of="2026-04-01") == ["E2", "E1"]
    assert await listed(company, "E3", "reports", as_of="2026-03-01") == ["E4", "E5", "E6"]


async def test_who_stands_in_for_his_own_superior_is_not_his_own_manager(company: Organisation) -> None:
    await company.place("E6", "B1", "acting", "2026-02-01")
    assert await chain(company, "E6", as_of="2026-02-01") == ["E2", "E1"]
    assert await listed(company, "E2", "reports", as_of="2026-02-01") == ["E3", "E6"]
    assert await listed(company, "E6", "reports", as_of="2026-02-01") == []


async def test_a_named_superior_goes_before_the_head_of_the_unit(company: Organisation) -> None:
    await company.position("B3", "B", reports_to="S1")
    await company.person("E7", "B3")
    assert await chain(company, "E7") == ["E3", "E2", "E1"]
    assert await listed(company, "E3", "reports") == ["E4", "E5", "E7"]


async def test_the_skip_level_is_the_managers_manager(company: Organisation) -> None:
    line = await ok(await company.hr.get(f"{EMPLOYEES}/{company.ids['E4']}/manager"))
    assert (line["manager"]["number"], line["skip_level"]["number"]) == ("E3", "E2")


async def test_reports_come_in_pages_with_the_same_number_of_statements(
    company: Organisation, org_connection: AsyncConnection
) -> None:
    counts = []
    for limit in ("1", "4"):
        with statements(org_connection) as seen:
            await listed(company, "E2", "reports", direct="false", limit=limit)
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("seed", range(12))
async def test_database_and_domain_agree_on_every_line_of_a_random_organisation(
    org_sessions: RolledBack, seed: int
) -> None:
    made = RandomOrganisation(random.Random(seed))  # noqa: S311 - a reproducible test, no secret
    async with org_sessions.write() as session:
        await made.store(session)
    day = date(2026, 3, 1)
    lines = ReportingLines(made.units, made.positions, made.assignments)
    main = [assignment for assignment in made.assignments if assignment.kind is AssignmentKind.PRIMARY]
    chains = {
        assignment.employee_id: lines.chain(assignment.employee_id, assignment.position_id, day) for assignment in main
    }
    async with org_sessions.read() as session:
        for assignment in main:
            way = await reporting.way_up(session, assignment.position_id, day)
            holders = [above.employee_id for above in way if above.employee_id not in {None, assignment.employee_id}]
            assert list(dict.fromkeys(holders)) == chains[assignment.employee_id]
        for boss in made.people:
            direct = [row.id for row in await session.execute(reporting.direct_reports(boss, day))]
            assert sorted(direct) == sorted(who for who, managers in chains.items() if managers[:1] == [boss])
            everyone: list[UUID] = []
            if paths := await reporting.own_paths(session, boss, day):
                query, keys = reporting.all_reports(boss, paths, day)
                everyone = [row.id for row in await session.execute(query.order_by(*keys))]
            assert sorted(everyone) == sorted(who for who, managers in chains.items() if boss in managers)


class RandomOrganisation:
    """Units in a tree, some without head, some headed from elsewhere; positions vacant, acting, concurrent, shared."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.always = Period(date(2020, 1, 1))
        self.units: dict[UUID, list[Version[UnitFacts]]] = {}
        self.positions: dict[UUID, list[Version[PositionFacts]]] = {}
        self.people: dict[UUID, str] = {}
        """Their numbers, by id."""
        self.assignments: list[Incumbent] = []
        unit_ids = [new_id() for _ in range(12)]
        position_ids = [new_id() for _ in range(30)]
        for number, unit_id in enumerate(unit_ids):
            parent = dice.choice(unit_ids[:number]) if number else None
            self._unit(unit_id, UnitFacts(f"U{number}", f"U{number}", UnitKind.TEAM, parent))
        for position_id in position_ids:
            facts = PositionFacts("岗", "position", dice.choice(unit_ids), Track.PROFESSIONAL, "P1", 3)
            self.positions[position_id] = [Version(self.always, facts)]
        for unit_id in unit_ids:
            self._try_head(unit_id, dice.choice(position_ids))
        for position_id in position_ids:
            if dice.random() < 0.25:
                self._try_superior(position_id, dice.choice(position_ids))
        for number in range(40):
            self._person(f"N{number:02}", position_ids)

    def _unit(self, unit_id: UUID, facts: UnitFacts) -> None:
        self.units[unit_id] = [Version(self.always, facts)]

    def _try_head(self, unit_id: UUID, position_id: UUID) -> None:
        before = self.units[unit_id]
        facts = before[0].facts
        if self.dice.random() < 0.7:
            head = UnitFacts(facts.name, facts.name_en, facts.kind, facts.parent_id, position_id)
            self._unit(unit_id, head)
            if loose(superiors(self.units, self.positions)):
                self.units[unit_id] = before

    def _try_superior(self, position_id: UUID, superior_id: UUID) -> None:
        before = self.positions[position_id]
        facts = before[0].facts
        if superior_id != position_id:
            changed = PositionFacts(
                facts.title, facts.title_en, facts.unit_id, facts.track, facts.grade, facts.headcount, superior_id
            )
            self.positions[position_id] = [Version(self.always, changed)]
            if loose(superiors(self.units, self.positions)):
                self.positions[position_id] = before

    def _person(self, number: str, position_ids: list[UUID]) -> None:
        employee_id = new_id()
        self.people[employee_id] = number
        main, *more = self.dice.sample(position_ids, 3)
        self.assignments.append(Incumbent(employee_id, number, main, AssignmentKind.PRIMARY, self.always))
        for position_id in more:
            kind = self.dice.choice([None, None, AssignmentKind.ACTING, AssignmentKind.CONCURRENT])
            if kind is not None:
                self.assignments.append(Incumbent(employee_id, number, position_id, kind, self.always))

    async def store(self, session: object) -> None:
        """Write it all."""
        await imports.write_structure(
            session,
            new_units={f"U{number}": unit_id for number, unit_id in enumerate(self.units)},
            changed_units=self.units,
            new_positions={f"P{number}": position_id for number, position_id in enumerate(self.positions)},
            changed_positions=self.positions,
        )
        await imports.write_people(session, [(None, self._with_career(each)) for each in self.people])

    def _with_career(self, employee_id: UUID) -> Person:
        number = self.people[employee_id]
        held = tuple(
            Assignment(new_id(), assignment.position_id, assignment.kind, assignment.valid)
            for assignment in self.assignments
            if assignment.employee_id == employee_id
        )
        return Person(number, number, None, Career(employee_id, (Employment(new_id(), self.always),), held))
