"""From the measurements of a form's days to the one actual of an item."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from services.appraisal.library.domain.indicators.rule import fraction, shown
from services.appraisal.library.domain.scheme import AGGREGATION_NAMES, Aggregation, Frequency
from services.appraisal.scoring.domain.inputs import Known
from services.kit.errors import Text
from services.kit.explanation import Step
from services.kit.money import plain
from services.kit.periods import Period, months_of

_MOST_WRITTEN: Final = 12
_AT_EACH_END: Final = 3
_SUMMED: Final = frozenset({Aggregation.SUM, Aggregation.MEAN})
_LABELS: Final = {
    each: Text(f"本期实绩（{name.zh}）", f"actual of the period ({name.en})")
    for each, name in AGGREGATION_NAMES.items()
}


def aggregate(aggregation: Aggregation, measured: Sequence[Known]) -> Fraction:
    """The actual that several measurements make; ``measured`` is in order of days and not empty."""
    values = [fraction(known.value) for known in measured]
    if len(values) == 1:
        return values[0]
    match aggregation:
        case Aggregation.SUM:
            return sum(values, Fraction(0))
        case Aggregation.MEAN:
            return sum(values, Fraction(0)) / len(values)
        case Aggregation.LAST:
            return values[-1]
        case Aggregation.MAX:
            return max(values)
        case Aggregation.MIN:
            return min(values)


def aggregation_step(aggregation: Aggregation, measured: Sequence[Known], actual: Fraction) -> Step | None:
    """How several measurements made ``actual``, for the explanation; None where there is only one.

    The measurements themselves are inputs of the item, so that a long row of them is shortened here.
    """
    count = len(measured)
    if count == 1:
        return None
    kept = measured if count <= _MOST_WRITTEN else (*measured[:_AT_EACH_END], *measured[-_AT_EACH_END:])
    values = [f"({plain(known.value)})" if known.value < 0 else plain(known.value) for known in kept]
    if len(kept) < count:
        values.insert(_AT_EACH_END, "…")
    if aggregation in _SUMMED:
        formula = " + ".join(values)
        if aggregation is Aggregation.MEAN:
            formula = f"({formula}) ÷ {count}"
    else:
        formula = "; ".join(values)
    return Step("aggregation", _LABELS[aggregation], formula, shown(actual))


def missing_months(collection: Frequency, form: Period, measured: Sequence[Known]) -> list[str]:
    """What is still to be measured, as labels like "2026-02".

    With monthly collection every month that the form shares a day with needs a measurement; otherwise one measurement
    in the form's days is enough, and its last day's month is named.
    """
    if collection is not Frequency.MONTH:
        return [] if measured else [_month(form.last or form.start)]
    there = {_month(known.on) for known in measured if known.on}
    return [label for month in months_of(form) if (label := _month(month.start)) not in there]


def _month(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"
