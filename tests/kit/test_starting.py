"""What is wrong with a program's settings is one line each, and ends it for good (PLT-01)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from deploy import secrets
from services.appraisal.settings import AppraisalSettings
from services.incentive.settings import IncentiveSettings
from services.kit.startup.starting import start_with
from services.org.settings import BootstrapSettings, OrgSettings

pytestmark = pytest.mark.req("PLT-01")


@pytest.fixture(autouse=True)
def good_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every program could start."""
    for variable in [name for name in os.environ if name.startswith("MERIT_")]:
        monkeypatch.delenv(variable)
    secrets.make(tmp_path)
    for name in secrets.MADE:
        monkeypatch.setenv(f"MERIT_{name.upper()}_FILE", str(tmp_path / name))
    for name in ("org", "appraisal", "incentive"):
        url = f"postgresql+psycopg://merit_{name}:x@127.0.0.1:1/merit"
        monkeypatch.setenv(f"MERIT_{name.upper()}_DATABASE_URL", url)


def refusal(program: str, kind: type[BaseSettings], capsys: pytest.CaptureFixture[str]) -> str:
    """What a program that cannot start says; it must end with the exit code of bad settings."""
    with pytest.raises(SystemExit) as ended:
        start_with(program, kind)
    assert ended.value.code == 78
    return capsys.readouterr().err


BAD = [
    ("MERIT_TIMEZONE", "Mars/Olympus", "expected the name of a time zone such as Asia/Shanghai, found 'Mars/Olympus'"),
    ("MERIT_TIMEZONE", "../etc/passwd", "expected the name of a time zone"),
    ("MERIT_LOG_LEVEL", "LOUD", "expected 'DEBUG', 'INFO', 'WARNING', 'ERROR' or 'CRITICAL', found 'LOUD'"),
    ("MERIT_POOL_SIZE", "0", "expected greater than or equal to 1, found '0'"),
    ("MERIT_POOL_SIZE", "ten", "expected a valid integer"),
    ("MERIT_TOKEN_SECONDS", "86401", "expected less than or equal to 86400, found '86401'"),
    ("MERIT_ORG_URL", "org:8001", "expected an address such as http://127.0.0.1:8001, without path, found 'org:8001'"),
    ("MERIT_EVENT_NETWORKS", "10.20.0.0/99", "expected networks separated by commas"),
    ("MERIT_EVENT_SECRET", "whsec_!", "expected whsec_ and a key in base64"),
    ("MERIT_STORAGE_KEY", " ", "expected keys of 32 bytes in base64, the new one first"),
    ("MERIT_CURSOR_KEY", " ", "expected a secret that is not empty"),
    ("MERIT_ORG_PORT", "80x", "expected a valid integer"),
    ("MERIT_ORG_SIGNING_KEY", "not a key", "expected an Ed25519 private key in PEM"),
    ("MERIT_ORG_DATABASE_URL", "mysql://secret@host/merit", "expected postgresql+psycopg://role:password@host:5432"),
]


@pytest.mark.parametrize("kind", [OrgSettings, BootstrapSettings, AppraisalSettings, IncentiveSettings])
def test_good_settings_start(kind: type[BaseSettings]) -> None:
    assert start_with("any", kind)


@pytest.mark.parametrize(("variable", "value", "expected"), BAD)
def test_a_bad_value_is_one_line_that_names_variable_fault_and_expectation(
    variable: str, value: str, expected: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(variable, value)
    (line,) = refusal("org", OrgSettings, capsys).splitlines()
    assert line.startswith(f"org: {variable}: ")
    assert expected in line


def test_a_secret_is_not_shown_when_it_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MERIT_EVENT_SECRET", "whsec_mysecret!")
    monkeypatch.setenv("MERIT_TIMEZONE", "Nowhere")
    told = refusal("org", OrgSettings, capsys)
    assert "mysecret" not in told
    assert len(told.splitlines()) == 2


@pytest.mark.parametrize(("program", "kind"), [("appraisal", AppraisalSettings), ("incentive", IncentiveSettings)])
def test_a_missing_secret_says_how_it_can_be_given(
    program: str, kind: type[BaseSettings], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    variable = f"MERIT_{program.upper()}_CLIENT_SECRET"
    monkeypatch.delenv(f"{variable}_FILE")
    assert refusal(program, kind, capsys) == (
        f"{program}: {variable}: expected a value, found none; set it, or {variable}_FILE to a file that holds it\n"
    )


def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MERIT_CURSOR_KEY_FILE", str(tmp_path / "nothing"))
    assert refusal("org", OrgSettings, capsys) == (
        f"org: MERIT_CURSOR_KEY_FILE: expected a readable file, found {tmp_path / 'nothing'}: "
        "No such file or directory\n"
    )


def test_a_worker_with_a_wrong_time_zone_ends_with_that_line_alone() -> None:
    command = [sys.executable, "-m", "services.org", "worker"]
    environment = os.environ | {"MERIT_TIMEZONE": "Mars/Olympus"}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert (ended.returncode, ended.stdout) == (78, "")
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.startswith("org: MERIT_TIMEZONE: expected the name of a time zone")
