"""A subject's result in a cycle: its forms together, weighted by days, with a grade (domain §2.2, APR-04)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from services.appraisal.library.domain.grade import Grade, GradeScale
from services.appraisal.library.domain.scheme import Scheme
from services.appraisal.scoring.domain.form_score import FormScore, score_form
from services.appraisal.scoring.domain.inputs import FormInputs
from services.kit.errors import Text
from services.kit.explanation import Input, Step
from services.kit.money import plain, round_half_up

RULES: Final = 5
"""The version of the rules, the explanations and the inputs that this code writes, stored with every result.

Raised with each change that makes other bytes of the same facts; a replay of an earlier version compares values alone.
"""


class Cause(StrEnum):
    """The cause of a version of a result."""

    SCORED = "scored"
    CALIBRATED = "calibrated"
    APPEAL = "appeal"
    CORRECTION = "correction"


@dataclass(frozen=True)
class Result:
    """A computed result. ``total`` and ``attainment`` have 2 places; ``grade`` is after any veto."""

    total: Decimal
    attainment: Decimal | None
    grade: Grade
    step: Step


def score_subject(forms: Sequence[tuple[Scheme, FormInputs]]) -> Result:
    """Score all forms of one subject and bring them together: Σ days × total ÷ Σ days, rounded half up to 2 places.

    The grade scale is that of the form with the last day, the scheme the subject works under now.
    """
    ordered = sorted(forms, key=lambda pair: (pair[1].valid_from, pair[1].form_id))
    scores = [(inputs, score_form(scheme, inputs)) for scheme, inputs in ordered]
    total_step = _by_days("total", Text("总分", "total"), [(i, s.total, s.step) for i, s in scores])
    rated = [(i, s.attainment, s.attainment_step) for i, s in scores if s.attainment is not None and s.attainment_step]
    attainment_step = _by_days("attainment", Text("达成率（%）", "attainment (%)"), rated) if rated else None
    total = Decimal(total_step.value)
    attainment = Decimal(attainment_step.value) if attainment_step else None
    grade, steps = _grade(ordered[-1][0].grades, total, [score for _, score in scores])
    parts = [step for step in (total_step, attainment_step) if step is not None]
    root = Step("result", Text("绩效结果", "result"), plain(total), grade.value, (), (*parts, *steps))
    return Result(total, attainment, grade, root)


def regraded(previous: Step, *, cause: Cause, grade: Grade, total: Decimal, reason: str, source: str) -> Step:
    """The explanation of a version that a person decided: the decision above what stood before."""
    label = CAUSE_NAMES[cause]
    inputs = (
        Input(Text("理由", "reason"), reason, source),
        Input(Text("原等级", "grade before"), previous.value),
        Input(Text("总分", "total"), plain(total)),
    )
    return Step(cause.value, label, f"{previous.value} → {grade.value}", grade.value, inputs, (previous,))


def rescored(previous: Step, fresh: Step, *, cause: Cause, reason: str, source: str) -> Step:
    """The explanation of a version computed again from changed inputs: the decision, the new tree, and the version
    before.
    """
    inputs = (Input(Text("理由", "reason"), reason, source), Input(Text("原等级", "grade before"), previous.value))
    return Step(
        cause.value, CAUSE_NAMES[cause], f"{previous.value} → {fresh.value}", fresh.value, inputs, (fresh, previous)
    )


CAUSE_NAMES: Final = {
    Cause.SCORED: Text("绩效结果", "result"),
    Cause.CALIBRATED: Text("校准会调整等级", "calibration"),
    Cause.APPEAL: Text("申诉成立，调整结果", "appeal accepted"),
    Cause.CORRECTION: Text("周期关闭后更正", "correction after closing"),
}


def _by_days(rule: str, label: Text, parts: Sequence[tuple[FormInputs, Decimal, Step]]) -> Step:
    if len(parts) == 1:
        return parts[0][2]
    days = sum(inputs.days for inputs, _, _ in parts)
    value = sum((inputs.days * Fraction(number) for inputs, number, _ in parts), Fraction(0)) / days
    terms = " + ".join(f"{inputs.days} × {plain(number)}" for inputs, number, _ in parts)
    steps = tuple(step for _, _, step in parts)
    return Step(f"{rule}_by_days", label, f"({terms}) ÷ {days}", plain(round_half_up(value)), (), steps)


def _grade(scale: GradeScale, total: Decimal, scores: Sequence[FormScore]) -> tuple[Grade, tuple[Step, ...]]:
    step = scale.explain(total)
    vetoes = tuple(score.veto_step for score in scores if score.veto_step)
    limits = [score.limit for score in scores if score.limit]
    limit = max(limits, key=lambda grade: grade.rank) if limits else None
    return scale.of(total).at_most(limit), (step, *vetoes)
