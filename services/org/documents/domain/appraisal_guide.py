"""How the holder of a role is appraised, as far as the role document says it (ORG-03). The scoring is appraisal's."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from services.kit.errors import FieldError, Text
from services.kit.result_uses import ResultUse
from services.org.documents.domain.work_standard import Comparator


class Frequency(StrEnum):
    """The frequency of a role's appraisal or tracking."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


FREQUENCY_NAMES: Final = {
    Frequency.MONTH: Text("月度", "monthly"),
    Frequency.QUARTER: Text("季度", "quarterly"),
    Frequency.HALF: Text("半年度", "half-yearly"),
    Frequency.YEAR: Text("年度", "yearly"),
}


RESULT_USE_NAMES = {
    ResultUse.PAY: Text("作为确定薪酬的依据", "a basis of pay"),
    ResultUse.BONUS: Text("作为计发绩效奖金的依据", "a basis of the performance bonus"),
    ResultUse.TRAINING: Text("安排培训", "directs training"),
    ResultUse.PROMOTION: Text("作为晋升的参考", "considered in promotions"),
    ResultUse.WARNING: Text("低于规定分数的，予以口头警告", "a verbal warning below the set score"),
    ResultUse.IMPROVEMENT_PLAN: Text("年度为 C 的，制定绩效改进计划", "an improvement plan after a yearly C"),
    ResultUse.EXECUTIVE_RESERVE: Text(
        "连续两个季度为 A 及以上的，优先进入高管储备", "executive reserve after two quarters at A or better"
    ),
    ResultUse.TRANSFER_OR_TERMINATION: Text(
        "连续两年为 D 的，启动调岗或解除劳动合同的评估，依法定程序处理",
        "after two years at D, a review of transfer or termination opens and follows the law",
    ),
    ResultUse.LONG_TERM_INCENTIVE: Text(
        "连续三年达成战略目标的，可获授长期激励", "long-term incentive after three years on target"
    ),
}


@dataclass(frozen=True)
class KeyIndicator:
    """An indicator of the appraisal library, with the value that the role is expected to reach, if any."""

    code: str
    """Code of an indicator of the appraisal library."""
    comparator: Comparator | None = None
    """Comparison of the measured value with the expected one."""
    value: Decimal | None = None
    """Expected value."""


@dataclass(frozen=True)
class AppraisalGuide:
    """The appraisal of a role: frequencies (the one that determines the bonus first), evaluators, indicators and
    uses of the results.
    """

    frequencies: tuple[Frequency, ...]
    """Frequencies, the one that determines the bonus first."""
    evaluators: tuple[Text, ...]
    """Evaluators."""
    indicators: tuple[KeyIndicator, ...]
    """Indicators used."""
    uses: tuple[ResultUse, ...] = ()
    """Uses of the results."""

    def field_errors(self, pointer: str) -> Iterator[FieldError]:
        """What does not fit together; ``pointer`` leads to this guide."""
        yield from twice([item.code for item in self.indicators], f"{pointer}/indicators")
        yield from twice(self.frequencies, f"{pointer}/frequencies")
        yield from twice(self.uses, f"{pointer}/uses")
        for index, item in enumerate(self.indicators):
            if (item.comparator is None) != (item.value is None):
                expected = Text("比较方式与数值须同时填写", "a comparator together with a value")
                yield FieldError(f"{pointer}/indicators/{index}/value", item.code, expected)


def twice(codes: list[str] | tuple[str, ...], pointer: str) -> Iterator[FieldError]:
    """A fault for every code that stands in a list more than once, at its second place."""
    for index, code in enumerate(codes):
        if code in codes[:index]:
            yield FieldError(f"{pointer}/{index}", code, Text("不重复的编码", "a code that is not used yet"))
