"""The life of a cycle from draft to evaluation (APR-04); scoring and decisions take it on from there."""

from collections.abc import Sequence
from uuid import UUID

from services.appraisal.cycles.domain.cycle import (
    BEFORE_SCORING,
    CYCLE,
    Cycle,
    CycleAction,
    CycleFilter,
    CyclePolicy,
    CycleState,
    PhaseDeadlines,
)
from services.appraisal.cycles.domain.goal import GOALS, GoalState, goal_items
from services.appraisal.cycles.store import cycles as store
from services.appraisal.cycles.store import forms as form_store
from services.appraisal.cycles.store.tables import POLICIES, CycleRow, FormRow
from services.appraisal.cycles.usecases.access import CycleNotYours, locked_cycle
from services.appraisal.cycles.usecases.goal_tasks import move_goal_deadline
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.cycles.usecases.worker import OPEN_CYCLE
from services.appraisal.library.domain.scheme import FREQUENCY_NAMES, Frequency
from services.appraisal.library.store import schemes as scheme_store
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, days, new_id
from services.kit.errors import Conflict, FieldError, Invalid, Text, joined
from services.kit.identity import Caller, Role
from services.kit.jobs.queue import defer
from services.kit.periods import Period, calendar_period
from services.kit.work.history import advance, trail_of
from services.kit.work.unit_of_work import UnitOfWork

_LENGTHS = {Frequency.MONTH: 1, Frequency.QUARTER: 3, Frequency.HALF: 6, Frequency.YEAR: 12}
_EXAMPLES = {
    Frequency.MONTH: "2026-03",
    Frequency.QUARTER: "2026-Q1",
    Frequency.HALF: "2026-H1",
    Frequency.YEAR: "2026",
}
_NAMED = 10
_FAULTS = 50


class CodeTaken(Conflict):
    """A cycle of this code exists."""

    code = "code_taken"
    zh = "编码“{found}”已被使用，请换一个。"
    en = "The code '{found}' is already taken; choose another one."


class PeriodNotOfFrequency(Invalid):
    """The period is not one month, quarter, half or year as the frequency says."""

    code = "period_not_of_frequency"
    zh = "周期“{period}”不是{frequency}周期。"
    en = "The period '{period}' is not a {frequency}."


class GoalsOpen(Conflict):
    """Evaluation cannot begin while goals are not agreed."""

    code = "goals_open"
    zh = "以下考核表的目标尚未确认，确认后才能进入评价：{names}。"
    en = "The goals of these forms must be agreed before evaluation starts: {names}."


async def create(
    uow: UnitOfWork,
    *,
    code: str,
    name: str,
    label: str,
    frequency: Frequency,
    unit_id: UUID | None,
    policy: CyclePolicy,
    deadlines: PhaseDeadlines,
) -> Cycle:
    """Make a draft.

    Raises:
        PeriodMalformed, PeriodNotOfFrequency: the period is not one of the calendar's, or not of this frequency.
        CycleNotYours: HR of a unit makes a cycle beyond it.
        CodeTaken: there is a cycle of this code.
    """
    period = calendar_period(label)
    demand_length(period, frequency, label)
    if not uow.caller.has_over([unit_id] if unit_id else [], Role.HR):
        raise CycleNotYours
    await demand_free(uow.session, code)
    row = CycleRow(
        id=new_id(),
        code=code,
        name=name,
        frequency=frequency.value,
        period=days(period),
        unit_id=unit_id,
        policy=POLICIES.dump(policy),
        state=CycleState.DRAFT.value,
        revision=1,
        ratings_closed=False,
        goals_due_on=deadlines.goals_due_on,
        ratings_due_on=deadlines.ratings_due_on,
        created_at=uow.now,
    )
    uow.session.add(row)
    await uow.session.flush()
    after = {"code": code, "period": label}
    await uow.audit("appraisal.cycle.created", subject=("cycle", row.id), after=after)
    return row.value


async def set_deadlines(uow: UnitOfWork, *, cycle_id: UUID, revision: int, deadlines: PhaseDeadlines) -> Cycle:
    """Set the last days of goal setting and evaluation; what waits in these phases gets the new deadline.

    Raises:
        Stale, NoCycle, CycleNotYours: as they say.
        NotNow: scoring has begun.
    """
    cycle = await locked_cycle(uow, cycle_id, revision)
    demand_state(cycle.state, *BEFORE_SCORING)
    before = vars(PhaseDeadlines(cycle.goals_due_on, cycle.ratings_due_on))
    cycle.goals_due_on, cycle.ratings_due_on = deadlines.goals_due_on, deadlines.ratings_due_on
    cycle.revision += 1
    await uow.session.flush()
    await move_goal_deadline(uow, cycle)
    await uow.record(
        "appraisal.cycle.deadlines_set",
        subject=("cycle", cycle_id),
        before=before,
        after=vars(deadlines),
        data=vars(deadlines),
    )
    return (await store.find(uow.session, cycle_id)).value


