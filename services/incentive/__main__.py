"""``python -m services.incentive api|worker|verify_audit``: the processes of the incentive service."""

import argparse
import asyncio
import sys

import uvicorn

from services.incentive.main import app_of, run_worker
from services.incentive.settings import IncentiveSettings
from services.kit import audit_report, logs, telemetry
from services.kit.starting import start_with


def main() -> None:
    """Run what the first argument names until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m services.incentive", description=__doc__)
    parser.add_argument("process", choices=("api", "worker", "verify_audit"))
    parser.add_argument("--known", help="a link of the audit trail seen earlier, as NUMBER:HASH")
    given = parser.parse_args()
    process = given.process
    settings = start_with("incentive", IncentiveSettings)
    logs.set_up("incentive", settings.log_level)
    if process == "verify_audit":
        sys.exit(asyncio.run(audit_report.verified(settings.database_url.get_secret_value(), given.known)))
    telemetry.trace_requests("incentive")
    if process == "worker":
        asyncio.run(run_worker(settings))
    else:
        uvicorn.run(app_of(settings), host=settings.host, port=settings.port, log_config=None, access_log=False)


if __name__ == "__main__":
    main()
