"""What a scheme says about its 360 feedback: questions, weights of the relations, the smallest group (APR-09)."""

from dataclasses import dataclass, field
from decimal import Decimal

from services.appraisal.library.domain.relation import Relation
from services.appraisal.library.domain.weights import demand_hundred
from services.kit.errors import FieldError, Invalid, Text
from services.kit.money import exact

LEAST_THRESHOLD = 3


class ThresholdTooLow(Invalid):
    """Fewer than three answers would be shown as a group of their own."""

    code = "threshold_too_low"
    zh = "匿名评价最少 3 份才单独显示和计分，现为 {found}。"
    en = (
        "Anonymous groups need at least 3 answers to be shown and scored on their own; the threshold {found} is "
        "too low."
    )


@dataclass(frozen=True)
class Question:
    """One question of the 360 sheet. ``weight`` in percent of the sheet, marks from 0 to ``maximum``."""

    key: str
    text: Text
    weight: Decimal
    maximum: Decimal = Decimal(5)


def default_relations() -> dict[Relation, Decimal]:
    """Superior 50, peers 25, subordinates 25; self is shown only."""
    return {
        Relation.SUPERIOR: Decimal(50),
        Relation.PEER: Decimal(25),
        Relation.SUBORDINATE: Decimal(25),
        Relation.SELF: Decimal(0),
    }


@dataclass(frozen=True)
class FeedbackPolicy:
    """Weights of the relations in percent, and from how many answers on a group is shown."""

    relations: dict[Relation, Decimal] = field(default_factory=default_relations)
    threshold: int = LEAST_THRESHOLD

    def __post_init__(self) -> None:
        """Raises ThresholdTooLow, or WeightsNotHundred for the relations."""
        if self.threshold < LEAST_THRESHOLD:
            expected = Text("不少于 3", "at least 3")
            found = str(self.threshold)
            raise ThresholdTooLow(found=found, field_errors=[FieldError("/feedback/threshold", found, expected)])
        for relation, weight in self.relations.items():
            exact(weight, pointer=f"/feedback/relations/{relation}")
        demand_hundred(
            list(self.relations.values()), level=Text("评价关系", "the relations"), pointer="/feedback/relations"
        )

    def weight(self, relation: Relation) -> Decimal:
        """The relation's weight in percent, 0 if the scheme does not name it."""
        return self.relations.get(relation, Decimal(0))
