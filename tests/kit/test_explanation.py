"""Explanations: the same calculation is the same bytes, and it reads in both languages (APR-11, INC-11)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.errors import Text
from services.kit.explanation import (
    Input,
    Step,
    as_json,
    canonical,
    canonical_json,
    digest,
    from_json,
    narrate,
)

pytestmark = pytest.mark.req("APR-11", "INC-11")

words = st.text(max_size=12)
texts = st.builds(Text, words, words)
inputs = st.builds(Input, texts, words, st.none() | words)
some_inputs = st.lists(inputs, max_size=2).map(tuple)


def above(below: st.SearchStrategy[Step]) -> st.SearchStrategy[Step]:
    """Steps with up to two of those steps below them."""
    return st.builds(Step, words, texts, words, words, some_inputs, st.lists(below, max_size=2).map(tuple))


leaves = st.builds(Step, words, texts, words, words, some_inputs)
steps = above(above(leaves))
BONUS = Step(
    "bonus.quarter",
    Text("季度奖金", "quarterly bonus"),
    "12000 × 3 × 90 / 90 × 1.5",
    "54000.00",
    (Input(Text("月度基数", "monthly base"), "12000", "pay_profile:1@2"),),
    (Step("grade", Text("等级系数", "grade coefficient"), "S", "1.5"),),
)


@given(steps)
def test_an_explanation_survives_storing_byte_for_byte(step: Step) -> None:
    stored = json.loads(json.dumps(as_json(step)))
    assert from_json(stored) == step
    assert canonical(from_json(stored)) == canonical(step)
    assert digest(from_json(stored)) == digest(step)


@given(steps)
def test_the_canonical_bytes_are_those_of_the_canonical_tree(step: Step) -> None:
    assert canonical(step) == canonical_json(as_json(step))


@given(steps, steps)
def test_different_calculations_have_different_hashes(one: Step, other: Step) -> None:
    assert (one == other) == (digest(one) == digest(other))


def test_the_canonical_bytes_never_change() -> None:
    """Hashes of results that were paid years ago must still match."""
    assert digest(BONUS) == "40b54ead605eae09f5435f7d0d8e63d17acbe66f16886991d55ce3b4ad5d36cc"


@given(st.dictionaries(words, words, max_size=6))
def test_the_order_of_keys_does_not_count(tree: dict[str, str]) -> None:
    assert canonical_json(tree) == canonical_json(dict(reversed(tree.items())))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_not_json_has_no_canonical_form(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"value": value})


def test_it_reads_in_both_languages() -> None:
    assert narrate(BONUS, "zh").splitlines() == [
        "季度奖金：12000 × 3 × 90 / 90 × 1.5 = 54000.00", "  · 月度基数 12000", "  等级系数：S = 1.5"]  # fmt: skip
    assert narrate(BONUS, "en").startswith("quarterly bonus")
