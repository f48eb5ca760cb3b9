"""Item scores, sheets and results of the quarter, by the formulas and with exact fractions."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path

from examples.reading import Row, day, sheet, table

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)
ANONYMOUS = ("同级", "下级")
LEAST = 3
MONTHS = 3


def half_up(value: Fraction, places: int = 2) -> Fraction:
    """Round half up, also below zero away from it (the figures here are never negative)."""
    scale = 10**places
    return Fraction((value * scale + Fraction(1, 2)).__floor__(), scale)


@dataclass
class Sheet:
    """One form: the subject in one position (or a unit), with what came out."""

    kind: str
    code: str
    name: str
    position: str
    scheme: str
    first: date
    last: date
    items: list[tuple[str, str, Fraction | None, Fraction]] = field(default_factory=list)
    sections: list[tuple[str, Fraction, Fraction]] = field(default_factory=list)
    total: Fraction = Fraction(0)
    attainment: Fraction = Fraction(0)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Result:
    kind: str
    code: str
    name: str
    total: Fraction
    attainment: Fraction
    computed: str
    final: str


class Quarter:
    """The files of one company, read once."""

    def __init__(self, folder: Path) -> None:
        self.indicators = {row["指标编码"]: row for row in sheet(folder / "indicators.xlsx", "指标")}
        self.parameters = _grouped(sheet(folder / "indicators.xlsx", "计分"), "指标编码")
        self.schemes = sheet(folder / "schemes.xlsx", "方案")
        self.items = _grouped(sheet(folder / "schemes.xlsx", "项目"), "方案编码")
        self.questions = _grouped(sheet(folder / "schemes.xlsx", "评价题"), "方案编码")
        self.employees = sheet(folder / "organisation.xlsx", "员工")
        self.assignments = sheet(folder / "organisation.xlsx", "任职")
        self.units = {row["单元编码"]: row for row in sheet(folder / "organisation.xlsx", "单元")}
        self.targets = {
            (row["对象编码"], row["岗位编码"], row["指标编码"]): Fraction(row["确认目标值"])
            for row in sheet(folder / "targets.xlsx", "目标")
        }
        self.actuals: dict[tuple[str, str], list[tuple[date, Fraction]]] = defaultdict(list)
        for path in sorted(folder.glob("actuals-*.csv")):
            for row in table(path):
                key = (row["考核对象编码"], row["指标编码"])
                self.actuals[key].append((date.fromisoformat(row["日期"]), Fraction(row["数值"])))
        self.marks = _grouped(table(folder / "marks.csv"), "被评人")
        self.calibrated = {row["工号"]: row for row in table(folder / "calibration.csv")}
        self.appeals = {row["工号"]: row for row in table(folder / "appeals.csv") if row["决定"] == "成立"}

    def sheets(self) -> list[Sheet]:
        found = [self._scored(form) for form in self._people()]
        return found + [self._scored(form) for form in self._departments()]

    def _people(self) -> list[Sheet]:
        by_position = {code: row["方案编码"] for row in self.schemes for code in row["适用岗位"].split("、") if code}
        names = {row["工号"]: row["姓名"] for row in self.employees}
        gone = {row["工号"] for row in self.employees if row["离职日期"] and row["离职日期"] < LAST.isoformat()}
        found = []
        for row in self.assignments:
            first, last = max(date.fromisoformat(row["开始日期"]), FIRST), min(day(row["结束日期"]) or LAST, LAST)
            scheme = by_position.get(row["岗位编码"])
            if row["任职类型"] == "主岗" and scheme and first <= last and row["工号"] not in gone:
                found.append(Sheet("员工", row["工号"], names[row["工号"]], row["岗位编码"], scheme, first, last))
        return found

    def _departments(self) -> list[Sheet]:
        by_unit = {code: row["方案编码"] for row in self.schemes for code in row["适用单元"].split("、") if code}
        return [
            Sheet("单元", code, row["单元名称"], "", by_unit[code], FIRST, LAST)
            for code, row in self.units.items()
            if code in by_unit
        ]

    def _scored(self, form: Sheet) -> Sheet:
        sections: dict[str, Fraction] = defaultdict(Fraction)
        weights: dict[str, Fraction] = {}
        reached, counted = Fraction(0), Fraction(0)
        for row in self.items[form.scheme]:
            actual, score, ratio = self._item(form, row["指标编码"], form.scheme)
            weight = Fraction(row["项目权重"])
            form.items.append((row["部分"], row["指标编码"], actual, score))
            sections[row["部分"]] += weight * score / 100
            weights[row["部分"]] = Fraction(row["部分权重"])
            if ratio is not None:
                reached, counted = reached + weight * ratio, counted + weight
        form.sections = [(name, weights[name], score) for name, score in sections.items()]
        form.total = half_up(sum((weight * score / 100 for _, weight, score in form.sections), Fraction(0)))
        form.attainment = half_up(reached / counted)
        return form

    def _item(self, form: Sheet, code: str, scheme: str) -> tuple[Fraction | None, Fraction, Fraction | None]:
        rule = self.indicators[code]["计分规则"]
        if rule == "上级评分":
            maximum = Fraction(next(row["数值"] for row in self.parameters[code] if row["参数"] == "满分"))
            given = [Fraction(row["分数"]) for row in self._answers(form) if row["题目或项目"] == code]
            return None, bounded(100 * sum(given, Fraction(0)) / len(given) / maximum, 100), None
        if rule == "360 度评价":
            return None, bounded(self._feedback(form, code, scheme), 100), None
        actual = self._actual(form, code)
        target = self.targets[form.code, form.position, code]
        score = rule_score(rule, actual, target, self.parameters.get(code, []))
        ratio = score if rule in {"越高越好", "越低越好"} else None
        return actual, bounded(score, 120 if ratio is not None else 100), ratio

    def _actual(self, form: Sheet, code: str) -> Fraction:
        found = sorted(each for each in self.actuals[form.code, code] if form.first <= each[0] <= form.last)
        expected = form.last.month - form.first.month + 1 if self.indicators[code]["采集频率"] == "月" else 1
        if len(found) != expected:
            raise LookupError(f"{form.code} {code}: {len(found)} of {expected} months")
        values = [value for _, value in found]
        return {
            "求和": sum(values, Fraction(0)),
            "平均": sum(values, Fraction(0)) / len(values),
            "期末值": values[-1],
            "最大值": max(values),
            "最小值": min(values),
        }[self.indicators[code]["汇总方式"]]

    def _answers(self, form: Sheet) -> list[Row]:
        return [row for row in self.marks[form.code] if row["岗位编码"] == form.position]

    def _feedback(self, form: Sheet, code: str, scheme: str) -> Fraction:
        """Mean of the groups that count; anonymous groups of fewer than three merge or drop out."""
        questions = {f"{code}/{row['题号']}": row for row in self.questions[scheme] if row["指标编码"] == code}
        by_rater: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        for row in self._answers(form):
            if row["题目或项目"] in questions:
                question = questions[row["题目或项目"]]
                points = 100 * Fraction(row["分数"]) / Fraction(question["满分"])
                by_rater[row["关系"], row["评价人"]] += Fraction(question["权重"]) / 100 * points
        groups: dict[str, list[Fraction]] = defaultdict(list)
        for (relation, _), score in by_rater.items():
            groups[relation].append(score)
        relations = next(row["评价关系权重"] for row in self.schemes if row["方案编码"] == scheme)
        weights = {part[:2]: Fraction(part[2:]) for part in relations.split("；")}
        small = [name for name in ANONYMOUS if 0 < len(groups[name]) < LEAST]
        merged = [score for name in small for score in groups[name]]
        counting = [(weights[name], groups[name]) for name in groups if name not in small and groups[name]]
        if len(merged) >= LEAST:
            counting.append((sum((weights[name] for name in small), Fraction(0)), merged))
        total = sum((weight for weight, _ in counting), Fraction(0))
        return sum((weight * sum(scores) / len(scores) for weight, scores in counting), Fraction(0)) / total

    def results(self, forms: list[Sheet]) -> list[Result]:
        by_subject: dict[tuple[str, str], list[Sheet]] = defaultdict(list)
        for form in forms:
            by_subject[form.kind, form.code].append(form)
        return [self._result(own) for own in by_subject.values()]

    def _result(self, own: list[Sheet]) -> Result:
        days = sum(form.days for form in own)
        total = half_up(sum((form.days * form.total for form in own), Fraction(0)) / days)
        attainment = half_up(sum((form.days * form.attainment for form in own), Fraction(0)) / days)
        computed = next((grade for grade, cut in (("S", 95), ("A", 85), ("B", 70), ("C", 60)) if total >= cut), "D")
        final = self.calibrated.get(own[0].code, {"调整后等级": computed})["调整后等级"]
        final = self.appeals.get(own[0].code, {"调整后等级": final})["调整后等级"]
        return Result(own[0].kind, own[0].code, own[0].name, total, attainment, computed, final)


def rule_score(rule: str, actual: Fraction, target: Fraction, parameters: list[Row]) -> Fraction:
    """The raw score of one measured item, before its bounds."""
    value = {row["参数"]: row["数值"] for row in parameters}
    if rule == "越高越好":
        return 100 * actual / target
    if rule == "越低越好":
        return 100 * (2 - actual / target)
    if rule == "贴近目标":
        beyond = 100 * abs(actual - target) / target - Fraction(value["容差%"])
        return Fraction(100) if beyond <= 0 else 100 - Fraction(value["每超1%扣分"]) * beyond
    if rule == "按次扣分":
        return 100 - Fraction(value["每次扣分"]) * actual
    if rule == "达标计分":
        return Fraction(100 if (actual > target if value["比较"] == ">" else actual >= target) else 0)
    return on_points(actual, parameters, line=value["方式"] == "线性")


def on_points(actual: Fraction, parameters: list[Row], *, line: bool) -> Fraction:
    """The table's score: the last step reached, or the straight line to the next one."""
    points = [(Fraction(row["数值"]), Fraction(row["得分"])) for row in parameters if row["参数"] == "点"]
    if line:
        return line_at(actual, points)
    return points[max((index for index, (x, _) in enumerate(points) if x <= actual), default=0)][1]


def line_at(actual: Fraction, points: list[tuple[Fraction, Fraction]]) -> Fraction:
    """The score on the straight line between neighbours; end values outside."""
    reached = [index for index, (x, _) in enumerate(points) if x <= actual]
    index = reached[-1] if reached else 0
    if not reached or index == len(points) - 1:
        return points[index][1]
    (x0, s0), (x1, s1) = points[index : index + 2]
    return s0 + (s1 - s0) * (actual - x0) / (x1 - x0)


def bounded(score: Fraction, cap: int) -> Fraction:
    return half_up(min(max(score, Fraction(0)), Fraction(cap)))


def _grouped(rows: list[Row], column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found
