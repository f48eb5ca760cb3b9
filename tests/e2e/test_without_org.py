"""A bonus run whose inputs are frozen is finished while org does not answer (design §6)."""

import time
from decimal import Decimal
from typing import Any

import pytest

from examples.story.stage import PERIOD
from tests.e2e.system import System

CLERK, REVIEWER, MANAGER, DIRECTOR = "范思齐", "程雅琴", "魏淑芬", "秦国栋"
PATIENCE_SECONDS = 30.0


def _act(system: System, name: str, path: str, body: object = None, **query: str) -> dict[str, Any]:
    login = system.company.named(name)
    key = f"without-org-{path}-{login}-{sorted(query.items())}"
    answer = system.ask(login, path, method="POST", body=body if body is not None else {}, key=key, **query)
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


def _calculated(system: System, path: str) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        run: dict[str, Any] = system.read(system.company.named(CLERK), path)
        if run["state"] == "calculated":
            return run
        time.sleep(0.2)
    pytest.fail(f"the run was not calculated: {run}")


@pytest.mark.req("INC-10")
def test_a_run_is_recalculated_approved_and_posted_while_org_is_stopped(system: System) -> None:
    plan = system.company.bonus_plan() | {"code": "QB-TRIAL", "name": "试算方案", "name_en": "Trial"}
    _act(system, REVIEWER, "/v1/incentive/plans", plan)
    body = {"plan_code": "QB-TRIAL", "period": PERIOD, "cycle_id": system.cycle()["id"]}
    path = f"/v1/incentive/runs/{_act(system, CLERK, '/v1/incentive/runs', body)['id']}"
    _act(system, CLERK, f"{path}/calculate")
    first = _calculated(system, path)
    for name in (CLERK, REVIEWER, MANAGER, DIRECTOR):
        system.token(system.company.named(name))
    with system.stopped("org-api", "org-worker", "appraisal-api", "appraisal-worker"):
        _act(system, CLERK, f"{path}/calculate", inputs="frozen")
        again = _calculated(system, path)
        _act(system, REVIEWER, f"{path}/review")
        _act(system, MANAGER, f"{path}/approve")
        _act(system, DIRECTOR, f"{path}/approve")
        posted = _act(system, DIRECTOR, f"{path}/post")
    assert again["calculation"]["content_hash"] == first["calculation"]["content_hash"]
    assert posted["state"] == "posted"
    balance = system.read(system.company.named(DIRECTOR), "/v1/incentive/journal/trial_balance")
    assert Decimal(balance["total"]) == 0
