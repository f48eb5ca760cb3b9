"""``python -m services.appraisal api|worker|verify_audit``: the processes of the appraisal service."""

from typing import Final

from services.appraisal.main import app_of, run_worker
from services.appraisal.settings import AppraisalSettings
from services.kit.audit.chain import TRAIL
from services.kit.startup.composition import arguments, run

CHAINS: Final = {"verify_audit": TRAIL}


def main() -> None:
    """Run what the first argument names until it is stopped."""
    given = arguments("appraisal", __doc__, *CHAINS).parse_args()
    run("appraisal", given, AppraisalSettings, app_of=app_of, run_worker=run_worker, chains=CHAINS)


if __name__ == "__main__":
    main()
