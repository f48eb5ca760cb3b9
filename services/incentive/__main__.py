"""``python -m services.incentive api|worker|verify_audit|verify_journal``: the processes of the incentive service."""

import argparse
import asyncio
import sys

import uvicorn

from services.incentive.journal.usecases.bookkeeping import JOURNAL
from services.incentive.main import app_of, run_worker
from services.incentive.settings import IncentiveSettings
from services.kit import chain_report, logs, telemetry
from services.kit.audit_chain import TRAIL
from services.kit.starting import start_with

CHAINS = {"verify_audit": TRAIL, "verify_journal": JOURNAL}


def main() -> None:
    """Run what the first argument names until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m services.incentive", description=__doc__)
    parser.add_argument("process", choices=("api", "worker", *CHAINS))
    parser.add_argument("--known", help="a link of the chain seen earlier, as NUMBER:HASH")
    given = parser.parse_args()
    process = given.process
    settings = start_with("incentive", IncentiveSettings)
    logs.set_up("incentive", settings.log_level)
    if process in CHAINS:
        url = settings.database_url.get_secret_value()
        sys.exit(asyncio.run(chain_report.verified(url, CHAINS[process], given.known)))
    telemetry.trace_requests("incentive")
    if process == "worker":
        asyncio.run(run_worker(settings))
    else:
        uvicorn.run(app_of(settings), host=settings.host, port=settings.port, log_config=None, access_log=False)


if __name__ == "__main__":
    main()
