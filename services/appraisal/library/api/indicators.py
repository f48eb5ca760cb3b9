"""/v1/appraisal/indicators: the library (APR-02)."""

import dataclasses
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.appraisal.library.domain.indicators import KINDS, Rule
from services.appraisal.library.domain.indicators.rule import LABEL, MEANING, Need, ScoringRule
from services.appraisal.library.domain.scheme import Aggregation, Frequency
from services.appraisal.library.store import indicators as store
from services.appraisal.library.store.tables import RULES, IndicatorRow
from services.appraisal.library.usecases import indicators
from services.appraisal.permissions import HrUnitOfWork, Librarian
from services.kit.codec import Exact
from services.kit.fields import CodeText, Label, Model, Prose
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.web import PageAsked, Read

routes = router("/v1/appraisal/indicators", tag="indicators")


class NewIndicator(Model):
    """An indicator, or the next version of the one with this code."""

    code: CodeText
    name: Label
    name_en: Label
    nature: Literal["quantitative", "qualitative"] = "quantitative"
    dimension: Label = Field(
        "performance", description="financial, customer, process, growth, ability, attitude or own"
    )
    definition: Prose
    unit: Annotated[str, Field(max_length=40, description="the unit of actuals and targets")] = ""
    data_source: Annotated[str, Field(max_length=200)] = ""
    collection: Frequency = Field(Frequency.MONTH, description="how often an actual must be there")
    aggregation: Aggregation = Field(Aggregation.SUM, description="how the actuals of a period become one")
    rule: Annotated[Rule, Exact()]


class Indicator(NewIndicator):
    """One version of an indicator."""

    id: UUID
    version: int
    created_at: datetime


class Parameter(Model):
    """A parameter of a scoring rule, with its words for a form."""

    name: str = Field(description="Name of the field in a rule's body.", examples=["tolerance"])
    label: str = Field(description="Its name in Chinese.", examples=["容差"])
    label_en: str = Field(description="Its name in English.", examples=["tolerance"])
    description: str = Field(description="What it means, in Chinese.", examples=["与目标的偏差在此百分比以内得满分"])
    description_en: str = Field(
        description="What it means, in English.",
        examples=["A deviation up to this percentage of the target keeps full marks."],
    )
    required: bool = Field(description="Whether it has no default.", examples=[True])


class ScoringRuleKind(Model):
    """A kind of scoring rule that indicators can use."""

    kind: str = Field(description="Its name in a rule's body.", examples=["on_target"])
    label: str = Field(description="Its name in Chinese.", examples=["贴近目标"])
    label_en: str = Field(description="Its name in English.", examples=["On target"])
    needs: list[Need] = Field(
        description="What an item is scored from, by the example's parameters.", examples=[["actual", "target"]]
    )
    parameters: list[Parameter] = Field(description="Its parameters.")
    example: dict[str, Any] = Field(
        description="A rule of this kind as requests take it.",
        examples=[{"kind": "on_target", "tolerance": "5", "k": "2"}],
    )


class ScoringRuleKinds(Model):
    """The kinds of scoring rules."""

    items: list[ScoringRuleKind] = Field(description="All kinds there are.")


@routes.get("/scoring_rules", operation_id="list_scoring_rules", summary="List kinds of scoring rules")
async def list_scoring_rules(_: Librarian) -> ScoringRuleKinds:
    """The kinds of scoring rules with their parameters, in both languages, for forms that edit indicators."""
    return ScoringRuleKinds(items=[_kind(rule) for rule in KINDS])


@routes.post("", status_code=201)
async def add_indicator(body: NewIndicator, uow: HrUnitOfWork) -> Indicator:
    """Add an indicator; an existing code gets its next version, which schemes made from then on use."""
    values = body.model_dump(exclude={"code", "nature", "rule", "collection", "aggregation"})
    values |= {"collection": body.collection.value, "aggregation": body.aggregation.value}
    values["quantitative"] = body.nature == "quantitative"
    row = await indicators.add(uow, code=body.code, rule=body.rule, values=values)
    return _written(row)


@routes.get("")
async def list_indicators(_: Librarian, session: Read, paging: PageAsked) -> Page[Indicator]:
    """The newest version of every indicator, by code."""
    found = await store.current_page(session, paging)
    return Page[Indicator].model_validate(found.written(lambda row: _written(row[0])))


def _written(row: IndicatorRow) -> Indicator:
    return Indicator(
        id=row.id,
        code=row.code,
        version=row.version,
        name=row.name,
        name_en=row.name_en,
        nature="quantitative" if row.quantitative else "qualitative",
        dimension=row.dimension,
        definition=row.definition,
        unit=row.unit,
        data_source=row.data_source,
        collection=Frequency(row.collection),
        aggregation=Aggregation(row.aggregation),
        rule=RULES.load(row.rule),
        created_at=row.created_at,
    )


def _kind(rule: type[ScoringRule]) -> ScoringRuleKind:
    example = rule.example()
    return ScoringRuleKind(
        kind=rule.name(),
        label=rule.label.zh,
        label_en=rule.label.en,
        needs=sorted(RULES.load(example).needs),
        parameters=[_parameter(each) for each in rule.parameters()],
        example=example,
    )


def _parameter(found: dataclasses.Field[Any]) -> Parameter:
    label, meaning = found.metadata[LABEL], found.metadata[MEANING]
    return Parameter(
        name=found.name,
        label=label.zh,
        label_en=label.en,
        description=meaning.zh,
        description_en=meaning.en,
        required=found.default is dataclasses.MISSING,
    )
