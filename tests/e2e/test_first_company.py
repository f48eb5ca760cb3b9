"""The guide to the first company, run as it is printed against an empty installation."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.conftest import PORTS, READY_SECONDS, ROOT, free_ports
from tests.e2e.test_readme import differences

GUIDE = ROOT / "docs" / "first-company.md"
LATER = "today 2026-04-03"
"""Where a reader comes back to people who signed in long before."""

A_LONG_READ = "find $FOLDER -name '*.json' -exec touch -d '1 hour ago' {} +"
OLD_TOKENS = "\n{ echo tokens not renewed:; (cd $FOLDER; find *.json -mmin +3 | sort); } >&2\n"
pytestmark = pytest.mark.req("PLT-01", "APR-01", "ORG-14", "INC-16")


@contextmanager
def empty_installation(data: Path) -> Iterator[tuple[str, Path]]:
    """Merit without the example company: its address, and what its start printed."""
    ports = dict(zip(PORTS, map(str, free_ports(len(PORTS))), strict=True))
    output = data / "launcher.log"
    with output.open("wb") as log:
        launcher = subprocess.Popen(
            [sys.executable, "-m", "deploy.local", "--empty", "--language", "en"],
            cwd=ROOT,
            env=os.environ | ports | {"MERIT_DATA_DIR": str(data)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"http://127.0.0.1:{ports['MERIT_PORT']}"
        deadline = time.monotonic() + READY_SECONDS
        while "Ctrl-C stops it" not in output.read_text(encoding="utf-8"):
            assert launcher.poll() is None, output.read_text(encoding="utf-8")
            assert time.monotonic() < deadline
            time.sleep(0.2)
        yield address, output
    finally:
        launcher.send_signal(signal.SIGTERM)
        launcher.wait(60)


@pytest.mark.xdist_group("system")
def test_the_guide_leads_from_an_empty_installation_to_the_first_statement(tmp_path: Path) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    commands = "\n".join(re.findall(r"^```sh\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL))
    (shown,) = re.findall(r"^```json\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    with empty_installation(tmp_path) as (address, output):
        told = output.read_text(encoding="utf-8")
        three = told.split("docs/first-company.md):")[1].split("Ctrl-C")[0]
        first = subprocess.run(["bash", "-euc", three], capture_output=True, text=True, timeout=120, check=False)
        assert '"login":"hr"' in first.stdout, first.stdout + first.stderr
        assert '"items":[]' in first.stdout
        script = commands.replace("http://localhost:8000", address).replace("DATA=.data", f"DATA={tmp_path}")
        assert script.count(LATER) == 1
        script = script.replace(LATER, f"{A_LONG_READ}\n{LATER}") + OLD_TOKENS
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, timeout=600, check=False
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        statement = json.loads(done.stdout[done.stdout.rindex('{"id"') :])
        assert differences(json.loads(shown), statement) == []
        assert done.stderr.split("tokens not renewed:")[1].split() == [
            "administrator.json",
            "second.administrator.json",
            "zhou.zhou.json",
        ]
        wrong = script[: script.index("let_in() {")].replace("bootstrap_password", "bootstrap_second_password")
        refused = subprocess.run(["bash", "-c", wrong], capture_output=True, text=True, timeout=60, check=False)
        assert '"title": "Login or password is wrong' in refused.stderr
        assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    "part",
    [
        r"^```.*?^```$",
        r"^\| (\d) [^|]*\| (\d+) \|",
        r"^## \d\.",
        r"http://localhost:8000/v1/[a-z_/]+",
        r"[\d,]+\.\d\d",
    ],
)
def test_the_guide_in_chinese_has_the_same_commands_steps_addresses_and_amounts(part: str) -> None:
    found = [
        re.findall(part, page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        for page in (GUIDE, GUIDE.with_suffix(".zh.md"))
    ]
    assert found[0]
    assert found[0] == found[1]


def test_the_guide_is_led_to_from_where_people_begin() -> None:
    for page in ("README.md", "docs/operations.md"):
        assert "first-company.md" in (ROOT / page).read_text(encoding="utf-8")
