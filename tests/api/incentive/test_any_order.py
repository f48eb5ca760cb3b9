"""Whatever people do in whatever order, money stays right: what is posted is what is due, and nothing is paid twice.

Random sequences over HTTP on a real database. What is due is worked out beside the service; what must hold is looked
up in the tables after every step.
"""

import asyncio
from collections.abc import Coroutine
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

import httpx2
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.api.incentive.test_differences import replayed
from tests.api.incentive.test_referrals import decided, enter
from tests.api.incentive.test_shares import dividend, revoked
from tests.builders.incentive import QUARTER, Person
from tests.builders.incentive_awards import freely, nomination, post, reverse_entry, who
from tests.builders.incentive_oracle import Due, Entitlement, PayRecord, dividend_due, lines_due, quarters_due
from tests.builders.incentive_work import CREATED, FUND, NEXT, OK, UNDER_WAY, WORK, Booked, Work

pytestmark = pytest.mark.req("INC-10", "INC-12", "INC-13")

EXAMPLES, STEPS = 5, 14  # together below 20 s of a processor
TARGETS = ["calculated", "approved", "posted", "posted", "paid"]
CONFLICT = httpx2.codes.CONFLICT
NOTHING = Decimal("0.00")
NUMBERS = st.sampled_from(["E001", "E002", "E004"])
DAYS = st.sampled_from(["2026-01-01", "2026-02-10", "2026-04-01"])
KINDS = {"SA": "special_award", "RB": "referral_bonus", "VS": "virtual_shares"}
DIVIDENDS = {"1300000.00": "30000.00", "1150000.00": "15000.00"}
"""What is shared out of a profit."""
T = TypeVar("T")


