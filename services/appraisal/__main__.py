"""``python -m services.appraisal api|worker|verify_audit``: the processes of the appraisal service."""

import argparse
import asyncio
import sys

import uvicorn

from services.appraisal.main import app_of, run_worker
from services.appraisal.settings import AppraisalSettings
from services.kit import chain_report, logs, telemetry
from services.kit.audit_chain import TRAIL
from services.kit.starting import start_with


def main() -> None:
    """Run what the first argument names until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m services.appraisal", description=__doc__)
    parser.add_argument("process", choices=("api", "worker", "verify_audit"))
    parser.add_argument("--known", help="a link of the audit trail seen earlier, as NUMBER:HASH")
    given = parser.parse_args()
    process = given.process
    settings = start_with("appraisal", AppraisalSettings)
    logs.set_up("appraisal", settings.log_level)
    if process == "verify_audit":
        sys.exit(asyncio.run(chain_report.verified(settings.database_url.get_secret_value(), TRAIL, given.known)))
    telemetry.trace_requests("appraisal")
    if process == "worker":
        asyncio.run(run_worker(settings))
    else:
        uvicorn.run(app_of(settings), host=settings.host, port=settings.port, log_config=None, access_log=False)


if __name__ == "__main__":
    main()
