"""Secrets are generated once, are readable by their owner alone and have no defaults."""

import stat
from pathlib import Path

import pytest
from sqlalchemy import make_url

from deploy import secrets
from deploy.database import SERVICES, Place
from deploy.migrations import ROOT
from services.kit.yaml_files import read_yaml


def test_secrets_are_for_their_owner_alone(tmp_path: Path) -> None:
    secrets.make(tmp_path / "secrets")
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "secrets").iterdir()} == {0o600}


def test_a_second_run_keeps_what_is_there_and_adds_what_is_missing(tmp_path: Path) -> None:
    secrets.make(tmp_path)
    first = {file.name: file.read_text() for file in tmp_path.iterdir()}
    (tmp_path / "cursor_key").unlink()
    secrets.make(tmp_path)
    second = {file.name: file.read_text() for file in tmp_path.iterdir()}
    assert second.keys() == first.keys()
    assert {name for name in first if first[name] != second[name]} == {"cursor_key"}


def test_the_addresses_for_containers_name_the_roles_that_the_migrations_expect(tmp_path: Path) -> None:
    secrets.make_addresses(tmp_path, "postgres", 5432)
    admin = (tmp_path / "admin_url").read_text()
    assert make_url(admin).password == (tmp_path / "postgres_password").read_text()
    for service in SERVICES:
        owner, app = ((tmp_path / f"{service}_{kind}_url").read_text() for kind in ("owner", "database"))
        assert Place.of(service, admin, owner, app).app.host == "postgres"


@pytest.mark.parametrize("password", ["", "merit_org"])
def test_an_address_without_password_or_with_another_role_is_refused(password: str) -> None:
    role = "merit_org" if not password else "somebody"
    good = "postgresql+psycopg://merit_org_owner:x@host/merit"
    with pytest.raises(ValueError, match=r"must (hold its password|name the role merit_org)"):
        Place.of("org", good, good, f"postgresql+psycopg://{role}:{password}@host/merit")


def test_the_composition_knows_no_secret_and_mounts_no_source() -> None:
    composition = read_yaml(ROOT / "docker-compose.yml")
    for name, service in composition["services"].items():
        assert service["read_only"] is True, name
        assert all(":/" not in volume or not volume.startswith((".", "/")) for volume in service.get("volumes", [])), (
            name
        )
        for variable, value in service.get("environment", {}).items():
            secret = any(
                word in variable for word in ("PASSWORD", "SECRET", "KEY", "DATABASE_URL", "OWNER_URL", "ADMIN")
            )
            assert not secret or str(value).startswith("/run/secrets/"), (name, variable)
