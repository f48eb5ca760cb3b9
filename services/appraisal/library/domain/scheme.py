"""Appraisal schemes: sections and items with weights, who rates, the grade scale (APR-02)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from services.appraisal.library.domain.feedback_policy import FeedbackPolicy, Question
from services.appraisal.library.domain.grade import Grade, GradeScale
from services.appraisal.library.domain.indicators import Rule
from services.appraisal.library.domain.indicators.rule import Need
from services.appraisal.library.domain.weights import demand_hundred
from services.kit.errors import FieldError, Invalid, Text
from services.kit.money import exact
from services.kit.result_uses import ResultUse


class SchemeBroken(Invalid):
    """Parts of a scheme do not fit together."""

    code = "scheme_broken"
    zh = "考核方案有误：{reason}。"
    en = "The scheme is not valid: {reason}."

    @classmethod
    def because(cls, reason: Text, *, pointer: str, found: str, expected: Text) -> "SchemeBroken":
        """The refusal for one reason."""
        return cls(reason=reason, field_errors=[FieldError(pointer, found, expected)])


class Frequency(StrEnum):
    """The frequency of appraisal or collection."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


FREQUENCY_NAMES = {
    Frequency.MONTH: Text("月度", "month"),
    Frequency.QUARTER: Text("季度", "quarter"),
    Frequency.HALF: Text("半年度", "half-year"),
    Frequency.YEAR: Text("年度", "year"),
}


class SubjectKind(StrEnum):
    """The kind of subject that is appraised."""

    EMPLOYEE = "employee"
    UNIT = "unit"
    SUPPLIER = "supplier"


RESULT_USE_NAMES = {
    ResultUse.PAY: Text("薪酬", "pay"),
    ResultUse.BONUS: Text("奖金", "bonus"),
    ResultUse.TRAINING: Text("培训", "training"),
    ResultUse.PROMOTION: Text("晋升", "promotion"),
    ResultUse.WARNING: Text("警告", "warning"),
    ResultUse.IMPROVEMENT_PLAN: Text("绩效改进计划", "improvement plan"),
    ResultUse.EXECUTIVE_RESERVE: Text("高管储备", "executive reserve"),
    ResultUse.TRANSFER_OR_TERMINATION: Text("调岗或解除劳动合同的评估", "review of transfer or termination"),
    ResultUse.LONG_TERM_INCENTIVE: Text("长期激励", "long-term incentive"),
}

COVERED_BY = {
    SubjectKind.EMPLOYEE: "positions",
    SubjectKind.UNIT: "units",
    SubjectKind.SUPPLIER: "supplier_classes",
}
"""The field in which a scheme names whom it covers: employees by position, units, suppliers by class."""


class Aggregation(StrEnum):
    """The method of combining several measurements of a period into one actual."""

    SUM = "sum"
    MEAN = "mean"
    LAST = "last"
    MAX = "max"
    MIN = "min"


AGGREGATION_NAMES = {
    Aggregation.SUM: Text("求和", "sum"),
    Aggregation.MEAN: Text("平均", "mean"),
    Aggregation.LAST: Text("期末值", "last"),
    Aggregation.MAX: Text("最大值", "max"),
    Aggregation.MIN: Text("最小值", "min"),
}


@dataclass(frozen=True)
class Veto:
    """An item whose score below ``below`` limits the final grade to ``at_most``."""

    below: Decimal
    at_most: Grade = Grade.C

    def __post_init__(self) -> None:
        """Raises NotAnExactNumber."""
        exact(self.below, pointer="/below")


def unit_named(unit: str, unit_en: str) -> Text:
    """A unit of measurement in both languages; where no English one is entered, it reads in both."""
    return Text(unit, unit_en or unit)


@dataclass(frozen=True)
class Item:
    """One line of the form. ``weight`` in percent of its section; the indicator as it was when the scheme was made."""

    key: str
    name: Text
    weight: Decimal
    indicator: str
    source: str
    rule: Rule
    unit: str = ""
    quantitative: bool = True
    aggregation: Aggregation = Aggregation.SUM
    collection: Frequency = Frequency.MONTH
    measure: str = ""
    data_source: str = ""
    questions: tuple[Question, ...] = ()
    veto: Veto | None = None
    unit_en: str = ""


