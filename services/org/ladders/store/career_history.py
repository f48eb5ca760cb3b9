"""What the organisation's history knows of careers, for many people with few statements (ORG-10)."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, cast, column, func, select
from sqlalchemy.orm import aliased

from services.kit.database.sessions import ReadSession, period
from services.kit.periods import Period
from services.org.ladders.domain.career_history import Stretch
from services.org.people.domain.incumbent import Incumbent, holder
from services.org.people.store.tables import AssignmentRow, EmployeeRow
from services.org.structure.domain.occupancy import HOLDING, MAIN, AssignmentKind
from services.org.structure.domain.position import Track
from services.org.structure.store.path_index import LAST
from services.org.structure.store.structure import in_force
from services.org.structure.store.tables import PositionPathRow, PositionVersionRow, UnitVersionRow

HOLDS = [kind.value for kind in HOLDING]


async def stretches(session: ReadSession, people: Collection[UUID]) -> dict[UUID, list[Stretch]]:
    """The assignments that people held, hold and will hold, cut where track or grade of the position change."""
    assignment, version = AssignmentRow, PositionVersionRow
    shared = assignment.valid * version.valid
    query = (
        select(assignment.employee_id, assignment.kind, version.track, version.grade, shared)
        .join(version, version.position_id == assignment.position_id)
        .where(assignment.employee_id.in_(people), assignment.kind.in_(HOLDS), assignment.valid.overlaps(version.valid))
    )
    found: dict[UUID, list[Stretch]] = defaultdict(list)
    for employee_id, kind, track, grade, valid in await session.execute(query):
        found[employee_id].append(Stretch(AssignmentKind(kind), Track(track), grade, period(valid)))
    return found


async def headed(session: ReadSession, people: Collection[UUID]) -> dict[UUID, list[Period]]:
    """The days on which people sat on the head position of a unit."""
    assignment, unit = AssignmentRow, UnitVersionRow
    query = (
        select(assignment.employee_id, assignment.valid * unit.valid)
        .join(unit, unit.head_position_id == assignment.position_id)
        .where(assignment.employee_id.in_(people), assignment.kind.in_(HOLDS), assignment.valid.overlaps(unit.valid))
    )
    found: dict[UUID, list[Period]] = defaultdict(list)
    for employee_id, valid in await session.execute(query):
        found[employee_id].append(period(valid))
    return found


async def team_sizes(session: ReadSession, people: Collection[UUID], day: date) -> Mapping[UUID, int]:
    """How many people report to each on ``day``, directly or over others; who leads nobody is left out.

    As in ``store.reporting``, only the one who counts as the holder of a position has those beneath it.
    """
    held = await _held(session, people, day)
    pairs = (
        func.unnest(
            cast([employee_id for employee_id, _ in held], ARRAY(Uuid)),
            cast([position_id for _, position_id in held], ARRAY(Uuid)),
        )
        .table_valued(column("employee_id", Uuid), column("position_id", Uuid))
        .render_derived("held")
    )
    own, below, assignment = aliased(PositionPathRow), aliased(PositionPathRow), AssignmentRow
    query = (
        select(pairs.c.employee_id, func.count(assignment.employee_id.distinct()).label("size"))
        .join(own, (own.position_id == pairs.c.position_id) & in_force(own.valid, day))
        .join(below, (below.path > own.path) & (below.path < func.array_append(own.path, LAST)))
        .join(assignment, assignment.position_id == below.position_id)
        .where(
            in_force(below.valid, day),
            in_force(assignment.valid, day),
            assignment.kind.in_([kind.value for kind in MAIN]),
            assignment.employee_id != pairs.c.employee_id,
        )
        .group_by(pairs.c.employee_id)
    )
    return {row.employee_id: row.size for row in await session.execute(query)} if held else {}


async def _held(session: ReadSession, people: Collection[UUID], day: date) -> list[tuple[UUID, UUID]]:
    """Which of these people counts as the holder of which position on ``day``."""
    mine = select(AssignmentRow.position_id).where(
        AssignmentRow.employee_id.in_(people), in_force(AssignmentRow.valid, day)
    )
    row = AssignmentRow
    query = (
        select(row.employee_id, EmployeeRow.number, row.position_id, row.kind, row.valid)
        .join(EmployeeRow, EmployeeRow.id == row.employee_id)
        .where(row.position_id.in_(mine), in_force(row.valid, day))
    )
    incumbents: dict[UUID, list[Incumbent]] = defaultdict(list)
    for each in await session.execute(query):
        kind, valid = AssignmentKind(each.kind), period(each.valid)
        incumbents[each.position_id].append(Incumbent(each.employee_id, each.number, each.position_id, kind, valid))
    held = {position_id: holder(there, day) for position_id, there in incumbents.items()}
    return sorted(
        (incumbent.employee_id, place)
        for place, incumbent in held.items()
        if incumbent and incumbent.employee_id in people
    )
