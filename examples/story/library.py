"""Indicators and schemes of the workbooks as the appraisal service takes them."""

from collections import defaultdict
from pathlib import Path
from typing import Any

from examples.reading import Row, sheet
from examples.story.files import RELATIONS, SUBJECTS

RULES = {
    "越高越好": "higher_is_better",
    "越低越好": "lower_is_better",
    "贴近目标": "on_target",
    "分段计分": "score_table",
    "按次扣分": "deduction",
    "达标计分": "pass_fail",
    "上级评分": "manual_score",
    "360 度评价": "multi_rater",
}
PARAMETERS = {"容差%": "tolerance", "每超1%扣分": "k", "每次扣分": "k", "比较": "comparator", "满分": "maximum"}
AGGREGATIONS = {"求和": "sum", "平均": "mean", "期末值": "last", "最大值": "max", "最小值": "min"}
FREQUENCIES = {"月": "month", "季": "quarter", "季度": "quarter"}
DIMENSIONS = {
    "财务": "financial", "客户": "customer", "内部流程": "process", "学习成长": "growth", "能力": "ability",
    "态度": "attitude",
}  # fmt: skip


def indicators(folder: Path) -> list[dict[str, Any]]:
    parameters = _grouped(sheet(folder / "indicators.xlsx", "计分"), "指标编码")
    return [
        {
            "code": row["指标编码"],
            "name": row["指标名称"],
            "name_en": row["英文名称"],
            "nature": "quantitative" if row["性质"] == "定量" else "qualitative",
            "dimension": DIMENSIONS[row["维度"]],
            "definition": row["定义"],
            "unit": row["计量单位"],
            "unit_en": row["计量单位英文名称"],
            "data_source": row["数据来源"],
            "collection": FREQUENCIES[row["采集频率"]],
            "aggregation": AGGREGATIONS[row["汇总方式"]],
            "rule": _rule(row["计分规则"], parameters[row["指标编码"]]),
        }
        for row in sheet(folder / "indicators.xlsx", "指标")
    ]


def _rule(name: str, parameters: list[Row]) -> dict[str, Any]:
    rule: dict[str, Any] = {"kind": RULES[name]}
    for row in parameters:
        if row["参数"] == "方式":
            rule["between"] = {"线性": "linear", "阶梯": "step"}[row["数值"]]
        elif row["参数"] == "点":
            rule.setdefault("points", []).append([row["数值"], row["得分"]])
        else:
            rule[PARAMETERS[row["参数"]]] = row["数值"]
    return rule


def schemes(folder: Path) -> list[dict[str, Any]]:
    items = _grouped(sheet(folder / "schemes.xlsx", "项目"), "方案编码")
    questions = _grouped(sheet(folder / "schemes.xlsx", "评价题"), "方案编码")
    return [_scheme(row, items, questions) for row in sheet(folder / "schemes.xlsx", "方案")]


def _scheme(row: Row, items: dict[str, list[Row]], questions: dict[str, list[Row]]) -> dict[str, Any]:
    code = row["方案编码"]
    scheme: dict[str, Any] = {
        "code": code,
        "name": row["方案名称"],
        "name_en": row["英文名称"],
        "subject_kind": SUBJECTS[row["适用对象"]],
        "frequency": FREQUENCIES[row["频率"]],
        "valid_from": row["生效日期"],
        "positions": [code for code in row["适用岗位"].split("、") if code],
        "units": [code for code in row["适用单元"].split("、") if code],
        "supplier_classes": [code for code in row["适用供应商类别"].split("、") if code],
        "sections": _sections(items[code], questions[code]),
        "grades": {part[0].lower(): part[2:] for part in row["等级分数线"].split("；")},
    }
    if row["评价关系权重"]:
        weights = {RELATIONS[part[:2]]: part[2:] for part in row["评价关系权重"].split("；")}
        scheme["feedback"] = {"relations": weights}
    return scheme


def _sections(items: list[Row], questions: list[Row]) -> list[dict[str, Any]]:
    sections: dict[str, dict[str, Any]] = {}
    for row in items:
        section = sections.setdefault(
            row["部分"],
            {
                "key": row["部分英文名"].lower().replace(" ", "_"),
                "name": row["部分"],
                "name_en": row["部分英文名"],
                "weight": row["部分权重"],
                "items": [],
            },
        )
        item: dict[str, Any] = {"indicator": row["指标编码"], "weight": row["项目权重"]}
        asked = [_question(each) for each in questions if each["指标编码"] == row["指标编码"]]
        section["items"].append(item | ({"questions": asked} if asked else {}))
    return list(sections.values())


def _question(row: Row) -> dict[str, str]:
    words = {"text": row["题目"], "text_en": row["题目英文"]}
    return {"key": row["题号"], **words, "weight": row["权重"], "maximum": row["满分"]}


def _grouped(rows: list[Row], column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found
