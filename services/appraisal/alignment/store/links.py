"""Which goals serve which, as stored."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, column, delete, func, or_, select, text, true
from sqlalchemy.dialects.postgresql import JSONB, insert

from services.appraisal.alignment.domain.cascade import GoalKey
from services.appraisal.alignment.store.tables import GoalLinkRow
from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.form import FormScope
from services.appraisal.cycles.domain.goal import Goal
from services.appraisal.cycles.store.forms import in_scope
from services.appraisal.cycles.store.goals import GOALS
from services.appraisal.cycles.store.tables import CycleRow, FormRow, GoalRow
from services.appraisal.library.domain.scheme import SubjectKind
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession, new_id

# UNION, not UNION ALL: what was found already is not followed again.
_BELOW = text("""
    WITH RECURSIVE below AS (
        SELECT form_id, item, parent_form_id, parent_item FROM appraisal.goal_link WHERE parent_form_id = :form_id
        UNION
        SELECT link.form_id, link.item, link.parent_form_id, link.parent_item
        FROM appraisal.goal_link AS link
        JOIN below ON below.form_id = link.parent_form_id AND below.item = link.parent_item
    ) SELECT form_id, item, parent_form_id, parent_item FROM below
""")


@dataclass(frozen=True)
class AgreedForm:
    """A form with its cycle and the goals that count."""

    form: FormRow
    cycle: CycleRow
    goals: tuple[Goal, ...]


@dataclass(frozen=True)
class UnalignedGoal:
    """A goal that serves none."""

    form: FormRow
    item: str


async def set_link(session: WriteSession, child: GoalKey, parent: GoalKey | None) -> None:
    """Let a goal serve another one, in place of an earlier one, or none."""
    own = (GoalLinkRow.form_id == child.form_id, GoalLinkRow.item == child.item)
    await session.execute(delete(GoalLinkRow).where(*own))
    if parent is not None:
        values = {"form_id": child.form_id, "item": child.item}
        aims = {"parent_form_id": parent.form_id, "parent_item": parent.item}
        await session.execute(insert(GoalLinkRow).values(id=new_id(), **values, **aims))


async def above(session: ReadSession, form_id: UUID) -> dict[GoalKey, GoalKey]:
    """What the goals of a form serve."""
    rows = (await session.execute(select(GoalLinkRow).where(GoalLinkRow.form_id == form_id))).scalars()
    return {GoalKey(row.form_id, row.item): GoalKey(row.parent_form_id, row.parent_item) for row in rows}


async def below(session: ReadSession, form_id: UUID) -> dict[GoalKey, GoalKey]:
    """Everything that serves the goals of a form, directly or through others, with what each serves."""
    rows = await session.execute(_BELOW, {"form_id": form_id})
    return {GoalKey(child, item): GoalKey(parent, aim) for child, item, parent, aim in rows}


async def agreed_forms(session: ReadSession, form_ids: Collection[UUID]) -> list[AgreedForm]:
    """Some forms with the goals that count, by their cycles' first day and the subject's code."""
    return await _agreed(session, FormRow.id.in_(form_ids))


async def candidates(session: ReadSession, form: FormRow, cycle: CycleRow) -> list[AgreedForm]:
    """Forms with agreed goals over at least as long, of a form's subject or of what it lies in."""
    around = FormRow.subject_id.in_([form.subject_id, *form.unit_path])
    return await _agreed(session, CycleRow.period.contains(cycle.period), around)


async def unaligned(session: ReadSession, paging: Paging, *, cycle_id: UUID, scope: FormScope) -> Rows[UnalignedGoal]:
    """The agreed goals of a cycle that serve none, by the subject's code; nothing is above the topmost unit's."""
    goals = func.jsonb_array_elements(GoalRow.items).table_valued(column("value", JSONB))
    goal = goals.render_derived(name="agreed")
    item = goal.c.value["key"].astext
    query = (
        select(FormRow, item.label("item"))
        .join(GoalRow, and_(GoalRow.form_id == FormRow.id, GoalRow.revision == FormRow.agreed_revision))
        .join(goal, true())
        .outerjoin(GoalLinkRow, and_(GoalLinkRow.form_id == FormRow.id, GoalLinkRow.item == item))
        .where(
            FormRow.cycle_id == cycle_id,
            FormRow.excluded_at.is_(None),
            in_scope(scope),
            GoalLinkRow.id.is_(None),
            or_(FormRow.subject_kind == SubjectKind.EMPLOYEE.value, func.cardinality(FormRow.unit_path) > 1),
        )
    )
    return await page(
        session,
        query,
        lambda row: UnalignedGoal(row.FormRow, row.item),
        keys=[FormRow.subject_code, FormRow.id, item],
        paging=paging,
    )


async def _agreed(session: ReadSession, *conditions: Any) -> list[AgreedForm]:
    agreed = and_(GoalRow.form_id == FormRow.id, GoalRow.revision == FormRow.agreed_revision)
    query = (
        select(FormRow, CycleRow, GoalRow.items)
        .join(CycleRow, CycleRow.id == FormRow.cycle_id)
        .join(GoalRow, agreed)
        .where(FormRow.excluded_at.is_(None), CycleRow.state != CycleState.CANCELLED.value, *conditions)
        .order_by(CycleRow.period, FormRow.subject_code, FormRow.id)
    )
    return [AgreedForm(form, cycle, GOALS.load(items)) for form, cycle, items in await session.execute(query)]
