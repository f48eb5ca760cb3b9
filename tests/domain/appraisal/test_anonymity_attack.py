"""An attack on closed 360 cycles by somebody who also knows that marks are whole numbers on a short scale (APR-10).

Linear algebra does not see that: a mean of 100 points is a sum that only one set of marks has. So every mark is tried
out: one is determined if no other is possible beside everything that is shown. That this is all that anybody is shown,
at any moment of a cycle, is what tests/api/appraisal/test_anonymity.py finds out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property
from itertools import product
from math import lcm
from random import Random
from typing import Final

import pytest

from services.appraisal.feedback.domain.feedback import (
    Answer,
    Group,
    feedback_score,
    gather,
    questions_for,
    rater_score,
)
from services.appraisal.library.domain.feedback_policy import FeedbackPolicy, Question
from services.appraisal.library.domain.relation import ANONYMOUS, Relation
from services.kit.errors import Text
from services.kit.explanation import canonical

CYCLES: Final = 500
FORMS: Final = 2
SCALE: Final = 5
HIDDEN: Final = sorted(ANONYMOUS)
WEIGHTS: Final = (("100",), ("50", "50"), ("60", "40"), ("70", "30"), ("53", "47"))
ASKED: Final = ((), (Relation.PEER,), (Relation.SUBORDINATE, Relation.INTERNAL_CLIENT))
"""The relations that answer the second question; all answer the first."""


@dataclass(frozen=True)
class Closed:
    """A form of a closed cycle: what was answered, and what is shown of it."""

    policy: FeedbackPolicy
    questions: tuple[Question, ...]
    answers: Sequence[Answer]

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """What counts."""
        return gather(self.policy, self.questions, self.answers)

    @property
    def shown(self) -> bytes | None:
        """The explanation, which is all that anybody gets to see of it, byte for byte."""
        scored = feedback_score(self.policy, self.groups)
        return canonical(scored[1]) if scored else None

    @cached_property
    def unit(self) -> int:
        """Into so many parts a point is cut for every rater's points to be whole."""
        weights = [sum(each.weight for each in questions_for(self.questions, relation)) for relation in HIDDEN]
        return lcm(*(int(weight) * SCALE for weight in weights))

    def whole(self, points: Fraction) -> int:
        """Points in parts."""
        parts = points * self.unit
        assert parts.denominator == 1
        return parts.numerator

    def ways(self, relation: Relation) -> tuple[tuple[tuple[int, ...], int], ...]:
        """Every set of marks that a rater of a relation can give, with its points in parts."""
        return ways_of(questions_for(self.questions, relation), self.unit)

    def members(self, group: Group) -> list[Answer]:
        """The answers of a group."""
        return [each for each in self.answers if each.relation in group.relations]


