"""Headcount and vacancies by unit (ORG-02)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.kit.database.pages import Page
from services.kit.fields import Id, Model
from services.kit.web.application import PageAsked, Read
from services.kit.web.routing import router
from services.org.charts.domain import org_chart
from services.org.charts.usecases import org_charts
from services.org.permissions import Reader
from services.org.schemas import AsOf, Headcount, UnitRef
from services.org.structure.domain.unit import UnitAsOf

routes = router("/v1/org/headcount", tag="headcount")


class UnitHeadcount(Model):
    """The headcount of a unit as of a day."""

    unit: UnitRef = Field(description="The unit.")
    path: list[Id] = Field(description="Ids of the units from the root down to this one, which comes last.")
    own: Headcount = Field(description="Headcount of its own positions.")
    total: Headcount = Field(description="Headcount of its own positions and of everything below it.")


@routes.get("", summary="List headcount by unit")
async def list_headcount(
    session: Read,
    _caller: Reader,
    day: AsOf,
    paging: PageAsked,
    unit_id: Annotated[UUID | None, Query(description="Only this unit and everything below it.")] = None,
) -> Page[UnitHeadcount]:
    """Lists headcount and vacancies by unit as of a day; each unit comes before those below it."""
    found = await org_charts.headcounts(session, day=day, unit_id=unit_id, paging=paging)
    return Page[UnitHeadcount](**found.written(_headcount))


def _headcount(found: tuple[UnitAsOf, org_chart.Headcount, org_chart.Headcount]) -> UnitHeadcount:
    unit, own, total = found
    return UnitHeadcount(
        unit=UnitRef(id=unit.id, code=unit.code, name=unit.name, name_en=unit.name_en),
        path=unit.path,
        own=Headcount.model_validate(own),
        total=Headcount.model_validate(total),
    )
