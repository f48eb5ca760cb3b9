"""Which processes make up Merit, their settings, and where a local installation keeps its files."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.database import SERVICES
from deploy.migrations import ROOT

SECRETS: Mapping[str, tuple[str, ...]] = {
    "org": ("org_signing_key", "cursor_key", "event_secret", "storage_key"),
    "org-bootstrap": (
        "org_signing_key",
        "cursor_key",
        "event_secret",
        "storage_key",
        "bootstrap_password",
        "bootstrap_second_password",
        "appraisal_client_secret",
        "incentive_client_secret",
    ),
    "appraisal": ("appraisal_client_secret", "cursor_key", "event_secret", "storage_key"),
    "incentive": ("incentive_client_secret", "cursor_key", "event_secret", "storage_key"),
    "gateway": (),
}
"""What each program may know."""

PORTS: Mapping[str, tuple[str, int]] = {
    "gateway": ("MERIT_PORT", 8000),
    "org": ("MERIT_ORG_PORT", 8001),
    "appraisal": ("MERIT_APPRAISAL_PORT", 8002),
    "incentive": ("MERIT_INCENTIVE_PORT", 8003),
    "postgres": ("MERIT_POSTGRES_PORT", 5440),
}


class BadSetting(Exception):
    """An environment variable holds something that cannot be used; the text names it."""


@dataclass(frozen=True)
class Layout:
    """Folders and ports of a local installation."""

    data: Path
    ports: Mapping[str, int]

    @classmethod
    def from_environment(cls) -> "Layout":
        """Reads MERIT_DATA_DIR and the port variables.

        Raises:
            BadSetting: a port is not a number from 1 to 65535, or two are the same.
        """
        ports: dict[str, int] = {}
        for name, (variable, default) in PORTS.items():
            text = os.environ.get(variable, str(default))
            if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):  # noqa: PLR2004 - the range of ports
                raise BadSetting(f"{variable} must be a port from 1 to 65535, found {text!r}.")
            if int(text) in ports.values():
                raise BadSetting(f"{variable} must differ from the other ports, found {text} twice.")
            ports[name] = int(text)
        return cls(Path(os.environ.get("MERIT_DATA_DIR", ROOT / ".data")).absolute(), ports)

    @property
    def secrets(self) -> Path:
        """The folder of the secrets."""
        return self.data / "secrets"

    @property
    def logs(self) -> Path:
        """The folder of the logs, one file a process."""
        return self.data / "logs"

    @property
    def run(self) -> Path:
        """The folder that tells which processes run."""
        return self.data / "run"

    @property
    def clock(self) -> Path:
        """The file that holds the moment in which the example company lives."""
        return self.data / "clock"

    def url(self, name: str) -> str:
        """The address of a service or the gateway."""
        return f"http://127.0.0.1:{self.ports[name]}"

    def environment(self, program: str, database_url: str | None) -> dict[str, str]:
        """The settings of a program: a service, its bootstrap ("org-bootstrap") or the gateway."""
        variables = {
            "PYTHONUNBUFFERED": "1",
            "MERIT_CLOCK_FILE": str(self.clock),
            "MERIT_PORT": str(self.ports["gateway"]),
        }
        for service in SERVICES:
            variables[f"MERIT_{service.upper()}_URL"] = self.url(service)
            variables[f"MERIT_{service.upper()}_PORT"] = str(self.ports[service])
        if database_url is not None:
            variables[f"MERIT_{program.partition('-')[0].upper()}_DATABASE_URL"] = database_url
        for secret in SECRETS[program]:
            variables[f"MERIT_{secret.upper()}_FILE"] = str(self.secrets / secret)
        return variables
