"""Numbers of raters within limits, and questions for some relations only (APR-09, APR-10)."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.appraisal.feedback.domain.feedback import Answer, rater_score
from services.appraisal.feedback.domain.nomination import Nominee, nomination_problems
from services.appraisal.feedback.domain.rating import entries_for
from services.appraisal.feedback.domain.standing import Standings
from services.appraisal.library.domain.feedback_policy import (
    CHOSEN,
    FeedbackPolicy,
    LimitsCrossed,
    Question,
    RelationLimit,
)
from services.appraisal.library.domain.relation import Relation
from services.appraisal.library.domain.scheme import SchemeBroken
from services.kit.errors import Text
from services.kit.yaml_files import read_yaml
from tests.domain.appraisal.example import scheme

pytestmark = pytest.mark.req("APR-09")
PEOPLE = [UUID(int=number) for number in range(1, 12)]
ABOVE, BELOW = frozenset(PEOPLE[1:2]), frozenset(PEOPLE[2:5])
LIMITS = {Relation.PEER: RelationLimit(3, 5), Relation.SUBORDINATE: RelationLimit(0, 2)}
POLICY = FeedbackPolicy(limits=LIMITS)


@given(chosen=st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(Relation))))
def test_a_list_is_sound_exactly_if_everybody_may_be_asked_once_and_each_relation_is_within_its_limits(
    chosen: list[tuple[UUID, Relation]],
) -> None:
    nominees = [Nominee(*each) for each in chosen]
    subject, employed = PEOPLE[0], set(PEOPLE[:9])
    standing = Standings(subject, ABOVE, dict.fromkeys(BELOW, frozenset({subject})))
    found = nomination_problems(POLICY, nominees, employed=employed, excluded={subject}, standing=standing)
    people = [each.rater_id for each in nominees]
    peers = sum(each.relation is Relation.PEER for each in nominees)
    reports = sum(each.relation is Relation.SUBORDINATE for each in nominees)
    sound = (
        len(set(people)) == len(people)
        and set(people) <= employed - {subject}
        and {each.relation for each in nominees} <= {Relation.PEER, Relation.SUBORDINATE}
        and 3 <= peers <= 5
        and reports <= 2
        and all((each.relation is Relation.SUBORDINATE) == (each.rater_id in BELOW) for each in nominees)
        and ABOVE.isdisjoint(people)
    )
    assert (found == []) == sound


def test_limits_leave_a_number_and_concern_relations_that_are_chosen() -> None:
    for least, most in ((3, 2), (-1, 2), (0, 31)):
        with pytest.raises(LimitsCrossed):
            RelationLimit(least, most)
    with pytest.raises(LimitsCrossed):
        FeedbackPolicy(limits={Relation.SUPERIOR: RelationLimit()})
    assert all(FeedbackPolicy(limits={relation: RelationLimit()}) for relation in CHOSEN)


QUESTIONS = (
    Question("ALL", Text("通用", "All"), Decimal(40)),
    Question("LEAD", Text("带队", "Leads"), Decimal(60), relations=(Relation.SUBORDINATE,)),
)


@pytest.mark.req("APR-10", "APR-11")
@given(st.integers(0, 5), st.integers(0, 5))
def test_a_rater_counts_by_the_mean_of_the_questions_put_to_them(common: int, lead: int) -> None:
    marks = {"ALL": Decimal(common), "LEAD": Decimal(lead)}
    assert rater_score(QUESTIONS, Answer(Relation.PEER, {"ALL": Decimal(common)})) == Fraction(common, 5) * 100
    own = rater_score(QUESTIONS, Answer(Relation.SUBORDINATE, marks))
    assert own == Fraction(40 * common + 60 * lead, 5)


def test_each_relation_sees_its_own_questions_and_none_may_be_without() -> None:
    known = scheme()
    item = known.feedback_item
    assert item is not None
    first, *rest = item.questions
    assert {entry.key for entry in entries_for(known, Relation.PEER)} == {each.key for each in item.questions}
    only = Question(first.key, first.text, first.weight, first.maximum, (Relation.SUPERIOR,))
    assert not only.asks(Relation.PEER)
    with pytest.raises(SchemeBroken):
        _with_questions((only, *(Question(q.key, q.text, q.weight, q.maximum, (Relation.SELF,)) for q in rest)))


def _with_questions(questions: tuple[Question, ...]) -> None:
    known = scheme()
    sections = tuple(
        replace(part, items=tuple(replace(i, questions=questions) if i.questions else i for i in part.items))
        for part in known.sections
    )
    replace(known, sections=sections)


CASES: list[dict[str, Any]] = read_yaml(Path(__file__).parent / "cases" / "nominations.yaml")
NAMES = (
    "subject",
    "boss",
    "chief",
    "report",
    "report of report",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "stranger",
)
WHO = {name: UUID(int=number) for number, name in enumerate(NAMES, 100)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_what_is_wrong_with_a_nomination(case: dict[str, Any]) -> None:
    limits = {Relation.PEER: RelationLimit(3, 5)} if case.get("limited") else {}
    every = dict.fromkeys(Relation, Decimal(0)) | {Relation.SUPERIOR: Decimal(100)}
    below = {WHO["report"]: [WHO["subject"]], WHO["report of report"]: [WHO["report"], WHO["subject"]]}
    standing = Standings(
        WHO["subject"],
        frozenset({WHO["boss"], WHO["chief"]}),
        {person: frozenset(line) for person, line in below.items()},
    )
    found = nomination_problems(
        FeedbackPolicy(relations=every, limits=limits),
        [Nominee(WHO[name], Relation(relation)) for name, relation in case["raters"].items()],
        employed=set(WHO.values()) - {WHO["stranger"]},
        excluded={WHO["subject"], WHO["boss"]},
        standing=standing,
    )
    assert {fault.pointer: fault.expected.zh for fault in found} == case["wrong"]
