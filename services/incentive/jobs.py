"""The tasks of the incentive service and what its worker gives them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from services.incentive.awards.usecases.approvals import find_approver
from services.incentive.awards.usecases.nominations import FIND_APPROVER
from services.incentive.journal.usecases.bookkeeping import JOURNAL
from services.incentive.pools.usecases.pools import SHARE_OUT
from services.incentive.pools.usecases.releasers import FIND_RELEASERS, find_releasers
from services.incentive.pools.usecases.sharing import share_out_pool as share_out
from services.incentive.referrals.usecases.referrals import SETTLE
from services.incentive.referrals.usecases.referrals import settle_referrals as settle
from services.incentive.runs.usecases.claim_runs import OPEN_RUNS
from services.incentive.runs.usecases.claim_runs import open_claim_runs as open_runs
from services.incentive.runs.usecases.people import FOLLOW_PEOPLE
from services.incentive.runs.usecases.people import follow_people as follow
from services.incentive.runs.usecases.runs import CALCULATE_RUN
from services.incentive.runs.usecases.snapshot_taking import Neighbours, complete_calculation
from services.kit.audit.chain import seal_trail
from services.kit.audit.hash_chain import seal_regularly
from services.kit.events.webhooks import Deliverer, deliver_events
from services.kit.jobs.queue import JobApp, Retry
from services.kit.work.unit_of_work import SystemWork


@dataclass(frozen=True)
class Resources:
    """What tasks depend on."""

    system: SystemWork
    neighbours: Neighbours
    deliverer: Deliverer


JOBS: Final[JobApp[Resources]] = JobApp("incentive")

# A neighbour may be away for a day; until then the run says why it waits.
PATIENCE: Final = Retry(runs=200, first=timedelta(seconds=2), factor=2, ceiling=timedelta(minutes=10))


@JOBS.task(CALCULATE_RUN, retry=PATIENCE)
async def calculate_run(resources: Resources, *, run_id: str, attempt: int) -> None:
    """Take the input snapshot of a run and calculate it; see ``runs.usecases.snapshot_taking``."""
    await complete_calculation(resources.system, neighbours=resources.neighbours, run_id=UUID(run_id), attempt=attempt)


@JOBS.task(OPEN_RUNS, cron="*/5 * * * *")
async def open_claim_runs(resources: Resources) -> None:
    """Open and calculate runs of new claims, every five minutes; see ``runs.usecases.claim_runs``."""
    await open_runs(resources.system)


@JOBS.task(FOLLOW_PEOPLE, retry=PATIENCE, cron="*/10 * * * *")
async def follow_people(resources: Resources) -> None:
    """Learn who works here, when org has imported a file, and every ten minutes; see ``runs.usecases.people``."""
    await follow(resources.system, org=resources.neighbours.org)


seal_regularly(JOBS, "seal_journal", JOURNAL, lambda resources: resources.system.sessions)


@JOBS.task(FIND_APPROVER, retry=PATIENCE)
async def find_award_approver(resources: Resources, *, award_id: str, revision: int) -> None:
    """Ask org who may approve an award next; see ``awards.usecases.approvals``."""
    org = resources.neighbours.org
    await find_approver(resources.system, org=org, award_id=UUID(award_id), revision=revision)


@JOBS.task(SETTLE, cron="30 * * * *")
async def settle_referrals(resources: Resources) -> None:
    """Claim referral bonuses that waited for a plan, every hour; see ``referrals.usecases.referrals``."""
    await settle(resources.system)


@JOBS.task(SHARE_OUT, retry=PATIENCE)
async def share_out_pool(resources: Resources, *, pool_id: str, attempt: int) -> None:
    """Share a team pool out; see ``pools.usecases.sharing``."""
    await share_out(resources.system, neighbours=resources.neighbours, pool_id=UUID(pool_id), attempt=attempt)


@JOBS.task(FIND_RELEASERS, retry=PATIENCE)
async def find_pool_releasers(resources: Resources, *, pool_id: str) -> None:
    """Find out who may release a team pool; see ``pools.usecases.releasers``."""
    await find_releasers(resources.system, org=resources.neighbours.org, pool_id=UUID(pool_id))


deliver_events(JOBS, lambda resources: resources.deliverer)
seal_trail(JOBS, lambda resources: resources.system.sessions)
