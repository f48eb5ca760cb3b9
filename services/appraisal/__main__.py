"""``python -m services.appraisal api|worker``: the processes of the appraisal service."""

import argparse
import asyncio

import uvicorn

from services.appraisal.main import app_of, run_worker
from services.appraisal.settings import AppraisalSettings
from services.kit import logs, telemetry
from services.kit.starting import start_with


def main() -> None:
    """Run what the first argument names until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m services.appraisal", description=__doc__)
    parser.add_argument("process", choices=("api", "worker"))
    process = parser.parse_args().process
    settings = start_with("appraisal", AppraisalSettings)
    logs.set_up("appraisal", settings.log_level)
    telemetry.trace_requests("appraisal")
    if process == "worker":
        asyncio.run(run_worker(settings))
    else:
        uvicorn.run(app_of(settings), host=settings.host, port=settings.port, log_config=None, access_log=False)


if __name__ == "__main__":
    main()
