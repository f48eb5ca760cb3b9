"""Bonus rules: one small dataclass a file. A new kind touches its file, the union below and a case table."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any, Final, TypeAlias, get_args

from services.incentive.plans.domain.rules.annual_bonus import AnnualBonus
from services.incentive.plans.domain.rules.quarterly_bonus import QuarterlyBonus
from services.kit.errors import FieldError, Invalid, Text, joined
from services.kit.money import exact

Rule: TypeAlias = QuarterlyBonus | AnnualBonus
"""Every kind of bonus rule, told apart by ``kind``."""

KINDS: Final[Mapping[str, type[Rule]]] = {kind.kind: kind for kind in get_args(Rule)}


class RuleUnknown(Invalid):
    """No such kind of rule, or a parameter that the kind does not have."""

    code = "rule_unknown"
    zh = "没有“{found}”这种奖金规则，或其参数填写有误；可用：{known}。"
    en = "There is no bonus rule '{found}', or it has no such parameter; available: {known}."


def _known() -> Text:
    return joined(Text(f"{kind.label.zh}（{code}）", f"{kind.label.en} ({code})") for code, kind in KINDS.items())


def rule_of(tree: Mapping[str, Any], *, pointer: str = "/rule") -> Rule:
    """The rule that ``tree`` describes: its ``kind`` and parameters, exact numbers as text.

    Raises:
        RuleUnknown, NotAnExactNumber, and what the rule refuses itself.
    """
    kind = KINDS.get(str(tree.get("kind")))
    if kind is None:
        expected = Text(f"以下之一：{'、'.join(KINDS)}", f"one of {', '.join(KINDS)}")
        found = str(tree.get("kind"))[:40]
        raise RuleUnknown(found=found, known=_known(), field_errors=[FieldError(f"{pointer}/kind", found, expected)])
    types = {field.name: field.type for field in fields(kind)}
    strange = sorted(tree.keys() - types.keys())
    if strange:
        expected = Text("没有该字段，请删除", "no such field; remove it")
        field_errors = [FieldError(f"{pointer}/{name[:40]}", None, expected) for name in strange]
        raise RuleUnknown(found=kind.kind, known=_known(), field_errors=field_errors)
    given: dict[str, Any] = {
        name: exact(value, pointer=f"{pointer}/{name}") if types[name] is Decimal else value
        for name, value in tree.items()
    }
    return kind(**given)
