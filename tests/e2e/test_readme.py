"""The README's tour, run as printed: each request by a shell, each answer compared with the one below it."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.system import System

README = Path(__file__).parents[2] / "README.md"
STEP = re.compile(r"```sh\n(?P<request>.*?)```\n+(?:```json\n(?P<answer>.*?)```)", re.DOTALL)
MARK = "--- the next answer ---"


def differences(shown: Any, given: Any, where: str = "") -> list[str]:
    """What is shown and not so. "…" stands for any text or its rest; a list may go on beyond what is shown."""
    if isinstance(shown, dict):
        given = given if isinstance(given, dict) else {}
        return [line for key, value in shown.items() for line in differences(value, given.get(key), f"{where}/{key}")]
    if isinstance(shown, list):
        given = given if isinstance(given, list) else []
        padded = [*given, *[None] * len(shown)]
        return [line for n, value in enumerate(shown) for line in differences(value, padded[n], f"{where}/{n}")]
    if isinstance(shown, str) and shown.endswith("…"):
        return [] if str(given).startswith(shown[:-1]) else [f"{where}: shown {shown}, given {given}"]
    return [] if shown == given else [f"{where}: shown {shown}, given {given}"]


@pytest.mark.req("APR-11", "INC-11", "INC-12", "PLT-08")
def test_the_tour_of_the_readme_is_true(system: System) -> None:
    tour = README.read_text(encoding="utf-8").split("## Five minutes")[1].split("## Adding to it")[0]
    steps = STEP.findall(tour)
    assert len(steps) == tour.count("```json")
    script = f"\necho; echo '{MARK}'\n".join(request for request, _ in steps)
    script = script.replace("localhost:8000", system.gateway.removeprefix("http://"))
    done = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, timeout=60, check=True)
    answers = [json.loads(part) for part in done.stdout.split(MARK)]
    wrong = [
        line for (_, shown), given in zip(steps, answers, strict=True) for line in differences(json.loads(shown), given)
    ]
    assert wrong == []
