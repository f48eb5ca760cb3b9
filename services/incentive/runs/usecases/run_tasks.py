"""Tasks of a run while it is in progress (INC-10, PLT-02)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.incentive.runs.domain.run import RUN, RunAction, RunState
from services.incentive.runs.store import runs as store
from services.incentive.runs.store.tables import RunRow
from services.kit.errors import Text
from services.kit.periods import day_in_words, period_in_words
from services.kit.work.assignees import whoever_may
from services.kit.work.tasks import close_tasks, open_task
from services.kit.work.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class _NextStep:
    """What a run waits for: the kind of the task, the transition that does it, and what is to be done.

    ``signs_off``: only a person who has not yet taken part in this calculation can do it.
    """

    kind: str
    action: RunAction
    verb: Text
    signs_off: bool = False


_NEXT_STEPS: Final[Mapping[RunState, _NextStep]] = {
    RunState.CALCULATED: _NextStep("run.review", RunAction.REVIEW, Text("复核", "Review"), signs_off=True),
    RunState.REVIEWED: _NextStep("run.approve", RunAction.APPROVE, Text("审批", "Approve"), signs_off=True),
    RunState.APPROVED: _NextStep("run.post", RunAction.POST, Text("过账", "Post")),
    RunState.POSTED: _NextStep("run.pay", RunAction.PAY, Text("发放", "Pay")),
}
"""By the waiting state; a draft and a running calculation wait for nobody."""


async def await_next_step(uow: UnitOfWork, run: RunRow, state: RunState) -> None:
    """Close what waited on the run, and let the step that follows ``state`` wait for those who can take it."""
    subject = ("run", run.id)
    await close_tasks(uow, subject=subject)
    step = _NEXT_STEPS.get(state)
    if step is None:
        return
    period = period_in_words(run.period)
    made = run.created_at.astimezone(uow.zone)
    day = day_in_words(made.date())
    title = Text(
        f"{step.verb.zh} {period.zh}奖金核算（{run.plan_name}，{day.zh} {made:%H:%M} 新建）",
        f"{step.verb.en} the bonus run: {run.plan_name_en}, {period.en}, created on {day.en} at {made:%H:%M}",
    )
    link = f"/v1/incentive/runs/{run.id}"
    signed = await store.sign_offs(uow.session, run.id, run.attempt) if step.signs_off else ()
    excluded = {each for one in signed for each in (one.account_id, one.employee_id) if each is not None}
    able = whoever_may(RUN, step.action, excluded_ids=excluded)
    await open_task(uow, step.kind, subject=subject, assignee=able, title=title, link=link)
