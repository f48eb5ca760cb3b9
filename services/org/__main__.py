"""``python -m services.org api|worker|bootstrap|verify_audit``: the processes of the org service.

``bootstrap`` gives a new installation its first account and registers our own services; it may run at every start.
"""

import asyncio
from typing import Final

from services.kit.audit.chain import TRAIL
from services.kit.observation import logs
from services.kit.startup.composition import arguments, run
from services.kit.startup.starting import start_with
from services.org.identity.usecases.bootstrap import ADMINISTRATOR, SECOND_ADMINISTRATOR
from services.org.main import app_of, run_bootstrap, run_worker
from services.org.settings import BootstrapSettings, OrgSettings

CHAINS: Final = {"verify_audit": TRAIL}


def main() -> None:
    """Run what the first argument names."""
    parser = arguments("org", __doc__, "bootstrap", *CHAINS)
    parser.add_argument(
        "--reset",
        nargs="?",
        const=ADMINISTRATOR,
        choices=(ADMINISTRATOR, SECOND_ADMINISTRATOR),
        help="with bootstrap: let this administrator in again with the password of the settings",
    )
    given = parser.parse_args()
    if given.process == "bootstrap":
        settings = start_with("org bootstrap", BootstrapSettings)
        logs.set_up("org", settings.log_level)
        asyncio.run(run_bootstrap(settings, reset=given.reset))
        return
    run("org", given, OrgSettings, app_of=app_of, run_worker=run_worker, chains=CHAINS)


if __name__ == "__main__":
    main()
