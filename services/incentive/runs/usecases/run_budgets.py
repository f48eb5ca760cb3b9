"""What a run takes of the budgets of units: planned once calculated, committed once approved, then posted (INC-15)."""

from uuid import UUID

from services.incentive.budgets.domain.spending import RUN, Spending
from services.incentive.budgets.usecases import commitments
from services.incentive.runs.domain.run import RunState
from services.incentive.runs.store import spending as store
from services.incentive.runs.store.tables import RunRow
from services.kit.errors import Text
from services.kit.periods import calendar_period, period_in_words
from services.kit.work.unit_of_work import UnitOfWork


async def follow_state(uow: UnitOfWork, run: RunRow, state: RunState) -> None:
    """Let budgets know that the run is in ``state`` now.

    Raises:
        BudgetExceeded: it was approved, and a budget has no room for it.
    """
    match state:
        case RunState.CALCULATED:
            await commitments.plan_spending(uow, await _spending(uow, run))
        case RunState.APPROVED:
            await commitments.commit_spending(uow, await _spending(uow, run))
        case RunState.CALCULATING | RunState.CANCELLED:
            await commitments.release_spending(uow, RUN, run.id)
        case _:
            pass


async def post_to_budgets(uow: UnitOfWork, run: RunRow) -> None:
    """What the run committed is in the books now, and so is what its claims' sources committed."""
    await commitments.post_spending(uow, RUN, run.id)
    for each in await store.claimed(uow.session, run):
        await commitments.post_spending(uow, each.source_type, each.source_id, each.amount)


async def take_back_line(uow: UnitOfWork, run: RunRow, line_id: UUID) -> None:
    """A line was reversed: nothing is due for it, unless its claim is, which the next run books again."""
    own = await store.claimed(uow.session, run, line_id)
    for each in own:
        await commitments.post_spending(uow, each.source_type, each.source_id, -each.amount)
    if not own:
        line = await store.line(uow.session, line_id)
        await commitments.take_back(uow, RUN, run.id, unit_id=line.unit_id, currency=line.currency, amount=line.amount)


async def _spending(uow: UnitOfWork, run: RunRow) -> Spending:
    period = period_in_words(run.period)
    name = Text(f"{period.zh}奖金核算（{run.plan_name}）", f"the bonus run: {run.plan_name_en}, {period.en}")
    year = calendar_period(run.period).start.year
    parts = await store.parts(uow.session, run)
    return Spending(RUN, run.id, year, name, f"/v1/incentive/runs/{run.id}", parts)
