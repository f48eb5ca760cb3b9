"""Runs of claims are opened and calculated by the system, so that people only review, approve and pay (INC-04)."""

from typing import Final

import structlog

from services.incentive.plans.store import plans as plan_store
from services.incentive.runs.domain.run import RUN, RunAction, RunState
from services.incentive.runs.store import input_snapshots as snapshot_store
from services.incentive.runs.usecases.runs import RunExists, create_run, start_calculating
from services.kit.identity import Role
from services.kit.work.unit_of_work import SystemWork

OPEN_RUNS: Final = "open_claim_runs"
"""The job that does this every few minutes; the jobs floor registers it."""

log = structlog.get_logger(__name__)


async def open_claim_runs(system: SystemWork) -> None:
    """Open a run of this month for each kind of which something was claimed since claims were last gathered.

    What is claimed while a run of the kind is under way waits for the next one. A run that somebody cancelled is not
    opened again until something new is claimed. Without a plan in force, or with several, people choose.
    """
    async with system.begin() as uow:
        kinds, today = await snapshot_store.ungathered(uow.session, uow.today), uow.today
    for kind in kinds:
        try:
            await _open(system, kind, f"{today:%Y-%m}")
        except RunExists:  # somebody was quicker
            log.info("claim_run_exists", kind=kind)


async def _open(system: SystemWork, kind: str, month: str) -> None:
    async with system.begin() as uow:
        plans = await plan_store.of_kind(uow.session, kind)
        codes = {plan.code for plan in plans if plan.validity.contains(uow.today)}
        if len(codes) != 1:
            return
        run = (await create_run(uow, plan_code=codes.pop(), period=month, cycle_id=None)).run
        transition = RUN.next(RunState.DRAFT, RunAction.CALCULATE, [Role.SERVICE])
        await start_calculating(uow, run, transition, kept=None)
