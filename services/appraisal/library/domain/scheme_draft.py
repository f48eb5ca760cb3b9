"""A scheme as HR writes it: its items name indicators, whose newest versions become part of the scheme (APR-02)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from services.appraisal.library.domain.feedback_policy import FeedbackPolicy, Question
from services.appraisal.library.domain.grade import GradeScale
from services.appraisal.library.domain.indicator import Indicator
from services.appraisal.library.domain.indicators import Rule
from services.appraisal.library.domain.scheme import Frequency, Item, Scheme, Section, SubjectKind, Veto
from services.kit.errors import FieldError, Invalid, Text, joined
from services.kit.result_uses import ResultUse


class IndicatorUnknown(Invalid):
    """A scheme names an indicator that the library does not have."""

    code = "indicator_unknown"
    zh = "指标库中没有指标“{found}”。"
    en = "The library has no indicator '{found}'."


@dataclass(frozen=True)
class ItemDraft:
    """An item to be: ``key`` is the indicator's code and ``rule`` the indicator's own where they are None."""

    indicator: str
    weight: Decimal
    key: str | None = None
    rule: Rule | None = None
    questions: tuple[Question, ...] = ()
    veto: Veto | None = None

    def item(self, indicator: Indicator) -> Item:
        """The item with everything that it takes over from its indicator."""
        facts = indicator.facts
        return Item(
            key=self.key or self.indicator,
            name=facts.name,
            weight=self.weight,
            indicator=indicator.code,
            source=indicator.source,
            rule=self.rule or facts.rule,
            unit=facts.unit,
            unit_en=facts.unit_en,
            quantitative=facts.quantitative,
            aggregation=facts.aggregation,
            collection=facts.collection,
            measure=facts.definition,
            data_source=facts.data_source,
            questions=self.questions,
            veto=self.veto,
        )


@dataclass(frozen=True)
class SectionDraft:
    """A section to be."""

    key: str
    name: Text
    weight: Decimal
    items: tuple[ItemDraft, ...]


@dataclass(frozen=True)
class SchemeDraft:
    """A scheme to be, before its number and its indicators are known."""

    code: str
    name: Text
    subject_kind: SubjectKind
    frequency: Frequency
    sections: tuple[SectionDraft, ...]
    feedback: FeedbackPolicy
    grades: GradeScale
    missing_inputs: Literal["block", "exclude"]
    adjustment_limit: Decimal
    result_uses: tuple[ResultUse, ...] = ()

    @property
    def indicators(self) -> frozenset[str]:
        """The codes of the indicators that it names."""
        return frozenset(item.indicator for section in self.sections for item in section.items)

    def scheme(self, version: int, library: Mapping[str, Indicator]) -> Scheme:
        """The scheme with the indicators of ``library`` built in.

        Raises:
            IndicatorUnknown: naming every place whose indicator the library does not have.
            WeightsNotHundred, SchemeBroken: parts do not fit together.
        """
        self._demand_known(library)
        return Scheme(
            code=self.code,
            version=version,
            name=self.name,
            subject_kind=self.subject_kind,
            frequency=self.frequency,
            sections=tuple(
                Section(
                    section.key,
                    section.name,
                    section.weight,
                    tuple(item.item(library[item.indicator]) for item in section.items),
                )
                for section in self.sections
            ),
            feedback=self.feedback,
            grades=self.grades,
            missing_inputs=self.missing_inputs,
            adjustment_limit=self.adjustment_limit,
            result_uses=self.result_uses,
        )

    def _demand_known(self, library: Mapping[str, Indicator]) -> None:
        expected = Text("指标库中已有的编码", "the code of an indicator in the library")
        field_errors = [
            FieldError(f"/sections/{index}/items/{place}/indicator", item.indicator, expected)
            for index, section in enumerate(self.sections)
            for place, item in enumerate(section.items)
            if item.indicator not in library
        ]
        if field_errors:
            found = joined(sorted(self.indicators - set(library)))
            raise IndicatorUnknown(found=found, field_errors=field_errors)
