"""The sheets of schemes: schemes, whom they cover, items, rules of their own, questions, relations (APR-02, PLT-06)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.appraisal.library.domain.grade import GRADE_NAMES, Grade
from services.appraisal.library.domain.relation import Relation
from services.appraisal.library.domain.scheme import FREQUENCY_NAMES, RESULT_USE_NAMES, SubjectKind
from services.appraisal.workbooks.usecases.rule_sheets import RULE, RULE_NAMES
from services.kit.errors import Language, Text
from services.kit.files.cells import code, day, decimal, integer, labelled, text
from services.kit.files.sheets import Cell, CellRefused, Column, Parser, SheetForm

KIND_NAMES: Final = {
    SubjectKind.EMPLOYEE: Text("员工", "employee"),
    SubjectKind.UNIT: Text("单元", "unit"),
    SubjectKind.SUPPLIER: Text("供应商", "supplier"),
}
MISSING_NAMES: Final = {"block": Text("补齐后计分", "block"), "exclude": Text("不计该项", "exclude")}
RELATION_NAMES: Final = {each: each.text for each in Relation}
CODE: Final = "方案编码"
ITEM: Final = "考核项编号"
_SCHEME: Final = Column(CODE, "scheme", code(), english="Scheme")
_ITEM: Final = Column(ITEM, "key", code(), english="Item key")
_POINTS: Final = decimal(2, "0", "120")
_WEIGHT: Final = decimal(4, "0", "100")


def _several(names: Mapping[Any, Text], *, once: Text) -> Parser:
    """Some of ``names``, with 、 or commas between them; ``once`` is what is expected of one that comes twice."""
    one = labelled(names)

    def parse(cell: Cell) -> tuple[Any, ...]:
        given = cell.replace("、", ",").replace("，", ",").split(",") if isinstance(cell, str) else [cell]
        found = tuple(one(name) for name in given)
        if len(set(found)) != len(found):
            raise CellRefused(once)
        return found

    return parse


def listed(names: Sequence[Text], language: Language) -> str | None:
    """What ``_several`` reads."""
    return "、".join(name.in_language(language) for name in names) or None


_RELATIONS: Final = _several(RELATION_NAMES, once=Text("每种评价关系只写一次", "each relation once"))
_RESULT_USES: Final = _several(RESULT_USE_NAMES, once=Text("每种用途只写一次", "each use once"))


def _cutoff(grade: str, default: int) -> Column:
    return Column(
        f"{grade} 分数线", grade.lower(), _POINTS, required=False, default=decimal(2)(str(default)),
        english=f"Cut-off {grade}",
    )  # fmt: skip


SCHEME_SHEET: Final[SheetForm[dict[str, Any]]] = SheetForm(
    "方案",
    (
        Column(CODE, "code", code(), english="Scheme"),
        Column("方案名称", "name", text(), english="Name in Chinese"),
        Column("英文名称", "name_en", text(), english="Name in English"),
        Column("考核对象", "subject_kind", labelled(KIND_NAMES), english="Subjects"),
        Column("考核频率", "frequency", labelled(FREQUENCY_NAMES), english="Frequency"),
        Column("生效日期", "valid_from", day(), english="Valid from"),
        Column(
            "缺实绩时", "missing_inputs", labelled(MISSING_NAMES), required=False, default="block",
            english="Missing actuals",
        ),
        Column(
            "加减分上限", "adjustment_limit", decimal(10), required=False, default=decimal(2)("10"),
            english="Adjustment limit",
        ),
        Column("最少评价份数", "threshold", integer(1, 50), required=False, default=3, english="Threshold"),
        *(_cutoff(grade, default) for grade, default in (("S", 95), ("A", 85), ("B", 70), ("C", 60))),
        Column("结果应用", "result_uses", _RESULT_USES, required=False, default=(), english="Result uses"),
    ),
    make=dict,
    english="Schemes",
)  # fmt: skip
SUBJECT_SHEET: Final[SheetForm[dict[str, Any]]] = SheetForm(
    "适用对象",
    (_SCHEME, Column("对象编码", "subject", code(), english="Subject")),
    make=dict,
    english="Covered",
    optional=True,
)
ITEM_SHEET: Final[SheetForm[dict[str, Any]]] = SheetForm(
    "考核项",
    (
        _SCHEME,
        Column("部分编号", "section", code(), english="Section key"),
        Column("部分名称", "section_name", text(), english="Section name in Chinese"),
        Column("部分英文名称", "section_name_en", text(), english="Section name in English"),
        Column("部分权重", "section_weight", _WEIGHT, english="Section weight"),
        _ITEM,
        Column("指标编码", "indicator", code(), english="Indicator"),
        Column("权重", "weight", _WEIGHT, english="Weight"),
        Column(RULE, "kind", labelled(RULE_NAMES), required=False, english="Scoring rule", hint=Text(
            "仅在不用指标自身的计分规则时填写", "only if the indicator's own rule is replaced"
        )),
        Column("否决线", "veto_below", decimal(10), required=False, english="Veto below"),
        Column("否决后最高等级", "veto_at_most", labelled(GRADE_NAMES), required=False, default=Grade.C,
               english="Grade at most"),
    ),
    make=dict,
    english="Items",
)  # fmt: skip
PARAMETER_SHEET: Final[SheetForm[dict[str, Any]]] = SheetForm(
    "计分",
    (
        _SCHEME,
        _ITEM,
        Column("参数", "parameter", text(), english="Parameter"),
        Column("数值", "value", text(), english="Value"),
        Column("得分", "score", text(), required=False, english="Score"),
    ),
    make=dict,
    english="Scoring",
    optional=True,
)
QUESTION_SHEET: Final[SheetForm[dict[str, Any]]] = SheetForm(
    "评价题",
    (
        _SCHEME,
        _ITEM,
        Column("题目编号", "question", code(), english="Question key"),
        Column("题目", "text", text(), english="Question in Chinese"),
        Column("英文题目", "text_en", text(), required=False, english="Question in English"),
        Column("权重", "weight", _WEIGHT, english="Weight"),
        Column("满分", "maximum", decimal(10), required=False, default=decimal(2)("5"), english="Maximum"),
        Column("评价关系", "relations", _RELATIONS, required=False, default=(), english="Relations"),
    ),
    make=dict,
    english="Questions",
    optional=True,
)
RELATION_SHEET: Final[SheetForm[dict[str, Any]]] = SheetForm(
    "评价关系",
    (
        _SCHEME,
        Column("评价关系", "relation", labelled(RELATION_NAMES), english="Relation"),
        Column("权重", "weight", _WEIGHT, english="Weight"),
        Column("最少人数", "least", integer(0, 30), required=False, english="At least"),
        Column("最多人数", "most", integer(0, 30), required=False, english="At most"),
    ),
    make=dict,
    english="Relations",
    optional=True,
)
SCHEME_SHEETS: Final = (SCHEME_SHEET, SUBJECT_SHEET, ITEM_SHEET, PARAMETER_SHEET, QUESTION_SHEET, RELATION_SHEET)
