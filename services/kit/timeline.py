"""Facts that change from a date on: a list of versions, never two on one day, what was before stays as it was."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar, Generic, Protocol, TypeVar
from uuid import UUID

from services.kit.errors import Conflict, FieldError, Text
from services.kit.periods import Period


class NotInForce(Conflict):
    """Nothing is known of the record on the day from which it should change."""

    code = "not_in_force"
    zh = "该记录在 {day} 尚未生效或已经失效，请改查有效期内的日期。"
    en = "This is not in force on {day}; choose a day on which it is."


class Dataclass(Protocol):
    """Any dataclass instance."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


Facts = TypeVar("Facts", bound=Dataclass)


@dataclass(frozen=True)
class Version(Generic[Facts]):
    """Facts and the days on which they hold."""

    valid: Period
    facts: Facts


def at(versions: Iterable[Version[Facts]], day: date) -> Version[Facts] | None:
    """The version in force on ``day``."""
    return next((version for version in versions if version.valid.contains(day)), None)


def amended(versions: Sequence[Version[Facts]], day: date, changes: Mapping[str, object]) -> list[Version[Facts]]:
    """The timeline with ``changes`` in force from ``day`` on.

    A change of the same field already recorded for a later day is kept; all other fields carry on.

    Raises:
        NotInForce: there is no version on ``day``.
    """
    current = _in_force(versions, day)
    earlier = [version for version in versions if version.valid.start < current.valid.start]
    later = sorted((v for v in versions if v.valid.start > current.valid.start), key=lambda version: version.valid)
    if current.valid.start < day:
        earlier.append(Version(Period(current.valid.start, day), current.facts))
    result = [*earlier, Version(Period(day, current.valid.end), replace(current.facts, **changes))]
    inherited = dict(changes)
    for version in later:
        before = current.facts
        inherited = {f: value for f, value in inherited.items() if getattr(version.facts, f) == getattr(before, f)}
        result.append(Version(version.valid, replace(version.facts, **inherited)))
    return merged(result)


def closed(versions: Sequence[Version[Facts]], end: date) -> list[Version[Facts]]:
    """The timeline with nothing in force from ``end`` on.

    Raises:
        NotInForce: nothing was in force on the day before ``end``.
    """
    _in_force(versions, Period(end).start - Period(end).start.resolution)
    return [
        Version(Period(v.valid.start, end if v.valid.end is None else min(end, v.valid.end)), v.facts)
        for v in sorted(versions, key=lambda version: version.valid.start)
        if v.valid.start < end
    ]


def overlaid(versions: Iterable[Version[Facts]], later: Sequence[Version[Facts]]) -> list[Version[Facts]]:
    """The timeline as before up to the first day of ``later``, and ``later`` from then on."""
    start = min(version.valid.start for version in later)
    kept = [
        Version(Period(v.valid.start, start if v.valid.end is None else min(start, v.valid.end)), v.facts)
        for v in versions
        if v.valid.start < start
    ]
    return merged([*kept, *later])


def merged(versions: Iterable[Version[Facts]]) -> list[Version[Facts]]:
    """The same timeline in order, with neighbours that say the same made one."""
    result: list[Version[Facts]] = []
    for version in sorted(versions, key=lambda v: v.valid.start):
        if result and result[-1].valid.end == version.valid.start and result[-1].facts == version.facts:
            result[-1] = Version(Period(result[-1].valid.start, version.valid.end), version.facts)
        else:
            result.append(version)
    return result


def same(before: Sequence[Version[Facts]], after: Sequence[Version[Facts]], *fields: str) -> bool:
    """Whether these fields say the same on every day of both timelines."""
    return _course(before, fields) == _course(after, fields)


def _course(versions: Iterable[Version[Facts]], fields: Sequence[str]) -> list[tuple[Period, list[object]]]:
    result: list[tuple[Period, list[object]]] = []
    for version in sorted(versions, key=lambda v: v.valid.start):
        said = [getattr(version.facts, field) for field in fields]
        if result and result[-1][0].end == version.valid.start and result[-1][1] == said:
            result[-1] = Period(result[-1][0].start, version.valid.end), said
        else:
            result.append((version.valid, said))
    return result


def _in_force(versions: Iterable[Version[Facts]], day: date) -> Version[Facts]:
    version = at(versions, day)
    if version is None:
        expected = Text("有效期内的日期", "a day on which it is in force")
        raise NotInForce(day=day, field_errors=[FieldError("/valid_from", str(day), expected)])
    return version


def arrivals(course: Iterable[tuple[Period, UUID | None]], place: UUID, since: date) -> list[date]:
    """The days on which something that changes its place comes to ``place``; ``since`` where it is there already."""
    result: list[date] = []
    until: date | None = None
    for valid, where in course:
        if where != place or (valid.end is not None and valid.end <= since):
            continue
        if valid.start != until:
            result.append(max(valid.start, since))
        until = valid.end
    return result


def union(periods: Iterable[Period]) -> list[Period]:
    """The days that belong to any of ``periods``, as few spans as possible, in order."""
    result: list[Period] = []
    for period in sorted(periods, key=lambda p: p.start):
        if result and (result[-1].end is None or period.start <= result[-1].end):
            end = None if result[-1].end is None or period.end is None else max(result[-1].end, period.end)
            result[-1] = Period(result[-1].start, end)
        else:
            result.append(period)
    return result


def gaps(needed: Period, covering: Iterable[Period]) -> list[Period]:
    """The days of ``needed`` that none of ``covering`` has."""
    result: list[Period] = []
    start: date | None = needed.start
    for period in union(covering):
        if start is None or (needed.end is not None and start >= needed.end):
            return result
        if period.start > start:
            missing = Period(start, period.start).overlap(needed)
            if missing:
                result.append(missing)
        start = None if period.end is None else max(start, period.end)
    if start is not None and (needed.end is None or start < needed.end):
        result.append(Period(start, needed.end))
    return result
