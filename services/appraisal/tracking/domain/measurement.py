"""Measurements: which of those sent are new, repeated, or a correction (APR-06)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal
from uuid import UUID

from services.appraisal.library.domain.scheme import SubjectKind
from services.kit.errors import FieldError, Text
from services.kit.money import plain
from services.kit.periods import Period

Key = tuple[str, str]
Content = tuple[str, str, str, Decimal, date]
PERCENT: Final = frozenset({"%", "％"})
"""How units of indicators say that values are in percent."""


@dataclass(frozen=True)
class Measured:
    """An actual value as sent. ``source`` and ``external_id`` identify it; ``corrects`` names one it supersedes."""

    line: int
    subject_kind: SubjectKind
    subject_code: str
    indicator: str
    value: Decimal
    measured_on: date
    source: str
    external_id: str
    corrects: str | None = None

    @property
    def key(self) -> Key:
        """Its identity."""
        return (self.source, self.external_id)

    @property
    def content(self) -> Content:
        """What must be equal for it to be the same measurement again."""
        return (self.subject_kind.value, self.subject_code, self.indicator, self.value.normalize(), self.measured_on)


@dataclass(frozen=True)
class Measurement:
    """A stored actual value, in the unit of its indicator. ``superseded``: a correction of it counts in its place."""

    id: UUID
    subject_kind: SubjectKind
    subject_code: str
    indicator: str
    value: Decimal
    measured_on: date
    source: str
    external_id: str
    supersedes_id: UUID | None
    superseded: bool
    recorded_by: UUID
    recorded_at: datetime


@dataclass(frozen=True)
class MeasurementFilter:
    """Which measurements are asked for; None leaves a field open. ``units``: of subjects who were there on the day."""

    subject_kind: SubjectKind | None = None
    subject_code: str | None = None
    indicator: str | None = None
    source: str | None = None
    first: date | None = None
    last: date | None = None
    units: tuple[UUID, ...] | None = None


@dataclass(frozen=True)
class Stored:
    """A measurement that is there already. ``superseded``: a correction of it exists."""

    content: Content
    superseded: bool

    @property
    def measured_on(self) -> date:
        """Its day."""
        return self.content[4]


@dataclass
class Sorting:
    """What becomes of a delivery: all of it is taken or, if there are field_errors, none."""

    fresh: list[Measured] = field(default_factory=list)
    repeated: int = 0
    field_errors: list[FieldError] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """Where a subject is during the days of a form."""

    days: Period
    unit_path: tuple[UUID, ...]


def paths_on(places: Sequence[Place], day: date) -> list[tuple[UUID, ...]]:
    """The units to which a subject's measurements of a day belong: those of its forms that have the day.

    Where no cycle has it so far, the newest form says where the subject is.
    """
    newest = max((each.days.start for each in places), default=None)
    found = [each.unit_path for each in places if each.days.contains(day)]
    return found or [each.unit_path for each in places if each.days.start == newest]


def sort_out(sent: Sequence[Measured], stored: Mapping[Key, Stored], indicators: frozenset[str]) -> Sorting:
    """Separate new lines from repeated ones, and report errors line by line."""
    sorting = Sorting()
    seen: dict[Key, Measured] = {}
    corrected: set[Key] = set()
    for each in sent:
        known = stored.get(each.key)
        before = seen.get(each.key)
        content = known.content if known else before.content if before else None
        if content is not None:
            _repeat(sorting, each, content)
            continue
        fault = _fault(each, stored, seen, corrected, indicators)
        if fault is not None:
            sorting.field_errors.append(fault)
            continue
        seen[each.key] = each
        if each.corrects is not None:
            corrected.add((each.source, each.corrects))
        sorting.fresh.append(each)
    return sorting


def small_percentages(fresh: Iterable[Measured], in_percent: Collection[str]) -> list[Measured]:
    """Lines of indicators in percent whose value lies below 1, as a share of 1 would: 0.85 where 85 may be meant."""
    return [each for each in fresh if each.indicator in in_percent and 0 < abs(each.value) < 1]


def taken_as(each: Measured) -> Text:
    """What such a value counts as, and what may have been meant."""
    value, meant = plain(each.value), plain((each.value * 100).normalize())
    return Text(
        f"{value} 按 {value}% 计；如应为 {meant}%，请更正。",
        f"{value} counts as {value} %; correct it if {meant} % is meant.",
    )


def _repeat(sorting: Sorting, each: Measured, content: Content) -> None:
    if content == each.content:
        sorting.repeated += 1
        return
    expected = Text(
        "同一外部编号的内容须相同；更正请用新的外部编号，并在“被更正的外部编号”（corrects）中填写原外部编号",
        "the same content under the same external id; to correct, send a new one with `corrects`",
    )
    sorting.field_errors.append(_at(each, "external_id", f"{each.external_id}: {plain(each.value)}", expected))


def _fault(
    each: Measured,
    stored: Mapping[Key, Stored],
    seen: Mapping[Key, Measured],
    corrected: set[Key],
    indicators: frozenset[str],
) -> FieldError | None:
    if each.indicator not in indicators:
        return _at(
            each, "indicator", each.indicator, Text("指标库中已有的编码", "the code of an indicator in the library")
        )
    if each.corrects is None:
        return None
    key = (each.source, each.corrects)
    known = stored.get(key)
    if known is None and key not in seen:
        expected = Text("同一来源已有的外部编号", "an external id of the same source")
        return _at(each, "corrects", each.corrects, expected)
    content = known.content if known else seen[key].content
    if (known is not None and known.superseded) or key in corrected:
        return _at(
            each, "corrects", each.corrects, Text("尚未被更正的记录", "a measurement that has not been corrected yet")
        )
    if content[:3] != each.content[:3]:
        expected = Text("同一考核对象、同一指标的记录", "a measurement of the same subject and indicator")
        return _at(each, "corrects", each.corrects, expected)
    return None


Field = Literal["external_id", "indicator", "corrects"]


def _at(each: Measured, field_: Field, found: str, expected: Text) -> FieldError:
    return FieldError(f"/{each.line}/{field_}", found[:80], expected)
