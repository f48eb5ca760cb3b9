"""Indicators and schemes that a company can begin with (APR-01, APR-02)."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from services.appraisal.library.domain.feedback_policy import FeedbackPolicy
from services.appraisal.library.domain.grade import GradeScale
from services.appraisal.library.domain.indicator import IndicatorFacts
from services.appraisal.library.domain.scheme import Frequency, SubjectKind
from services.appraisal.library.domain.scheme_draft import SchemeDraft, SectionDraft
from services.kit.errors import FieldError, NotFound, Text


class TemplateUnknown(NotFound):
    """There is no template of that code."""

    code = "template_unknown"
    zh = "没有编码为“{found}”的范本，请核对编码。"
    en = "There is no template with the code '{found}'."


@dataclass(frozen=True)
class IndicatorTemplate:
    """An indicator to begin with; ``code`` is the one that org's role document templates name."""

    code: str
    facts: IndicatorFacts


@dataclass(frozen=True)
class SchemeTemplate:
    """A scheme without the positions or units that it covers, with the usual grades and 360 rules."""

    code: str
    name: Text
    subject_kind: SubjectKind
    frequency: Frequency
    sections: tuple[SectionDraft, ...]

    def draft(self, code: str | None) -> SchemeDraft:
        """The scheme to be, under its own code or another."""
        return SchemeDraft(
            code=code or self.code,
            name=self.name,
            subject_kind=self.subject_kind,
            frequency=self.frequency,
            sections=self.sections,
            feedback=FeedbackPolicy(),
            grades=GradeScale(),
            missing_inputs="block",
            adjustment_limit=Decimal(10),
        )


@dataclass(frozen=True)
class LibraryTemplates:
    """Everything that can be applied."""

    indicators: tuple[IndicatorTemplate, ...]
    schemes: tuple[SchemeTemplate, ...]

    def scheme(self, code: str) -> SchemeTemplate:
        """The scheme's template of that code.

        Raises:
            TemplateUnknown: there is none.
        """
        for template in self.schemes:
            if template.code == code:
                return template
        raise TemplateUnknown(found=code, field_errors=[_unknown("/template", code)])

    def indicators_of(self, codes: Collection[str]) -> tuple[IndicatorTemplate, ...]:
        """The indicators' templates of those codes, in the library's order.

        Raises:
            TemplateUnknown: there is none of one of the codes.
        """
        unknown = sorted(set(codes) - {template.code for template in self.indicators})
        if unknown:
            raise TemplateUnknown(found=unknown[0], field_errors=[_unknown("/codes", code) for code in unknown])
        return tuple(template for template in self.indicators if template.code in codes)


def _unknown(pointer: str, code: str) -> FieldError:
    return FieldError(pointer, code, Text("范本的编码", "the code of a template"))
