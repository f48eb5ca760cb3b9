"""Anonymity as algebra: whoever knows everything that is shown cannot solve for a single answer (APR-10)."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from services.appraisal.feedback.domain.feedback import Answer, feedback_score, gather
from services.appraisal.library.domain.feedback_policy import FeedbackPolicy, Question
from services.appraisal.library.domain.relation import Relation
from services.kit.errors import Text


def determined(equations: Sequence[Sequence[Fraction]], unknowns: int) -> list[int]:
    """The unknowns that a system of linear equations fixes, by elimination to reduced row echelon form."""
    matrix = [list(row) for row in equations]
    pivots: list[int] = []
    for column in range(unknowns):
        pivot = next((r for r in range(len(pivots), len(matrix)) if matrix[r][column] != 0), None)
        if pivot is None:
            continue
        at = len(pivots)
        matrix[at], matrix[pivot] = matrix[pivot], matrix[at]
        matrix[at] = [value / matrix[at][column] for value in matrix[at]]
        for r, row in enumerate(matrix):
            if r != at and row[column] != 0:
                matrix[r] = [value - row[column] * base for value, base in zip(row, matrix[at], strict=True)]
        pivots.append(column)
    return [
        column
        for row, column in enumerate(pivots)
        if all(value == 0 for c, value in enumerate(matrix[row]) if c != column)
    ]


ANONYMOUS = (Relation.PEER, Relation.SUBORDINATE, Relation.INTERNAL_CLIENT)


@pytest.mark.req("APR-10")
def test_in_five_hundred_generated_cycles_no_single_answer_can_be_solved_for() -> None:
    policy = FeedbackPolicy(relations={Relation.SUPERIOR: Decimal(40), **dict.fromkeys(ANONYMOUS, Decimal(20))})
    question = (Question("q", Text("题", "question"), Decimal(100)),)
    draw = Random(20260410)  # noqa: S311 - reproducible cases, not secrets
    counted = 0
    for _ in range(500):
        sizes = {relation: draw.randrange(7) for relation in ANONYMOUS}
        answers = [
            Answer(relation, {"q": Decimal(draw.randrange(11)) / 2})
            for relation in ANONYMOUS
            for _ in range(sizes[relation])
        ]
        superior = Answer(Relation.SUPERIOR, {"q": Decimal(draw.randrange(11)) / 2})
        groups = gather(policy, question, [*answers, superior])
        scored = feedback_score(policy, groups)
        assert scored is not None
        used = {
            step.rule: Fraction(step.inputs[2].value)
            for step in scored[1].steps
            if not step.inputs[2].value.startswith("≈")
        }
        # The attacker knows every group's weight, size and mean, the superior's answer, the total, and who was asked.
        equations = []
        total = [Fraction(0)] * len(answers)
        for group in groups:
            members = [n for n, answer in enumerate(answers) if answer.relation in group.relations]
            row = [Fraction(1, group.answers) if n in members else Fraction(0) for n in range(len(answers))]
            if members:
                equations.append(row)
                counted += 1
                share = used.get(f"feedback_{group.name}", Fraction(1))
                total = [sum_ + share * part for sum_, part in zip(total, row, strict=True)]
        equations.append(total)
        assert determined(equations, len(answers)) == []
    assert counted > 500