@cache
def ways_of(asked: tuple[Question, ...], unit: int) -> tuple[tuple[tuple[int, ...], int], ...]:
    """Every set of marks for some questions, with its points in parts of which ``unit`` are one."""
    weight = sum(int(question.weight) for question in asked)
    parts = [100 * unit * int(question.weight) // (weight * SCALE) for question in asked]
    sets = product(range(SCALE + 1), repeat=len(asked))
    return tuple((marks, sum(part * mark for part, mark in zip(parts, marks, strict=True))) for marks in sets)


def generated(draw: Random) -> Closed:
    """A form with groups around the threshold, of raters who like the ends of the scale."""
    weights, asked = draw.choice(WEIGHTS), draw.choice(ASKED)
    questions = tuple(
        Question(f"Q{n}", Text("题", "question"), Decimal(weight), Decimal(SCALE), asked if n else ())
        for n, weight in enumerate(weights)
    )
    relations = {Relation.SUPERIOR: Decimal(40), **dict.fromkeys(HIDDEN, Decimal(20))}
    policy = FeedbackPolicy(relations=relations, threshold=draw.choice((3, 3, 4)))
    usual = draw.choice(((0, 1, 2, 3, 4, 5), (4, 5), (5,), (0, 5), (3, 4)))
    answers = [
        Answer(relation, {each.key: Decimal(draw.choice(usual)) for each in questions_for(questions, relation)})
        for relation in (*HIDDEN, Relation.SUPERIOR, Relation.SELF)
        for _ in range(draw.randrange(6) if relation in ANONYMOUS else 1)
    ]
    return Closed(policy, questions, answers)


@cache
def sums(points: tuple[frozenset[int], ...]) -> frozenset[int]:
    """All that raters can have given together who each can give one of these points."""
    if not points:
        return frozenset({0})
    return frozenset({sum_ + each for sum_ in sums(points[1:]) for each in points[0]})


def determined(closed: Closed, group: Group, target: Answer, known: Sequence[Answer] = ()) -> Iterator[tuple[str, int]]:
    """The marks of one member that are the only possible ones beside the mean and what is ``known``: question, mark.

    The attacker knows which relation each member is of, and for an insider the own marks.
    """
    left = list(closed.members(group))
    for each in (target, *known):
        left.remove(each)
    shown = closed.whole(group.mean * group.answers)
    shown -= sum(closed.whole(rater_score(closed.questions, each)) for each in known)
    by_relation = {each.relation: frozenset(points for _, points in closed.ways(each.relation)) for each in left}
    others = sums(tuple(by_relation[each.relation] for each in sorted(left, key=lambda each: each.relation)))
    ways = [marks for marks, points in closed.ways(target.relation) if shown - points in others]
    for place, question in enumerate(questions_for(closed.questions, target.relation)):
        possible = {marks[place] for marks in ways}
        assert int(target.marks[question.key]) in possible
        if len(possible) == 1:
            yield question.key, possible.pop()


def hidden(closed: Closed) -> list[Answer]:
    """The answers of groups that are left out."""
    counted = {relation for group in closed.groups for relation in group.relations}
    return [each for each in closed.answers if each.relation in ANONYMOUS and each.relation not in counted]


def altered(closed: Closed, draw: Random) -> Closed:
    """The same form with other marks in the groups that are left out, or without them."""
    gone = hidden(closed)
    marks: Sequence[Mapping[str, Decimal]] = [
        {key: Decimal(draw.randrange(SCALE + 1)) for key in each.marks} for each in gone
    ]
    others = [Answer(each.relation, given) for each, given in zip(gone, marks, strict=True) if draw.random() < 0.7]
    return Closed(closed.policy, closed.questions, [*(each for each in closed.answers if each not in gone), *others])


def unanimous(members: Sequence[Answer], question: str) -> set[int]:
    """The marks that were given for a question."""
    return {int(each.marks[question]) for each in members}


@pytest.mark.req("APR-10")
def test_in_five_hundred_cycles_no_mark_is_determined_but_the_end_of_the_scale_that_all_gave() -> None:
    draw = Random(20260726)  # noqa: S311 - reproducible cases, not secrets
    attacked, tried, revealed = 0, 0, 0
    for closed in (generated(draw) for _ in range(CYCLES * FORMS)):
        for group in closed.groups:
            if not ANONYMOUS.issuperset(group.relations):
                continue
            members, attacked = closed.members(group), attacked + 1
            assert group.answers == len(members) >= closed.policy.threshold
            for place, target in enumerate(members):
                tried += len(target.marks)
                for question, mark in determined(closed, group, target):
                    assert mark in (0, SCALE)
                    assert unanimous(members, question) == {mark}, (members, target)
                    revealed += 1
                insider = members[place - 1]
                rest = [each for n, each in enumerate(members) if n != (place - 1) % len(members)]
                for question, mark in determined(closed, group, target, [insider]):
                    assert mark in (0, SCALE)
                    assert unanimous(rest, question) == {mark}, (rest, target)
    assert attacked > CYCLES
    assert 0 < revealed < tried / 2


@pytest.mark.req("APR-10")
def test_the_attack_finds_a_lone_rater_who_was_asked_differently_so_such_raters_are_never_merged() -> None:
    both = Question("Q0", Text("题", "question"), Decimal(53), Decimal(SCALE))
    reports = Question("Q1", Text("题", "question"), Decimal(47), Decimal(SCALE), (Relation.SUBORDINATE,))
    peers = [Answer(Relation.PEER, {"Q0": Decimal(5)})] * 2
    report = Answer(Relation.SUBORDINATE, {"Q0": Decimal(5), "Q1": Decimal(1)})
    closed = Closed(FeedbackPolicy(), (both, reports), [*peers, report])
    points = [rater_score(closed.questions, each) for each in closed.answers]
    merged = Group((Relation.PEER, Relation.SUBORDINATE), 3, sum(points, Fraction(0)) / 3)
    assert dict(determined(closed, merged, report)) == {"Q0": 5, "Q1": 1}
    assert closed.groups == ()


@pytest.mark.req("APR-10")
def test_what_is_shown_does_not_depend_on_any_answer_of_a_group_that_is_left_out() -> None:
    draw = Random(20260727)  # noqa: S311 - reproducible cases, not secrets
    forms = [generated(draw) for _ in range(CYCLES * FORMS)]
    hidden_forms = [closed for closed in forms if hidden(closed)]
    assert len(hidden_forms) > CYCLES / 2
    for closed in hidden_forms:
        assert altered(closed, draw).shown == closed.shown