async def open_cycle(uow: UnitOfWork, *, cycle_id: UUID, revision: int) -> Cycle:
    """Let a job take org's snapshot and make the forms.

    Raises:
        Stale, NoCycle, CycleNotYours, TransitionNotPossible: as they say.
    """
    cycle = await locked_cycle(uow, cycle_id, revision)
    move = CYCLE.next(CycleState(cycle.state), CycleAction.OPEN, uow.caller.roles)
    await advance(uow, CycleRow, cycle_id, move, values={"failure": None})
    trail = trail_of(move.source.value, move.target.value, revision=revision)
    await uow.audit("appraisal.cycle.opening_started", subject=("cycle", cycle_id), **trail)
    await defer(uow.session, OPEN_CYCLE, lock=f"cycle:{cycle_id}", cycle_id=str(cycle_id))
    return (await store.find(uow.session, cycle_id)).value


async def start_evaluation(uow: UnitOfWork, *, cycle_id: UUID, revision: int) -> Cycle:
    """End goal setting and let raters rate.

    Raises:
        GoalsOpen: forms that take goals have none agreed.
        Stale, NoCycle, CycleNotYours, TransitionNotPossible: as they say.
    """
    cycle = await locked_cycle(uow, cycle_id, revision)
    move = CYCLE.next(CycleState(cycle.state), CycleAction.START_EVALUATION, uow.caller.roles)
    used = await scheme_store.find_all(uow.session, await form_store.scheme_ids(uow.session, cycle_id))
    with_goals = [scheme_id for scheme_id, scheme in used.items() if goal_items(scheme)]
    waiting, count = await form_store.not_agreed(uow.session, cycle_id, with_goals, most=_FAULTS)
    if waiting:
        field_errors = [FieldError(f"/forms/{form.id}", None, _not_agreed(form)) for form in waiting]
        names = _some([_named(form) for form in waiting], count)
        raise GoalsOpen(names=names, field_errors=field_errors)
    await advance(uow, CycleRow, cycle_id, move)
    trail = trail_of(move.source.value, move.target.value, revision=revision)
    await uow.audit("appraisal.cycle.evaluation_started", subject=("cycle", cycle_id), **trail)
    return (await store.find(uow.session, cycle_id)).value


async def get(session: ReadSession, cycle_id: UUID) -> Cycle:
    """One cycle.

    Raises:
        NoCycle: there is none of that id.
    """
    return (await store.with_cancellations(session, [await store.read(session, cycle_id)]))[0]


async def list_cycles(session: ReadSession, *, wanted: CycleFilter, paging: Paging) -> Rows[Cycle]:
    """Cycles in the order in which they were created."""
    found = await store.listed(session, paging, wanted)
    return Rows(await store.with_cancellations(session, found.items), found.next)


async def count_goals(
    session: ReadSession, *, caller: Caller, cycle_id: UUID
) -> tuple[CycleState, dict[GoalState, int]]:
    """The state of a cycle, and how many forms of the caller's units are in which state of their goals.

    Raises:
        NoCycle: there is none of that id.
    """
    cycle = await store.find(session, cycle_id)
    units = caller.units_of(Role.HR, Role.AUDITOR)
    return CycleState(cycle.state), await store.counts_by_goal_state(session, cycle_id, units)


async def demand_free(session: ReadSession, code: str) -> None:
    """Refuse the code of another cycle.

    Raises:
        CodeTaken: there is a cycle of this code.
    """
    if await store.code_exists(session, code):
        expected = Text("未使用的编码", "a code not in use")
        raise CodeTaken(found=code, field_errors=[FieldError("/code", code, expected)])


def _named(form: FormRow) -> Text:
    code, name = form.subject_code, form.subject
    return Text(f"{code} {name.zh}", f"{code} {name.en}")


def _not_agreed(form: FormRow) -> Text:
    """What is wrong with goals that have to be agreed, in words."""
    name, state, wanted = _named(form), GOALS.states[GoalState(form.state)], GOALS.states[GoalState.AGREED]
    return Text(
        f"{name.zh}的目标{wanted.zh}（目前为“{state.zh}”）", f"goals of {name.en} {wanted.en} (they are '{state.en}')"
    )


def _some(names: Sequence[Text], count: int) -> Text:
    """The first few names of ``count``; where there are more, how many there are in all."""
    zh, en = joined(names[:_NAMED])
    return Text(zh, en) if count <= _NAMED else Text(f"{zh} 等 {count} 份", f"{en} and {count - _NAMED} more")


def demand_length(period: Period, frequency: Frequency, label: str) -> None:
    """Refuse a period that is not as long as the frequency says; ``label`` is how people wrote it.

    Raises:
        PeriodNotOfFrequency: it is not.
    """
    last = period.last or period.start
    months = (last.year - period.start.year) * 12 + last.month - period.start.month + 1
    if months != _LENGTHS[frequency]:
        names, example = FREQUENCY_NAMES[frequency], _EXAMPLES[frequency]
        expected = Text(f"{names.zh}周期，例如 {example}", f"a {names.en} such as {example}")
        raise PeriodNotOfFrequency(period=label, frequency=names, field_errors=[FieldError("/period", label, expected)])
