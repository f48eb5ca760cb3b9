"""Prepares the databases and migrates the schemas of all services, then ends: the first job of a container start.

Per service it needs three addresses of one database: MERIT_<SERVICE>_ADMIN_URL (or MERIT_ADMIN_URL for all) of a
superuser, MERIT_<SERVICE>_OWNER_URL of the role that owns the schemas, MERIT_<SERVICE>_DATABASE_URL of the role that
the service runs as. Each may come as a file named by <VARIABLE>_FILE. Roles get the passwords that the addresses hold,
so a changed password takes effect by running this again.
"""

import os
import sys
import time
from pathlib import Path

import psycopg

from deploy import database, migrations

PATIENCE_SECONDS = 60.0


class MissingSetting(Exception):
    """A variable that must be set is not; the text names it."""


def setting(*names: str) -> str:
    """The first of some variables that is set, directly or by its file.

    Raises:
        MissingSetting: none is.
    """
    for name in names:
        if value := os.environ.get(name):
            return value
        if path := os.environ.get(f"{name}_FILE"):
            return Path(path).read_text(encoding="utf-8").strip()
    raise MissingSetting(f"{' or '.join(names)} must be set, directly or as a file named by {names[-1]}_FILE.")


def place_of(service: str) -> database.Place:
    """Where a service keeps its data, by the environment."""
    prefix = f"MERIT_{service.upper()}"
    return database.Place.of(
        service,
        setting(f"{prefix}_ADMIN_URL", "MERIT_ADMIN_URL"),
        setting(f"{prefix}_OWNER_URL"),
        setting(f"{prefix}_DATABASE_URL"),
    )


def main() -> int:
    """Prepares and migrates; the exit code."""
    try:
        places = [place_of(service) for service in database.SERVICES]
        for place in places:
            _patiently(place)
            print(f"{place.service}: roles and schemas are prepared", flush=True)
            migrations.upgrade(place.service, place.owner)
            print(f"{place.service}: migrated", flush=True)
    except (MissingSetting, OSError, ValueError, psycopg.Error) as reason:
        print(f"Cannot prepare the databases: {reason}", file=sys.stderr)
        return 1
    return 0


def _patiently(place: database.Place) -> None:
    """Waits for a server that is still starting."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            database.prepare(place)
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(1)
        else:
            return


if __name__ == "__main__":
    sys.exit(main())
