"""Goals that serve others: set, shown with their progress, and those that serve none (APR-05)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.appraisal.alignment.domain.cascade import (
    FormPlace,
    GoalKey,
    GoalNode,
    GoalProgress,
    may_align,
    roll_up,
)
from services.appraisal.alignment.store import links as store
from services.appraisal.alignment.store.links import AgreedForm, UnalignedGoal
from services.appraisal.cycles.domain.cycle import BEFORE_SCORING
from services.appraisal.cycles.domain.form import FormScope
from services.appraisal.cycles.domain.form_role import form_roles
from services.appraisal.cycles.domain.goal import Goal, goal_items
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.cycles.usecases.access import form_for, ownership, take_form
from services.appraisal.cycles.usecases.goals import demand_state, side_of
from services.appraisal.library.domain.scheme import Item, Scheme, SubjectKind
from services.appraisal.library.store import schemes as scheme_store
from services.appraisal.scoring.domain.actual import aggregate
from services.appraisal.scoring.store.scoring import actuals_of
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession
from services.kit.database.sessions import period as stored_period
from services.kit.errors import FieldError, Invalid, Text
from services.kit.identity import Caller
from services.kit.work.unit_of_work import UnitOfWork

__all__ = ["UnalignedGoal"]


class NotAlignable(Invalid):
    """A goal would serve one that it cannot, or there is no such goal."""

    code = "not_alignable"
    zh = "该目标不能承接所选目标：只能承接本对象更长周期的目标，或所属单元的目标，且所选目标须已确认。"
    en = "The goal cannot serve that one: choose an agreed goal of the same subject over longer, or of a unit above."


@dataclass(frozen=True)
class PlacedGoal:
    """A goal with its form and cycle, as answers name it."""

    form: FormRow
    cycle: CycleRow
    item: Item
    goal: Goal


@dataclass(frozen=True)
class AlignedGoal:
    """A goal with what it serves and what serves it; ``children`` are those whose forms the caller may see."""

    placed: PlacedGoal
    progress: GoalProgress
    parent: PlacedGoal | None
    children: tuple[tuple[PlacedGoal, GoalProgress], ...]


@dataclass(frozen=True)
class FormAlignment:
    """The goals of a form and their places in the cascade; ``revision`` is the form's."""

    form_id: UUID
    revision: int
    goals: tuple[AlignedGoal, ...]


async def align_goal(
    uow: UnitOfWork, *, form_id: UUID, revision: int, item: str, parent: GoalKey | None
) -> FormAlignment:
    """Let a goal serve an agreed goal of a longer cycle or of a unit above, or none (either side of the agreement).

    Raises:
        NotAlignable: the form has no such goal, or the other one cannot be served.
        Stale, NotNow, NoForm, NotInThisCapacity, FormExcluded: as they say.
    """
    access = await form_for(uow.session, uow.caller, form_id)
    side_of(access)
    cycle = await cycle_store.shared(uow.session, access.form.cycle_id)
    demand_state(cycle.state, *BEFORE_SCORING)
    await take_form(uow, access.form, revision)
    scheme = await scheme_store.find(uow.session, access.form.scheme_id)
    if item not in {each.key for each in goal_items(scheme)}:
        raise _refused("/item", item)
    if parent is not None:
        await _demand_alignable(uow.session, access.form, cycle, parent)
    child = GoalKey(form_id, item)
    before = (await store.above(uow.session, form_id)).get(child)
    await store.set_link(uow.session, child, parent)
    await uow.audit(
        "appraisal.goal.aligned",
        subject=("form", form_id),
        before={"item": item, "serves": before and before.written},
        after={"item": item, "serves": parent and parent.written},
    )
    return await get_alignment(uow.session, caller=uow.caller, form_id=form_id)


