"""One real Merit for all end-to-end tests: every process as `make up` starts it, with the quarter lived through."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.system import System

READY_SECONDS = 600  # a guard; it takes about a minute where nothing else runs
ROOT = Path(__file__).parents[2]
PORTS = ("MERIT_PORT", "MERIT_ORG_PORT", "MERIT_APPRAISAL_PORT", "MERIT_INCENTIVE_PORT", "MERIT_POSTGRES_PORT")


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nobody uses."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
    finally:
        for each in sockets:
            each.close()


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Merit after the quarter. It has a data folder and ports of its own and is stopped at the end."""
    data = tmp_path_factory.mktemp("merit")
    ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
    environment = os.environ | {name: str(port) for name, port in ports.items()} | {"MERIT_DATA_DIR": str(data)}
    output = data / "launcher.log"
    with output.open("wb") as log:
        launcher = subprocess.Popen(
            [sys.executable, "-m", "deploy.local"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for_the_quarter(launcher, data, output)
        with System(data, {name.lower(): port for name, port in ports.items()}) as merit:
            yield merit
    finally:
        launcher.send_signal(signal.SIGTERM)
        launcher.wait(60)


def _wait_for_the_quarter(launcher: subprocess.Popen[bytes], data: Path, output: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not (data / "story").exists():
        if launcher.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"Merit did not get through its quarter:\n{output.read_text(encoding='utf-8')[-6000:]}")
        time.sleep(0.3)
