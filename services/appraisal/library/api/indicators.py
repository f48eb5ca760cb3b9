"""/v1/appraisal/indicators: the library (APR-02)."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.appraisal.library.api.rule_body import RuleBody
from services.appraisal.library.domain.scheme import Aggregation, Frequency
from services.appraisal.library.store import indicators as store
from services.appraisal.library.store.codec import rule_of
from services.appraisal.library.store.tables import IndicatorRow
from services.appraisal.library.usecases import indicators
from services.appraisal.permissions import HrUnitOfWork, Librarian
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
    rule: RuleBody


class Indicator(NewIndicator):
    """One version of an indicator."""

    id: UUID
    version: int
    created_at: datetime


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
        rule=rule_of(row.rule),
        created_at=row.created_at,
    )
