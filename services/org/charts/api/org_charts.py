"""Org charts as of any day: as nested data, as a list, as a picture (ORG-13)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.kit.fields import Id, Model
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.web import AcceptedLanguage, PageAsked, Read
from services.org.charts.api.org_chart_picture import drawn
from services.org.charts.domain.org_chart import ChartNode, ChartUnit, nested
from services.org.charts.usecases import org_charts
from services.org.permissions import Reader
from services.org.schemas import AsOf, Seats
from services.org.structure.domain.occupancy import AssignmentKind
from services.org.structure.domain.unit import UnitKind

routes = router("/v1/org/org_charts", tag="org_charts")

MOST_NESTED = 2000
MOST_DRAWN = 500

Root = Annotated[UUID | None, Query(alias="unit_id", description="this unit and what is beneath; else everything")]
Depth = Annotated[int | None, Query(ge=1, le=50, description="so many levels, the topmost shown being the first")]
People = Annotated[bool, Query(description="also positions and the people in them")]


class ChartPerson(Model):
    """Somebody in a position, and how he holds it."""

    id: Id
    number: str
    name: str
    kind: AssignmentKind


class ChartSeat(Model):
    """A position with the people in it, who counts as holder first."""

    id: Id
    code: str
    title: str
    title_en: str
    headcount: int
    vacant: int
    people: list[ChartPerson]


class FlatUnit(Model):
    """A unit of the chart. ``head`` is its head position; ``total`` is its headcount with everything beneath it."""

    id: Id
    parent_id: Id | None
    level: int
    code: str
    name: str
    name_en: str
    kind: UnitKind
    head: ChartSeat | None
    positions: list[ChartSeat]
    own: Seats
    total: Seats
    children: int


class NestedUnit(FlatUnit):
    """A unit with those right beneath it, as far as the chart goes; ``children`` counts all of them."""

    beneath: list["NestedUnit"]


class OrgChart(Model):
    """The topmost units shown, each with what is beneath it."""

    roots: list[NestedUnit]


@routes.get("/nested")
async def as_tree(
    session: Read,
    _caller: Reader,
    day: AsOf,
    unit_id: Root = None,
    depth: Depth = None,
    people: People = False,  # noqa: FBT002 - a query parameter
) -> OrgChart:
    """The chart as a tree of at most 2,000 units."""
    units = await org_charts.whole(session, day=day, unit_id=unit_id, depth=depth, people=people, most=MOST_NESTED)
    return OrgChart(roots=[_nested(root) for root in nested(units)])


@routes.get("/flat")
async def as_list(
    session: Read,
    _caller: Reader,
    day: AsOf,
    paging: PageAsked,
    unit_id: Root = None,
    depth: Depth = None,
    people: People = False,  # noqa: FBT002 - a query parameter
) -> Page[FlatUnit]:
    """The chart as a list page by page, each unit before those beneath it."""
    found = await org_charts.paged(session, day=day, unit_id=unit_id, depth=depth, people=people, paging=paging)
    return Page[FlatUnit](**found.written(_flat))


@routes.get("/picture", response_class=Response, responses={200: {"content": {"image/svg+xml": {}}}})
async def as_picture(
    session: Read,
    _caller: Reader,
    day: AsOf,
    language: AcceptedLanguage,
    unit_id: Root = None,
    depth: Depth = None,
    people: People = True,  # noqa: FBT002 - a query parameter
) -> Response:
    """The chart as an SVG picture of at most 500 units, in Chinese or English."""
    units = await org_charts.whole(session, day=day, unit_id=unit_id, depth=depth, people=people, most=MOST_DRAWN)
    headers = {
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(drawn(nested(units), day, language), media_type="image/svg+xml", headers=headers)


def _flat(unit: ChartUnit) -> FlatUnit:
    return FlatUnit.model_validate(unit)


def _nested(node: ChartNode) -> NestedUnit:
    return NestedUnit(**dict(_flat(node.unit)), beneath=[_nested(child) for child in node.beneath])
