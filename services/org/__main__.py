"""``python -m services.org api|worker|bootstrap|verify_audit``: the processes of the org service.

``bootstrap`` gives a new installation its first account and registers our own services; it may run at every start.
"""

import argparse
import asyncio
import sys

import uvicorn

from services.kit import chain_report, logs, telemetry
from services.kit.audit_chain import TRAIL
from services.kit.starting import start_with
from services.org.identity.usecases.bootstrap import ADMINISTRATOR, SECOND_ADMINISTRATOR
from services.org.main import app_of, run_bootstrap, run_worker
from services.org.settings import BootstrapSettings, OrgSettings


def main() -> None:
    """Run what the first argument names."""
    parser = argparse.ArgumentParser(prog="python -m services.org", description=__doc__)
    parser.add_argument("process", choices=("api", "worker", "bootstrap", "verify_audit"))
    parser.add_argument("--known", help="a link of the audit trail seen earlier, as NUMBER:HASH")
    parser.add_argument(
        "--reset",
        nargs="?",
        const=ADMINISTRATOR,
        choices=(ADMINISTRATOR, SECOND_ADMINISTRATOR),
        help="with bootstrap: let this administrator in again with the password of the settings",
    )
    given = parser.parse_args()
    process = given.process
    if process == "bootstrap":
        settings = start_with("org bootstrap", BootstrapSettings)
        logs.set_up("org", settings.log_level)
        asyncio.run(run_bootstrap(settings, reset=given.reset))
        return
    running = start_with("org", OrgSettings)
    logs.set_up("org", running.log_level)
    if process == "verify_audit":
        sys.exit(asyncio.run(chain_report.verified(running.database_url.get_secret_value(), TRAIL, given.known)))
    telemetry.trace_requests("org")
    if process == "worker":
        asyncio.run(run_worker(running))
    else:
        uvicorn.run(app_of(running), host=running.host, port=running.port, log_config=None, access_log=False)


if __name__ == "__main__":
    main()
