"""Rows of the files that HR offices keep (ORG-14): units, positions, people, who sits where.

Codes stand for records; days are first and last, both included, and without a last day it is for ever. An optional
value is None where the file takes it away.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from services.kit.errors import DomainError, Text
from services.kit.files.clearing import Empty
from services.kit.files.sheets import CellFault
from services.kit.periods import Period
from services.kit.timeline import gaps
from services.org.structure.domain.code import distinct_from, skeleton
from services.org.structure.domain.occupancy import AssignmentKind
from services.org.structure.domain.position import Track
from services.org.structure.domain.unit import UnitKind

UNITS, POSITIONS, EMPLOYEES, ASSIGNMENTS = "单元", "岗位", "员工", "任职"


class UnitLine(NamedTuple):
    """A row of the sheet of units."""

    code: str
    name: str
    name_en: str | Empty | None
    kind: UnitKind
    parent: str | Empty | None
    head: str | Empty | None
    special: bool | Empty
    first: date
    last: date | Empty | None


class PositionLine(NamedTuple):
    """A row of the sheet of positions."""

    code: str
    title: str
    title_en: str | Empty | None
    unit: str
    track: Track
    grade: str
    headcount: int
    reports_to: str | Empty | None
    first: date
    last: date | Empty | None
    core_talent: bool | Empty


class EmployeeLine(NamedTuple):
    """A row of the sheet of employees: one employment of a person."""

    number: str
    name: str
    email: str | Empty | None
    first: date
    probation_until: date | Empty | None
    last: date | Empty | None


class AssignmentLine(NamedTuple):
    """A row of the sheet of assignments."""

    number: str
    position: str
    kind: AssignmentKind
    first: date
    last: date | Empty | None
    note: str | Empty | None


# The same days come again and again in a file; their periods are made once.
_closed = lru_cache(4096)(Period.closed)


@dataclass
class Findings:
    """Everything that is wrong with a file, cell by cell."""

    field_errors: list[CellFault] = field(default_factory=list)

    def add(self, sheet: str, row: int, column: str, found: object, expected: Text) -> None:
        """Note one cell."""
        self.field_errors.append(CellFault(sheet, row, column, None if found is None else str(found)[:80], expected))

    def refused(self, sheet: str, row: int, column: str, refusal: DomainError) -> None:
        """Note one cell by what a command says about it."""
        fault = refusal.field_errors[0]
        self.add(sheet, row, column, fault.found, fault.expected)

    def period(self, sheet: str, row: int, first: date, last: date | None, column: str) -> Period | None:
        """The days of a row; None, and a finding in ``column``, where they end before they begin."""
        if last is not None and last < first:
            self.add(sheet, row, column, last, Text(f"不早于 {first}", f"not before {first}"))
            return None
        return _closed(first, last)

    def named(
        self, sheet: str, row: int, column: str, code: str | Empty | None, ids: Mapping[str, UUID], present: UUID | None
    ) -> UUID | None:
        """The id behind a code that may be left out, ``present`` as long as it is, or taken away."""
        if isinstance(code, Empty):
            return present
        return None if code is None else self.known(sheet, row, column, code, ids)

    def known(self, sheet: str, row: int, column: str, code: str, ids: Mapping[str, UUID]) -> UUID | None:
        """The id behind a code; None, and a finding, where there is none."""
        if code not in ids:
            self.add(sheet, row, column, code, Text("系统或本文件中已有的编码", "a code of the system or of this file"))
            return None
        return ids[code]


def check_distinct(
    sheet: str, column: str, codes: Iterable[tuple[int, str]], known: Iterable[str], findings: Findings
) -> None:
    """Find codes, by their rows, that people could take for another one of the system or the file (ORG-07)."""
    seen = {skeleton(code): code for code in known}
    for row, code in codes:
        other = seen.setdefault(skeleton(code), code)
        if other != code:
            findings.add(sheet, row, column, code, distinct_from(other))


@dataclass(frozen=True)
class Origin:
    """The row of the file for given days of a record."""

    rows: Sequence[tuple[Period, int]]

    def row(self, day: date) -> int:
        """The row for ``day``, or the first one."""
        return next((row for period, row in self.rows if period.contains(day)), self.rows[0][1])

    @property
    def last_row(self) -> int:
        """The row of the latest days."""
        return max(self.rows, key=lambda item: item[0].start)[1]


def overlapping(periods: Iterable[tuple[Period, int]]) -> list[tuple[int, Period]]:
    """The rows whose days overlap those of an earlier row, with the days of that one."""
    found: list[tuple[int, Period]] = []
    reach: Period | None = None
    for period, row in sorted(periods, key=lambda item: (item[0].start, item[1])):
        if reach is not None and reach.contains(period.start):
            found.append((row, reach))
        if reach is None or (reach.end is not None and (period.end is None or period.end > reach.end)):
            reach = period
    return found


def covered(needed: Period, spans: Sequence[Period]) -> bool:
    """Whether every day of ``needed`` belongs to one of ``spans``, which mostly one of them sees to alone."""
    for span in spans:
        if span.start <= needed.start and (span.end is None or (needed.end is not None and needed.end <= span.end)):
            return True
    return not gaps(needed, spans)
