"""The tasks of the incentive service and what its worker gives them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from services.incentive.runs.usecases.runs import COLLECT
from services.incentive.runs.usecases.snapshot_taking import Neighbours, collect_run
from services.kit.jobs import JobApp, Retry
from services.kit.unit_of_work import SystemWork
from services.kit.webhooks import Deliverer, deliver_events


@dataclass(frozen=True)
class Resources:
    """What tasks stand on."""

    system: SystemWork
    neighbours: Neighbours
    deliverer: Deliverer


JOBS: Final[JobApp[Resources]] = JobApp("incentive")

# A neighbour may be away for a day; until then the run says why it waits.
PATIENCE: Final = Retry(runs=200, first=timedelta(seconds=2), factor=2, ceiling=timedelta(minutes=10))


@JOBS.task(COLLECT, retry=PATIENCE)
async def collect(resources: Resources, *, run_id: str, round_: int) -> None:
    """Fetch, freeze and calculate one round of a run; see ``usecases.collecting``."""
    await collect_run(resources.system, neighbours=resources.neighbours, run_id=UUID(run_id), round_=round_)


deliver_events(JOBS, lambda resources: resources.deliverer)
