"""Terminations: an employment ends and every assignment with it; until then it ends later, or not at all (ORG-07)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from services.kit.errors import Conflict, FieldError, Text
from services.kit.periods import Period
from services.org.people.domain.assignment import Assignment
from services.org.people.domain.career import Career
from services.org.people.domain.employment import Employment, StillEmployed, Termination


class NoTerminationAhead(Conflict):
    """The person stays, or has left: that stands, and who comes back is hired again."""

    code = "no_termination_ahead"
    zh = "该员工没有尚未生效的离职记录。"
    en = "The person has no future termination."


class TerminationEarlier(Conflict):
    """A termination is rescheduled to a later day; an earlier one is another termination."""

    code = "termination_earlier"
    zh = "新的最后在职日须晚于 {last_day}；如改为提前离职，请重新登记离职。"
    en = "The new last day must be after {last_day}; for an earlier one, record the termination again."


def terminate(career: Career, last_day: date, reason: str | None) -> Career:
    """The career with its employment ended on ``last_day``; assignments are truncated or removed with it.

    Raises:
        NotEmployed: nobody can leave on a day on which they are not employed.
    """
    employment = career.employment_on(last_day, "/last_day")
    was, now = employment.valid, Period.closed(employment.valid.start, last_day)
    before = _before_termination(career, employment)
    truncated = {each.id: each for each in before.truncated}
    concerned = [each for each in career.assignments if each.valid.overlap(was) and _outlasts(each.valid, now)]
    for each in concerned:
        if each.valid.end != was.end or each.id not in truncated:  # else as it was before an earlier termination
            truncated[each.id] = each
    until = employment.probation_until
    ended = replace(
        employment,
        valid=now,
        termination_reason=reason,
        probation_until=last_day if until is not None and until > last_day else until,
    )
    shortened = [replace(each, valid=kept) for each in concerned if (kept := each.valid.overlap(now))]
    removed = [each for each in concerned if not each.valid.overlap(now)]
    termination = replace(before, last_day=last_day, truncated=tuple(truncated.values()))
    changed = career.with_employment(ended).without(*removed).with_assignments(*shortened)
    return _remembering(changed, termination).checked(career, otherwise="/last_day")


def rescind_termination(career: Career, *, today: date, restore: bool, overfill_reason: str | None = None) -> Career:
    """The career without the termination ahead; probation is as it was, and so are assignments unless not ``restore``.

    Raises:
        NoTerminationAhead, StillEmployed, and what ``Career.checked`` refuses for the restored assignments.
    """
    ended = terminated_ahead(career, today)
    return extend(career, ended, None, restore=restore, overfill_reason=overfill_reason)


def reschedule_termination(
    career: Career, last_day: date, *, today: date, restore: bool, overfill_reason: str | None = None
) -> Career:
    """The career with its termination ahead on a later day; assignments are restored until then if ``restore``.

    Raises:
        NoTerminationAhead, TerminationEarlier, StillEmployed, PeriodReversed, and what ``Career.checked`` refuses.
    """
    ended = terminated_ahead(career, today)
    return extend(career, ended, last_day, restore=restore, overfill_reason=overfill_reason)


def extend(
    career: Career,
    employment: Employment,
    last_day: date | None,
    *,
    restore: bool = False,
    overfill_reason: str | None = None,
) -> Career:
    """The career with an employment that ends later than it does now, or not at all.

    Raises:
        TerminationEarlier, StillEmployed, and what ``Career.checked`` refuses for the restored assignments.
    """
    was, now = employment.valid, Period.closed(employment.valid.start, last_day)
    _require_later(career, employment, now)
    before = _before_termination(career, employment)
    until = before.probation_until
    longer = replace(
        employment,
        valid=now,
        probation_until=last_day if until and last_day and until > last_day else until,
        termination_reason=None if last_day is None else employment.termination_reason,
    )
    changed = career.with_employment(longer)
    if restore:
        changed = changed.with_assignments(*_restored(career, before, was, now, overfill_reason))
    kept = None if last_day is None else replace(before, last_day=last_day)
    return _remembering(changed, kept).checked(career, otherwise="/last_day" if last_day else "")


def terminated_ahead(career: Career, today: date) -> Employment:
    """The employment, not over yet, that a termination ends.

    Raises:
        NoTerminationAhead: there is none.
    """
    for employment in career.employments:
        last = employment.valid.last
        if last is not None and last >= today:
            return employment
    raise NoTerminationAhead


def _restored(
    career: Career, before: Termination, was: Period, now: Period, overfill_reason: str | None
) -> Iterator[Assignment]:
    """The assignments with the days that they had before; what was changed or rescinded since is left as it is."""
    present = {each.id: each for each in career.assignments}
    for truncated in before.truncated:
        again, known = truncated.valid.overlap(now), present.get(truncated.id)
        if again is None:
            continue
        reason = overfill_reason or truncated.overfill_reason
        if known is None:
            yield replace(truncated, valid=again, overfill_reason=reason, revision=truncated.revision + 1)
        elif known.valid.end == was.end != again.end:
            yield replace(known, valid=Period(known.valid.start, again.end), overfill_reason=reason)


def _before_termination(career: Career, employment: Employment) -> Termination:
    """How things were before the termination of this employment; what is there now where none is known.

    Probation that was corrected since counts as it is. An assignment that would begin before the end and is not there
    came back once and was rescinded.
    """
    last_day, until = employment.valid.last, employment.probation_until
    known = next((each for each in career.terminations if each.last_day == last_day), None)
    if known is None or last_day is None:
        return Termination(last_day or date.max, until)
    present = {each.id for each in career.assignments}
    truncated = [each for each in known.truncated if each.id in present or each.valid.start > last_day]
    return Termination(last_day, known.probation_until if until == last_day else until, tuple(truncated))


def _remembering(career: Career, termination: Termination | None) -> Career:
    """The career with what a termination changed; what ended otherwise since is forgotten."""
    ends = {each.valid.last for each in career.employments}
    others = [
        each
        for each in career.terminations
        if each.last_day in ends and (termination is None or each.last_day != termination.last_day)
    ]
    return replace(career, terminations=(*others, *([termination] if termination else [])))


def _outlasts(valid: Period, employed: Period) -> bool:
    return employed.end is not None and (valid.end is None or valid.end > employed.end)


def _require_later(career: Career, employment: Employment, now: Period) -> None:
    was = employment.valid
    if now.overlap(was) == now:
        expected = Text(f"晚于 {was.last}", f"after {was.last}")
        field_errors = [FieldError("/last_day", str(now.last), expected)]
        raise TerminationEarlier(last_day=was.last, field_errors=field_errors)
    for other in career.employments:
        shared = None if other.id == employment.id else other.valid.overlap(now)
        if shared is not None:
            expected = Text("请先撤销其后的再次入职", "rescind the later employment first")
            found = None if now.last is None else str(now.last)
            raise StillEmployed(day=shared.start, field_errors=[FieldError("/last_day", found, expected)])
