"""Forms: the worked example, weights, 360, adjustments, vetoes, several forms, and replay to the byte."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.appraisal.feedback.domain.feedback import Answer, feedback_score, gather
from services.appraisal.library.domain.feedback_policy import FeedbackPolicy, Question, ThresholdTooLow
from services.appraisal.library.domain.grade import Grade, GradeScale, GradeScaleBroken
from services.appraisal.library.domain.indicators.higher_is_better import HigherIsBetter
from services.appraisal.library.domain.indicators.lower_is_better import LowerIsBetter
from services.appraisal.library.domain.indicators.manual_score import ManualScore
from services.appraisal.library.domain.indicators.multi_rater import MultiRater
from services.appraisal.library.domain.indicators.score_table import ScoreTable
from services.appraisal.library.domain.relation import Relation
from services.appraisal.library.domain.scheme import Frequency, Item, Scheme, SchemeBroken, Section, SubjectKind, Veto
from services.appraisal.library.domain.weights import WeightsNotHundred, spread
from services.appraisal.scoring.domain.form_score import find_missing_inputs, score_form
from services.appraisal.scoring.domain.inputs import (
    Adjustment,
    Exclusion,
    FormInputs,
    ItemInputs,
    Known,
)
from services.appraisal.scoring.domain.result import score_subject
from services.appraisal.scoring.store.inputs import inputs_text, read_inputs
from services.kit.errors import Text
from services.kit.explanation import canonical
from services.kit.money import round_half_up
from services.kit.yaml_files import read_yaml
from tests.domain.appraisal.test_rules import exact

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)
CASES = Path(__file__).parent / "cases"
QUESTIONS = (Question("q", Text("题", "question"), Decimal(100), Decimal(100)),)


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of a file."""
    found: list[dict[str, Any]] = read_yaml(CASES / f"{name}.yaml")
    return found


def item(key: str, weight: str, rule: Any, **given: Any) -> Item:
    """An item collected once a quarter."""
    name = Text(key, key)
    known = {"quantitative": True, "collection": Frequency.QUARTER, **given}
    return Item(key=key, name=name, weight=Decimal(weight), indicator=key, source="indicator:1@1", rule=rule, **known)


def scheme(**given: Any) -> Scheme:
    """The scheme of the worked example."""
    line = ((Decimal(80), Decimal(60)), (Decimal(90), Decimal(80)), (Decimal(98), Decimal(100)))
    work = (
        item("sales", "40", HigherIsBetter()),
        item("expense", "20", LowerIsBetter(), veto=given.pop("veto", None)),
        item("collection", "20", ScoreTable(points=line, between="linear")),
        item("collaboration", "20", ManualScore(), quantitative=False),
    )
    feedback = (item("feedback", "100", MultiRater(), questions=QUESTIONS),)
    sections = (
        Section("work", Text("业绩", "work"), Decimal(80), work),
        Section("360", Text("360", "360"), Decimal(20), feedback),
    )
    facts = {"code": "X", "version": 1, "name": Text("例", "example"), "sections": sections, **given}
    return Scheme(subject_kind=SubjectKind.EMPLOYEE, frequency=Frequency.QUARTER, **facts)


def inputs(**given: Any) -> FormInputs:
    """The inputs of the worked example."""
    items = {
        "sales": ItemInputs(Known(Decimal(2000000), "goal:1"), (Known(Decimal(2310000), "measurement:1", LAST),)),
        "expense": ItemInputs(Known(Decimal(8), "goal:1"), (Known(Decimal("8.6"), "measurement:2", LAST),)),
        "collection": ItemInputs(None, (Known(Decimal(95), "measurement:3", LAST),)),
        "collaboration": ItemInputs(manual_scores=(Known(Decimal("4.3"), "rating:1"),)),
    }
    groups = gather(FeedbackPolicy(), QUESTIONS, [Answer(Relation.SUPERIOR, {"q": Decimal("88.75")})])
    return replace(FormInputs("f", "s", FIRST, LAST, items, groups), **given)


@pytest.mark.req("APR-11")
@pytest.mark.parametrize("case", cases("form"), ids=lambda case: case["case"])
def test_a_form_scores_as_the_case_says(case: dict[str, Any]) -> None:
    veto = case.get("veto")
    rules = scheme(veto=Veto(Decimal(veto["below"]), Grade(veto["at_most"])) if veto else None)
    known = inputs(adjustments=tuple(Adjustment(Decimal(p), "r", "a") for p in case.get("adjustments", ())))
    out = {key: replace(known.items[key], exclusion=Exclusion("r", "l")) for key in case.get("excluded", ())}
    result = score_subject([(rules, replace(known, items={**known.items, **out}))])
    attainment = None if case["attainment"] is None else Decimal(case["attainment"])
    assert (result.total, result.attainment, result.grade) == (Decimal(case["total"]), attainment, Grade(case["grade"]))


