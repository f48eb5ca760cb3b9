"""The worker of incentive as a process of its own, quick to notice that another one died: to be killed by a test.

python -m tests.crashes.worker <database url> <address of org and appraisal> <people from which on it takes processes>
"""

import asyncio
import sys
from zoneinfo import ZoneInfo

from benchmarks.bonus_run import NoToken
from services.incentive.clients.appraisal import AppraisalClient
from services.incentive.clients.org import OrgClient
from services.incentive.jobs import JOBS, Resources
from services.incentive.runs.usecases import calculators
from services.incentive.runs.usecases.snapshot_taking import Neighbours
from services.kit.access.clients import ServiceClient, http_client
from services.kit.clock import SystemClock
from services.kit.database.sessions import Database
from services.kit.events.webhooks import Deliverer
from services.kit.jobs.worker import Pace, work
from services.kit.work.unit_of_work import SystemWork

QUICK = Pace(poll=0.1, heartbeat=0.1, stale=0.6, sweep=0.2, rescues=20, reconnect=0.2)


async def run(url: str, address: str, many: str) -> None:
    """Works until killed."""
    calculators.MANY = int(many)  # type: ignore[misc]  # so few people are worth processes to a test alone
    database = Database(url, pool_size=4)
    http = http_client()
    clients = [ServiceClient(name, address, http=http, tokens=NoToken()) for name in ("org", "appraisal")]
    neighbours = Neighbours(OrgClient(clients[0]), AppraisalClient(clients[1]))
    system = SystemWork(database, SystemClock(), ZoneInfo("UTC"))
    await work(JOBS, url, Resources(system, neighbours, Deliverer(database, http, "only-for-tests")), pace=QUICK)


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:]))
