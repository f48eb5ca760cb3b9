"""From the measurements of a form's days to the one actual of an item."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from services.appraisal.library.domain.indicators.rule import fraction
from services.appraisal.library.domain.scheme import Aggregation, Frequency
from services.appraisal.scoring.domain.inputs import Known
from services.kit.periods import Period, months_of


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
