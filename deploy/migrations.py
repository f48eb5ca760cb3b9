"""Brings the schema of a service to the newest migration, from Python."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import URL

ROOT = Path(__file__).resolve().parent.parent


def config_of(service: str, owner: URL) -> Config:
    """Alembic's configuration of a service, with the address of its schema's owner."""
    config = Config(str(ROOT / "alembic.ini"), ini_section=service)
    config.attributes["url"] = owner.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    return config


def upgrade(service: str, owner: URL, revision: str = "head") -> None:
    """Migrates up to `revision`."""
    command.upgrade(config_of(service, owner), revision)
