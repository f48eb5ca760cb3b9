"""Running the scenario again on its own data changes nothing and never goes back to an earlier day."""

import os
import subprocess
import sys

import pytest

from tests.e2e.conftest import ROOT
from tests.e2e.system import System


def _state(system: System) -> list[object]:
    finance, hr = system.company.named("秦国栋"), system.company.named("方晴")
    cycle = system.cycle()
    return [
        cycle,
        system.items(finance, "/v1/incentive/runs"),
        system.items(finance, "/v1/incentive/award_funds"),
        system.items(finance, "/v1/incentive/claims"),
        system.items(hr, "/v1/appraisal/results", cycle_id=cycle["id"]),
        system.items(finance, "/v1/incentive/journal/entries"),
        (system.data / "clock").read_text(encoding="utf-8"),
    ]


@pytest.mark.req("PLT-06")
def test_a_second_telling_changes_nothing(system: System) -> None:
    before = _state(system)
    environment = os.environ | {
        "MERIT_CLOCK_FILE": str(system.data / "clock"),
        "MERIT_BOOTSTRAP_PASSWORD_FILE": str(system.data / "secrets" / "bootstrap_password"),
        "MERIT_BOOTSTRAP_SECOND_PASSWORD_FILE": str(system.data / "secrets" / "bootstrap_second_password"),
    }
    again = subprocess.run(
        [sys.executable, "-m", "examples.story", "--gateway", system.gateway, "--language", "zh"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert again.returncode == 0, again.stderr
    assert "合计" in again.stdout
    assert _state(system) == before
