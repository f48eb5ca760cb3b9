"""The class of a supplier: from its history of work, its speed of response and the quality of its cases (APR-03)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from services.appraisal.library.domain.indicators.manual_score import ManualScore
from services.appraisal.library.domain.indicators.rule import Facts
from services.appraisal.library.domain.supplier_class import SupplierClass
from services.appraisal.library.domain.weights import WHOLE
from services.appraisal.suppliers.domain.policy import Criterion, PolicyVersion
from services.kit.errors import FieldError, Invalid, Text
from services.kit.explanation import Input, Step
from services.kit.money import plain, round_half_up


class CriteriaMismatch(Invalid):
    """A classification does not say exactly what the policy asks for."""

    code = "criteria_mismatch"
    zh = "评级依据与评级标准不符，请按提示补齐或更正。"
    en = "The findings do not match the criteria of the policy; complete or correct them."


@dataclass(frozen=True)
class Finding:
    """What was found about one criterion: a value in the criterion's unit, and what it is taken from."""

    value: Decimal
    evidence: str


@dataclass(frozen=True)
class Classified:
    """A computed class. ``score`` in points, 2 places."""

    supplier_class: SupplierClass
    score: Decimal
    step: Step


@dataclass(frozen=True)
class Classification:
    """A class as it was decided, in force from a day on until the next one; ``explanation`` is the tree as JSON."""

    id: UUID
    supplier_id: UUID
    supplier_code: str
    supplier_name: str
    supplier_class: SupplierClass
    score: Decimal
    findings: Mapping[str, Finding]
    policy_version: int
    explanation: Mapping[str, Any]
    valid_from: date
    classified_by: UUID
    classified_by_name: str
    classified_at: datetime


def classify(version: PolicyVersion, findings: Mapping[str, Finding]) -> Classified:
    """The class that the policy gives for what was found: Σ weight × points of the criterion ÷ 100, rounded half up.

    Raises:
        CriteriaMismatch: a criterion has no finding, a finding no criterion, or a value lies outside its scale.
    """
    policy = version.policy
    _demand_matching(policy.criteria, findings)
    steps = [_points(criterion, findings[criterion.key]) for criterion in policy.criteria]
    pairs = list(zip(policy.criteria, steps, strict=True))
    total = sum((Fraction(each.weight) * Fraction(step.value) for each, step in pairs), Fraction(0)) / Fraction(WHOLE)
    score = round_half_up(total)
    found = _class_of(version, score)
    terms = " + ".join(f"{plain(each.weight)} × {step.value}" for each, step in pairs)
    marks = (
        Input(Text("A 类分数线", "lowest score of A"), plain(policy.a_from), f"supplier_policy:{version.version}"),
        Input(Text("B 类分数线", "lowest score of B"), plain(policy.b_from), f"supplier_policy:{version.version}"),
    )
    label = Text("供应商评级", "class of the supplier")
    step = Step("supplier_class", label, f"({terms}) ÷ 100 = {plain(score)}", found.value, marks, tuple(steps))
    return Classified(found, score, step)


def _class_of(version: PolicyVersion, score: Decimal) -> SupplierClass:
    if score >= version.policy.a_from:
        return SupplierClass.A
    return SupplierClass.B if score >= version.policy.b_from else SupplierClass.C


def _points(criterion: Criterion, finding: Finding) -> Step:
    evidence = Input(Text("依据", "evidence"), f"{plain(finding.value)} · {finding.evidence}")
    judged = isinstance(criterion.rule, ManualScore)
    facts = Facts(
        actual=None if judged else Fraction(finding.value),
        manual_scores=(finding.value,) if judged else (),
        inputs=(evidence,),
    )
    return criterion.rule.score(facts, criterion.name)


def _demand_matching(criteria: tuple[Criterion, ...], findings: Mapping[str, Finding]) -> None:
    known = {criterion.key: criterion for criterion in criteria}
    faults = [
        FieldError(f"/findings/{key}", None, Text(f"必填：{each.name.zh}", f"required: {each.name.en}"))
        for key, each in known.items()
        if key not in findings
    ]
    names = Text("、".join(known), ", ".join(known))
    for key, finding in findings.items():
        if key not in known:
            faults.append(FieldError(f"/findings/{key}", key, Text(f"以下之一：{names.zh}", f"one of {names.en}")))
            continue
        rule = known[key].rule
        top = rule.maximum if isinstance(rule, ManualScore) else None
        if finding.value < 0 or (top is not None and finding.value > top):
            limit = Text("不小于 0", "at least 0") if top is None else Text(f"0 至 {plain(top)}", f"0 to {plain(top)}")
            faults.append(FieldError(f"/findings/{key}/value", plain(finding.value), limit))
    if faults:
        raise CriteriaMismatch(field_errors=faults)
