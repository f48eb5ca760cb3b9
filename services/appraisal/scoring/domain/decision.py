"""What a person may decide on a result: another grade, another total, or a new computation from present inputs."""

from dataclasses import dataclass
from decimal import Decimal

from services.appraisal.library.domain.grade import Grade
from services.kit.errors import FieldError, Invalid, Text
from services.kit.explanation import Step


class OneDecision(Invalid):
    """Not exactly one of grade, total and rescore was given."""

    code = "one_decision"
    zh = "请只选一种更正方式：改等级、改总分或重新计算。"
    en = "Choose one: a grade, a total or a new calculation."


class NothingChanges(Invalid):
    """The decision leaves the result as it is."""

    code = "nothing_changes"
    zh = "调整后与现有结果相同（等级 {grade}，总分 {total}）；如维持原结果，请认定申诉不成立。"
    en = "This is the present result (grade {grade}, total {total}); to uphold it, reject the appeal."


@dataclass(frozen=True)
class Decision:
    """Exactly one of the three. ``total`` in points with at most 2 places; its grade follows from the scale."""

    grade: Grade | None = None
    total: Decimal | None = None
    rescore: bool = False

    def __post_init__(self) -> None:
        """Raises OneDecision unless exactly one is given."""
        given = (self.grade is not None) + (self.total is not None) + self.rescore
        if given != 1:
            expected = Text("等级（grade）、总分（total）、重新计算（rescore）选其一", "one of grade, total, rescore")
            raise OneDecision(field_errors=[FieldError("", str(given), expected)])


def computed_part(step: Step) -> Step:
    """The tree that the rules computed, below the decisions of people on top of it."""
    while step.rule != "result" and step.steps:
        step = step.steps[0]
    return step


def without_groups(step: Step) -> Step:
    """The tree without the groups of the 360 score, which appear only when the cycle is closed (APR-10)."""
    if step.rule == "feedback":
        return Step(step.rule, step.label, "—", step.value)
    return Step(
        step.rule, step.label, step.formula, step.value, step.inputs, tuple(without_groups(each) for each in step.steps)
    )
