"""Whether every program of this installation could start with its settings: `python -m deploy.settings`.

The first job of a container start, so that a bad value is one line, said once, and stops the start before any service
is restarted for ever. It asks nothing over the network. Exit code 78 if something is wrong.
"""

import sys
from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError
from pydantic_settings import BaseSettings

from gateway.settings import GatewaySettings
from services.appraisal.settings import AppraisalSettings
from services.incentive.settings import IncentiveSettings
from services.kit.startup.settings import UnreadableFile
from services.kit.startup.starting import EXIT_BAD_SETTINGS, problems
from services.org.settings import BootstrapSettings

PROGRAMS: Final[Mapping[str, type[BaseSettings]]] = {
    "org": BootstrapSettings,
    "appraisal": AppraisalSettings,
    "incentive": IncentiveSettings,
    "gateway": GatewaySettings,
}
"""The settings of every program; org's bootstrap knows all that org's other processes do."""


def main() -> int:
    """Prints each invalid setting once; returns the exit code."""
    lines: dict[str, None] = {}
    for kind in PROGRAMS.values():
        try:
            kind.model_validate({})
        except (ValidationError, UnreadableFile) as error:
            lines.update(dict.fromkeys(problems(kind, error)))
    for line in lines:
        print(line, file=sys.stderr)
    return EXIT_BAD_SETTINGS if lines else 0


if __name__ == "__main__":
    sys.exit(main())
