"""The sheets of the indicator library: a row for each indicator and each parameter of its rule (APR-01, PLT-06)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from services.appraisal.library.domain.indicator import Indicator, IndicatorFacts
from services.appraisal.library.domain.indicators import Rule
from services.appraisal.library.domain.scheme import AGGREGATION_NAMES, FREQUENCY_NAMES
from services.appraisal.workbooks.usecases.rule_sheets import RULE, RULE_NAMES, rule_given, rule_rows
from services.kit.errors import Language, Text
from services.kit.files.cells import code, labelled, prose, text
from services.kit.files.sheets import CellFault, Column, Line, SheetForm
from services.kit.files.templates import headers
from services.kit.files.writing import SheetContent, Value

NATURE_NAMES: Final = {True: Text("定量", "quantitative"), False: Text("定性", "qualitative")}
DIMENSION_NAMES: Final = {
    "financial": Text("财务", "financial"),
    "customer": Text("客户", "customer"),
    "process": Text("内部流程", "process"),
    "growth": Text("学习成长", "growth"),
    "performance": Text("业绩", "performance"),
    "ability": Text("能力", "ability"),
    "attitude": Text("态度", "attitude"),
}
_FREQUENCY_WORDS: Final = {name.zh[0]: frequency for frequency, name in FREQUENCY_NAMES.items() if len(name.zh) == 2}  # noqa: PLR2004 - 月, 季, 年

INDICATOR_SHEET: Final[SheetForm[dict[str, Any]]] = SheetForm(
    "指标",
    (
        Column("指标编码", "code", code(), english="Code"),
        Column("指标名称", "name", text(), english="Name in Chinese"),
        Column("英文名称", "name_en", text(), english="Name in English"),
        Column("性质", "quantitative", labelled(NATURE_NAMES), english="Nature"),
        Column("维度", "dimension", text(), english="Dimension"),
        Column("定义", "definition", prose(), english="Definition"),
        Column("计量单位", "unit", text(40), required=False, default="", english="Unit"),
        Column("计量单位英文名称", "unit_en", text(40), required=False, default="", english="Unit in English"),
        Column("数据来源", "data_source", text(), required=False, default="", english="Data source"),
        Column(
            "采集频率",
            "collection",
            labelled(FREQUENCY_NAMES, also=_FREQUENCY_WORDS),
            english="Collection",
        ),
        Column("汇总方式", "aggregation", labelled(AGGREGATION_NAMES), english="Aggregation"),
        Column(RULE, "kind", labelled(RULE_NAMES), english="Scoring rule"),
    ),
    make=dict,
    english="Indicators",
)
PARAMETER_SHEET: Final[SheetForm[dict[str, Any]]] = SheetForm(
    "计分",
    (
        Column("指标编码", "code", code(), english="Code"),
        Column("参数", "parameter", text(), english="Parameter"),
        Column("数值", "value", text(), english="Value"),
        Column("得分", "score", text(), required=False, english="Score"),
    ),
    make=dict,
    english="Scoring",
    optional=True,
)
INDICATOR_SHEETS: Final = (INDICATOR_SHEET, PARAMETER_SHEET)

GivenIndicators = dict[str, tuple[int, IndicatorFacts]]


def indicators_given(
    lines: Sequence[Line[dict[str, Any]]], parameters: Iterable[Line[dict[str, Any]]]
) -> tuple[GivenIndicators, list[CellFault]]:
    """The indicators of a file by code, with their rows, and everything that is wrong with them."""
    given: GivenIndicators = {}
    first: dict[str, int] = {}
    faults: list[CellFault] = []
    by_code: dict[str, list[Line[dict[str, Any]]]] = defaultdict(list)
    codes = {line.value["code"] for line in lines}
    for line in parameters:
        if line.value["code"] not in codes:
            expected = Text("“指标”工作表中的编码", "a code of the sheet of indicators")
            faults.append(CellFault(PARAMETER_SHEET.name, line.row, "指标编码", line.value["code"], expected))
        by_code[line.value["code"]].append(line)
    for line in lines:
        own = line.value["code"]
        if first.setdefault(own, line.row) != line.row:
            expected = Text(f"不与第 {first[own]} 行重复", f"not the same as row {first[own]}")
            faults.append(CellFault(INDICATOR_SHEET.name, line.row, "指标编码", own, expected))
            continue
        rule = rule_given(line, by_code[own], faults, sheet=INDICATOR_SHEET.name, parameter_sheet=PARAMETER_SHEET.name)
        if rule is not None:
            given[own] = line.row, _facts(line.value, rule)
    return given, faults


def _facts(value: Mapping[str, Any], rule: Rule) -> IndicatorFacts:
    known = {name.zh: key for key, name in DIMENSION_NAMES.items()}
    same = ("quantitative", "definition", "unit", "unit_en", "data_source", "collection", "aggregation")
    return IndicatorFacts(
        name=Text(value["name"], value["name_en"]),
        dimension=known.get(value["dimension"], value["dimension"]),
        rule=rule,
        **{name: value[name] for name in same},
    )


def sheets_of(indicators: Iterable[Indicator], language: Language) -> list[SheetContent]:
    """The sheets of these indicators; imported again they change nothing."""
    rows: list[Sequence[Value]] = []
    parameters: list[Sequence[Value]] = []
    for each in indicators:
        facts = each.facts
        dimension = DIMENSION_NAMES.get(facts.dimension)
        rows.append(
            (
                each.code,
                facts.name.zh,
                facts.name.en,
                NATURE_NAMES[facts.quantitative].in_language(language),
                dimension.in_language(language) if dimension else facts.dimension,
                facts.definition,
                facts.unit,
                facts.unit_en,
                facts.data_source,
                FREQUENCY_NAMES[facts.collection].in_language(language),
                AGGREGATION_NAMES[facts.aggregation].in_language(language),
                facts.rule.label.in_language(language),
            )
        )
        parameters += [(each.code, *row) for row in rule_rows(facts.rule, language)]
    contents = zip(INDICATOR_SHEETS, (rows, parameters), strict=True)
    return [
        SheetContent(form.name if language == "zh" else form.english_name, headers(form, language), lines)
        for form, lines in contents
    ]
