"""Schemes from the rows of a workbook, and the row of everything that is refused about them (APR-02, PLT-06)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.appraisal.library.domain.feedback_policy import (
    MOST_RATERS,
    FeedbackPolicy,
    Question,
    RelationLimit,
    default_relations,
)
from services.appraisal.library.domain.grade import GradeScale
from services.appraisal.library.domain.scheme import SubjectKind, Veto
from services.appraisal.library.domain.scheme_draft import ItemDraft, SchemeDraft, SectionDraft
from services.appraisal.library.domain.supplier_class import SupplierClass
from services.appraisal.workbooks.usecases.rule_sheets import rule_given
from services.appraisal.workbooks.usecases.scheme_sheets import (
    CODE,
    ITEM,
    ITEM_SHEET,
    PARAMETER_SHEET,
    QUESTION_SHEET,
    RELATION_SHEET,
    SCHEME_SHEET,
    SUBJECT_SHEET,
)
from services.kit.errors import DomainError, Invalid, Text
from services.kit.files.sheets import CellFault, Line, Reading, SheetForm

Row = Line[dict[str, Any]]


@dataclass(frozen=True)
class GivenScheme:
    """A scheme of a file with the rows that say it; ``items`` are in the order of the sections."""

    row: int
    draft: SchemeDraft
    valid_from: date
    subjects: tuple[str, ...]
    items: tuple[tuple[int, ...], ...]

    def faults_of(self, refused: DomainError) -> list[CellFault]:
        """What was refused about the scheme, each at its row."""
        if not refused.field_errors:
            said = Text(refused.text("zh").rstrip("。"), refused.text("en").rstrip("."))
            return [CellFault(SCHEME_SHEET.name, self.row, CODE, self.draft.code, said)]
        return [CellFault(*self._place(each.pointer), each.found, each.expected) for each in refused.field_errors]

    def _place(self, pointer: str) -> tuple[str, int, str | None]:
        parts = pointer.strip("/").split("/")
        numbers = [int(part) for part in parts if part.isdigit()]
        if parts[0] == "sections" and numbers:
            rows = self.items[numbers[0]]
            row = rows[numbers[1]] if len(numbers) > 1 else rows[0]
            return ITEM_SHEET.name, row, {"indicator": "指标编码", "questions": ITEM}.get(parts[-1])
        return SCHEME_SHEET.name, self.row, {"valid_from": "生效日期"}.get(parts[0])


@dataclass
class _Rows:
    """The rows of a file by scheme, and by item where they are about one."""

    faults: list[CellFault] = field(default_factory=list)
    of: dict[tuple[str, ...], list[Row]] = field(default_factory=lambda: defaultdict(list))

    def take(self, form: SheetForm[dict[str, Any]], lines: Iterable[Row], known: set[tuple[str, ...]]) -> None:
        """Keep the rows of one sheet; ``known`` are the schemes, or the items, that they may name."""
        for line in lines:
            names = (line.value["scheme"], line.value["key"]) if "key" in line.value else (line.value["scheme"],)
            if names not in known:
                by_item = len(names) > 1
                expected = (
                    Text("“考核项”工作表中该方案的考核项", "an item of the scheme on the sheet of items")
                    if by_item
                    else Text("“方案”工作表中的编码", "a code of the sheet of schemes")
                )
                self.faults.append(CellFault(form.name, line.row, ITEM if by_item else CODE, names[-1], expected))
            self.of[(form.name, *names)].append(line)


def schemes_given(reading: Reading) -> tuple[list[GivenScheme], list[CellFault]]:
    """The schemes of a file, and everything that is wrong with them by itself."""
    heads, items = reading.rows(SCHEME_SHEET), reading.rows(ITEM_SHEET)
    schemes: set[tuple[str, ...]] = {(line.value["code"],) for line in heads}
    keys: set[tuple[str, ...]] = {(line.value["scheme"], line.value["key"]) for line in items}
    rows = _Rows()
    for line in items:
        if (line.value["scheme"],) not in schemes:
            expected = Text("“方案”工作表中的编码", "a code of the sheet of schemes")
            rows.faults.append(CellFault(ITEM_SHEET.name, line.row, CODE, line.value["scheme"], expected))
        rows.of[(ITEM_SHEET.name, line.value["scheme"])].append(line)
    for form in (SUBJECT_SHEET, RELATION_SHEET):
        rows.take(form, reading.rows(form), schemes)
    for form in (PARAMETER_SHEET, QUESTION_SHEET):
        rows.take(form, reading.rows(form), keys)
    given: dict[str, GivenScheme] = {}
    for line in heads:
        code = line.value["code"]
        if code in given:
            expected = Text(f"不与第 {given[code].row} 行重复", f"not the same as row {given[code].row}")
            rows.faults.append(CellFault(SCHEME_SHEET.name, line.row, CODE, code, expected))
        elif found := _scheme(line, rows):
            given[code] = found
    return list(given.values()), rows.faults


def _scheme(line: Row, rows: _Rows) -> GivenScheme | None:
    value, known = line.value, len(rows.faults)
    sections: dict[str, list[Row]] = defaultdict(list)
    for item in rows.of[(ITEM_SHEET.name, value["code"])]:
        sections[item.value["section"]].append(item)
    if not sections:
        expected = Text("至少一个考核项", "at least one item")
        rows.faults.append(CellFault(SCHEME_SHEET.name, line.row, CODE, value["code"], expected))
    drafts = tuple(_section(lines, rows) for lines in sections.values())
    feedback = _checked(lambda: _feedback(value, rows), line, rows.faults)
    grades = _checked(lambda: GradeScale(value["s"], value["a"], value["b"], value["c"]), line, rows.faults)
    if len(rows.faults) > known or feedback is None or grades is None:
        return None
    draft = SchemeDraft(
        code=value["code"],
        name=Text(value["name"], value["name_en"]),
        subject_kind=value["subject_kind"],
        frequency=value["frequency"],
        sections=drafts,
        feedback=feedback,
        grades=grades,
        missing_inputs=value["missing_inputs"],
        adjustment_limit=value["adjustment_limit"],
        result_uses=value["result_uses"],
    )
    _check_classes(draft, rows)
    covered = tuple(sorted({each.value["subject"] for each in rows.of[(SUBJECT_SHEET.name, value["code"])]}))
    places = tuple(tuple(each.row for each in lines) for lines in sections.values())
    return GivenScheme(line.row, draft, value["valid_from"], covered, places)


def _check_classes(draft: SchemeDraft, rows: _Rows) -> None:
    for each in rows.of[(SUBJECT_SHEET.name, draft.code)]:
        if draft.subject_kind is SubjectKind.SUPPLIER and each.value["subject"] not in set(SupplierClass):
            expected = Text("供应商类别 A、B 或 C", "a class of suppliers: A, B or C")
            rows.faults.append(CellFault(SUBJECT_SHEET.name, each.row, "对象编码", each.value["subject"], expected))


def _section(lines: Sequence[Row], rows: _Rows) -> SectionDraft:
    first = lines[0].value
    same = {"section_name": "部分名称", "section_name_en": "部分英文名称", "section_weight": "部分权重"}
    for line in lines[1:]:
        for name, column in same.items():
            if line.value[name] != first[name]:
                expected = Text(f"与第 {lines[0].row} 行相同", f"the same as row {lines[0].row}")
                rows.faults.append(CellFault(ITEM_SHEET.name, line.row, column, str(line.value[name]), expected))
    title = Text(first["section_name"], first["section_name_en"])
    items = tuple(_item(line, rows) for line in lines)
    return SectionDraft(first["section"], title, first["section_weight"], items)


def _item(line: Row, rows: _Rows) -> ItemDraft:
    value = line.value
    about = (value["scheme"], value["key"])
    parameters = rows.of[(PARAMETER_SHEET.name, *about)]
    rule = None
    if value["kind"] is not None:
        names = {"sheet": ITEM_SHEET.name, "parameter_sheet": PARAMETER_SHEET.name}
        rule = rule_given(line, parameters, rows.faults, **names)
    elif parameters:
        expected = Text("“考核项”工作表中填写了计分规则的考核项", "an item with a rule of its own")
        rows.faults.append(CellFault(PARAMETER_SHEET.name, parameters[0].row, ITEM, value["key"], expected))
    questions = tuple(
        Question(
            each.value["question"],
            Text(each.value["text"], each.value["text_en"] or each.value["text"]),
            each.value["weight"],
            each.value["maximum"],
            each.value["relations"],
        )
        for each in rows.of[(QUESTION_SHEET.name, *about)]
    )
    veto = None if value["veto_below"] is None else Veto(value["veto_below"], value["veto_at_most"])
    return ItemDraft(value["indicator"], value["weight"], value["key"], rule, questions, veto)


def _feedback(value: dict[str, Any], rows: _Rows) -> FeedbackPolicy:
    lines = [each.value for each in rows.of[(RELATION_SHEET.name, value["code"])]]
    limits = {
        each["relation"]: RelationLimit(each["least"] or 0, MOST_RATERS if each["most"] is None else each["most"])
        for each in lines
        if each["least"] is not None or each["most"] is not None
    }
    relations = {each["relation"]: each["weight"] for each in lines} or default_relations()
    return FeedbackPolicy(relations, value["threshold"], limits)


def _checked(make: Any, line: Row, faults: list[CellFault]) -> Any:
    try:
        return make()
    except Invalid as refused:
        for each in refused.field_errors:
            faults.append(CellFault(SCHEME_SHEET.name, line.row, None, each.found, each.expected))
        return None
