"""Where units and positions stand is worked out at each change; it must be what the rules say, at any size (ORG-01)."""

import random
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from services.kit.database.sessions import ReadSession, new_id, period
from services.kit.identity import Role
from services.kit.periods import Period
from services.kit.timeline import Version
from services.org.exchange.store import imports
from services.org.people.domain.reporting import superiors
from services.org.structure.domain.position import PositionFacts, Track
from services.org.structure.domain.tree import DEEPEST
from services.org.structure.domain.unit import UnitFacts, UnitKind
from services.org.structure.store import path_index, positions, units
from services.org.structure.store.tables import PositionPathRow, UnitPathRow
from tests.api.org.test_random_changes import Changes
from tests.builders.org import Organisation, small_company
from tests.clients import Clients
from tests.databases import RolledBack

ALWAYS = Period(date(2020, 1, 1))
Ways = dict[tuple[UUID, Period], list[UUID]]


async def stored(session: ReadSession) -> tuple[Ways, Ways]:
    """The ways to all units and to all positions."""
    of_units = await session.execute(select(UnitPathRow.unit_id, UnitPathRow.valid, UnitPathRow.path))
    place = PositionPathRow
    of_positions = await session.execute(select(place.position_id, place.valid, place.path))
    unit_ways, position_ways = (
        {(thing, period(valid)): list(path) for thing, valid, path in found} for found in (of_units, of_positions)
    )
    return unit_ways, position_ways


def walked(thing: UUID, above: dict[UUID, UUID | None]) -> list[UUID]:
    """The way from the top to a thing, one step after the other."""
    superior = above[thing]
    return [thing] if superior is None else [*walked(superior, above), thing]


@pytest.mark.req("ORG-01", "ORG-08")
@pytest.mark.parametrize("seed", range(6))
async def test_places_after_random_changes_are_what_the_rules_say_on_every_day_on_which_something_changes(
    org: Clients, org_sessions: RolledBack, seed: int
) -> None:
    changes = Changes(await small_company(org), random.Random(seed))  # noqa: S311 - a reproducible test
    for _ in range(40):
        await changes.make()
    async with org_sessions.write() as session:
        unit_ways, position_ways = await stored(session)
        of_units, of_positions = await units.timelines(session), await positions.timelines(session)
        for kind in (path_index.UNITS, path_index.POSITIONS):
            await path_index.lay_all(session, kind)
        assert await stored(session) == (unit_ways, position_ways)
    parents = {unit: [(v.valid, v.facts.parent_id) for v in its] for unit, its in of_units.items()}
    for ways, edges in ((unit_ways, parents), (position_ways, superiors(of_units, of_positions))):
        days = {valid.start for valid, _ in (edge for its in edges.values() for edge in its)}
        for day in days:
            above = {thing: superior for thing, its in edges.items() for valid, superior in its if valid.contains(day)}
            found = [(thing, way) for (thing, valid), way in ways.items() if valid.contains(day)]
            assert sorted(found) == sorted((thing, walked(thing, above)) for thing in above)


@pytest.mark.req("ORG-01")
async def test_a_tree_may_be_a_hundred_levels_deep_and_one_more_is_refused(
    org: Clients, org_sessions: RolledBack
) -> None:
    ids = [new_id() for _ in range(DEEPEST)]
    chain = {
        unit_id: [Version(ALWAYS, UnitFacts(f"L{n}", f"L{n}", UnitKind.TEAM, ids[n - 1] if n else None))]
        for n, unit_id in enumerate(ids)
    }
    async with org_sessions.write() as session:
        codes = {f"L{n}": unit_id for n, unit_id in enumerate(ids)}
        await imports.write_structure(
            session, new_units=codes, changed_units=chain, new_positions={}, changed_positions={}
        )
    hr = org(Role.HR)
    page = (await hr.get(f"/v1/org/units/{ids[0]}/subtree", params={"limit": "500"})).json()
    assert [unit["id"] for unit in page["items"]] == [str(unit_id) for unit_id in ids]
    deeper = {"code": "DEEP", "name": "深", "name_en": "Deep", "kind": "team", "valid_from": "2026-01-01"}
    refused = await hr.post("/v1/org/units", json={**deeper, "parent_id": str(ids[-1])})
    assert refused.status_code == 422
    assert (refused.json()["code"], "100" in refused.json()["title"]) == ("too_deep", True)
    one_up = await hr.post("/v1/org/units", json={**deeper, "parent_id": str(ids[-2])})
    assert one_up.status_code == 201


@pytest.mark.req("ORG-08")
async def test_a_line_of_positions_ends_after_a_hundred_too_and_not_with_a_talk_of_circles(
    org: Clients, org_sessions: RolledBack
) -> None:
    unit = new_id()
    ids = [new_id() for _ in range(DEEPEST)]
    positions = {
        position_id: [
            Version(
                ALWAYS, PositionFacts("岗", "position", unit, Track.PROFESSIONAL, "P1", 1, ids[n - 1] if n else None)
            )
        ]
        for n, position_id in enumerate(ids)
    }
    async with org_sessions.write() as session:
        await imports.write_structure(
            session,
            new_units={"U": unit},
            changed_units={unit: [Version(ALWAYS, UnitFacts("U", "U", UnitKind.TEAM, None))]},
            new_positions={f"P{n}": position_id for n, position_id in enumerate(ids)},
            changed_positions=positions,
        )
    company = Organisation(org(Role.HR), {"U": str(unit), "last": str(ids[-1]), "before": str(ids[-2])})
    body = {"code": "DEEP", "title": "深", "title_en": "Deep", "unit_id": str(unit), "track": "professional"}
    asked = {**body, "grade": "P1", "headcount": 1, "valid_from": "2026-01-01"}
    refused = await company.hr.post("/v1/org/positions", json={**asked, "reports_to_id": str(ids[-1])})
    assert (refused.status_code, refused.json()["code"]) == (422, "too_deep")
    await company.position("one_up", "U", reports_to="before")
