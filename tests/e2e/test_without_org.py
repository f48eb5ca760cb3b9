"""A bonus run whose inputs are frozen is finished while org does not answer (design §6)."""

import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from tests.e2e.system import System

CLERK, REVIEWER, MANAGER, DIRECTOR = "范思齐", "程雅琴", "魏淑芬", "秦国栋"
PATIENCE_SECONDS = 30.0
YEAR = "2026"  # the quarter has its run, and a kind of bonus is paid once a period


def _act(system: System, name: str, path: str, body: object = None, **query: str) -> dict[str, Any]:
    login = system.company.named(name)
    key = f"without-org-{path}-{login}-{sorted(query.items())}"
    answer = system.ask(login, path, method="POST", body=body if body is not None else {}, key=key, **query)
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


def _step(system: System, name: str, path: str, verb: str, **query: str) -> dict[str, Any]:
    """A step of a run, by who has just read it: the ETag, and the calculation where there is one to approve."""
    seen = system.ask(system.company.named(name), path).raise_for_status()
    calculation = seen.json()["calculation"]
    body = {"calculation_hash": calculation["content_hash"]} if calculation and verb != "calculate" else {}
    login, tag = system.company.named(name), seen.headers["ETag"]
    key = f"without-org-{path}-{verb}-{login}-{sorted(query.items())}"
    answer = system.ask(login, f"{path}/{verb}", method="POST", body=body, key=key, tag=tag, **query)
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


def _post_twice_at_once(system: System, path: str) -> list[int]:
    login = system.company.named(DIRECTOR)
    seen = system.ask(login, path).raise_for_status()
    body, tag = {"calculation_hash": seen.json()["calculation"]["content_hash"]}, seen.headers["ETag"]

    def post(key: str) -> int:
        return system.ask(login, f"{path}/post", method="POST", body=body, key=key, tag=tag).status_code

    with ThreadPoolExecutor(2) as both:
        return sorted(both.map(post, ("one", "other")))


@pytest.mark.req("INC-10")
def test_a_run_is_recalculated_approved_and_posted_while_org_is_stopped(system: System) -> None:
    plan = system.company.bonus_plan()
    rule, policy = {"kind": "annual_bonus", "months": "2"}, {**plan["policy"], "cycle": "within_period"}
    trial = {"code": "AB-TRIAL", "name": "试算方案", "name_en": "Trial", "rule": rule, "policy": policy}
    version = _act(system, REVIEWER, "/v1/incentive/plans", plan | trial)
    system.ask(
        system.company.named(CLERK), f"/v1/incentive/plans/{version['id']}/release", method="POST", tag="1"
    ).raise_for_status()
    body = {"plan_code": "AB-TRIAL", "period": YEAR, "cycle_id": system.cycle()["id"]}
    path = f"/v1/incentive/runs/{_act(system, CLERK, '/v1/incentive/runs', body)['id']}"
    _step(system, CLERK, path, "calculate")
    first = _calculated(system, path)
    for name in (CLERK, REVIEWER, MANAGER, DIRECTOR):
        system.token(system.company.named(name))
    with system.stopped("org-api", "org-worker", "appraisal-api", "appraisal-worker"):
        _step(system, CLERK, path, "calculate", reuse_inputs="true")
        again = _calculated(system, path)
        _step(system, REVIEWER, path, "review")
        _step(system, MANAGER, path, "approve")
        _step(system, DIRECTOR, path, "approve")
        codes = _post_twice_at_once(system, path)
        posted = system.read(system.company.named(DIRECTOR), path)
    assert again["calculation"]["content_hash"] == first["calculation"]["content_hash"]
    assert codes[0] == httpx2.codes.OK
    assert codes[1] in {httpx2.codes.CONFLICT, httpx2.codes.PRECONDITION_FAILED}
    assert posted["state"] == "posted"
    finance = system.company.named(DIRECTOR)
    booked = system.items(finance, "/v1/incentive/journal/entries", batch_id=posted["id"])
    owed = [line for line in system.items(finance, f"{path}/lines") if Decimal(line["amount"])]
    assert len(booked) == len(owed)
    balance = system.read(system.company.named(DIRECTOR), "/v1/incentive/journal/trial_balance")
    assert Decimal(balance["total"]) == 0
