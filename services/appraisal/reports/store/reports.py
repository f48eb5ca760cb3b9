"""What reports count, by statements whose number does not grow with what they count."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.goal import GoalState
from services.appraisal.cycles.store.cycles import within
from services.appraisal.cycles.store.tables import CycleRow, FormRow, SnapshotEmployeeRow, SnapshotUnitRow
from services.appraisal.feedback.domain.rating import RatingState
from services.appraisal.feedback.store.tables import RaterRow
from services.appraisal.library.domain.relation import ANONYMOUS
from services.appraisal.reports.domain.lateness import Late
from services.appraisal.reports.domain.unit_rows import PEOPLE, Counts, Unit
from services.appraisal.scoring.store.results import newest
from services.appraisal.scoring.store.tables import ResultRow
from services.kit.database.sessions import ReadSession
from services.kit.errors import Text
from services.kit.work.tasks import task

MOST_LATE: Final = 500
_HIDDEN: Final = [relation.value for relation in ANONYMOUS]
_COUNTS: Final = FormRow.excluded_at.is_(None)


@dataclass(frozen=True)
class Sight:
    """The forms that a reader's reports count: those in the subtrees of ``units`` (None: all), and those of their own
    people.

    A head sees what is said of the unit itself too.
    """

    units: tuple[UUID, ...] | None
    employee_id: UUID | None

    @property
    def condition(self) -> ColumnElement[bool]:
        """The condition that a form is among them."""
        if self.employee_id is None:
            return within(FormRow.unit_path, self.units)
        above = FormRow.manager_chain.contains([self.employee_id])
        heads = (FormRow.subject_kind == "unit") & (FormRow.owner_id == self.employee_id)
        return or_(within(FormRow.unit_path, self.units), above, heads)


async def units_of(session: ReadSession, cycle_id: UUID) -> list[Unit]:
    """The units of a cycle, by code."""
    row = SnapshotUnitRow
    query = select(row.unit_id, row.code, row.name, row.name_en, row.path).where(row.cycle_id == cycle_id)
    found = await session.execute(query.order_by(row.code))
    return [Unit(unit_id, code, Text(zh, en), tuple(path)) for unit_id, code, zh, en, path in found]


async def sees_any(session: ReadSession, sight: Sight) -> bool:
    """Whether there is a form at all, of any cycle, that the reports of this sight count."""
    query = select(FormRow.id).where(sight.condition, _COUNTS).limit(1)
    return (await session.execute(query)).first() is not None


async def goal_counts(session: ReadSession, cycle_id: UUID, sight: Sight) -> dict[UUID, Counts]:
    """Forms by unit: how many, and how many with agreed goals."""
    agreed = func.count().filter(FormRow.state == GoalState.AGREED.value)
    query = select(FormRow.unit_id, func.count(), agreed).where(FormRow.cycle_id == cycle_id, _COUNTS, sight.condition)
    rows = await session.execute(query.group_by(FormRow.unit_id))
    return {unit: Counter({PEOPLE: forms, "goals_agreed": done}) for unit, forms, done in rows}


async def rating_counts(session: ReadSession, cycle_id: UUID, sight: Sight) -> dict[UUID, Counts]:
    """Ratings that bear a name, by unit: how many are asked for, and how many are submitted."""
    submitted = func.count().filter(RaterRow.state != RatingState.OPEN.value)
    query = (
        select(FormRow.unit_id, func.count(), submitted)
        .join(RaterRow, RaterRow.form_id == FormRow.id)
        .where(FormRow.cycle_id == cycle_id, _COUNTS, sight.condition, RaterRow.relation.not_in(_HIDDEN))
        .where(~(RaterRow.replaced & (RaterRow.state == RatingState.OPEN.value)))
        .group_by(FormRow.unit_id)
    )
    rows = await session.execute(query)
    return {unit: Counter({"ratings": asked, "ratings_submitted": done}) for unit, asked, done in rows}


async def grade_counts(session: ReadSession, cycle_id: UUID, sight: Sight) -> dict[UUID, Counts]:
    """People with a result, by unit: ``computed:S`` … before any decision, ``final:S`` … as it is now."""
    query = (
        select(FormRow.unit_id, ResultRow.computed_grade, ResultRow.grade, func.count())
        .join(FormRow, FormRow.id == ResultRow.form_id)
        .where(ResultRow.cycle_id == cycle_id, ResultRow.subject_kind == "employee", newest(), _COUNTS, sight.condition)
        .group_by(FormRow.unit_id, ResultRow.computed_grade, ResultRow.grade)
    )
    found: dict[UUID, Counts] = {}
    for unit, computed, final, people in await session.execute(query):
        found.setdefault(unit, Counter()).update({PEOPLE: people, f"computed:{computed}": people})
        found[unit].update({f"final:{final}": people})
    return found


async def late(session: ReadSession, cycle: CycleRow, sight: Sight, unit_id: UUID | None) -> tuple[int, Sequence[Late]]:
    """The people who still have something to do in the running phase: their number, and the first by unit and name.

    Only raters with attributed answers; nobody else is ever listed (APR-10).
    """
    setting = cycle.state == CycleState.GOAL_SETTING.value
    who = task.c.assignee_id if setting else RaterRow.rater_id
    person, form = SnapshotEmployeeRow, FormRow
    query = select(
        who, person.number, person.name, form.id, form.subject_name, form.subject_name_en, form.unit_name,
        form.unit_name_en,
    )  # fmt: skip
    if setting:
        query = query.join(task, (task.c.subject_id == FormRow.id) & task.c.kind.like("goals.%"))
    else:
        query = query.join(RaterRow, RaterRow.form_id == FormRow.id).where(
            RaterRow.relation.not_in(_HIDDEN), RaterRow.state == RatingState.OPEN.value, ~RaterRow.replaced
        )
    named = (SnapshotEmployeeRow.cycle_id == FormRow.cycle_id) & (SnapshotEmployeeRow.employee_id == who)
    query = query.outerjoin(SnapshotEmployeeRow, named).where(
        FormRow.cycle_id == cycle.id, _COUNTS, sight.condition, who.is_not(None)
    )
    if unit_id is not None:
        query = query.where(within(FormRow.unit_path, (unit_id,)))
    counted = select(func.count()).select_from(query.subquery())
    total: int = (await session.execute(counted)).scalar_one()
    ordered = query.order_by(FormRow.unit_name, SnapshotEmployeeRow.name, FormRow.subject_name).limit(MOST_LATE)
    rows: Any = await session.execute(ordered)
    what: Any = "goals" if setting else "ratings"
    return total, [Late(each[0], each[1], each[2], what, each[3], Text(*each[4:6]), Text(*each[6:])) for each in rows]


async def recent_cycles(session: ReadSession, frequency: str, most: int) -> list[CycleRow]:
    """The newest cycles of a frequency that have opened, in the order of their periods."""
    closed_to_reports = [CycleState.DRAFT.value, CycleState.OPENING.value, CycleState.CANCELLED.value]
    query = select(CycleRow).where(CycleRow.frequency == frequency, CycleRow.state.not_in(closed_to_reports))
    newest_first = query.order_by(func.lower(CycleRow.period).desc(), CycleRow.code.desc()).limit(most)
    return list(reversed((await session.execute(newest_first)).scalars().all()))


async def place_of(session: ReadSession, unit_id: UUID) -> tuple[Text, list[UUID]] | None:
    """Name and path of a unit as the newest cycle that knows it froze them."""
    row = SnapshotUnitRow
    query = select(row.name, row.name_en, row.path).where(row.unit_id == unit_id).order_by(row.cycle_id.desc())
    found = (await session.execute(query.limit(1))).first()
    return None if found is None else (Text(found.name, found.name_en), found.path)