class Money(RuleBasedStateMachine):
    """People at their work, in any order; ``work`` holds what all examples begin with."""

    work: Work

    def __init__(self) -> None:
        super().__init__()
        self.quarter = self.work.quarter
        self.runs: list[Booked] = []
        self.posted: dict[Entitlement, Decimal] = {}
        self.claims: dict[Entitlement, Decimal] = {}
        self.awards: dict[str, dict[str, Any]] = {}
        self.nominations = 0
        self.pending: list[tuple[str, str, str, str]] = []
        self.fund = FUND
        self.dividend: dict[str, Any] = {}
        self.grants = dict(self.work.grants)
        self.pay = {
            one.number: PayRecord({date.fromisoformat(start): Fraction(fixed) for fixed, start in one.pay})
            for one in self.quarter.company.people
        }
        self.do(self.work.begin())

    def do(self, what: Coroutine[Any, Any, T]) -> T:
        """Wait for what happens in the loop of the test."""
        return asyncio.run_coroutine_threadsafe(what, self.work.loop).result(60)

    def teardown(self) -> None:
        for run in self.runs:
            if run.lines:
                self.replay(run)
        self.do(self.work.forget())

    # What people enter

    @rule(number=NUMBERS, fixed=st.sampled_from(["15000.00", "22500.00", "20001.00"]), day=DAYS, at_once=st.booleans())
    def enter_pay(self, number: str, fixed: str, day: str, at_once: bool) -> None:  # noqa: FBT001 - drawn
        """One enters, another releases at once or later."""
        body = {"employee_number": number, "fixed_pay": fixed, "cost_centre": "CC-1", "valid_from": day}
        answer = self.do(post(self.quarter, self.quarter.clerk, "pay_changes", body))
        if answer.status_code == CREATED:
            self.pending.append((answer.json()["id"], number, fixed, day))
        if at_once and self.pending:
            self.release_pay()

    def release_pay(self) -> None:
        """What was entered last counts from now on."""
        change, number, fixed, day = self.pending.pop()
        answer = self.do(post(self.quarter, self.quarter.reviewer, f"pay_changes/{change}/release", seen=1))
        if answer.status_code == OK:
            self.pay[number].by_day[date.fromisoformat(day)] = Fraction(fixed)

    @rule(number=NUMBERS, grade=st.sampled_from("SABCD"))
    def correct_grade(self, number: str, grade: str) -> None:
        version = self.person(number).result_version + 1
        self.quarter.company.change(number, grade=grade, result_version=version)

    @rule(number=NUMBERS, what=st.sampled_from(WORK))
    def leave_or_come_back(self, number: str, what: dict[str, Any]) -> None:
        self.quarter.company.change(number, **what)

    @rule(number=NUMBERS, amount=st.sampled_from(["10000.01", "59999.99"]))
    def give_award(self, number: str, amount: str) -> None:
        self.nominations += 1
        code = f"SA-{self.nominations}"
        members = [{"employee_number": number, "share": "60"}, {"employee_number": "E010", "share": "40"}]
        body = nomination(self.quarter, self.work.fund_id, code, members=members, **freely(amount))
        nominated = self.do(post(self.quarter, who(self.quarter, "E003"), "awards", body)).json()
        path = f"awards/{nominated['id']}/approve"
        answer = self.do(post(self.quarter, who(self.quarter, "E011"), path, seen=1))
        if Decimal(amount) > self.fund:
            assert (answer.status_code, answer.json()["code"]) == (CONFLICT, "fund_overdrawn")
            return
        assert answer.status_code == OK, answer.text
        self.fund -= Decimal(amount)
        self.awards[code] = answer.json()
        for member in answer.json()["members"]:
            self.claims[member["employee_number"], "special_award", code] = Decimal(member["amount"])

    @precondition(lambda self: any(each["state"] == "approved" for each in self.awards.values()))
    @rule()
    def revoke_award(self) -> None:
        code, given = next((code, each) for code, each in self.awards.items() if each["state"] == "approved")
        path = f"awards/{given['id']}/revoke"
        answer = self.do(post(self.quarter, self.quarter.clerk, path, {"reason": "重复申报"}, seen=given["revision"]))
        assert answer.status_code == OK, answer.text
        self.awards[code] = answer.json()
        self.fund += Decimal(given["amount"])
        for key in [key for key in self.claims if key[2] == code]:
            self.claims[key] = Decimal("0.00")

    @precondition(lambda self: not any(kind == "referral_bonus" for _, kind, _ in self.claims))
    @rule(referrer=NUMBERS)
    def refer(self, referrer: str) -> None:
        self.do(decided(self.quarter, "E003"))
        assert self.do(enter(self.quarter, referrer=referrer)).status_code == CREATED
        self.claims[referrer, "referral_bonus", f"hire:{self.person('E003').id}"] = Decimal("2000.00")

    @precondition(lambda self: self.grants)
    @rule(profit=st.sampled_from(sorted(DIVIDENDS)))
    def share_profit(self, profit: str) -> None:
        self.dividend = self.do(dividend(self.quarter, profit, 2025))
        self._share(profit)

    @precondition(lambda self: self.grants and self.dividend)
    @rule()
    def revoke_grant(self) -> None:
        _, given = self.grants.popitem()
        self.do(revoked(self.quarter, self.work.chief, given, given["granted_on"]))
        path = f"share_dividends/{self.dividend['id']}/share_out"
        again = self.do(post(self.quarter, self.quarter.clerk, path, seen=self.dividend["revision"]))
        assert again.status_code == OK, again.text
        self.dividend = again.json()
        self._share(self.dividend["profit"])

    def _share(self, profit: str) -> None:
        held = {each: self.grants[each]["vested"] if each in self.grants else 0 for each in self.work.grants}
        self.claims |= dividend_due(DIVIDENDS[profit], held)

    # Runs

    @rule(period=st.sampled_from([QUARTER, "2026-Q2"]), to=st.sampled_from(TARGETS))
    def run_quarter(self, period: str, to: str) -> None:
        self._go_on(self._run("QB", period), to)

    @rule(plan=st.sampled_from(sorted(KINDS)), to=st.sampled_from(TARGETS))
    def run_claims(self, plan: str, to: str) -> None:
        self._go_on(self._run(plan, "2026-04"), to)

    @precondition(lambda self: any(run.state == "posted" for run in self.runs))
    @rule()
    def pay_out(self) -> None:
        self._step(next(run for run in self.runs if run.state == "posted"))

    @precondition(lambda self: any(run.state in UNDER_WAY for run in self.runs))
    @rule()
    def cancel(self) -> None:
        self._cancel(next(run for run in self.runs if run.state in UNDER_WAY))

    @precondition(lambda self: any(run.state in {"posted", "paid"} for run in self.runs))
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        """Undo an entry about some line, from its payment on; a refusal says what must be undone before."""
        lines = [line for run in self.runs if run.state in {"posted", "paid"} for line in run.lines]
        if not lines:
            return
        line = data.draw(st.sampled_from(lines), label="line")
        entries = self.do(self.work.entries(line["id"]))
        for kind in ("payment", "recovery", "accrual"):
            for entry in (each for each in entries if each["kind"] == kind and not each["reversed_by_id"]):
                answer = self.do(reverse_entry(self.quarter, entry["id"]))
                if answer.status_code == CONFLICT:
                    assert answer.json()["code"] in {"already_recovered", "recovery_stands"}
                    return
                assert answer.is_success, answer.text
                if kind == "accrual":
                    self.posted[self.key(line)] -= Decimal(line["amount"])
        for run in self.runs:
            if run.state == "paid":
                run.state = self.do(self.work.state(run.id))

    @precondition(lambda self: self.posted)
    @rule(number=NUMBERS)
    def dispute(self, number: str) -> None:
        self.do(self.work.dispute(number))

    # What must hold
    @invariant()
    def money_is_right(self) -> None:
        found = self.do(self.work.books())
        assert found.unbalanced == []
        assert found.overpaid == []
        assert found.wrong_side == []
        assert found.wrong_budget == []
        assert found.fund == self.fund >= 0
        assert found.equity == 0
        assert found.posted == self.posted
        for number, posted, balance, paid in found.people:
            assert balance == -posted - paid, f"{number}: owed {balance}, posted {posted}, paid {-paid}"

    # Parts

    def person(self, number: str) -> Person:
        return next(one for one in self.quarter.company.people if one.number == number)

    def key(self, line: dict[str, Any]) -> Entitlement:
        return line["employee_number"], line["kind"], line["occasion"]

    def replay(self, run: Booked) -> None:
        self.quarter.run_id = run.id
        assert self.do(replayed(self.quarter)), f"the run {run.plan} {run.period} replays to other bytes"

    def _run(self, plan: str, period: str) -> Booked:
        """The run of a plan and period that is under way, a new one if there is none."""
        own = [run for run in self.runs if run.state in UNDER_WAY and (run.plan, run.period) == (plan, period)]
        if not own:
            own = [Booked(self.do(self.work.draft(plan, period)), plan, period)]
            self.runs += own
        return own[0]

    def _go_on(self, run: Booked, to: str) -> None:
        """Until the run is in a state; where it was calculated before, sometimes from a newer look at the facts."""
        if run.state == "draft" or (to == "calculated" and run.state != "approved"):
            self._calculate(run)
        while run.state in NEXT and run.state != to and self._step(run):
            pass

    def _cancel(self, run: Booked) -> None:
        self.quarter.run_id = run.id
        assert self.do(self.quarter.act(self.quarter.clerk, "cancel")).status_code == OK
        run.state = "cancelled"

    def _calculate(self, run: Booked) -> None:
        self.quarter.run_id = run.id
        run.lines, run.state = self.do(self.work.calculate()), "calculated"
        found = {self.key(line): (Decimal(line["due"]), Decimal(line["posted_before"])) for line in run.lines}
        due = self._quarters(run.period) if run.plan == "QB" else self._owed(KINDS[run.plan])
        assert found == lines_due(due, self.posted), "the lines are not what is due by the facts of today"

    def _owed(self, kind: str) -> Due:
        return {key: amount for key, amount in self.claims.items() if key[1] == kind and (amount or key in self.posted)}

    def _quarters(self, own: str) -> Due:
        """Of the run's quarter and of every earlier one that is posted."""
        posted = {run.period for run in self.runs if run.plan == "QB" and run.state in {"posted", "paid"}}
        periods = {own, *(period for period in posted if period < own)}
        return quarters_due(self.quarter.company.people, self.pay, periods)

    def _step(self, run: Booked) -> bool:
        self.quarter.run_id = run.id
        name, action, target = NEXT[run.state]
        answer = self.do(self.quarter.act(getattr(self.quarter, name), action))
        stale = any(Decimal(line["posted_before"]) != self.posted.get(self.key(line), NOTHING) for line in run.lines)
        if action == "post" and stale:
            assert (answer.status_code, answer.json()["code"]) == (CONFLICT, "posted_meanwhile")
            self._cancel(run)
            return False
        assert answer.status_code == OK, answer.text
        run.state = target
        if action == "post":
            self.posted |= {self.key(line): Decimal(line["due"]) for line in run.lines}
            self.replay(run)
        return True


async def test_money_is_right_whatever_people_do_in_whatever_order(work: Work) -> None:
    machine = type("Machine", (Money,), {"work": work})
    bounds = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=bounds)