async def get_alignment(session: ReadSession, *, caller: Caller, form_id: UUID) -> FormAlignment:
    """The goals of a form that count, what each serves, and their progress rolled up from what serves them.

    Raises:
        NoForm: there is none, or the caller may not see it.
    """
    form = (await form_for(session, caller, form_id)).form
    upwards, downwards = await store.above(session, form_id), await store.below(session, form_id)
    keys = {*upwards.values(), *downwards}
    forms = await store.agreed_forms(session, {form_id, *(key.form_id for key in keys)})
    placed = await _placed(session, forms)
    nodes = await _nodes(session, placed, {**downwards, **upwards})
    progress = roll_up(nodes)
    visible = {each.form.id for each in forms if form_roles(caller, ownership(each.form))}
    goals = []
    for key, each in placed.items():
        if key.form_id != form_id:
            continue
        parent = upwards.get(key)
        children = [child for child, aim in downwards.items() if aim == key]
        seen = [child for child in children if child in placed and child.form_id in visible]
        shown = tuple((placed[child], progress[child]) for child in seen)
        goals.append(AlignedGoal(each, progress[key], placed.get(parent) if parent else None, shown))
    return FormAlignment(form_id, form.revision, tuple(goals))


async def list_alignable(session: ReadSession, *, caller: Caller, form_id: UUID) -> Sequence[PlacedGoal]:
    """The agreed goals that those of a form could serve, for either side of its agreement.

    Raises:
        NoForm, NotInThisCapacity: as they say.
    """
    access = await form_for(session, caller, form_id)
    side_of(access)
    found = await store.candidates(session, access.form, access.cycle)
    own = _place(access.form, access.cycle)
    fitting = [each for each in found if may_align(own, _place(each.form, each.cycle))]
    return list((await _placed(session, fitting)).values())


async def list_unaligned(
    session: ReadSession, *, caller: Caller, cycle_id: UUID, paging: Paging
) -> Rows[tuple[UnalignedGoal, Text]]:
    """The agreed goals of a cycle that serve none, with the item's name, in forms that the caller may see.

    Raises:
        NoCycle: there is none of that id.
    """
    await cycle_store.find(session, cycle_id)
    found = await store.unaligned(session, paging, cycle_id=cycle_id, scope=FormScope.of(caller))
    schemes = await _schemes(session, [each.form for each in found.items])
    return found.map(lambda each: (each, _name(schemes[each.form.scheme_id], each.item)))


def _name(scheme: Scheme, key: str) -> Text:
    item = scheme.item(key)
    return item.name if item else Text(key, key)


async def _demand_alignable(session: ReadSession, form: FormRow, cycle: CycleRow, parent: GoalKey) -> None:
    found = await store.agreed_forms(session, [parent.form_id])
    fits = [each for each in found if may_align(_place(form, cycle), _place(each.form, each.cycle))]
    if not any(goal.key == parent.item for each in fits for goal in each.goals):
        raise _refused("/parent", parent.item)


async def _placed(session: ReadSession, forms: Sequence[AgreedForm]) -> dict[GoalKey, PlacedGoal]:
    schemes = await _schemes(session, [each.form for each in forms])
    return {
        GoalKey(each.form.id, goal.key): PlacedGoal(each.form, each.cycle, item, goal)
        for each in forms
        for goal in each.goals
        if (item := schemes[each.form.scheme_id].item(goal.key)) is not None
    }


async def _nodes(
    session: ReadSession, placed: dict[GoalKey, PlacedGoal], parents: dict[GoalKey, GoalKey]
) -> list[GoalNode]:
    actuals = await actuals_of(session, list({key.form_id for key in placed}))
    nodes = []
    for key, each in placed.items():
        measured = actuals[key.form_id].get(each.item.indicator)
        actual = aggregate(each.item.aggregation, measured) if measured else None
        nodes.append(GoalNode(key, each.form.subject_id, each.item, each.goal.target, actual, parents.get(key)))
    return nodes


async def _schemes(session: ReadSession, forms: Sequence[FormRow]) -> dict[UUID, Scheme]:
    return await scheme_store.find_all(session, list({form.scheme_id for form in forms}))


def _place(form: FormRow, cycle: CycleRow) -> FormPlace:
    return FormPlace(
        SubjectKind(form.subject_kind), form.subject_id, tuple(form.unit_path), stored_period(cycle.period)
    )


def _refused(pointer: str, found: str) -> NotAlignable:
    expected = Text("“可承接的目标”中的一项", "one of the goals that can be served")
    return NotAlignable(field_errors=[FieldError(pointer, found, expected)])
