"""When figures give reason for an alert, and what becomes of an obligation then (APR-07)."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.appraisal.incidents.domain.incident import DELIVERED, Answers, IncidentLevel
from services.appraisal.tracking.domain.alert import (
    CONDITIONS,
    Condition,
    ConditionMisshapen,
    FellAgainstLastMonth,
    Figures,
    OlderThan,
    OverBudget,
    OverPlan,
)
from services.appraisal.tracking.domain.obligation import ObligationState, Owner, Verdict, judged, successor
from services.kit.database.codec import Codec
from services.kit.deadlines import Term, TimeUnit
from services.kit.yaml_files import read_yaml

pytestmark = pytest.mark.req("APR-07")
CASES: list[dict[str, Any]] = read_yaml(Path(__file__).parent / "cases" / "alerts.yaml")
CODEC: Codec[Condition] = Codec(Condition)
POSITIVE = st.decimals(min_value="0.01", max_value="1000000", places=2)


def figures_of(given_figures: dict[str, str]) -> Figures:
    """Figures from a case."""
    exact: dict[str, Any] = {name: Fraction(value) for name, value in given_figures.items()}
    if "plan" in given_figures:
        exact["plan"] = Decimal(given_figures["plan"])
    return Figures(**exact)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['condition']['kind']} {case['figures']}")
def test_a_condition_says_what_it_found_or_nothing(case: dict[str, Any]) -> None:
    finding = CODEC.load(case["condition"]).finding(figures_of(case["figures"]))
    assert (finding.zh if finding else None) == case["finding"]


def test_every_condition_has_cases_and_a_name() -> None:
    assert {each["condition"]["kind"] for each in CASES} == {kind.kind for kind in CONDITIONS}  # type: ignore[attr-defined]  # each is a dataclass with a kind
    assert all(kind.label.zh and kind.label.en for kind in CONDITIONS)


@given(POSITIVE, POSITIVE, st.integers(1, 200))
def test_a_worse_figure_never_ends_an_alert(actual: Decimal, limit: Decimal, percent: int) -> None:
    share = Decimal(percent)
    now, mark = Fraction(actual), Fraction(limit)
    for condition, better, worse in (
        (OverBudget(percent=share, budget="B"), Figures(now, budget=mark), Figures(now + 1, budget=mark)),
        (OverPlan(percent=share), Figures(so_far=now, plan=limit), Figures(so_far=now + 1, plan=limit)),
        (FellAgainstLastMonth(percent=share), Figures(now, before=mark), Figures(now - 1, before=mark)),
        (OlderThan(days=percent), Figures(now), Figures(now + 1)),
    ):
        assert condition.finding(better) is None or condition.finding(worse) is not None


@pytest.mark.parametrize("percent", ["0", "-1", "1000.01"])
def test_a_percentage_that_makes_no_sense_is_refused(percent: str) -> None:
    with pytest.raises(ConditionMisshapen):
        FellAgainstLastMonth(percent=Decimal(percent))
    with pytest.raises(ConditionMisshapen):
        OlderThan(days=0)


@pytest.mark.parametrize(
    ("state", "found", "recent", "by_system", "verdict"),
    [
        (None, True, True, False, Verdict.OPEN),
        (None, True, False, False, Verdict.LEAVE),
        (None, False, True, False, Verdict.LEAVE),
        (ObligationState.OPEN, True, True, False, Verdict.LEAVE),
        (ObligationState.OPEN, False, False, False, Verdict.WITHDRAW),
        (ObligationState.SUBMITTED, False, True, False, Verdict.WITHDRAW),
        (ObligationState.ACCEPTED, False, True, False, Verdict.LEAVE),
        (ObligationState.WITHDRAWN, True, True, True, Verdict.REOPEN),
        (ObligationState.WITHDRAWN, True, True, False, Verdict.LEAVE),
    ],
)
def test_what_becomes_of_an_occasion(
    *,
    state: ObligationState | None,
    found: bool,
    recent: bool,
    by_system: bool,
    verdict: Verdict,
) -> None:
    assert judged(found=found, recent=recent, state=state, by_system=by_system) is verdict


def test_the_nearest_superior_still_there_follows_an_owner_who_left_or_else_hr() -> None:
    one, two, three = (UUID(int=n) for n in (1, 2, 3))
    owner = Owner(one, "x", (two, three), ())
    assert successor(owner, {one}) == Owner(two, None, [three], ())
    assert successor(owner, {one, two}) == Owner(three, None, [], ())
    assert successor(replace(owner, chain=()), {one}).employee_id is None


def test_incidents_are_answered_the_sooner_and_the_higher_the_graver_they_are() -> None:
    noon = datetime(2026, 1, 5, 12, tzinfo=UTC)
    calendar: Any = None
    due = [DELIVERED.response(level).term.due_at(noon, calendar) for level in IncidentLevel]
    assert due == sorted(due, reverse=True)
    assert [DELIVERED.response(level).by for level in IncidentLevel] == list(Answers)
    assert DELIVERED.general.term == Term(24, TimeUnit.HOURS)
    assert DELIVERED.report_within == Term(72, TimeUnit.HOURS)
