"""The appraisal cycle whose grades a run pays for, and whether it is one that the run may go by (INC-03, INC-10)."""

from collections.abc import Callable, Mapping
from typing import Final, Literal

from services.incentive.clients.cycle import CLOSED, POINTER, Cycle, not_closed
from services.kit.errors import Conflict, FieldError, Text
from services.kit.periods import Period

CycleSpan = Literal["same_period", "within_period"]
"""The cycles from which a plan pays: those over exactly the run's period, or any within it."""
SPAN_NAMES: Final[dict[CycleSpan, Text]] = {
    "same_period": Text("与奖金期间相同的考核周期", "a cycle over the same period"),
    "within_period": Text("奖金期间内的考核周期", "a cycle within the period"),
}


class CyclePeriodUnsuitable(Conflict):
    """The cycle's grades are of other days than the run pays."""

    code = "cycle_period_unsuitable"
    zh = "所选考核周期“{cycle}”的期间为 {found}，与本次奖金期间不符，请选择{expected}。"
    en = "The cycle '{cycle}' covers {found}, which does not match the period of the bonus; choose {expected}."


def check_cycle(cycle: Cycle, period: Period, span: CycleSpan) -> None:
    """Refuses a cycle whose grades a run over ``period`` must not pay for.

    Raises:
        CycleNotClosed: its results are not final.
        CyclePeriodUnsuitable: its days are not those that the plan pays for.
    """
    if cycle.state != CLOSED:
        raise not_closed(cycle.state)
    fits, words = _SPANS[span]
    if not fits(cycle.period, period):
        found, wanted = _written(cycle.period), _written(period)
        expected = Text(words.zh.format(wanted=wanted.zh), words.en.format(wanted=wanted.en))
        raise CyclePeriodUnsuitable(
            cycle=cycle.code,
            found=found,
            expected=expected,
            field_errors=[FieldError(POINTER, cycle.code, expected)],
        )


def _lies_in(inner: Period, outer: Period) -> bool:
    return inner.overlap(outer) == inner


def _written(period: Period) -> Text:
    return Text(f"{period.start} 至 {period.last}", f"{period.start} to {period.last}")


_SPANS: Final[Mapping[CycleSpan, tuple[Callable[[Period, Period], bool], Text]]] = {
    "same_period": (Period.__eq__, Text("期间为 {wanted} 的考核周期", "a cycle over {wanted}")),
    "within_period": (_lies_in, Text("期间在 {wanted}（含首尾两日）之内的考核周期", "a cycle over a part of {wanted}")),
}
