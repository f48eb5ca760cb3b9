"""How the holder of a role is appraised, as far as the role document says it (ORG-03). The scoring is appraisal's."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from services.kit.errors import FieldError, Text
from services.org.documents.domain.work_standard import Comparator


class Frequency(StrEnum):
    """How often a role is appraised or tracked."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


class ResultUse(StrEnum):
    """What appraisal results are used for."""

    PAY = "pay"
    BONUS = "bonus"
    TRAINING = "training"
    PROMOTION = "promotion"
    WARNING = "warning"
    IMPROVEMENT_PLAN = "improvement_plan"
    EXECUTIVE_RESERVE = "executive_reserve"
    TRANSFER_OR_TERMINATION = "transfer_or_termination"
    LONG_TERM_INCENTIVE = "long_term_incentive"


RESULT_USE_NAMES = {
    ResultUse.PAY: Text("确定薪酬", "sets pay"),
    ResultUse.BONUS: Text("计发绩效奖金", "sets the performance bonus"),
    ResultUse.TRAINING: Text("安排培训", "directs training"),
    ResultUse.PROMOTION: Text("决定晋升", "weighs in promotions"),
    ResultUse.WARNING: Text("低于约定分数时口头警告", "a verbal warning below the set score"),
    ResultUse.IMPROVEMENT_PLAN: Text("年度评为 C 时制定改进计划", "an improvement plan after a yearly C"),
    ResultUse.EXECUTIVE_RESERVE: Text(
        "连续两季 A 及以上优先进入高管储备", "executive reserve after two quarters at A or better"
    ),
    ResultUse.TRANSFER_OR_TERMINATION: Text("连续两年 D 时调岗或解约", "transfer or termination after two years at D"),
    ResultUse.LONG_TERM_INCENTIVE: Text(
        "连续三年达成战略目标可获长期激励", "long-term incentive after three years on target"
    ),
}


@dataclass(frozen=True)
class KeyIndicator:
    """An indicator of appraisal's library by its code, with the level that the role expects of it, if it names one."""

    code: str
    comparator: Comparator | None = None
    value: Decimal | None = None


@dataclass(frozen=True)
class AppraisalGuide:
    """Frequencies (the bonus-bearing one first), who evaluates, what counts, and what the results are used for."""

    frequencies: tuple[Frequency, ...]
    evaluators: tuple[Text, ...]
    indicators: tuple[KeyIndicator, ...]
    uses: tuple[ResultUse, ...] = ()

    def field_errors(self, pointer: str) -> Iterator[FieldError]:
        """What does not fit together; ``pointer`` leads to this guide."""
        yield from twice([item.code for item in self.indicators], f"{pointer}/indicators")
        yield from twice(self.frequencies, f"{pointer}/frequencies")
        yield from twice(self.uses, f"{pointer}/uses")
        for index, item in enumerate(self.indicators):
            if (item.comparator is None) != (item.value is None):
                expected = Text("比较方式与数值须同时给出", "a comparator together with a value")
                yield FieldError(f"{pointer}/indicators/{index}/value", item.code, expected)


def twice(codes: list[str] | tuple[str, ...], pointer: str) -> Iterator[FieldError]:
    """A fault for every code that stands in a list more than once, at its second place."""
    for index, code in enumerate(codes):
        if code in codes[:index]:
            yield FieldError(
                f"{pointer}/{index}", code, Text("不重复的编码", "a code that does not stand there already")
            )
