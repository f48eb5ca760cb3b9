"""Scoring rules: readable cases, an independent oracle, and what holds for all numbers."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.appraisal.library.domain.indicators import KINDS, Rule
from services.appraisal.library.domain.indicators.deduction import Deduction
from services.appraisal.library.domain.indicators.higher_is_better import HigherIsBetter
from services.appraisal.library.domain.indicators.lower_is_better import LowerIsBetter
from services.appraisal.library.domain.indicators.on_target import OnTarget
from services.appraisal.library.domain.indicators.rule import (
    Facts,
    Raw,
    RuleMisshapen,
    ScoringRule,
    TargetUnusable,
    shown,
)
from services.appraisal.library.domain.indicators.score_table import ScoreTable
from services.appraisal.library.store.tables import RULES
from services.kit.database.codec import Unreadable
from services.kit.explanation import as_json
from services.kit.money import round_half_up
from services.kit.yaml_files import read_yaml

CASES = Path(__file__).parent / "cases" / "rules"
numbers = st.decimals(min_value=-(10**9), max_value=10**9, places=4, allow_nan=False)
positive = st.decimals(min_value=Decimal("0.0001"), max_value=10**9, places=4, allow_nan=False)


def cases(part: str) -> list[dict[str, Any]]:
    """The cases of one part of every rule's file."""
    files = [read_yaml(path) for path in sorted(CASES.glob("*.yaml"))]
    return [case for file in files for case in file[part]]


def exact(text: str | None) -> Fraction | None:
    """A number, or a quotient of two."""
    if text is None:
        return None
    above, _, below = text.partition("/")
    return Fraction(Decimal(above)) / Fraction(Decimal(below or "1"))


def facts(case: dict[str, Any]) -> Facts:
    """What a case knows."""
    return Facts(
        target=Decimal(case["target"]) if "target" in case else None,
        actual=exact(case.get("actual")),
        manual_scores=tuple(Decimal(score) for score in case.get("scores", ())),
        prior_totals=tuple(Decimal(total) for total in case.get("totals", ())),
        feedback=exact(case.get("feedback")),
    )


@pytest.mark.req("APR-11")
@pytest.mark.parametrize("case", cases("scored"), ids=lambda case: f"{case['rule']['kind']}: {case['case']}")
def test_an_item_scores_as_the_rule_says(case: dict[str, Any]) -> None:
    rule, known = RULES.load(case["rule"]), facts(case)
    assert rule.score(known).value == case["score"]
    ratio = rule.ratio(known, rule.raw(known))
    assert rule.gives_ratio == (ratio is not None)
    if "ratio" in case:
        assert isinstance(ratio, Raw)
        assert ratio.value == exact(case["ratio"])


@pytest.mark.req("APR-01", "APR-11")
@pytest.mark.parametrize("case", cases("refused"), ids=lambda case: str(case["rule"]))
def test_parameters_that_contradict_each_other_are_refused_by_name(case: dict[str, Any]) -> None:
    with pytest.raises(RuleMisshapen) as refused:
        RULES.load(case["rule"])
    assert refused.value.field_errors[0].pointer == f"/{case['parameter']}"


@pytest.mark.req("APR-01")
@pytest.mark.parametrize("number", [80, 80.5, "NaN", "1e3", "８０", True, None])
def test_a_number_within_a_rule_is_exact_text_or_refused(number: object) -> None:
    with pytest.raises(Unreadable):
        RULES.load({"kind": "score_table", "points": [[number, "60"], ["90", "80"]]})


@pytest.mark.req("APR-11")
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.name()))
def test_every_rule_has_cases_an_explanation_to_the_letter_and_an_example(kind: type[ScoringRule]) -> None:
    """Without ``cases/rules/<kind>.yaml`` a new rule is not finished."""
    file = read_yaml(CASES / f"{kind.name()}.yaml")
    assert {case["rule"]["kind"] for case in file["scored"] + file["refused"]} == {kind.name()}
    first = file["scored"][0]
    assert as_json(RULES.load(first["rule"]).score(facts(first))) == file["explained"]
    assert isinstance(RULES.load(kind.example()), kind)
    for parameter in kind.parameters():
        assert all(parameter.metadata[words].zh and parameter.metadata[words].en for words in ("label", "meaning"))
    assert RULES.schema()["$defs"][kind.__name__]["examples"] == [kind.example()]


