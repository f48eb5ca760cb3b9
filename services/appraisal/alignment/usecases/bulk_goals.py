"""Goals copied from an earlier cycle, and the same goals for everyone in a position (APR-05)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.appraisal.alignment.domain.goal_loading import GoalSheet, carried_over
from services.appraisal.alignment.store import sheets as store
from services.appraisal.alignment.usecases.sheets import visible_sheets
from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.form import FormScope
from services.appraisal.cycles.domain.goal import FormGoals, Goal
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.usecases import goals
from services.appraisal.cycles.usecases.access import form_for
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.library.store import schemes as scheme_store
from services.kit.errors import Conflict, FieldError, Forbidden, Text
from services.kit.work.unit_of_work import UnitOfWork


class NothingToCopy(Conflict):
    """The subject has no goals in the earlier cycle that this form's scheme takes."""

    code = "nothing_to_copy"
    zh = "该考核对象在所选周期没有已确认且适用于本表的目标，无可复制。"
    en = "The subject has no agreed goals in that cycle that match this form, so there is nothing to copy."


class NotYourPosition(Forbidden):
    """Nobody in this position has the caller as manager in the cycle."""

    code = "not_your_position"
    zh = "本周期内没有由您直接管理的“{position}”岗位人员。"
    en = "In this cycle you have no direct reports in the position '{position}'."


@dataclass(frozen=True)
class BulkProposal:
    """The forms for which goals were proposed, and those left unchanged because one side has already
    proposed goals.
    """

    proposed: tuple[GoalSheet, ...]
    skipped: tuple[GoalSheet, ...]


async def copy_goals(
    uow: UnitOfWork, *, form_id: UUID, revision: int, from_cycle_id: UUID, reason: str | None
) -> FormGoals:
    """Propose what counted for the subject in an earlier cycle; deadlines become the form's last day.

    A new manager copies nothing from a form that they may not read.

    Raises:
        NothingToCopy: there were no agreed goals that the caller may read, or none for items of this form.
        Stale, ReasonNeeded, NotNow, NoForm, NotInThisCapacity: see goals.propose.
    """
    form = (await form_for(uow.session, uow.caller, form_id)).form
    earlier = await store.agreed_in(uow.session, from_cycle_id, form.subject_id, FormScope.of(uow.caller))
    scheme = await scheme_store.find(uow.session, form.scheme_id)
    wanted = carried_over(scheme, earlier) if from_cycle_id != form.cycle_id else ()
    if not wanted:
        expected = Text("有已确认目标的其他周期", "another cycle with agreed goals")
        raise NothingToCopy(field_errors=[FieldError("/from_cycle_id", str(from_cycle_id), expected)])
    return await goals.propose(uow, form_id=form_id, revision=revision, goals=wanted, reason=reason)


async def propose_for_position(
    uow: UnitOfWork, *, cycle_id: UUID, position_code: str, wanted: Sequence[Goal]
) -> BulkProposal:
    """Propose the same goals to every direct report of the caller in a position who has not answered yet.

    Raises:
        NotYourPosition: they manage nobody in it.
        GoalUnknown, TargetUnusable, DueOutsideCycle, NotNow, NoCycle: as they say; nothing is proposed then.
    """
    cycle = await cycle_store.shared(uow.session, cycle_id)
    demand_state(cycle.state, CycleState.GOAL_SETTING, CycleState.EVALUATING)
    found = await visible_sheets(uow.session, uow.caller, cycle, position=position_code)
    own = [sheet for sheet in found if sheet.side == "superior"]
    if not own:
        expected = Text("您直接下属的岗位编码", "the position of one of your direct reports")
        field_errors = [FieldError("/position_code", position_code, expected)]
        raise NotYourPosition(position=position_code, field_errors=field_errors)
    free = tuple(sheet for sheet in own if sheet.takes_bulk)
    for sheet in free:
        await goals.propose(uow, form_id=sheet.form_id, revision=sheet.revision, goals=wanted, reason=None)
    return BulkProposal(free, tuple(sheet for sheet in own if not sheet.takes_bulk))
