"""``python -m services.incentive api|worker|verify_audit|verify_journal``: the processes of the incentive service."""

from typing import Final

from services.incentive.journal.usecases.bookkeeping import JOURNAL
from services.incentive.main import app_of, run_worker
from services.incentive.settings import IncentiveSettings
from services.kit.audit.chain import TRAIL
from services.kit.startup.composition import arguments, run

CHAINS: Final = {"verify_audit": TRAIL, "verify_journal": JOURNAL}


def main() -> None:
    """Run what the first argument names until it is stopped."""
    given = arguments("incentive", __doc__, *CHAINS).parse_args()
    run("incentive", given, IncentiveSettings, app_of=app_of, run_worker=run_worker, chains=CHAINS)


if __name__ == "__main__":
    main()
