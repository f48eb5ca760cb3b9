"""The appraisal cycle whose grades a run pays for, and whether it is one that the run may go by (INC-03, INC-10)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from services.kit.errors import Conflict, FieldError, Text
from services.kit.periods import Period

CLOSED: Final = "closed"
POINTER: Final = "/cycle_id"
"""The field of a run that names its cycle."""

CycleSpan = Literal["same_period", "within_period"]
"""Which cycles a plan pays from: those over exactly the run's period, or any that lies in it."""


class CycleNotClosed(Conflict):
    """The cycle has no final results yet: grades may still change by calibration or appeal."""

    code = "cycle_not_closed"
    zh = "所选考核周期（cycle_id）尚未关闭，关闭后才能核算奖金。请待周期关闭后再试。"
    en = "The cycle (cycle_id) is not closed yet; bonuses are calculated after that. Try again once it is closed."


class CyclePeriodUnsuitable(Conflict):
    """The cycle's grades are of other days than the run pays."""

    code = "cycle_period_unsuitable"
    zh = "所选考核周期“{cycle}”为 {found}，与本次奖金期间不符，请选择期间{expected}的周期。"
    en = "The cycle '{cycle}' is of {found}, which does not suit the period of the bonus; choose one of {expected}."


@dataclass(frozen=True)
class Cycle:
    """What appraisal says of a cycle."""

    code: str
    state: str
    period: Period


def not_closed(state: str) -> CycleNotClosed:
    """The refusal of a cycle in ``state``."""
    return CycleNotClosed(field_errors=[FieldError(POINTER, state, Text("已关闭（closed）", CLOSED))])


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
        expected = Text(words.zh.format(wanted=wanted), words.en.format(wanted=wanted))
        raise CyclePeriodUnsuitable(
            cycle=cycle.code,
            found=found,
            expected=expected,
            field_errors=[FieldError(POINTER, found, expected)],
        )


def _lies_in(inner: Period, outer: Period) -> bool:
    return inner.overlap(outer) == inner


def _written(period: Period) -> str:
    return f"{period.start} – {period.last}"


_SPANS: Final[Mapping[CycleSpan, tuple[Callable[[Period, Period], bool], Text]]] = {
    "same_period": (Period.__eq__, Text("为 {wanted}", "{wanted}")),
    "within_period": (_lies_in, Text("在 {wanted}（含首尾两日）之内", "a part of {wanted}")),
}
