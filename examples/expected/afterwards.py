"""What the second scenario must come to: differences, an award, a referral and a pool, exact to the fen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

from examples.expected.bonuses import Bonus, base_on, bonuses
from examples.expected.scores import Result, half_up
from examples.reading import Row, day, sheet, table

LATE_PAY = ("pay.csv", "pay-late.csv")


@dataclass(frozen=True)
class Booked:
    """A line of a later run: what is due by now for an occasion, what was booked before; the line is the difference."""

    plan: str
    period: str
    number: str
    name: str
    occasion: str
    due: Fraction
    before: Fraction

    @property
    def amount(self) -> Fraction:
        return self.due - self.before


def afterwards(folder: Path, results: list[Result], paid: list[Bonus]) -> list[Booked]:
    """The lines of the four later runs, in the order in which they are told, by employee number."""
    plans = {(row["方案编码"], row["参数"]): Fraction(row["数值"]) for row in _numeric(folder)}
    names = {row["工号"]: row["姓名"] for row in sheet(folder / "organisation.xlsx", "员工")}
    corrected = _corrected(folder, results)
    later = _differences(folder, corrected, paid)
    later += [
        Booked("SA", "2026-05", number, names[number], occasion, due, Fraction(0))
        for occasion, number, due in _award(folder, plans)
    ]
    later += [
        Booked(
            "RB", "2026-05", row["推荐人"], names[row["推荐人"]], row["被推荐人"], plans["RB", "amount"], Fraction(0)
        )
        for row in table(folder / "referrals.csv")
    ]
    later += [
        Booked("TP", "2026-12", number, names[number], occasion, due, Fraction(0))
        for occasion, number, due in _pool(folder, plans, corrected)
    ]
    return later


def split(amount: Fraction, weights: Sequence[Fraction]) -> list[Fraction]:
    """Parts cut to whole fen; the fen left over go one each to the largest remainders, ties to the earlier one."""
    exact = [amount * weight / sum(weights) * 100 for weight in weights]
    parts = [share.__floor__() for share in exact]
    left = int(amount * 100) - sum(parts)
    for place in sorted(range(len(parts)), key=lambda each: (parts[each] - exact[each], each))[:left]:
        parts[place] += 1
    return [Fraction(part, 100) for part in parts]


def _numeric(folder: Path) -> list[Row]:
    return [row for row in table(folder / "later_plans.csv") if row["参数"] != "cost_centre"]


def _corrected(folder: Path, results: list[Result]) -> list[Result]:
    grades = {row["工号"]: row["更正后等级"] for row in table(folder / "corrections.csv")}
    return [replace(each, final=grades.get(each.code, each.final)) for each in results]


def _differences(folder: Path, corrected: list[Result], paid: list[Bonus]) -> list[Booked]:
    """Whose quarter comes to something else by the pay and the grades that are known now."""
    before = {bonus.number: bonus.amount for bonus in paid}
    now = bonuses(folder, corrected, LATE_PAY)
    return [
        Booked("QB", "2026-Q1", each.number, each.name, "2026-Q1", each.amount, before[each.number])
        for each in sorted(now, key=lambda bonus: bonus.number)
        if each.amount != before[each.number]
    ]


def _award(folder: Path, plans: dict[tuple[str, str], Fraction]) -> list[tuple[str, str, Fraction]]:
    rows = sorted(table(folder / "awards.csv"), key=lambda row: row["工号"])
    whole = plans["SA", rows[0]["奖励规则"]]
    parts = split(whole, [Fraction(row["份额"]) for row in rows])
    return [(row["奖励编号"], row["工号"], part) for row, part in zip(rows, parts, strict=True)]


def _pool(
    folder: Path, plans: dict[tuple[str, str], Fraction], corrected: list[Result]
) -> list[tuple[str, str, Fraction]]:
    """Members weigh by base × coefficient of their grade × days in the unit over the year."""
    (row,) = table(folder / "team_pools.csv")
    if Fraction(row["达成率"]) <= plans["TP", "attainment"]:
        return []
    pool = half_up(Fraction(row["利润"]) * plans["TP", "share"] / 100)
    grades = {each.code: each.final for each in corrected if each.kind == "员工"}
    weights = {
        number: worth * plans["TP", grades[number]]
        for number, worth in _worth(folder, row["单元编码"], int(row["年度"])).items()
    }
    members = sorted(weights)
    parts = split(pool, [weights[number] for number in members])
    occasion = f"{row['年度']}/{row['单元编码']}"
    return [(occasion, number, part) for number, part in zip(members, parts, strict=True)]


def _worth(folder: Path, unit: str, year: int) -> dict[str, Fraction]:
    """The sum of the monthly bases over the days that somebody worked in the unit, probation left out."""
    book = folder / "organisation.xlsx"
    positions = {row["岗位编码"] for row in sheet(book, "岗位") if row["单元编码"] == unit}
    probation = {row["工号"]: day(row["试用期截止"]) for row in sheet(book, "员工")}
    pay = [row for name in LATE_PAY for row in table(folder / name)]
    worth: dict[str, Fraction] = {}
    for assignment in sheet(book, "任职"):
        if assignment["任职类型"] != "主岗" or assignment["岗位编码"] not in positions:
            continue
        number = assignment["工号"]
        own = [row for row in pay if row["工号"] == number]
        today = max(date.fromisoformat(assignment["开始日期"]), date(year, 1, 1))
        last = min(day(assignment["结束日期"]) or date(year, 12, 31), date(year, 12, 31))
        tried = probation[number]
        while today <= last:
            if tried is None or today > tried:
                worth[number] = worth.get(number, Fraction(0)) + base_on(own, today)
            today += timedelta(days=1)
    return worth
