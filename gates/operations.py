"""Runs each command of docs/operations.md against the composition, in a copy of this repository: the page is then true.

    python -m gates.operations [--compose docker-compose] [--port 8123] [--keep]

Needs a Docker engine with the base images of the composition; it is no part of `make check`. The commands run in the
order of the page, so each starts from what those before it left; after each block the gateway must be ready again.
The containers, volumes and the copy are removed at the end.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "docs" / "operations.md"
READY_SECONDS: Final = 180.0
_BLOCK: Final = re.compile(r"^## (?P<title>[^\n]+)$|^```sh\n(?P<commands>.*?)^```$", re.MULTILINE | re.DOTALL)


class CommandFailed(Exception):
    """A command of the page does not do what the page says; the text tells which."""


@dataclass(frozen=True)
class Block:
    """Commands that stand together on the page, below a heading."""

    title: str
    commands: str


def blocks(page: str) -> list[Block]:
    """The blocks of commands of a page, in their order."""
    found, title = [], ""
    for match in _BLOCK.finditer(page):
        title = match["title"] or title
        if match["commands"]:
            found.append(Block(title, match["commands"]))
    return found


def main() -> int:
    """Runs the page; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m gates.operations", description=__doc__)
    parser.add_argument("--compose", default="docker compose", help="how compose is called here")
    parser.add_argument("--port", default="8123", help="port of the gateway meanwhile")
    parser.add_argument("--keep", action="store_true", help="leave the containers and the copy")
    options = parser.parse_args()
    copy = Path(tempfile.mkdtemp(prefix="merit-operations-"))
    environment = os.environ | {"MERIT_PORT": options.port, "COMPOSE_PROJECT_NAME": copy.name.lower()}
    try:
        _copy(copy)
        for block in blocks(PAGE.read_text(encoding="utf-8")):
            _run(block, options.compose, copy, environment)
            _wait_until_ready(f"http://127.0.0.1:{options.port}/health/ready", block)
    except CommandFailed as reason:
        print(reason, file=sys.stderr)
        return 1
    finally:
        if not options.keep:
            _shell(f"{options.compose} down --volumes", copy, environment)
            subprocess.run(["rm", "-rf", str(copy)], check=True)  # noqa: S603, S607 - the folder that we made
    print("Every command of docs/operations.md works.")
    return 0


def _copy(folder: Path) -> None:
    """The committed state of this repository, with the same environment for `make`."""
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)  # noqa: S603, S607 - our own folders
    (folder / ".venv").symlink_to((ROOT / ".venv").resolve())


def _run(block: Block, compose: str, folder: Path, environment: Mapping[str, str]) -> None:
    began = time.monotonic()
    done = _shell(block.commands.replace("docker compose", compose), folder, environment)
    if done.returncode != 0:
        raise CommandFailed(f"## {block.title}\n{block.commands}\nexit code {done.returncode}:\n{done.stdout[-4000:]}")
    print(f"{time.monotonic() - began:6.1f} s  {block.title}: {block.commands.strip().splitlines()[-1]}", flush=True)


def _shell(commands: str, folder: Path, environment: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 - the commands of our own page
        ["bash", "-euxo", "pipefail", "-c", commands],  # noqa: S607 - the shell that the page is written for
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _wait_until_ready(address: str, block: Block) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - the gateway on this machine
                return
        except (urllib.error.URLError, OSError):
            time.sleep(1)
    raise CommandFailed(f"After the commands of '{block.title}' the gateway is not ready:\n{block.commands}")


if __name__ == "__main__":
    sys.exit(main())
