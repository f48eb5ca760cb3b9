"""The starter indicators and schemes, and their application (APR-01, APR-02)."""

from typing import Annotated

from pydantic import Field

from services.appraisal.library.api.indicators import Indicator
from services.appraisal.library.api.scheme_parts import UnitEn
from services.appraisal.library.api.schemes import Scheme
from services.appraisal.library.domain.scheme import COVERED_BY, Frequency, SubjectKind
from services.appraisal.library.domain.supplier_class import SupplierClass
from services.appraisal.library.domain.templates import IndicatorTemplate as IndicatorOfLibrary
from services.appraisal.library.domain.templates import SchemeTemplate as SchemeOfLibrary
from services.appraisal.library.usecases import templates
from services.appraisal.permissions import CompanyHrUnitOfWork, Librarian
from services.kit.fields import CodeText, Day, Model
from services.kit.web.routing import located, router

indicator_templates = router("/v1/appraisal/indicator_templates", tag="indicators")
scheme_templates = router("/v1/appraisal/scheme_templates", tag="schemes")
of_indicators = router("/v1/appraisal/indicators", tag="indicators")
of_schemes = router("/v1/appraisal/schemes", tag="schemes")


class IndicatorTemplate(Model):
    """An indicator to start from."""

    code: str = Field(description="Code of the template and of its indicator.", examples=["S01"])
    name: str = Field(description="Name in Chinese.", examples=["销售额"])
    name_en: str = Field(description="Name in English.", examples=["Sales amount"])
    dimension: str = Field(description="Dimension of the indicator.", examples=["financial"])
    unit: str = Field(description="Unit of its actuals and targets.", examples=["元"])
    unit_en: UnitEn
    rule_kind: str = Field(description="Kind of its scoring rule.", examples=["higher_is_better"])

    @classmethod
    def of(cls, template: IndicatorOfLibrary) -> "IndicatorTemplate":
        """A template as the API shows it."""
        facts = template.facts
        return cls(
            code=template.code,
            name=facts.name.zh,
            name_en=facts.name.en,
            dimension=facts.dimension,
            **facts.measure.as_fields("unit"),
            rule_kind=facts.rule.kind,
        )


class SchemeTemplate(Model):
    """A scheme to start from."""

    code: str = Field(description="Code of the template.", examples=["QE-SALES"])
    name: str = Field(description="Name in Chinese.", examples=["销售代表季度考核"])
    name_en: str = Field(description="Name in English.", examples=["Sales representatives"])
    subject_kind: SubjectKind = Field(description="Kind of subject: employee, unit or supplier.", examples=["employee"])
    frequency: Frequency = Field(description="Frequency of appraisal.", examples=["quarter"])
    indicators: list[str] = Field(description="Codes of the indicators of its items.", examples=[["S01", "S04"]])

    @classmethod
    def of(cls, template: SchemeOfLibrary) -> "SchemeTemplate":
        """A template as the API shows it."""
        return cls(
            code=template.code,
            name=template.name.zh,
            name_en=template.name.en,
            subject_kind=template.subject_kind,
            frequency=template.frequency,
            indicators=[item.indicator for section in template.sections for item in section.items],
        )


class IndicatorTemplatesApplication(Model):
    """The indicators to add to the library."""

    codes: Annotated[list[CodeText], Field(max_length=500)] = Field(
        default_factory=list, description="Codes of the templates; all if empty.", examples=[["S01", "S04"]]
    )


class AppliedIndicators(Model):
    """The indicators that were added."""

    indicators: list[Indicator] = Field(description="New indicators, without those that existed already.")


class SchemeTemplateApplication(Model):
    """A scheme to be created from a template."""

    template: CodeText = Field(description="Code of the template.", examples=["QE-SALES"])
    code: CodeText | None = Field(
        default=None, description="Another code for the scheme; the template's by default.", examples=["QE-REP"]
    )
    valid_from: Day = Field(description="First day on which it applies.", examples=["2026-01-01"])
    positions: Annotated[list[CodeText], Field(max_length=2000)] = Field(
        default_factory=list,
        description="Codes of the positions covered, if employees are appraised.",
        examples=[[]],
    )
    units: Annotated[list[CodeText], Field(max_length=2000)] = Field(
        default_factory=list, description="Codes of the units covered, if units are appraised.", examples=[[]]
    )
    supplier_classes: Annotated[list[SupplierClass], Field(max_length=3)] = Field(
        default_factory=list, description="Classes of the suppliers covered, if suppliers are appraised.", examples=[[]]
    )


@indicator_templates.get("", summary="List indicator templates")
async def list_indicator_templates(_: Librarian) -> list[IndicatorTemplate]:
    """The indicator templates supplied with Merit; the role document templates in org refer to these codes."""
    return [IndicatorTemplate.of(template) for template in templates.library().indicators]


@scheme_templates.get("", summary="List scheme templates")
async def list_scheme_templates(_: Librarian) -> list[SchemeTemplate]:
    """The scheme templates supplied with Merit."""
    return [SchemeTemplate.of(template) for template in templates.library().schemes]


@of_indicators.post("/apply_templates", status_code=201, summary="Add indicators from templates")
async def apply_indicator_templates(body: IndicatorTemplatesApplication, uow: CompanyHrUnitOfWork) -> AppliedIndicators:
    """Adds all or some of the starter indicators. Those already in the library are unchanged."""
    added = await templates.apply_indicators(uow, codes=body.codes)
    return AppliedIndicators(indicators=[Indicator.of(indicator) for indicator in added])


@of_schemes.post("/apply_template", status_code=201, summary="Add a scheme from a template")
@located("/v1/appraisal/schemes/{id}")
async def apply_scheme_template(body: SchemeTemplateApplication, uow: CompanyHrUnitOfWork) -> Scheme:
    """Adds a scheme for the positions, units or classes of suppliers given, with those of its indicators that the
    library lacks.
    """
    version = await templates.apply_scheme(
        uow,
        template=body.template,
        code=body.code,
        valid_from=body.valid_from,
        covered={field: getattr(body, field) for field in COVERED_BY.values()},
    )
    return Scheme.of(version)
