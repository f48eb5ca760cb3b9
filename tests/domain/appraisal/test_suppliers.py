"""The class of a supplier, and what its scores lead to (APR-03)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.appraisal.library.domain.supplier_class import SupplierClass
from services.appraisal.library.domain.weights import WeightsNotHundred
from services.appraisal.suppliers.domain.agreement import (
    Agreement,
    AgreementEnded,
    AgreementNotLater,
    AgreementTerms,
    amended,
    terminated,
)
from services.appraisal.suppliers.domain.classification import Finding, classify
from services.appraisal.suppliers.domain.elimination import (
    PENDING,
    Elimination,
    EliminationState,
    Following,
    QuarterScore,
    follow,
    grounds_of,
)
from services.appraisal.suppliers.domain.policy import BUILT_IN, SupplierPolicyBroken
from services.appraisal.suppliers.domain.supplier import SUPPLIER, SupplierAction, SupplierState
from services.kit.identity import Role
from services.kit.periods import Period
from services.kit.workflow import TransitionNotPossible
from services.kit.yaml_files import read_yaml

pytestmark = pytest.mark.req("APR-03")
CASES: dict[str, list[dict[str, Any]]] = read_yaml(Path(__file__).parent / "cases" / "suppliers.yaml")
NOW = datetime(2026, 7, 22, tzinfo=UTC)
TOTALS = st.lists(st.decimals(min_value=0, max_value=120, places=2), max_size=8)
VALUES = st.fixed_dictionaries(
    {
        "history": st.decimals(min_value=0, max_value=40, places=1),
        "response": st.decimals(min_value=0, max_value=100, places=1),
        "case_quality": st.decimals(min_value=0, max_value=5, places=1),
    }
)


def findings_of(values: dict[str, Decimal]) -> dict[str, Finding]:
    return {key: Finding(value, "台账") for key, value in values.items()}


def scores_of(totals: list[Decimal]) -> list[QuarterScore]:
    return [QuarterScore(UUID(int=n + 1), f"Q{n}", UUID(int=n + 100), 1, total) for n, total in enumerate(totals)]


def elimination(number: int, grounds: tuple[QuarterScore, ...], state: EliminationState) -> Elimination:
    place = (UUID(int=7), "SUP-1", "供应商", "D12", ())
    decided = (None, None, None, None)
    return Elimination(UUID(int=number), *place, grounds, Decimal(80), 0, state, 1, NOW, *decided)


@pytest.mark.parametrize("case", CASES["class"], ids=lambda case: f"{case['score']} {case['class']}")
def test_the_class_follows_from_history_response_and_cases(case: dict[str, str]) -> None:
    found = classify(
        BUILT_IN, findings_of({key: Decimal(case[key]) for key in ("history", "response", "case_quality")})
    )
    assert (str(found.score), found.supplier_class.value) == (case["score"], case["class"])
    assert len(found.step.steps) == len(BUILT_IN.policy.criteria)
    assert found.step.value == case["class"]


@given(VALUES, st.sampled_from(["history", "response", "case_quality"]), st.decimals(0, 5, places=1))
def test_a_better_finding_never_gives_a_worse_class(values: dict[str, Decimal], which: str, more: Decimal) -> None:
    better = {**values, which: max(values[which] - more, Decimal(0)) if which == "response" else values[which] + more}
    better["case_quality"] = min(better["case_quality"], Decimal(5))
    before, after = classify(BUILT_IN, findings_of(values)), classify(BUILT_IN, findings_of(better))
    assert 0 <= before.score <= after.score <= 100
    order = list(SupplierClass)
    assert order.index(after.supplier_class) <= order.index(before.supplier_class)
    assert classify(BUILT_IN, findings_of(dict(reversed(values.items())))) == before  # whatever their order


def test_a_policy_whose_marks_or_keys_contradict_each_other_is_refused() -> None:
    policy = BUILT_IN.policy
    with pytest.raises(SupplierPolicyBroken):
        replace(policy, a_from=Decimal(70))
    twice = tuple(replace(each, key="history") for each in policy.criteria)
    with pytest.raises(SupplierPolicyBroken):
        replace(policy, criteria=twice)
    with pytest.raises(WeightsNotHundred):
        replace(policy, criteria=policy.criteria[:2])


@pytest.mark.parametrize("case", CASES["follow"], ids=lambda case: f"{case['scores']} {case.get('known', '')}")
def test_what_scores_lead_to(case: dict[str, Any]) -> None:
    scores = scores_of([Decimal(each) for each in case["scores"]])
    known = [
        elimination(n, tuple(scores[i] for i in each["grounds"]), EliminationState(each["state"]))
        for n, each in enumerate(case.get("known", []))
    ]
    found = follow(scores, known, BUILT_IN, active=case.get("active", True))
    assert [scores.index(each) for each in found.grounds] == case["opens"]
    assert [each.int for each in found.withdraw] == case.get("withdrawn", [])
    assert [each.int for each in found.reopen] == case.get("reopened", [])


@given(TOTALS, TOTALS)
def test_an_elimination_rests_on_low_scores_only_and_is_asked_once(first: list[Decimal], then: list[Decimal]) -> None:
    known: list[Elimination] = []
    for totals in (first, then):
        scores = scores_of(totals)
        for _ in range(2):
            found = follow(scores, known, BUILT_IN, active=True)
            assert all(score.total < 80 for score in found.grounds)
            known = [
                replace(each, state=EliminationState.WITHDRAWN) if each.id in found.withdraw else each for each in known
            ]
            if found.grounds:
                known.append(elimination(len(known), found.grounds, EliminationState.OPEN))
            assert follow(scores, known, BUILT_IN, active=True) == Following()  # the same scores lead to nothing more
        waiting = [each for each in known if each.state in PENDING]
        assert len(waiting) <= 1
        assert all(each.holds({score.cycle_id: score for score in scores}) for each in waiting)


@given(TOTALS)
def test_higher_scores_never_open_an_elimination_that_lower_ones_do_not(totals: list[Decimal]) -> None:
    raised = [min(total + 1, Decimal(120)) for total in totals]
    if grounds_of(scores_of(raised), BUILT_IN):
        assert grounds_of(scores_of(totals), BUILT_IN)


def test_an_amendment_begins_later_and_an_agreement_ends_within_its_days() -> None:
    valid = Period.closed(date(2026, 1, 1), date(2026, 12, 31))
    one = Agreement(
        UUID(int=1), UUID(int=2), "SUP-1", "华星", "FA-1", 1, valid, date(2025, 12, 20), AgreementTerms((), (), ()), 1,
        None, None, None, "HR", NOW,
    )  # fmt: skip
    assert amended(one, date(2026, 7, 1)) == Period.closed(date(2026, 1, 1), date(2026, 6, 30))
    assert amended(one, date(2027, 3, 1)) is None  # it had ended by itself
    for first in (date(2026, 1, 1), date(2025, 6, 1)):
        with pytest.raises(AgreementNotLater):
            amended(one, first)
    assert terminated(one, date(2026, 3, 31)).last == date(2026, 3, 31)
    for last_day in (date(2025, 12, 31), date(2026, 12, 31), date(2027, 1, 1)):
        with pytest.raises(AgreementEnded):
            terminated(one, last_day)


def test_what_follows_from_an_elimination_is_not_offered_for_a_supplier_by_itself() -> None:
    with pytest.raises(TransitionNotPossible) as refused:
        SUPPLIER.next(SupplierState.ACTIVE, SupplierAction.REINSTATE, [Role.HR])
    assert "elimination is" not in refused.value.text("en")
    assert "nothing is possible at the moment" in refused.value.text("en")
