"""Quarterly bonuses from results, pay and the plan: exact segments, rounded to the fen once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

from examples.expected.scores import FIRST, LAST, Result, half_up
from examples.reading import Row, day, sheet, table

DAYS = (LAST - FIRST).days + 1


@dataclass(frozen=True)
class Segment:
    """Days in a row with the same unit, base and eligibility, both ends included."""

    first: date
    last: date
    unit: str
    base: Fraction
    own: Fraction
    unit_coefficient: Fraction
    eligible: bool

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def amount(self, months: Fraction) -> Fraction:
        share = self.base * months * self.days / DAYS * self.own * self.unit_coefficient
        return share if self.eligible else Fraction(0)


@dataclass(frozen=True)
class Bonus:
    number: str
    name: str
    segments: tuple[Segment, ...]
    amount: Fraction


class Plan:
    """The bonus plan's values by kind and item."""

    def __init__(self, path: Path) -> None:
        rows = table(path)
        self.own = {row["项目"]: Fraction(row["数值"]) for row in rows if row["类别"] == "个人系数"}
        self.unit = {row["项目"]: Fraction(row["数值"]) for row in rows if row["类别"] == "部门系数"}
        self.months = Fraction(next(row["数值"] for row in rows if row["项目"] == "月数"))
        self.least = int(next(row["数值"] for row in rows if row["项目"] == "最少天数"))


def bonuses(folder: Path, results: list[Result], pay_files: Sequence[str] = ("pay.csv",)) -> list[Bonus]:
    """One for every person with a result, in the order of the results."""
    plan = Plan(folder / "bonus_plan.csv")
    unit_of = {row["岗位编码"]: row["单元编码"] for row in sheet(folder / "organisation.xlsx", "岗位")}
    people = {row["工号"]: row for row in sheet(folder / "organisation.xlsx", "员工")}
    assignments: dict[str, list[Row]] = defaultdict(list)
    for row in sheet(folder / "organisation.xlsx", "任职"):
        if row["任职类型"] == "主岗":
            assignments[row["工号"]].append(row | {"单元编码": unit_of[row["岗位编码"]]})
    pay: dict[str, list[Row]] = defaultdict(list)
    for row in (row for name in pay_files for row in table(folder / name)):
        pay[row["工号"]].append(row)
    units = {result.code: plan.unit[result.final] for result in results if result.kind == "单元"}
    found = []
    for result in results:
        if result.kind == "员工":
            probation = day(people[result.code]["试用期截止"])
            days = _days(assignments[result.code], pay[result.code], probation)
            segments = _segments(days, plan.own[result.final], units, plan.unit["无"])
            paid = sum(segment.days for segment in segments if segment.eligible) >= plan.least
            exact = sum((segment.amount(plan.months) for segment in segments), Fraction(0)) if paid else Fraction(0)
            found.append(Bonus(result.code, result.name, segments, half_up(exact)))
    return found


def _days(assignments: list[Row], pay: list[Row], probation: date | None) -> list[tuple[date, str, Fraction, bool]]:
    """(day, unit, base, eligible) for every day of the quarter with a primary assignment."""
    found = []
    for offset in range(DAYS):
        today = FIRST + timedelta(days=offset)
        text = today.isoformat()
        assignment = [s for s in assignments if s["开始日期"] <= text and (not s["结束日期"] or text <= s["结束日期"])]
        if assignment and any(row["生效日期"] <= text for row in pay):
            eligible = probation is None or today > probation
            found.append((today, assignment[0]["单元编码"], base_on(pay, today), eligible))
    return found


def base_on(pay: list[Row], today: date) -> Fraction:
    """The monthly bonus base in force on a day, from the rows of one person."""
    known = [row for row in pay if row["生效日期"] <= today.isoformat()]
    return _base(max(known, key=lambda row: row["生效日期"]))


def _base(row: Row) -> Fraction:
    if row["月度奖金基数"]:
        return Fraction(row["月度奖金基数"])
    return Fraction(row["固定月薪"]) * Fraction(row["浮动占比"]) / Fraction(row["固定占比"])


def _segments(
    days: list[tuple[date, str, Fraction, bool]], own: Fraction, units: dict[str, Fraction], without: Fraction
) -> tuple[Segment, ...]:
    found: list[Segment] = []
    for today, unit, base, eligible in days:
        fresh = Segment(today, today, unit, base, own, units.get(unit, without), eligible)
        before = found[-1] if found else None
        same = before and (before.unit, before.base, before.eligible) == (unit, base, eligible)
        if before and same and before.last + timedelta(days=1) == today:
            found[-1] = Segment(before.first, today, unit, base, own, before.unit_coefficient, eligible)
        else:
            found.append(fresh)
    return tuple(found)
