"""Org charts as of any day: as nested data, as a list, as a picture (ORG-13)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from services.kit.database.pages import Page
from services.kit.fields import Id, Model
from services.kit.files.pictures import PICTURE_ANSWER, PICTURE_HEADERS, SVG
from services.kit.web.application import AcceptedLanguage, PageAsked, Read
from services.kit.web.routing import router
from services.org.charts.api.org_chart_picture import drawn
from services.org.charts.domain import org_chart
from services.org.charts.domain.org_chart import nested
from services.org.charts.usecases import org_charts
from services.org.permissions import Reader
from services.org.schemas import AsOf, Headcount, PersonRef, PositionRef, UnitRef
from services.org.structure.domain.occupancy import AssignmentKind
from services.org.structure.domain.unit import UnitKind

routes = router("/v1/org/org_charts", tag="org_charts")

MOST_NESTED = 2000
MOST_DRAWN = 500

Root = Annotated[
    UUID | None,
    Query(alias="unit_id", description="Only this unit and everything below it; the whole organisation by default."),
]
Depth = Annotated[int | None, Query(ge=1, le=50, description="Number of levels, counted from the topmost unit shown.")]
People = Annotated[bool, Query(description="Include positions and the people in them.")]


class ChartPerson(PersonRef):
    """A person in a position."""

    kind: AssignmentKind = Field(description="Kind of the assignment.", examples=["primary"])


class ChartPosition(PositionRef):
    """A position with the people in it."""

    title: str = Field(description="Title in Chinese.", examples=["销售经理"])
    title_en: str = Field(description="Title in English.", examples=["Sales manager"])
    headcount: int = Field(description="Number of people that the position allows.", examples=[1])
    vacant: int = Field(description="Number of vacancies.", examples=[0])
    people: list[ChartPerson] = Field(description="People in the position, the one who counts as holder first.")


class ChartUnit(UnitRef):
    """A unit of the chart."""

    parent_id: Id | None = Field(description="Id of the unit above; null for a root.")
    level: int = Field(description="Level in the organisation; 1 for a root.", examples=[3])
    kind: UnitKind = Field(description="Kind of unit.", examples=["department"])
    head: ChartPosition | None = Field(description="Head position of the unit.")
    positions: list[ChartPosition] = Field(description="Positions by code; empty unless people are requested.")
    own: Headcount = Field(description="Headcount of its own positions.")
    total: Headcount = Field(description="Headcount of its own positions and everything below it.")
    children: int = Field(description="Number of units directly below it, shown or not.", examples=[2])


class ChartNode(ChartUnit):
    """A unit of the chart with the units below it."""

    beneath: list["ChartNode"] = Field(description="Units directly below it, as far as the chart goes.")


class OrgChart(Model):
    """An org chart as a tree."""

    roots: list[ChartNode] = Field(description="Topmost units shown.")


@routes.get("/nested", summary="Get the org chart as a tree")
async def get_org_chart(
    session: Read,
    _caller: Reader,
    day: AsOf,
    unit_id: Root = None,
    depth: Depth = None,
    people: People = False,
) -> OrgChart:
    """The org chart as of a day, as a tree of at most 2,000 units."""
    units = await org_charts.whole(session, day=day, unit_id=unit_id, depth=depth, people=people, most=MOST_NESTED)
    return OrgChart(roots=[_nested(root) for root in nested(units)])


@routes.get("/flat", summary="List the units of the org chart")
async def list_org_chart_units(
    session: Read,
    _caller: Reader,
    day: AsOf,
    paging: PageAsked,
    unit_id: Root = None,
    depth: Depth = None,
    people: People = False,
) -> Page[ChartUnit]:
    """Lists the units of the org chart as of a day; each unit comes before those below it."""
    found = await org_charts.paged(session, day=day, unit_id=unit_id, depth=depth, people=people, paging=paging)
    return Page[ChartUnit](**found.written(ChartUnit.model_validate))


@routes.get(
    "/picture",
    summary="Get the org chart as a picture",
    response_class=Response,
    responses=PICTURE_ANSWER,
)
async def get_org_chart_picture(
    session: Read,
    _caller: Reader,
    day: AsOf,
    language: AcceptedLanguage,
    unit_id: Root = None,
    depth: Depth = None,
    people: People = True,
) -> Response:
    """The org chart as of a day, as an SVG image of at most 500 units, in Chinese or English."""
    units = await org_charts.whole(session, day=day, unit_id=unit_id, depth=depth, people=people, most=MOST_DRAWN)
    return Response(drawn(nested(units), day, language), media_type=SVG, headers=PICTURE_HEADERS)


def _nested(node: org_chart.ChartNode) -> ChartNode:
    return ChartNode(**dict(ChartUnit.model_validate(node.unit)), beneath=[_nested(child) for child in node.beneath])