@pytest.mark.req("APR-11")
def test_the_worked_example_explains_itself_down_to_its_sources() -> None:
    step = score_form(scheme(), inputs()).step
    assert step.formula == "80% × 100.4 + 20% × 88.75"
    work = step.steps[0]
    assert (work.value, [each.value for each in work.steps]) == ("100.4", ["115.50", "92.50", "92.50", "86.00"])
    assert [given.source for given in work.steps[0].inputs] == ["goal:1", "measurement:1", "indicator:1@1"]


@pytest.mark.req("APR-11")
def test_computing_again_from_stored_inputs_gives_the_same_bytes() -> None:
    stored = inputs_text((inputs(),))
    (again,) = read_inputs(stored)
    assert again == inputs()
    assert canonical(score_subject([(scheme(), again)]).step) == canonical(score_subject([(scheme(), inputs())]).step)


@pytest.mark.req("APR-04", "APR-11")
def test_several_forms_are_weighted_by_their_days() -> None:
    early = inputs(
        form_id="a", valid_to=date(2026, 2, 15), items={**inputs().items, "sales": sold("1000000", "2026-02-15")}
    )
    late = inputs(form_id="b", valid_from=date(2026, 2, 16))
    result = score_subject([(scheme(), late), (scheme(), early)])
    one, other = score_form(scheme(), early).total, score_form(scheme(), late).total
    assert result.total == round_half_up((46 * Fraction(one) + 44 * Fraction(other)) / 90)
    assert result.step.steps[0].formula == f"(46 × {one} + 44 × {other}) ÷ 90"


def sold(value: str, day: str) -> ItemInputs:
    """Sales against the usual target."""
    return ItemInputs(Known(Decimal(2000000), "goal:1"), (Known(Decimal(value), "m", date.fromisoformat(day)),))


@pytest.mark.req("APR-11")
def test_what_is_missing_is_named_item_by_item() -> None:
    known = inputs(items={"sales": ItemInputs(Known(Decimal(1), "goal:1"))}, groups=())
    monthly = scheme()
    found = [(lack.item, lack.what) for lack in find_missing_inputs(monthly, known)]
    assert found == [
        ("sales", "actual 2026-03"),
        ("expense", "target"),
        ("expense", "actual 2026-03"),
        ("collection", "actual 2026-03"),
        ("collaboration", "manual_score"),
        ("feedback", "feedback"),
    ]


@pytest.mark.req("APR-11")
def test_monthly_collection_wants_every_month_that_the_form_touches() -> None:
    rules = replace(
        scheme(), sections=(one_section(item("sales", "100", HigherIsBetter(), collection=Frequency.MONTH)),)
    )
    known = inputs(valid_to=date(2026, 2, 1), items={"sales": sold("5", "2026-01-31")})
    assert [lack.what for lack in find_missing_inputs(rules, known)] == ["actual 2026-02"]


def one_section(only: Item) -> Section:
    """A section of one item that is the whole form."""
    return Section("work", Text("业绩", "work"), Decimal(100), (only,))


@pytest.mark.req("APR-11")
def test_the_policy_may_leave_a_missing_item_out_and_says_so() -> None:
    known = inputs(items={key: value for key, value in inputs().items.items() if key != "expense"})
    rules = scheme(missing_inputs="exclude")
    assert find_missing_inputs(rules, known) == []
    result = score_form(rules, known)
    assert result.total == Decimal("99.65")
    steps = result.step.steps[0].steps
    assert [each.rule for each in steps] == ["higher_is_better", "score_table", "manual_score", "excluded"]
    assert steps[-1].inputs[0].name.zh.startswith("缺少")
    assert steps[-1].inputs[0].name.zh.endswith("的实绩，按考核方案不计入，权重分摊至其他考核项")


@pytest.mark.req("APR-11")
def test_a_form_of_which_nothing_is_left_is_blocked_also_by_that_policy() -> None:
    assert find_missing_inputs(scheme(missing_inputs="exclude"), inputs(items={}, groups=()))


@pytest.mark.req("APR-02")
@pytest.mark.parametrize("weights", [("40", "59.99"), ("40", "60.01"), ("150", "-50")])
def test_weights_that_do_not_sum_to_100_are_refused_with_their_sum(weights: tuple[str, str]) -> None:
    items = tuple(item(f"i{n}", weight, HigherIsBetter()) for n, weight in enumerate(weights))
    with pytest.raises(WeightsNotHundred) as refused:
        scheme(sections=(Section("work", Text("业绩", "work"), Decimal(100), items),))
    assert refused.value.field_errors[0].found == str(sum(Decimal(weight) for weight in weights))
    assert refused.value.field_errors[0].pointer == "/sections/0/items"


