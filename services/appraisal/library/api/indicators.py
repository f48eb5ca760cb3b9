"""/v1/appraisal/indicators: the library (APR-01)."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from services.appraisal.library.domain import indicator as domain
from services.appraisal.library.domain.indicators import Rule
from services.appraisal.library.domain.scheme import Aggregation, Frequency
from services.appraisal.library.usecases import indicators
from services.appraisal.permissions import CompanyHrUnitOfWork, Librarian
from services.kit.database.codec import Exact
from services.kit.database.pages import Page
from services.kit.errors import Text
from services.kit.fields import CodeText, Label, Model, Prose
from services.kit.web.application import PageAsked, Read
from services.kit.web.routing import router

routes = router("/v1/appraisal/indicators", tag="indicators")


class NewIndicator(Model):
    """An indicator, or the next version of the indicator with this code."""

    code: CodeText = Field(
        description="Code of the indicator; an existing one gets its next version.", examples=["S03"]
    )
    name: Label = Field(description="Name in Chinese.", examples=["销售费用率"])
    name_en: Label = Field(description="Name in English.", examples=["Sales expense rate"])
    nature: Literal["quantitative", "qualitative"] = Field(
        default="quantitative",
        description="Nature: only quantitative indicators count in attainment.",
        examples=["quantitative"],
    )
    dimension: Label = Field(
        default="performance",
        description="Dimension: financial, customer, process, growth, performance, ability, attitude, or your own.",
        examples=["financial"],
    )
    definition: Prose = Field(
        description="Definition of what is measured, and how.", examples=["销售费用占销售额的比重"]
    )
    unit: Annotated[str, Field(max_length=40)] = Field(
        default="", description="Unit of its actuals and targets.", examples=["%"]
    )
    unit_en: Annotated[str, Field(max_length=40)] = Field(
        default="", description="Unit in English; empty if `unit` reads in both languages.", examples=[""]
    )
    data_source: Annotated[str, Field(max_length=200)] = Field(
        default="", description="Source of the actuals.", examples=["财务系统"]
    )
    collection: Frequency = Field(
        default=Frequency.MONTH, description="Frequency with which actuals are collected.", examples=["month"]
    )
    aggregation: Aggregation = Field(
        default=Aggregation.SUM, description="Method of combining the actuals of a period into one.", examples=["mean"]
    )
    rule: Annotated[Rule, Exact()] = Field(
        description="Scoring rule; GET /v1/appraisal/scoring_rules lists the kinds.",
        examples=[{"kind": "lower_is_better"}],
    )

    def facts(self) -> domain.IndicatorFacts:
        """The same for the domain."""
        return domain.IndicatorFacts(
            name=Text(self.name, self.name_en),
            quantitative=self.nature == "quantitative",
            dimension=self.dimension,
            definition=self.definition,
            unit=self.unit,
            unit_en=self.unit_en,
            data_source=self.data_source,
            collection=self.collection,
            aggregation=self.aggregation,
            rule=self.rule,
        )


class Indicator(NewIndicator):
    """One version of an indicator."""

    id: UUID = Field(description="Id of this version.", examples=["0198d5a0-0000-7000-8000-000000000001"])
    version: int = Field(description="Number of this version, from 1.", examples=[1])
    created_at: datetime = Field(description="Time at which this version was added.", examples=["2026-01-05T01:00:00Z"])

    @classmethod
    def of(cls, indicator: domain.Indicator) -> "Indicator":
        """An indicator as the API shows it."""
        facts = indicator.facts
        return cls(
            id=indicator.id,
            code=indicator.code,
            version=indicator.version,
            name=facts.name.zh,
            name_en=facts.name.en,
            nature="quantitative" if facts.quantitative else "qualitative",
            dimension=facts.dimension,
            definition=facts.definition,
            unit=facts.unit,
            unit_en=facts.unit_en,
            data_source=facts.data_source,
            collection=facts.collection,
            aggregation=facts.aggregation,
            rule=facts.rule,
            created_at=indicator.created_at,
        )


@routes.post("", summary="Add an indicator or its next version", status_code=201)
async def create_indicator(body: NewIndicator, uow: CompanyHrUnitOfWork) -> Indicator:
    """Adds an indicator. An existing code gets a new version, which is used by schemes created from then on."""
    indicator = await indicators.create(uow, code=body.code, facts=body.facts())
    return Indicator.of(indicator)


@routes.get("", summary="List indicators")
async def list_indicators(
    _: Librarian,
    session: Read,
    paging: PageAsked,
    dimension: Annotated[str | None, Query(max_length=200, description="Only indicators of this dimension.")] = None,
    search: Annotated[str | None, Query(max_length=100, description="Part of the code or of a name.")] = None,
) -> Page[Indicator]:
    """The newest version of every indicator, by code."""
    found = await indicators.list_newest(session, paging=paging, dimension=dimension, search=search)
    return Page[Indicator].model_validate(found.written(Indicator.of))


@routes.get("/{indicator_id}", summary="Read one version of an indicator")
async def get_indicator(
    indicator_id: Annotated[UUID, Path(description="Id of the version.")], _: Librarian, session: Read
) -> Indicator:
    """Any version of an indicator, including superseded ones."""
    return Indicator.of(await indicators.get(session, indicator_id))
