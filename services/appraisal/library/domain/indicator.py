"""Indicators of the library: what is measured, from where, and how it scores (APR-01)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.appraisal.library.domain.indicators import Rule
from services.appraisal.library.domain.scheme import Aggregation, Frequency, unit_named
from services.kit.errors import Text


@dataclass(frozen=True)
class IndicatorFacts:
    """What is said of an indicator. ``unit`` is that of its actuals and targets; ``unit_en`` is empty where it reads
    in both languages, as "%" does.
    """

    name: Text
    quantitative: bool
    dimension: str
    definition: str
    unit: str
    data_source: str
    collection: Frequency
    aggregation: Aggregation
    rule: Rule
    unit_en: str = ""

    @property
    def measure(self) -> Text:
        """The unit in both languages."""
        return unit_named(self.unit, self.unit_en)


@dataclass(frozen=True)
class Indicator:
    """One version of an indicator. It never changes; another version follows it."""

    id: UUID
    code: str
    version: int
    facts: IndicatorFacts
    created_at: datetime

    @property
    def source(self) -> str:
        """The version as explanations name it."""
        return f"indicator:{self.id}@{self.version}"
