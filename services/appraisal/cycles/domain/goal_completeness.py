"""Goals are agreed only when they say all that a goal must say: the SMART check (APR-05)."""

from collections.abc import Sequence
from typing import Final

from services.appraisal.cycles.domain.goal import WEIGHT, Goal, goal_items, missing_parts
from services.appraisal.library.domain.scheme import Scheme
from services.kit.errors import FieldError, Invalid, Text

_PARTS: Final = {
    "measure": Text("衡量方式", "measure"),
    "target": Text("目标值", "target"),
    "data_source": Text("数据来源", "data source"),
    "due_on": Text("完成期限", "due date"),
}
"""What a goal must say, as people call it."""


class GoalsIncomplete(Invalid):
    """The SMART check finds something missing; goals are agreed only when they are complete."""

    code = "goals_incomplete"
    zh = "目标尚不完整，补齐下列内容后再确认。"
    en = "The goals are not complete; add the following before you agree."


def demand_complete(scheme: Scheme, goals: Sequence[Goal]) -> None:
    """Refuse to agree on incomplete goals. A weight is the scheme's, which runs already: it keeps nobody from agreeing.

    Raises:
        GoalsIncomplete: naming every item with what it lacks.
    """
    names = {item.key: item.name for item in goal_items(scheme)}
    field_errors = [
        FieldError(f"/items/{key}/{part}", None, _required(names[key], _PARTS[part]))
        for key, parts in missing_parts(scheme, goals).items()
        for part in parts
        if part != WEIGHT
    ]
    if field_errors:
        raise GoalsIncomplete(field_errors=field_errors)


def _required(item: Text, part: Text) -> Text:
    return Text(f"“{item.zh}”的{part.zh}，必填", f"the {part.en} of '{item.en}', required")
