"""Classes and quarterly scores of the suppliers, by the formulas and with exact fractions."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path

from examples.expected.scores import LAST, Quarter, Result, Sheet, half_up, line_at
from examples.reading import day, sheet

QUARTERS = (("2025-Q4", date(2025, 10, 1), date(2025, 12, 31)), ("2026-Q1", date(2026, 1, 1), LAST))
WEAK, IN_A_ROW = 80, 2
HISTORY = ((0, 40), (5, 70), (10, 85), (20, 100))
RESPONSE = ((2, 100), (8, 85), (24, 70), (72, 0))


@dataclass(frozen=True)
class Supplied:
    """A supplier in one quarter. ``eliminating``: its elimination is opened, as its scores are weak in a row."""

    period: str
    points: Fraction
    supplier_class: str
    form: Sheet
    result: Result
    eliminating: bool
    preferred: bool


class Suppliers(Quarter):
    """What suppliers are scored by: the targets are those that their framework agreements promise."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        book = folder / "suppliers.xlsx"
        self.suppliers = sheet(book, "供应商")
        self.findings = sheet(book, "评级依据")
        self.agreements = {row["供应商编码"]: row for row in sheet(book, "框架协议")}
        owners = {row["协议编号"]: code for code, row in self.agreements.items()}
        for row in sheet(book, "服务标准"):
            self.targets[owners[row["协议编号"]], "", row["指标编码"]] = Fraction(row["数值"])

    def supplied(self) -> list[Supplied]:
        """Every supplier in every quarter, by supplier."""
        found: list[Supplied] = []
        for row in self.suppliers:
            points = self._points(row["供应商编码"])
            given = "A" if points >= 85 else "B" if points >= 70 else "C"  # noqa: PLR2004 - the policy's default marks
            totals: list[Fraction] = []
            for period, first, last in QUARTERS:
                form = self._scored(
                    Sheet("供应商", row["供应商编码"], row["名称"], "", self._scheme(given), first, last)
                )
                totals.append(form.total)
                weak = totals[-IN_A_ROW:]
                eliminating = len(weak) == IN_A_ROW and all(total < WEAK for total in weak)
                until = day(self.agreements[form.code]["失效日期"])
                preferred = given == "A" and not eliminating and (until is None or until > last)
                found.append(Supplied(period, points, given, form, self._result([form]), eliminating, preferred))
        return found

    def _points(self, code: str) -> Fraction:
        found = {row["评级标准"]: Fraction(row["数值"]) for row in self.findings if row["供应商编码"] == code}
        history = half_up(line_at(found["history"], _fractions(HISTORY)))
        response = half_up(line_at(found["response"], _fractions(RESPONSE)))
        cases = half_up(100 * found["case_quality"] / 5)
        return half_up((40 * history + 30 * response + 30 * cases) / 100)

    def _scheme(self, supplier_class: str) -> str:
        return next(row["方案编码"] for row in self.schemes if supplier_class in row["适用供应商类别"].split("、"))


def _fractions(points: tuple[tuple[int, int], ...]) -> list[tuple[Fraction, Fraction]]:
    return [(Fraction(x), Fraction(score)) for x, score in points]