@pytest.mark.req("APR-11")
@pytest.mark.parametrize("rule", [HigherIsBetter(), LowerIsBetter(), OnTarget(tolerance=Decimal(5), k=Decimal(2))])
def test_a_rule_that_divides_refuses_a_target_of_zero_and_no_other(rule: Rule) -> None:
    with pytest.raises(TargetUnusable, match="target 0") as refused:
        rule.check_target(Decimal(0), pointer="/target")
    assert refused.value.text("zh").startswith(f"按“{rule.label.zh}”计分时目标值不能为 0（现为 0）")
    rule.check_target(Decimal(-1), pointer="/target")


@pytest.mark.req("APR-11")
@given(actual=numbers, target=positive)
def test_ratio_rules_equal_the_formula_in_fractions(actual: Decimal, target: Decimal) -> None:
    known = Facts(target=target, actual=Fraction(actual))
    higher = min(max(100 * Fraction(actual) / Fraction(target), Fraction(0)), Fraction(120))
    lower = min(max(100 * (2 - Fraction(actual) / Fraction(target)), Fraction(0)), Fraction(120))
    assert Decimal(HigherIsBetter().score(known).value) == round_half_up(higher)
    assert Decimal(LowerIsBetter().score(known).value) == round_half_up(lower)


def any_rule() -> st.SearchStrategy[Rule]:
    """Rules that score an actual against a target."""
    pairs = st.lists(
        st.tuples(numbers, st.decimals(0, 100, places=2)), min_size=1, max_size=6, unique_by=lambda p: p[0]
    )
    return st.one_of(
        st.just(HigherIsBetter()),
        st.just(LowerIsBetter()),
        st.builds(OnTarget, tolerance=st.decimals(0, 100, places=2), k=st.decimals("0.01", 50, places=2)),
        st.builds(Deduction, k=st.decimals("0.01", 50, places=2)),
        st.builds(
            lambda found, between: ScoreTable(points=tuple(sorted(found)), between=between),
            pairs,
            st.sampled_from(["step", "linear"]),
        ),
    )


@pytest.mark.req("APR-11")
@given(rule=any_rule(), actual=numbers, target=positive)
def test_every_score_has_two_places_and_lies_within_its_bounds(rule: Rule, actual: Decimal, target: Decimal) -> None:
    score = Decimal(rule.score(Facts(target=target, actual=Fraction(actual))).value)
    assert score.as_tuple().exponent == -2
    assert rule.floor <= score <= rule.cap


@pytest.mark.req("APR-11")
@given(rule=any_rule(), one=numbers, other=numbers, target=positive)
def test_a_better_actual_never_scores_less(rule: Rule, one: Decimal, other: Decimal, target: Decimal) -> None:
    low, high = (
        Decimal(rule.score(Facts(target=target, actual=Fraction(actual))).value) for actual in sorted((one, other))
    )
    if isinstance(rule, HigherIsBetter):
        assert low <= high
    elif isinstance(rule, (LowerIsBetter, Deduction)):
        assert low >= high
    elif isinstance(rule, ScoreTable) and list(rule.points) == sorted(rule.points, key=lambda pair: (pair[1], pair[0])):
        assert low <= high


@pytest.mark.req("APR-11")
def test_the_explanation_names_the_clamp() -> None:
    step = HigherIsBetter().score(Facts(target=Decimal(100), actual=Fraction(180)))
    assert step.formula == "100 × 180 ÷ 100 = 180 → 120"
    assert (step.inputs[-1].name.zh, step.inputs[-1].value) == ("超过上限，按上限计", "120")
    poor = HigherIsBetter().score(Facts(target=Decimal(100), actual=Fraction(-5)))
    assert (poor.inputs[-1].name.zh, poor.inputs[-1].value) == ("低于下限，按下限计", "0")


@pytest.mark.req("APR-11")
@given(actual=numbers, target=positive)
def test_a_target_below_zero_scores_by_its_distance_in_shares_of_its_size(actual: Decimal, target: Decimal) -> None:
    known = Facts(target=-target, actual=Fraction(actual))
    share = (Fraction(actual) + Fraction(target)) / Fraction(target)
    assert HigherIsBetter().raw(known).value == 100 * (1 + share)
    assert LowerIsBetter().raw(known).value == 100 * (1 - share)


@pytest.mark.req("APR-11")
def test_a_number_without_end_is_shown_as_near() -> None:
    assert shown(Fraction(2, 3)) == "≈0.666667"
    assert shown(Decimal("2310000.00")) == "2310000"
