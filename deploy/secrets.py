"""Makes the secrets of one installation as files that only their owner may read: `python -m deploy.secrets FOLDER`.

What is there already stays: a second run adds what is missing. Containers get the same files (docker-compose.yml).
"""

import base64
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import URL

from deploy.database import SERVICES

DATABASE = "merit"


def random_word() -> str:
    """A password that nobody can guess."""
    return secrets.token_urlsafe(32)


def _webhook_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _storage_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _signing_key() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


MADE: Mapping[str, Callable[[], str]] = {
    "org_signing_key": _signing_key,
    "appraisal_client_secret": random_word,
    "incentive_client_secret": random_word,
    "cursor_key": random_word,
    "event_secret": _webhook_secret,
    "storage_key": _storage_key,
    "bootstrap_password": random_word,
    "bootstrap_second_password": random_word,
}
"""Secrets by file name; the variable of each is MERIT_<NAME> or MERIT_<NAME>_FILE."""


def make(folder: Path) -> None:
    """Writes every secret that `folder` does not hold yet."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, create in MADE.items():
        keep(folder / name, create)


def keep(path: Path, create: Callable[[], str]) -> str:
    """The secret in `path`, made and written first if there is none."""
    if not path.exists():
        unfinished = path.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(create())
        unfinished.rename(path)
    return path.read_text(encoding="utf-8")


def address(role: str, password: str, host: str, port: int, database: str = DATABASE) -> str:
    """The address of a database as one role."""
    url = URL.create("postgresql+psycopg", role, password, host, port, database)
    return url.render_as_string(hide_password=False)


def make_addresses(folder: Path, host: str, port: int) -> None:
    """Writes the database addresses with their passwords, for an installation whose database stays where it is."""
    password = keep(folder / "postgres_password", random_word)
    keep(folder / "admin_url", lambda: address("postgres", password, host, port, "postgres"))
    for service in SERVICES:
        keep(folder / f"{service}_owner_url", lambda: address(f"merit_{service}_owner", random_word(), host, port))  # noqa: B023 - called at once
        keep(folder / f"{service}_database_url", lambda: address(f"merit_{service}", random_word(), host, port))  # noqa: B023 - called at once


def main() -> None:
    """Makes the secrets of a container installation whose database is called `postgres` there."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and its one argument
        sys.exit("usage: python -m deploy.secrets FOLDER")
    folder = Path(sys.argv[1])
    make(folder)
    make_addresses(folder, "postgres", 5432)
    for file in folder.iterdir():
        # The folder keeps others out; in a container the file alone is mounted, for an account of another number.
        file.chmod(0o444)
    print(
        f"The secrets are in {folder}. The first sign-ins are administrator with the password in bootstrap_password "
        "and, for another person, second.administrator with that in bootstrap_second_password."
    )


if __name__ == "__main__":
    main()
