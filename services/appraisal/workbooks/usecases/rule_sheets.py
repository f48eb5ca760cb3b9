"""A scoring rule in a workbook: its kind in one cell, and a row for each of its parameters (PLT-06)."""

from collections.abc import Iterable
from typing import Any, Final

from services.appraisal.library.domain.indicators import KINDS, Rule
from services.appraisal.library.domain.indicators.rule import LABEL
from services.kit.database.codec import Codec
from services.kit.errors import Invalid, Language, Text
from services.kit.files.sheets import CellFault, Line
from services.kit.files.writing import Value

RULE: Final = "计分规则"
RULE_NAMES: Final = {rule.name(): rule.label for rule in KINDS}
VALUE_NAMES: Final = {
    "linear": Text("线性", "linear"),
    "step": Text("阶梯", "step"),
    "higher": Text("越高越好", "higher"),
    "lower": Text("越低越好", "lower"),
    "mean": Text("平均", "mean"),
}
_RULES: Final[Codec[Rule]] = Codec(Rule)


def rule_given(
    line: Line[dict[str, Any]],
    rows: Iterable[Line[dict[str, Any]]],
    faults: list[CellFault],
    *,
    sheet: str,
    parameter_sheet: str,
) -> Rule | None:
    """The rule of a row (``kind``) of ``sheet`` with its parameters; None, and faults, where they do not fit."""
    kind = next(each for each in KINDS if each.name() == line.value["kind"])
    names = {word: each for each in kind.parameters() for word in (*each.metadata[LABEL], each.name)}
    data: dict[str, Any] = {"kind": kind.name()}
    at: dict[str, int] = {}
    known = len(faults)
    for row in rows:
        field = names.get(row.value["parameter"])
        if field is None or (field.name in data and not isinstance(data[field.name], list)):
            labels = [each.metadata[LABEL] for each in kind.parameters()]
            expected = Text(
                f"各填一次：{'、'.join(label.zh for label in labels)}",
                f"each once: {', '.join(label.en for label in labels)}",
            )
            faults.append(CellFault(parameter_sheet, row.row, "参数", row.value["parameter"], expected))
            continue
        at[field.name] = row.row
        value = {word: key for key, words in VALUE_NAMES.items() for word in words}.get(
            row.value["value"], row.value["value"]
        )
        example = field.metadata["examples"][0]
        if isinstance(example, list):
            entry = [value, row.value["score"] or ""] if isinstance(example[0], list) else value
            data.setdefault(field.name, []).append(entry)
        else:
            data[field.name] = value
    if len(faults) > known:
        return None
    try:
        return _RULES.load(data)
    except Invalid as refused:
        for fault in refused.field_errors:
            place = at.get(fault.pointer.strip("/").split("/")[0])
            where = (parameter_sheet, place, "数值") if place else (sheet, line.row, RULE)
            faults.append(CellFault(*where, fault.found, fault.expected))
        return None


def rule_rows(rule: Rule, language: Language) -> Iterable[tuple[Value, Value, Value]]:
    """A row for each parameter, each pair and each entry of a list that differs from the rule's default."""
    data = _RULES.dump(rule)
    for field in rule.parameters():
        value, label = data[field.name], field.metadata[LABEL].in_language(language)
        if getattr(rule, field.name) == field.default:
            continue
        for entry in value if isinstance(value, list) else [value]:
            first, score = entry if isinstance(entry, list) else (entry, None)
            word = VALUE_NAMES.get(first)
            yield label, word.in_language(language) if word else first, score
