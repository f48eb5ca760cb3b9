"""One result that uses every rule: two forms, all kinds of items, 360 groups, and two decisions of people on top.

``python -m tests.domain.appraisal.example`` keeps what the present version of the rules writes of it.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from services.appraisal.feedback.domain.feedback import Group
from services.appraisal.library.domain.feedback_policy import Question
from services.appraisal.library.domain.grade import Grade
from services.appraisal.library.domain.indicators.deduction import Deduction
from services.appraisal.library.domain.indicators.higher_is_better import HigherIsBetter
from services.appraisal.library.domain.indicators.lower_is_better import LowerIsBetter
from services.appraisal.library.domain.indicators.manual_score import ManualScore
from services.appraisal.library.domain.indicators.multi_rater import MultiRater
from services.appraisal.library.domain.indicators.on_target import OnTarget
from services.appraisal.library.domain.indicators.pass_fail import PassFail
from services.appraisal.library.domain.indicators.prior_results import PriorResults
from services.appraisal.library.domain.indicators.score_table import ScoreTable
from services.appraisal.library.domain.relation import Relation
from services.appraisal.library.domain.scheme import Aggregation, Frequency, Item, Scheme, Section, SubjectKind, Veto
from services.appraisal.scoring.domain.inputs import (
    Adjustment,
    Exclusion,
    FormInputs,
    ItemInputs,
    Known,
)
from services.appraisal.scoring.domain.result import RULES, Cause, regraded, rescored, score_subject
from services.appraisal.scoring.store.inputs import inputs_text, read_inputs
from services.kit.errors import Text
from services.kit.explanation import canonical
from tests.domain.kept import keep

FOLDER = Path(__file__).parent / "kept"
FIRST, CUT, LAST = date(2026, 1, 1), date(2026, 2, 15), date(2026, 3, 31)
STEPS = ((Decimal(80), Decimal(60)), (Decimal(90), Decimal(80)), (Decimal(98), Decimal(100)))


def _item(key: str, weight: str, rule: Any, **given: Any) -> Item:
    facts = {"quantitative": True, "collection": Frequency.QUARTER, **given}
    return Item(key, Text(f"指标 {key}", f"Item {key}"), Decimal(weight), key, f"indicator:{key}@1", rule, **facts)


def scheme() -> Scheme:
    """Three sections; one item is left out, one triggers its veto."""
    figures = (
        _item("higher", "20", HigherIsBetter(), aggregation=Aggregation.SUM),
        _item("lower", "20", LowerIsBetter(), aggregation=Aggregation.MEAN, veto=Veto(Decimal(95), Grade.B)),
        _item("linear", "15", ScoreTable(points=STEPS, between="linear")),
        _item("step", "15", ScoreTable(points=STEPS, between="step")),
        _item("near", "10", OnTarget(tolerance=Decimal(5), k=Decimal(2))),
        _item("gone", "20", HigherIsBetter()),
    )
    ways = (
        _item("faults", "30", Deduction(k=Decimal("1.5"))),
        _item("passed", "30", PassFail(comparator=">=")),
        _item("judged", "20", ManualScore(), quantitative=False),
        _item("carried", "20", PriorResults(cycles=("2025-Q3", "2025-Q4")), quantitative=False),
    )
    questions = (Question("q", Text("协作", "teamwork"), Decimal(100)),)
    sections = (
        Section("figures", Text("业绩", "figures"), Decimal(50), figures),
        Section("ways", Text("过程", "ways"), Decimal(30), ways),
        Section("360", Text("360", "360"), Decimal(20), (_item("360", "100", MultiRater(), questions=questions),)),
    )
    name = Text("示例方案", "Example")
    return Scheme("EX", 3, name, SubjectKind.EMPLOYEE, Frequency.QUARTER, sections)


def _known(source: str, *values: str, on: date | None = None) -> tuple[Known, ...]:
    return tuple(Known(Decimal(value), f"{source}:{place}", on) for place, value in enumerate(values))


def _form(form_id: str, first: date, last: date, sold: str) -> FormInputs:
    def measured(target: str | None, *actuals: str) -> ItemInputs:
        return ItemInputs(_known("goal", target)[0] if target else None, _known("measurement", *actuals, on=last))

    items = {
        "higher": measured("2000000", sold, "310000.50"),
        "lower": measured("8", "8.6", "8.3"),
        "linear": measured(None, "95"),
        "step": measured(None, "97.99"),
        "near": measured("40", "43"),
        "gone": ItemInputs(exclusion=Exclusion("系统停用", "item_exclusion:1")),
        "faults": measured(None, "3"),
        "passed": measured("90", "90"),
        "judged": ItemInputs(manual_scores=_known("rating", "4.3", "4")),
        "carried": ItemInputs(prior_totals=_known("result", "88.11", "90.02")),
    }
    groups = (
        Group((Relation.SUPERIOR,), 1, Fraction("88.75")),
        Group((Relation.PEER, Relation.SUBORDINATE), 3, Fraction(245, 3)),
    )
    extra = Adjustment(Decimal("-1.5"), "迟交月报 “二月”", "adjustment:1")
    return FormInputs(form_id, "scheme-1", first, last, items, groups, (extra,))


def facts() -> list[FormInputs]:
    """The inputs of both forms: a transfer within the quarter."""
    return [_form("form-1", FIRST, CUT, "900000"), _form("form-2", date(2026, 2, 16), LAST, "1200000")]


def written(inputs: list[FormInputs]) -> Mapping[str, bytes]:
    """What is stored: the inputs, the explanation of the result, and that after an appeal and a correction."""
    computed = score_subject([(scheme(), form) for form in inputs]).step
    appealed = regraded(
        computed, cause=Cause.APPEAL, grade=Grade.A, total=Decimal("86.00"), reason="数据有误", source="appeal:1"
    )
    corrected = rescored(appealed, computed, cause=Cause.CORRECTION, reason="更正", source="correction:1")
    return {
        "inputs.json": inputs_text(tuple(inputs)).encode(),
        "computed.json": canonical(computed),
        "corrected.json": canonical(corrected),
    }


def read(stored: bytes) -> list[FormInputs]:
    """Stored inputs as a replay reads them."""
    return list(read_inputs(stored.decode()))


if __name__ == "__main__":
    keep(FOLDER, RULES, written(facts()))
