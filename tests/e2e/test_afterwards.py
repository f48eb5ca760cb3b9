"""What the example company pays after its quarter comes to the figures worked out beside it, with statements."""

from decimal import Decimal
from typing import Any

import pytest

from examples.reading import Row, table
from examples.story.stage import PERIOD
from tests.e2e.system import EXPECTED, System

FINANCE, RAISED, REFERRER = "秦国栋", "苏曼青", "邹雨薇"


@pytest.fixture(scope="module")
def runs(system: System) -> dict[str, dict[str, Any]]:
    """The later runs by the code of their plan; of the quarter's plan the second one."""
    found = system.items(system.company.named(FINANCE), "/v1/incentive/runs")
    return {run["plan_code"]: run for run in found if run["id"] != system.run()["id"]}


def _expected(plan: str) -> list[Row]:
    return [row for row in table(EXPECTED / "afterwards.csv") if row["方案编码"] == plan]


@pytest.mark.req("INC-04", "INC-05", "INC-06", "INC-12", "INC-13")
def test_every_later_line_has_the_expected_amount_and_books_the_difference_alone(
    system: System, runs: dict[str, dict[str, Any]]
) -> None:
    finance = system.company.named(FINANCE)
    assert set(runs) == {row["方案编码"] for row in table(EXPECTED / "afterwards.csv")}
    for plan, run in runs.items():
        lines = system.items(finance, f"/v1/incentive/runs/{run['id']}/lines")
        found = [(each["employee_number"], each["due"], each["posted_before"], each["amount"]) for each in lines]
        assert run["state"] == "posted"
        assert sorted(found) == [(row["工号"], row["应发"], row["此前已过账"], row["金额"]) for row in _expected(plan)]
        assert system.read(finance, f"/v1/incentive/runs/{run['id']}/replay")["identical"] is True


@pytest.mark.req("INC-11", "INC-16")
def test_everybody_paid_afterwards_reads_a_statement_of_the_same_amount(
    system: System, runs: dict[str, dict[str, Any]]
) -> None:
    for plan, run in runs.items():
        for row in _expected(plan):
            own = system.items(system.company.login_of[row["工号"]], "/v1/incentive/my/statements")
            assert [each["amount"] for each in own if each["run_id"] == run["id"]] == [row["金额"]], row


@pytest.mark.req("INC-13")
def test_the_late_raise_names_both_versions_of_the_pay_profile_on_old_and_new_statement(system: System) -> None:
    own = system.company.named(RAISED)
    first, second = (
        system.read(own, f"/v1/incentive/statements/{each['id']}")
        for each in sorted(system.items(own, "/v1/incentive/my/statements"), key=lambda each: each["issued_at"])
        if each["period"] == PERIOD
    )
    assert (first["amount"], second["amount"]) == ("54000.00", "13500.00")
    assert [each["amount"] for each in first["corrections"]] == ["13500.00"]
    changed = [each for each in second["explanation"]["tree"]["inputs"] if "→" in (each["source"] or "")]
    assert [each["value"] for each in changed] == ["18000.00 → 22500.00"]
    before, after = changed[0]["source"].split(" → ")
    assert before.startswith("pay_profile:")
    assert after.startswith("pay_profile:")
    assert before != after


@pytest.mark.req("INC-04")
def test_the_fund_holds_what_the_award_left_of_it(system: System) -> None:
    (fund,) = system.items(system.company.named(FINANCE), "/v1/incentive/award_funds")
    assert fund["balance"] == "150000.00"


@pytest.mark.req("INC-12")
def test_the_journal_is_in_balance_and_its_chain_is_whole_at_the_end_of_the_year(system: System) -> None:
    finance = system.company.named(FINANCE)
    entries = system.items(finance, "/v1/incentive/journal/entries")
    assert sum(Decimal(posting["amount"]) for entry in entries for posting in entry["postings"]) == 0
    assert system.read(finance, "/v1/incentive/journal/chain")["faults"] == []


@pytest.mark.req("INC-06")
def test_the_referral_is_paid_to_whoever_referred_and_not_to_the_person_hired(system: System) -> None:
    hr = system.company.named("方晴")
    (referral,) = system.items(hr, "/v1/incentive/referrals")
    assert referral["referrer_name"] == REFERRER
    hired = system.items(system.company.login_of[referral["hired_number"]], "/v1/incentive/my/statements")
    assert "referral_bonus" not in {each["kind"] for each in hired}
