"""Starting on one machine: an obstacle is reported in one line, and no process is left running."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from deploy.forked import Program
from deploy.layout import PORTS, BadSetting, Layout
from deploy.migrations import ROOT
from deploy.processes import Family, ProcessDied
from tests.databases import free_port


def start(data: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Runs the launcher to its end."""
    return subprocess.run(
        [sys.executable, "-m", "deploy.local", "--once", "--empty"],
        env={**os.environ, "MERIT_DATA_DIR": str(data), **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def free_ports() -> dict[str, str]:
    """Variables that give every part a port of its own."""
    return {variable: str(free_port()) for variable, _ in PORTS.values()}


def test_a_port_in_use_is_named_with_the_variable_that_changes_it(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = start(tmp_path, **{**free_ports(), "MERIT_APPRAISAL_PORT": port})
    assert done.returncode == 1
    expected = f"Merit is not running: port {port} (appraisal) is in use; set MERIT_APPRAISAL_PORT to a free one."
    assert done.stderr.strip() == expected


@pytest.mark.parametrize("port", ["", "80x", "0", "65536", "-1", "８０００"])
def test_a_port_that_is_none_is_refused_by_name(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MERIT_ORG_PORT", port)
    with pytest.raises(BadSetting, match=re.escape(f"MERIT_ORG_PORT must be a port from 1 to 65535, found {port!r}.")):
        Layout.from_environment()


def test_two_parts_cannot_share_a_port(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, default in PORTS.values():
        monkeypatch.setenv(variable, str(default))
    monkeypatch.setenv("MERIT_ORG_PORT", "8002")
    with pytest.raises(BadSetting, match=r"MERIT_APPRAISAL_PORT must differ"):
        Layout.from_environment()


def test_a_child_that_dies_is_reported_with_its_last_words(tmp_path: Path) -> None:
    family = family_in(tmp_path)
    child = family.start("speaker", Program("deploy.healthy", ("nonsense:words",)), {}, ROOT)
    child.process.wait(10)
    with pytest.raises(ProcessDied, match=r"speaker ended \(exit code 1\)(?s:.*)unknown url type: nonsense"):
        family.require_running()


def test_what_a_killed_launcher_left_running_is_ended_by_the_next_one(tmp_path: Path) -> None:
    left = family_in(tmp_path).start("sleeper", Program("tests.deploy.sleeper"), {}, ROOT)
    family_in(tmp_path).stop_leftovers()
    assert not psutil.pid_exists(left.process.pid)
    assert list((tmp_path / "run").iterdir()) == []


def test_a_stranger_who_got_the_number_of_an_ended_child_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    family = family_in(tmp_path)
    born = psutil.Process(stranger.pid).create_time() - 3600
    (tmp_path / "run" / "org-api").write_text(f"{stranger.pid} {born}")
    family.stop_leftovers()
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def family_in(folder: Path) -> Family:
    """A launcher's children with their notes in `folder`."""
    for name in ("logs", "run"):
        (folder / name).mkdir(exist_ok=True)
    return Family(folder / "logs", folder / "run")