@pytest.mark.req("APR-02")
def test_keys_are_unique_and_only_one_item_takes_the_360_score() -> None:
    twice = (item("a", "50", HigherIsBetter()), item("a", "50", HigherIsBetter()))
    with pytest.raises(SchemeBroken, match="same key"):
        scheme(sections=(Section("work", Text("业绩", "work"), Decimal(100), twice),))
    other = Question("p", Text("题", "question"), Decimal(100))
    both = (item("a", "50", MultiRater(), questions=QUESTIONS), item("b", "50", MultiRater(), questions=(other,)))
    with pytest.raises(SchemeBroken, match="at most one"):
        scheme(sections=(Section("work", Text("业绩", "work"), Decimal(100), both),))
    with pytest.raises(SchemeBroken, match="only an item with 360"):
        scheme(sections=(one_section(item("a", "100", HigherIsBetter(), questions=QUESTIONS)),))


@pytest.mark.req("APR-10", "APR-11")
@pytest.mark.parametrize("case", cases("feedback"), ids=lambda case: case["case"])
def test_360_counts_large_groups_and_leaves_small_ones_out(case: dict[str, Any]) -> None:
    answers = [
        Answer(Relation(name), {"q": Decimal(mark)}) for name, marks in case["answers"].items() for mark in marks
    ]
    groups = gather(FeedbackPolicy(), QUESTIONS, answers)
    scored = feedback_score(FeedbackPolicy(), groups)
    assert {group.name for group in groups} == set(case["groups"])
    assert (scored and scored[0]) == exact(case["score"])


answer_lists = st.lists(
    st.builds(
        Answer,
        st.sampled_from([Relation.SUPERIOR, Relation.PEER, Relation.SUBORDINATE, Relation.INTERNAL_CLIENT]),
        st.fixed_dictionaries({"q": st.integers(0, 100).map(Decimal)}),
    ),
    max_size=14,
)


@pytest.mark.req("APR-10")
@given(answers=answer_lists, order=st.randoms(use_true_random=False))
def test_no_group_of_fewer_than_three_anonymous_answers_leaves_a_trace(answers: list[Answer], order: Any) -> None:
    policy = FeedbackPolicy()
    groups = gather(policy, QUESTIONS, answers)
    assert all(g.answers >= policy.threshold for g in groups if any(r.anonymous for r in g.relations))
    counted = {relation for group in groups for relation in group.relations}
    kept = [answer for answer in answers if answer.relation in counted]
    order.shuffle(kept)
    assert gather(policy, QUESTIONS, kept) == groups, "an answer that does not count changed a number"


@pytest.mark.req("APR-10")
def test_the_threshold_is_never_below_three() -> None:
    with pytest.raises(ThresholdTooLow):
        FeedbackPolicy(threshold=2)


@given(weights=st.lists(st.decimals("0.01", 100, places=2), min_size=1, max_size=8), data=st.data())
def test_spread_weights_sum_to_100_and_keep_their_proportion(weights: list[Decimal], data: st.DataObject) -> None:
    named = {str(n): weight for n, weight in enumerate(weights)}
    kept = data.draw(st.lists(st.sampled_from(sorted(named)), min_size=1, unique=True))
    used = spread(named, kept)
    assert sum(used.values()) == 100
    assert all(used[key] * Fraction(named[kept[0]]) == used[kept[0]] * Fraction(named[key]) for key in kept)


@pytest.mark.req("APR-11")
@pytest.mark.parametrize(
    ("total", "grade"),
    [("95", "S"), ("94.99", "A"), ("85", "A"), ("84.99", "B"), ("70", "B"), ("60", "C"), ("59.99", "D"), ("0", "D")],
)
def test_a_grade_follows_from_the_rounded_total(total: str, grade: str) -> None:
    assert GradeScale().of(Decimal(total)) is Grade(grade)


@pytest.mark.req("APR-02")
def test_cut_offs_that_do_not_fall_are_refused() -> None:
    with pytest.raises(GradeScaleBroken, match="S 95, A 95, B 70, C 60") as refused:
        GradeScale(a=Decimal(95))
    assert refused.value.text("zh") == "等级分数线须从 S 到 C 逐级降低，现为 S 95、A 95、B 70、C 60。"


@pytest.mark.req("APR-11")
def test_a_table_with_a_direction_counts_in_attainment_by_its_target_and_scores_by_its_bands() -> None:
    bands = ((Decimal(80), Decimal(60)), (Decimal(90), Decimal(80)), (Decimal(98), Decimal(100)))
    line = item("line", "100", ScoreTable(points=bands, between="linear", direction="higher"))
    form = Scheme("T", 1, Text("表", "T"), SubjectKind.EMPLOYEE, Frequency.QUARTER, (
        Section("work", Text("业绩", "work"), Decimal(100), (line,)),
    ))  # fmt: skip
    known = ItemInputs(Known(Decimal(100), "goal:1"), (Known(Decimal(95), "measurement:1", LAST),))
    scored = score_form(form, FormInputs("f", "s", FIRST, LAST, {"line": known}))
    assert (str(scored.total), str(scored.attainment)) == ("92.50", "95.00")
    lacking = find_missing_inputs(form, FormInputs("f", "s", FIRST, LAST, {"line": replace(known, target=None)}))
    assert [(each.item, each.what) for each in lacking] == [("line", "target")]
