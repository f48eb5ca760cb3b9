"""The job that prepares databases: it may be repeated, reads files, and says what it lacks."""

from pathlib import Path

import psycopg
import pytest

from deploy import prepare
from deploy.database import SERVICES
from tests.databases import TestServer


@pytest.fixture
def addresses(
    server: TestServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, request: pytest.FixtureRequest
) -> str:
    """The environment of the job for a database that does not exist yet, half of it in files; the database's name."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    name = f"merit_test_{server.run}_prepared_{worker}"
    monkeypatch.setenv("MERIT_ADMIN_URL", server.admin_url)
    for service in SERVICES:
        place = server.place(service, name)
        monkeypatch.setenv(f"MERIT_{service.upper()}_DATABASE_URL", place.app.render_as_string(hide_password=False))
        file = tmp_path / service
        file.write_text(place.owner.render_as_string(hide_password=False) + "\n", encoding="utf-8")
        monkeypatch.setenv(f"MERIT_{service.upper()}_OWNER_URL_FILE", str(file))
    return name


def test_an_empty_server_becomes_ready_for_every_service_and_stays_so(addresses: str, server: TestServer) -> None:
    try:
        for _ in range(2):
            assert prepare.main() == 0
            for service in SERVICES:
                app = server.place(service, addresses).app.set(drivername="postgresql")
                with psycopg.connect(app.render_as_string(hide_password=False)) as connection:
                    assert connection.execute("SELECT version_num FROM alembic_version").fetchone()
    finally:
        server.drop(addresses)


@pytest.mark.usefixtures("addresses")
def test_a_missing_address_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("MERIT_APPRAISAL_OWNER_URL_FILE")
    assert prepare.main() == 1
    assert "MERIT_APPRAISAL_OWNER_URL must be set" in capsys.readouterr().err


@pytest.mark.usefixtures("addresses")
def test_a_role_with_another_name_is_refused_before_anything_is_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MERIT_INCENTIVE_DATABASE_URL", "postgresql+psycopg://postgres:x@127.0.0.1/merit")
    assert prepare.main() == 1
    assert "must name the role merit_incentive, found postgres" in capsys.readouterr().err
