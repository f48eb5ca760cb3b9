"""What waits for whom while a run goes on (INC-10, PLT-02)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.incentive.runs.domain.run import RunState
from services.incentive.runs.store.tables import RunRow
from services.kit.errors import Text
from services.kit.identity import Role
from services.kit.periods import period_in_words
from services.kit.tasks import Assignee, close_tasks, open_task
from services.kit.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class _NextStep:
    """What a run waits for: the kind of the task, the roles that each get one, and what is to be done."""

    kind: str
    roles: tuple[Role, ...]
    verb: Text


_NEXT_STEPS: Final[Mapping[RunState, _NextStep]] = {
    RunState.CALCULATED: _NextStep("run.review", (Role.COMPENSATION,), Text("复核", "Review")),
    RunState.REVIEWED: _NextStep("run.approve", (Role.FINANCE, Role.EXECUTIVE), Text("审批", "Approve")),
    RunState.APPROVED: _NextStep("run.post", (Role.FINANCE,), Text("过账", "Post")),
    RunState.POSTED: _NextStep("run.pay", (Role.FINANCE,), Text("发放", "Pay")),
}
"""By the state that waits; a draft and a calculation under way wait for nobody."""


async def await_next_step(uow: UnitOfWork, run: RunRow, state: RunState) -> None:
    """Close what waited on the run before it came into ``state``, and let its next step wait for those who take it."""
    subject = ("run", run.id)
    await close_tasks(uow, subject=subject)
    step = _NEXT_STEPS.get(state)
    if step is None:
        return
    period = period_in_words(run.period)
    title = Text(
        f"{step.verb.zh} {period.zh}奖金核算（{run.plan_name}）",
        f"{step.verb.en} the bonus run: {run.plan_name_en}, {period.en}",
    )
    for role in step.roles:
        link = f"/v1/incentive/runs/{run.id}"
        await open_task(uow, step.kind, subject=subject, assignee=Assignee(role=role), title=title, link=link)
