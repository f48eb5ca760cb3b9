"""What a scheme says about its 360 feedback: questions, weights of the relations, the smallest group (APR-09)."""

from dataclasses import dataclass, field
from decimal import Decimal

from services.appraisal.library.domain.relation import Relation
from services.appraisal.library.domain.weights import demand_hundred
from services.kit.errors import FieldError, Invalid, Text, joined
from services.kit.money import exact

LEAST_THRESHOLD = 3
MOST_RATERS = 30
CHOSEN = (Relation.PEER, Relation.SUBORDINATE, Relation.INTERNAL_CLIENT)
"""The relations whose raters people choose; all others follow from the reporting lines, or are HR's."""


class ThresholdTooLow(Invalid):
    """Fewer than three answers would be shown as a group of their own."""

    code = "threshold_too_low"
    zh = "匿名评价最少 3 份才单独显示和计分，现为 {found}。"
    en = (
        "Anonymous groups need at least 3 answers to be shown and scored on their own; the threshold {found} is "
        "too low."
    )


class LimitsCrossed(Invalid):
    """A relation's limits of raters leave no number between them, or concern raters whom nobody chooses."""

    code = "rater_limits_crossed"
    zh = "评价人数的上下限有误：{found}。"
    en = "The limits of raters are not valid: {found}."


@dataclass(frozen=True)
class Question:
    """One question of the 360 sheet. ``weight`` in percent of the sheet, marks from 0 to ``maximum``."""

    key: str
    text: Text
    weight: Decimal
    maximum: Decimal = Decimal(5)
    relations: tuple[Relation, ...] = ()

    def asks(self, relation: Relation) -> bool:
        """Whether raters of this relation answer it; without ``relations`` everybody does."""
        return not self.relations or relation in self.relations


@dataclass(frozen=True)
class RelationLimit:
    """How many raters of a relation are chosen for a form, both ends included."""

    least: int = 0
    most: int = MOST_RATERS

    def __post_init__(self) -> None:
        """Raises LimitsCrossed."""
        if not 0 <= self.least <= self.most <= MOST_RATERS:
            expected = Text(f"0 ≤ 最少 ≤ 最多 ≤ {MOST_RATERS}", f"0 ≤ least ≤ most ≤ {MOST_RATERS}")
            found = f"{self.least}–{self.most}"
            raise LimitsCrossed(found=found, field_errors=[FieldError("/least", found, expected)])


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
    """Weights of the relations in percent, from how many answers on a group is shown, and how many raters are chosen.

    ``limits`` are those of the relations in ``CHOSEN``; without one, the form's limit of raters is all there is.
    """

    relations: dict[Relation, Decimal] = field(default_factory=default_relations)
    threshold: int = LEAST_THRESHOLD
    limits: dict[Relation, RelationLimit] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises ThresholdTooLow, LimitsCrossed, or WeightsNotHundred for the relations."""
        if self.threshold < LEAST_THRESHOLD:
            expected = Text("不少于 3", "at least 3")
            found = str(self.threshold)
            raise ThresholdTooLow(found=found, field_errors=[FieldError("/feedback/threshold", found, expected)])
        fixed = [relation for relation in self.limits if relation not in CHOSEN]
        if fixed:
            expected = joined(relation.text for relation in CHOSEN)
            named, sent = joined(relation.text for relation in fixed), ", ".join(fixed)
            raise LimitsCrossed(found=named, field_errors=[FieldError("/feedback/limits", sent, expected)])
        for relation, weight in self.relations.items():
            exact(weight, pointer=f"/feedback/relations/{relation}")
        demand_hundred(
            list(self.relations.values()), level=Text("评价关系", "the relations"), pointer="/feedback/relations"
        )

    def limit(self, relation: Relation) -> RelationLimit:
        """How many raters of a relation are chosen."""
        return self.limits.get(relation, RelationLimit())

    def weight(self, relation: Relation) -> Decimal:
        """The relation's weight in percent, 0 if the scheme does not name it."""
        return self.relations.get(relation, Decimal(0))
