"""Bonuses of the quarter: booked once, in balance, calculated again to the same bytes, explained in two languages."""

from decimal import Decimal
from typing import Any

import httpx2
import pytest

from tests.e2e.system import System

FINANCE, OWN, FINANCE_MANAGER = "秦国栋", "林知远", "魏淑芬"


@pytest.fixture(scope="module")
def run(system: System) -> dict[str, Any]:
    run: dict[str, Any] = system.read(system.company.named(FINANCE), f"/v1/incentive/runs/{system.run()['id']}")
    return run


def _entries(system: System, run: dict[str, Any]) -> list[dict[str, Any]]:
    return system.items(system.company.named(FINANCE), "/v1/incentive/journal/entries", batch_id=run["id"])


@pytest.mark.req("INC-12")
def test_the_journal_owes_the_sum_of_the_lines_and_is_in_balance(system: System, run: dict[str, Any]) -> None:
    finance = system.company.named(FINANCE)
    amounts = [Decimal(posting["amount"]) for entry in _entries(system, run) for posting in entry["postings"]]
    lines = system.items(finance, f"/v1/incentive/runs/{run['id']}/lines")
    assert sum(amounts) == 0
    assert sum(amount for amount in amounts if amount > 0) == sum(Decimal(line["amount"]) for line in lines)
    assert Decimal(system.read(finance, "/v1/incentive/journal/trial_balance")["total"]) == 0


@pytest.mark.req("INC-10")
def test_posting_again_books_nothing_more(system: System, run: dict[str, Any]) -> None:
    finance, path = system.company.named(FINANCE), f"/v1/incentive/runs/{run['id']}/post"
    body, tag = {"calculation_hash": run["calculation"]["content_hash"]}, str(run["revision"])
    approved = str(run["revision"] - 1)  # as the story read it when it posted
    before = _entries(system, run)
    same = system.ask(finance, path, method="POST", body=body, key=f"post-{run['id']}", tag=approved)
    other = system.ask(finance, path, method="POST", body=body, key="a-second-attempt", tag=tag)
    without = system.ask(finance, path, method="POST", body=body, tag=tag)
    assert same.status_code == httpx2.codes.OK
    assert other.status_code == httpx2.codes.CONFLICT
    assert without.status_code == httpx2.codes.BAD_REQUEST
    assert _entries(system, run) == before


@pytest.mark.req("INC-10")
def test_three_people_moved_the_run_and_two_approved(system: System, run: dict[str, Any]) -> None:
    transitions = system.read(system.company.named(FINANCE), f"/v1/incentive/runs/{run['id']}/transitions")
    people = {move["action"]: move["actor_name"] for move in transitions if move["action"] != "finish"}
    assert people == {"calculate": "范思齐", "review": "程雅琴", "approve": "秦国栋", "post": "秦国栋"}


@pytest.mark.req("INC-11")
def test_replaying_the_run_gives_the_same_bytes(system: System, run: dict[str, Any]) -> None:
    replay = system.read(system.company.named(FINANCE), f"/v1/incentive/runs/{run['id']}/replay")
    assert replay["identical"] is True
    assert replay["differing"] == []


@pytest.mark.req("INC-11", "INC-16")
def test_a_statement_explains_itself_in_chinese_and_english(system: System) -> None:
    own = system.company.named(OWN)
    (summary,) = system.items(own, "/v1/incentive/my/statements")
    assert summary["amount"] == "55200.00"
    statement = system.read(own, f"/v1/incentive/statements/{summary['id']}")
    text = str(statement["explanation"])
    for part in ("12000", "18000", "40", "50", "1.2", "奖金", "bonus"):
        assert part in text


@pytest.mark.req("INC-17")
def test_the_payroll_file_pays_what_the_lines_say(system: System, run: dict[str, Any]) -> None:
    finance = system.company.named(FINANCE)
    answer = system.ask(finance, f"/v1/incentive/runs/{run['id']}/payroll.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "55200.00" in answer.text
    assert answer.content == system.ask(finance, f"/v1/incentive/runs/{run['id']}/payroll.csv").content
