"""The smallest service that uses the whole kit: things with a name, an amount and a workflow."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy import MetaData, select
from sqlalchemy.orm import DeclarativeBase, Mapped

from services.kit.access.callers import AnyCaller, permit
from services.kit.audit import trail
from services.kit.database.pages import Page, page
from services.kit.database.sessions import CONVENTION, Amount, Key, Revision, Title
from services.kit.errors import FieldError, Invalid, NotFound, Stale, Text
from services.kit.fields import Id, Label, Model, Money
from services.kit.identity import Caller, Role
from services.kit.startup.tables import adopt
from services.kit.web.application import IfMatch, Now, PageAsked, Read, Write, tag
from services.kit.web.routing import keeps_no_body, moves_money, router, takes_up_to
from services.kit.work.history import advance
from services.kit.work.unit_of_work import UnitOfWork
from services.kit.workflow import Transition, Workflow


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=CONVENTION, schema="kit")


class ThingRow(Base):
    __tablename__ = "thing"
    id: Mapped[Key]
    name: Mapped[Title]
    amount: Mapped[Amount]
    state: Mapped[Title]
    revision: Mapped[Revision]


adopt(Base.metadata)


class State(StrEnum):
    DRAFT = "draft"
    PAID = "paid"


class Action(StrEnum):
    PAY = "pay"


THINGS = Workflow(
    "thing",
    [Transition(State.DRAFT, Action.PAY, State.PAID, frozenset({Role.FINANCE}))],
    label=Text("物品", "thing"),
    states={State.DRAFT: Text("草稿", "draft"), State.PAID: Text("已付", "paid")},
    actions={Action.PAY: Text("付款", "paying")},
)
Payer = Annotated[Caller, permit(Role.FINANCE)]
Reporter = Annotated[Caller, permit(Role.HR, scope="report")]


class NewThing(Model):
    """What is entered."""

    name: Label
    amount: Money


class Span(Model):
    """So many days from a day on."""

    first: date
    days: int


class Spans(Model):
    """Several spans."""

    name: str
    spans: list[Span]


class ThingView(NewThing):
    """What is shown."""

    id: Id
    state: str


class TooDear(Invalid):
    """The thing costs too much."""

    code = "too_dear"
    zh = "金额 {amount} 超过上限。"
    en = "The amount {amount} is above the limit."


def build() -> APIRouter:
    routes = router("/v1/kit", tag="things")

    @routes.post("/things", status_code=201)
    async def create(asked: NewThing, caller: AnyCaller, session: Write, now: Now) -> ThingView:
        if asked.amount > 1_000_000:
            fault = FieldError("/amount", str(asked.amount), Text("不超过 1000000", "at most 1000000"))
            raise TooDear(amount=asked.amount, field_errors=[fault])
        row = ThingRow(name=asked.name, amount=asked.amount, state=State.DRAFT)
        session.add(row)
        await session.flush()
        await trail.record(
            session, caller=caller, action="create", resource="thing", resource_id=row.id, now=now,
            after={"name": row.name, "amount": str(row.amount)},
        )  # fmt: skip
        return ThingView.model_validate(row)

    @routes.get("/things")
    async def list_things(caller: AnyCaller, session: Read, paging: PageAsked) -> Page[ThingView]:
        query = select(ThingRow.id, ThingRow.name, ThingRow.amount, ThingRow.state)
        found = await page(session, query, ThingView.model_validate, keys=[ThingRow.name, ThingRow.id], paging=paging)
        return Page[ThingView](items=list(found.items), next=found.next)

    @routes.get("/things/{thing_id}")
    async def show(thing_id: UUID, caller: AnyCaller, session: Read, response: Response) -> ThingView:
        row = await session.get(ThingRow, thing_id)
        if row is None:
            raise NotFound
        tag(response, row.revision)
        return ThingView.model_validate(row)

    @routes.put("/things/{thing_id}")
    async def rename(
        thing_id: UUID, asked: NewThing, caller: AnyCaller, session: Write, revision: IfMatch
    ) -> ThingView:
        row = await session.get(ThingRow, thing_id, with_for_update=True)
        if row is None:
            raise NotFound
        if row.revision != revision:
            raise Stale
        row.name, row.amount, row.revision = asked.name, asked.amount, row.revision + 1
        await session.flush()
        return ThingView.model_validate(row)

    _add_marked(routes)
    return routes


def _add_marked(routes: APIRouter) -> None:
    @routes.post("/things/{thing_id}/pay", status_code=204, response_class=Response)
    @moves_money
    async def pay(thing_id: UUID, caller: Payer, session: Write, now: Now) -> None:
        row = await session.get(ThingRow, thing_id)
        if row is None:
            raise NotFound
        move = THINGS.next(State(row.state), Action.PAY, caller.roles)
        await advance(UnitOfWork(session, caller, now, now.date()), ThingRow, thing_id, move, note="due")

    @routes.post("/ratings", status_code=204, response_class=Response)
    @keeps_no_body
    async def rate(asked: NewThing, caller: AnyCaller) -> None:
        """Leaves no trace."""

    @routes.post("/notes", status_code=204, response_class=Response)
    @takes_up_to(100)
    async def note(asked: NewThing, caller: AnyCaller) -> None:
        """Short ones only."""

    @routes.get("/report")
    async def report(caller: Reporter) -> dict[str, str]:
        return {"for": caller.name}

    @routes.get("/day_after")
    async def day_after(caller: AnyCaller, day: date) -> date:
        return day + timedelta(days=1)

    @routes.post("/spans", status_code=204, response_class=Response)
    async def spans(asked: Spans, caller: AnyCaller) -> None:
        for span in asked.spans:
            span.first + timedelta(days=span.days)

    @routes.get("/defect")
    async def defect(caller: AnyCaller) -> None:
        raise RuntimeError("salary 54321.99")
