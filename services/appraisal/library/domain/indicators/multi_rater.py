"""The 360 score of the form (domain §2.2), brought into an item."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from services.appraisal.library.domain.indicators.rule import Facts, Need, Raw, ScoringRule, present, shown
from services.kit.errors import Text


@dataclass(frozen=True, kw_only=True)
class MultiRater(ScoringRule):
    """The weighted mean of the relations that count; the steps below it explain how it is calculated."""

    label: ClassVar[Text] = Text("360 度评价", "360 feedback")

    kind: Literal["multi_rater"] = "multi_rater"

    @property
    def needs(self) -> frozenset[Need]:
        """The 360 score of the form."""
        return frozenset({Need.FEEDBACK})

    def raw(self, facts: Facts) -> Raw:
        """The 360 score as it is."""
        value = present(facts.feedback)
        return Raw(value, shown(value))