@dataclass(frozen=True)
class Section:
    """A part of the form. ``weight`` in percent of the total."""

    key: str
    name: Text
    weight: Decimal
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Scheme:
    """One version of a scheme, as every form under it uses it."""

    code: str
    version: int
    name: Text
    subject_kind: SubjectKind
    frequency: Frequency
    sections: tuple[Section, ...]
    feedback: FeedbackPolicy = field(default_factory=FeedbackPolicy)
    grades: GradeScale = field(default_factory=GradeScale)
    missing_inputs: Literal["block", "exclude"] = "block"
    adjustment_limit: Decimal = Decimal(10)
    result_uses: tuple[ResultUse, ...] = ()

    def __post_init__(self) -> None:
        """Raises WeightsNotHundred or SchemeBroken naming what does not fit."""
        demand_hundred(
            [section.weight for section in self.sections], level=Text("各部分", "the sections"), pointer="/sections"
        )
        for index, section in enumerate(self.sections):
            pointer = f"/sections/{index}/items"
            level = Text(f"“{section.name.zh}”各考核项", f"the items of '{section.name.en}'")
            demand_hundred([item.weight for item in section.items], level=level, pointer=pointer)
            for place, item in enumerate(section.items):
                _check_questions(item, self.feedback, f"{pointer}/{place}/questions")
        _demand_unique([key for item in self.items for key in (item.key, *(q.key for q in item.questions))])
        _demand_one_feedback(self.items)
        exact(self.adjustment_limit, pointer="/adjustment_limit")

    @property
    def items(self) -> tuple[Item, ...]:
        """All items in the order of the form."""
        return tuple(item for section in self.sections for item in section.items)

    @property
    def feedback_item(self) -> Item | None:
        """The item that takes the 360 score, if the scheme has one."""
        return next((item for item in self.items if Need.FEEDBACK in item.rule.needs), None)

    @property
    def manually_scored_items(self) -> tuple[Item, ...]:
        """The items that the superior scores."""
        return tuple(item for item in self.items if Need.MANUAL_SCORE in item.rule.needs)

    @property
    def measured_items(self) -> Iterator[Item]:
        """The items that need an actual."""
        return (item for item in self.items if Need.ACTUAL in item.rule.needs)

    def item(self, key: str) -> Item | None:
        """The item of that key."""
        return next((item for item in self.items if item.key == key), None)


def _check_questions(item: Item, feedback: FeedbackPolicy, pointer: str) -> None:
    if Need.FEEDBACK in item.rule.needs:
        demand_hundred(
            [question.weight for question in item.questions], level=Text("评价题", "the questions"), pointer=pointer
        )
        for index, question in enumerate(item.questions):
            if question.maximum <= 0:
                raise SchemeBroken.because(
                    Text("评价题的满分须大于 0", "a question's maximum must be greater than 0"),
                    pointer=f"{pointer}/{index}/maximum",
                    found=str(question.maximum),
                    expected=Text("大于 0", "greater than 0"),
                )
        for relation in feedback.relations:
            if not any(question.asks(relation) and question.weight > 0 for question in item.questions):
                raise SchemeBroken.because(
                    Text(f"没有面向“{relation.text.zh}”的评价题", f"no question is put to {relation.text.en}"),
                    pointer=pointer,
                    found=relation.value,
                    expected=Text("每种评价关系至少一道有权重的评价题", "a question with weight for every relation"),
                )
    elif item.questions:
        raise SchemeBroken.because(
            Text("只有 360 度评价项可以有评价题", "only an item with 360 feedback has questions"),
            pointer=pointer,
            found=item.rule.kind,
            expected=Text("请改用“360 度评价”计分规则，或删除评价题", "the rule multi_rater, or no questions"),
        )


def _demand_unique(keys: Sequence[str]) -> None:
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise SchemeBroken.because(
            Text("考核项或评价题的编号重复", "two items or questions have the same key"),
            pointer="/sections",
            found=", ".join(twice),
            expected=Text("不重复的编号", "keys that differ"),
        )


def _demand_one_feedback(items: Sequence[Item]) -> None:
    found = [item.key for item in items if Need.FEEDBACK in item.rule.needs]
    if len(found) > 1:
        raise SchemeBroken.because(
            Text("360 度评价项至多一个", "at most one item takes the 360 score"),
            pointer="/sections",
            found=", ".join(found),
            expected=Text("至多一个", "at most one"),
        )
