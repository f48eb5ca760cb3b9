"""An attack on closed 360 cycles by somebody who also knows that marks are whole numbers on a short scale (APR-10).

Linear algebra does not see that: a mean of 100 points is a sum that only one set of marks has. So every answer is tried
out: a rater's points are determined if no other value of the scale is possible beside everything that is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property
from random import Random
from typing import Final

import pytest

from services.appraisal.feedback.domain.feedback import Answer, Group, feedback_score, gather, rater_score
from services.appraisal.library.domain.feedback_policy import FeedbackPolicy, Question
from services.appraisal.library.domain.relation import ANONYMOUS, Relation
from services.kit.errors import Text
from services.kit.explanation import canonical

CYCLES: Final = 500
FORMS: Final = 2
SCALE: Final = 5
HIDDEN: Final = sorted(ANONYMOUS)
WEIGHTS: Final = (("100",), ("50", "50"), ("60", "40"), ("70", "30"))


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
    def points(self) -> frozenset[Fraction]:
        """All points that a rater can give with whole marks."""
        sums = {Fraction(0)}
        for question in self.questions:
            steps = [Fraction(question.weight) * mark / Fraction(question.maximum) for mark in range(SCALE + 1)]
            sums = {sum_ + step for sum_ in sums for step in steps}
        return frozenset(sums)

    def given(self, group: Group) -> list[Fraction]:
        """The points that the members of a group really gave."""
        return [rater_score(self.questions, each) for each in self.answers if each.relation in group.relations]


def generated(draw: Random) -> Closed:
    """A form with groups around the threshold, of raters who like the ends of the scale."""
    weights = draw.choice(WEIGHTS)
    questions = tuple(
        Question(f"Q{n}", Text("题", "question"), Decimal(weight), Decimal(SCALE)) for n, weight in enumerate(weights)
    )
    relations = {Relation.SUPERIOR: Decimal(40), **dict.fromkeys(HIDDEN, Decimal(20))}
    policy = FeedbackPolicy(relations=relations, threshold=draw.choice((3, 3, 4)))
    usual = draw.choice(((0, 1, 2, 3, 4, 5), (4, 5), (5,), (0, 5), (3, 4)))
    answers = [
        Answer(relation, {question.key: Decimal(draw.choice(usual)) for question in questions})
        for relation in (*HIDDEN, Relation.SUPERIOR, Relation.SELF)
        for _ in range(draw.randrange(6) if relation in ANONYMOUS else 1)
    ]
    return Closed(policy, questions, answers)


@cache
def sums(points: frozenset[Fraction], raters: int) -> frozenset[Fraction]:
    """All sums of points that so many raters can have given together."""
    if raters == 0:
        return frozenset({Fraction(0)})
    return frozenset({sum_ + each for sum_ in sums(points, raters - 1) for each in points})


def possible(points: frozenset[Fraction], group: Group, known: Fraction | None) -> set[Fraction]:
    """What one member of a group can have given, beside the mean and, for an insider, the own points.

    Points are whole here, so that a mean with six places tells their exact sum.
    """
    rest = group.mean * group.answers - (known or 0)
    others = sums(points, group.answers - 1 - (known is not None))
    return {each for each in points if rest - each in others}


def extreme(values: Sequence[Fraction], points: frozenset[Fraction]) -> bool:
    """Whether all gave the same end of the scale: what is told to raters that it can be seen."""
    return set(values) in ({min(points)}, {max(points)})


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


@pytest.mark.req("APR-10")
def test_in_five_hundred_cycles_no_rating_is_determined_but_by_all_giving_the_same_extreme() -> None:
    draw = Random(20260726)  # noqa: S311 - reproducible cases, not secrets
    attacked, revealed = 0, 0
    for closed in (generated(draw) for _ in range(CYCLES * FORMS)):
        for group in closed.groups:
            if not ANONYMOUS.issuperset(group.relations):
                continue
            given, attacked = closed.given(group), attacked + 1
            assert group.answers == len(given) >= closed.policy.threshold
            found = possible(closed.points, group, None)
            assert (len(found) == 1) is extreme(given, closed.points), (given, found)
            revealed += len(found) == 1
            for place, own in enumerate(given):
                others = given[:place] + given[place + 1 :]
                inside = possible(closed.points, group, own)
                assert (len(inside) == 1) is extreme(others, closed.points), (given, own, inside)
    assert attacked > CYCLES
    assert 0 < revealed < attacked / 2


@pytest.mark.req("APR-10")
def test_what_is_shown_does_not_depend_on_any_answer_of_a_group_that_is_left_out() -> None:
    draw = Random(20260727)  # noqa: S311 - reproducible cases, not secrets
    forms = [generated(draw) for _ in range(CYCLES * FORMS)]
    hidden_forms = [closed for closed in forms if hidden(closed)]
    assert len(hidden_forms) > CYCLES / 2
    for closed in hidden_forms:
        assert altered(closed, draw).shown == closed.shown
