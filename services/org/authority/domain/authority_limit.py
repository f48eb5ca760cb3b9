"""The limit of a position for an authority type, and when two must approve, as they change from a date on (ORG-09)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.kit.errors import Conflict, FieldError, Text
from services.kit.periods import Period
from services.kit.timeline import Facts, Version, closed, overlaid


class PastAuthority(Conflict):
    """What was allowed on days gone by has been relied on, so it cannot be changed afterwards."""

    code = "past_authority"
    zh = "{day} 的权限已经生效，不能追溯修改；请从今天起设定新的权限。"
    en = "The authority was in force on {day} and cannot be changed in retrospect; set a new one from today."


@dataclass(frozen=True)
class Allowance:
    """Up to which amount, in yuan or people (None: without upper bound), and why."""

    amount: Decimal | None
    reason: str


def allowed_from(versions: Sequence[Version[Facts]], valid: Period, facts: Facts, today: date) -> list[Version[Facts]]:
    """The timeline with ``facts`` over ``valid`` in place of everything from its first day on.

    Days before ``today`` can be filled in where nothing was in force, not changed.

    Raises:
        PastAuthority: something was in force on one of those days.
    """
    _keep_past(versions, Period(valid.start), today, "/valid_from")
    return overlaid(versions, [Version(valid, facts)])


def ended(versions: Sequence[Version[Facts]], last_day: date, today: date) -> list[Version[Facts]]:
    """The timeline with nothing in force after ``last_day``.

    Raises:
        PastAuthority: something was in force after that day and before ``today``.
        NotInForce: nothing is in force on ``last_day``.
    """
    following = last_day + date.resolution
    _keep_past(versions, Period(following), today, "/last_day")
    return closed(versions, following)


def _keep_past(versions: Sequence[Version[Facts]], changed: Period, today: date, pointer: str) -> None:
    if changed.start >= today:
        return
    past = Period(changed.start, today)
    for version in versions:
        touched = version.valid.overlap(past)
        if touched is not None:
            expected = Text(f"不早于 {today}", f"not before {today}")
            raise PastAuthority(day=touched.start, field_errors=[FieldError(pointer, str(changed.start), expected)])
