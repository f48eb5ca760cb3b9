"""Career ladders: steps, criteria, equal standing (ORG-10)."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.database.codec import Codec
from services.kit.errors import Text
from services.org.documents.domain.work_standard import Comparator
from services.org.ladders.domain.career_ladder import CareerLadder, Criterion, LadderBroken, Measure, Step, StepUnknown
from services.org.structure.domain.position import Track

pytestmark = pytest.mark.req("ORG-10")

NAME = Text("级", "step")
DEPUTY = Step("deputy_head", Track.MANAGEMENT, 2, NAME)
HEAD = Step(
    "head",
    Track.MANAGEMENT,
    3,
    NAME,
    (
        Criterion(Measure.YEARS_MANAGING, Comparator.AT_LEAST, Decimal(2)),
        Criterion(Measure.ANNUAL_ATTAINMENT, Comparator.AT_LEAST, Decimal(120)),
    ),
)
SENIOR = Step("senior", Track.PROFESSIONAL, 2, NAME)
LADDER = CareerLadder("marketing", NAME, (DEPUTY, HEAD, SENIOR))


def test_the_next_step_is_on_the_same_track() -> None:
    assert LADDER.next_step("deputy_head") == HEAD
    assert LADDER.next_step("head") is None
    assert LADDER.next_step("senior") is None


def test_equal_standing_is_found_across_the_tracks() -> None:
    assert LADDER.equals("deputy_head") == (SENIOR,)
    assert LADDER.equals("senior") == (DEPUTY,)
    assert LADDER.equals("head") == ()


def test_an_unknown_step_is_named() -> None:
    with pytest.raises(StepUnknown, match="king"):
        LADDER.step("king")


def test_every_criterion_has_to_be_met() -> None:
    facts = {Measure.YEARS_MANAGING: Decimal(2), Measure.ANNUAL_ATTAINMENT: Decimal("119.99")}
    answer = LADDER.eligibility("head", facts)
    assert [check.met for check in answer.checks] == [True, False]
    assert not answer.met
    assert LADDER.eligibility("head", facts | {Measure.ANNUAL_ATTAINMENT: Decimal(120)}).met


def test_what_is_not_known_is_not_fulfilled() -> None:
    answer = LADDER.eligibility("head", {Measure.ANNUAL_ATTAINMENT: Decimal(150)})
    assert [(check.found, check.met) for check in answer.checks] == [(None, False), (Decimal(150), True)]


@given(st.dictionaries(st.sampled_from(Measure), st.decimals(0, 200, places=2)), st.sampled_from(Measure))
def test_better_figures_never_make_anybody_ineligible(facts: dict[Measure, Decimal], better: Measure) -> None:
    raised = facts | {better: facts.get(better, Decimal(0)) + 1}
    assert LADDER.eligibility("head", raised).met or not LADDER.eligibility("head", facts).met


@pytest.mark.parametrize(
    ("steps", "pointer"),
    [
        ((DEPUTY, DEPUTY), "/steps/1"),
        ((HEAD, replace(DEPUTY, standing=3)), "/steps/1/standing"),
        ((replace(DEPUTY, standing=0),), "/steps/0/standing"),
        ((replace(HEAD, criteria=(replace(HEAD.criteria[0], value=Decimal(-1)),)),), "/steps/0/criteria/0/value"),
    ],
)
def test_steps_that_do_not_rise_are_refused(steps: tuple[Step, ...], pointer: str) -> None:
    with pytest.raises(LadderBroken) as refused:
        CareerLadder("broken", NAME, steps)
    assert pointer in [fault.pointer for fault in refused.value.field_errors]


def test_a_ladder_comes_back_from_json_as_it_was() -> None:
    codec: Codec[CareerLadder] = Codec(CareerLadder)
    assert codec.load(codec.dump(LADDER)) == LADDER
