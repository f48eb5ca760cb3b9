"""Reports as workbooks (APR-20)."""

from collections.abc import Iterator, Sequence
from typing import Final

from services.appraisal.library.domain.grade import Grade
from services.appraisal.reports.domain.comparison import Comparison, shown_weight
from services.appraisal.reports.domain.lateness import WHAT_IS_LATE
from services.appraisal.reports.domain.unit_rows import PEOPLE, UnitRow, UnitRows
from services.appraisal.reports.usecases.reports import Scorecard, Trend, UnitReport
from services.kit.errors import Language, Text
from services.kit.files.writing import SheetContent, Value, write_workbook

_UNIT: Final = (Text("单元编码", "Unit code"), Text("单元", "Unit"))
_PROGRESS: Final = (
    *_UNIT,
    Text("考核表", "Forms"),
    Text("目标已确认", "Goals agreed"),
    Text("实名评价", "Named ratings"),
    Text("已提交", "Submitted"),
)
_LATE: Final = (
    Text("工号", "Number"),
    Text("姓名", "Name"),
    Text("逾期事项", "Overdue item"),
    Text("考核对象", "Subject"),
    Text("单元", "Unit"),
    Text("截止日", "Due on"),
)
_BEFORE: Final = Text("计算等级 {grade}", "Computed {grade}")
_AFTER: Final = Text("最终等级 {grade}", "Final {grade}")
_TOO_FEW: Final = Text("人数不足，不显示", "too few people to show")
_COMPARED: Final = (
    Text("考核表", "Forms"),
    Text("有实绩", "Measured"),
    Text("实绩", "Actual"),
    Text("目标", "Target"),
    Text("达成率（%）", "Attainment (%)"),
)
_CYCLE: Final = (Text("周期编码", "Cycle code"), Text("考核周期", "Cycle"), Text("起", "From"), Text("止", "To"))
_CARD: Final = (
    Text("维度", "Perspective"),
    Text("指标编码", "Indicator"),
    Text("指标", "Name"),
    Text("计量单位", "Unit"),
    Text("权重（%）", "Weight (%)"),
)
BY_UNIT: Final = Text("按单元", "By unit")
LATE: Final = Text("逾期", "Late")
GRADES: Final = Text("等级分布", "Grades")
TREND: Final = Text("趋势", "Trend")
SCORECARD: Final = Text("平衡计分卡", "Scorecard")


def progress(report: UnitReport, language: Language) -> bytes:
    """A sheet by unit, and one of who is late."""
    return write_workbook(
        [
            _sheet(BY_UNIT, _PROGRESS, _progress_rows(report.rows, language), language),
            _sheet(LATE, _LATE, _late_rows(report, language), language),
        ]
    )


def _progress_rows(rows: UnitRows, language: Language) -> Iterator[Sequence[Value]]:
    for row in (rows.whole, *rows.parts):
        counts = row.counts or {}
        figures = [counts.get(name, 0) for name in (PEOPLE, "goals_agreed", "ratings", "ratings_submitted")]
        yield (row.code, row.name.in_language(language), *figures)


def _late_rows(report: UnitReport, language: Language) -> Iterator[Sequence[Value]]:
    if report.lateness is None:
        return
    for each in report.lateness.items:
        what = WHAT_IS_LATE[each.what].in_language(language)
        person = (each.person_number, each.person_name)
        names = [name.in_language(language) for name in (each.subject_name, each.unit_name)]
        yield (*person, what, *names, report.lateness.due_on)


def grades(report: UnitReport, language: Language) -> bytes:
    """A line a unit: how many as computed, and as it is now."""
    named = [Text(*(half.format(grade=grade.value) for half in each)) for each in (_BEFORE, _AFTER) for grade in Grade]
    headers = (*_UNIT, Text("人数", "People"), *named)
    rows = (_grade_row(row, language) for row in (report.rows.whole, *report.rows.parts))
    return write_workbook([_sheet(GRADES, headers, rows, language)])


def _grade_row(row: UnitRow, language: Language) -> Sequence[Value]:
    start: tuple[Value, ...] = (row.code, row.name.in_language(language))
    if row.counts is None:
        return (*start, _TOO_FEW.in_language(language))
    figures = [row.counts.get(f"{name}:{grade.value}", 0) for name in ("computed", "final") for grade in Grade]
    return (*start, row.counts.get(PEOPLE, 0), *figures)


def trend(found: Trend, language: Language) -> bytes:
    """A line a cycle."""
    rows = (
        (each.code, each.name, each.period.start, each.period.last, *_compared(each.value, language))
        for each in found.points
    )
    return write_workbook([_sheet(TREND, (*_CYCLE, *_COMPARED), rows, language)])


def scorecard(found: Scorecard, language: Language) -> bytes:
    """A line an indicator."""
    rows = (
        (
            perspective.name.in_language(language),
            line.indicator,
            line.name.in_language(language),
            line.unit.in_language(language),
            shown_weight(line.weight),
            *_compared(line.value, language),
        )
        for perspective in found.perspectives
        for line in perspective.lines
    )
    return write_workbook([_sheet(SCORECARD, (*_CARD, *_COMPARED), rows, language)])


def _compared(value: Comparison, language: Language) -> Sequence[Value]:
    if value.hidden:
        return (value.forms, None, _TOO_FEW.in_language(language))
    return (value.forms, value.measured, value.actual, value.target, value.attainment)


def _sheet(name: Text, headers: Sequence[Text], rows: Iterator[Sequence[Value]], language: Language) -> SheetContent:
    return SheetContent(
        name.in_language(language), [each.in_language(language) for each in headers], rows, grouped=True
    )
