"""``python -m gateway`` as people start it (PLT-01)."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.gateway.servers import Service, dead_origin

pytestmark = pytest.mark.req("PLT-01")

COMMAND = [sys.executable, "-m", "gateway"]


def environment(**more: str) -> dict[str, str]:
    """The variables of this process without settings of its own, and some more."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MERIT_")} | more


@contextmanager
def running(**settings: str) -> Iterator[httpx2.Client]:
    """The gateway as a process of its own; ended by SIGTERM, which it must obey without complaint."""
    port = dead_origin().rpartition(":")[2]
    with subprocess.Popen(
        COMMAND, env=environment(MERIT_PORT=port, **settings), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=5, trust_env=False) as client:
            deadline = time.monotonic() + 20
            while True:
                try:
                    client.get("/health/live")
                    break
                except httpx2.ConnectError:
                    assert process.poll() is None, process.stderr.read() if process.stderr else ""
                    assert time.monotonic() < deadline
                    time.sleep(0.05)
            yield client
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) in {0, -signal.SIGTERM}
        assert process.stderr
        assert process.stderr.read() == b""


def test_it_forwards_and_believes_no_forwarded_address(api_documents: Path, org: Service) -> None:
    with running(MERIT_ORG_URL=org.origin, MERIT_GATEWAY_API_DOCUMENTS=str(api_documents)) as client:
        answer = client.get("/v1/org/echo", headers={"X-Forwarded-For": "8.8.8.8"})
        assert answer.status_code == 200
        assert org.last_headers["x-forwarded-for"] == "127.0.0.1"


def test_behind_a_trusted_proxy_it_passes_on_the_real_address_and_scheme(api_documents: Path, org: Service) -> None:
    with running(
        MERIT_ORG_URL=org.origin,
        MERIT_GATEWAY_API_DOCUMENTS=str(api_documents),
        MERIT_GATEWAY_TRUSTED_PROXIES="127.0.0.1",
    ) as client:
        client.get("/v1/org/echo", headers={"X-Forwarded-For": "8.8.8.8", "X-Forwarded-Proto": "https"})
        assert org.last_headers["x-forwarded-for"] == "8.8.8.8"
        assert org.last_headers["x-forwarded-proto"] == "https"


def ended(**settings: str) -> "subprocess.CompletedProcess[str]":
    """The gateway as a process that cannot start."""
    return subprocess.run(COMMAND, env=environment(**settings), capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"MERIT_ORG_URL": "http://127.0.0.1:8001/v1"}, "without path"),
        ({"MERIT_ORG_URL": "ftp://example.org"}, "expected an address"),
        ({"MERIT_GATEWAY_RATE_PER_TOKEN": "many"}, "MERIT_GATEWAY_RATE_PER_TOKEN: expected a rate"),
        ({"MERIT_GATEWAY_API_DOCUMENTS": "/nowhere"}, "make openapi"),
    ],
)
def test_wrong_settings_are_told_without_a_traceback(settings: dict[str, str], words: str) -> None:
    process = ended(**settings)
    assert process.returncode == 78
    assert words in process.stderr
    assert "Traceback" not in process.stderr


def test_a_port_in_use_is_one_clear_line(api_documents: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        process = ended(MERIT_PORT=port, MERIT_GATEWAY_API_DOCUMENTS=str(api_documents))
    told = process.stdout + process.stderr
    assert process.returncode != 0
    assert "Traceback" not in told
    assert f"'127.0.0.1', {port}" in told
