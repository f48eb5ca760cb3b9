"""Making a move of a workflow: compare-and-set on the row, and a line in the history, in one transaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol, TypedDict
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, Select, String, Table, Text, Uuid, insert, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from services.kit.database.sessions import KIT, ReadSession, new_id
from services.kit.errors import Conflict
from services.kit.identity import Caller
from services.kit.release import Signature
from services.kit.work.unit_of_work import UnitOfWork
from services.kit.workflow import Transition

transition = Table(
    "transition",
    KIT,
    Column("id", Uuid, primary_key=True, default=new_id),
    Column("resource", String(64), nullable=False),
    Column("resource_id", Uuid, nullable=False),
    Column("source", String(32), nullable=False),
    Column("action", String(32), nullable=False),
    Column("target", String(32), nullable=False),
    Column("actor_id", Uuid, nullable=False),
    Column("actor_employee_id", Uuid),
    Column("actor_name", String(200), nullable=False),
    Column("note", Text),
    Column("at", DateTime(timezone=True), nullable=False),
    Index(None, "resource", "resource_id", "at"),
)

_LINE: Final = insert(transition)


class StateChanged(Conflict):
    """Another caller made a transition between our read and our write."""

    code = "state_changed"
    zh = "状态刚刚被他人改变，请重新读取后再试。"
    en = "Its state has just changed; read it again and retry."


class Stateful(Protocol):
    """A row that has a workflow."""

    __tablename__: str
    id: UUID
    state: str
    revision: int


async def advance(
    uow: UnitOfWork,
    rows: type[Stateful],
    row_id: UUID,
    move: Transition[Any, Any],
    *,
    note: str | None = None,
    values: Mapping[str, object] | None = None,
) -> None:
    """Move the row from ``move.source`` to ``move.target``, setting ``values``; its revision grows by one.

    Raises:
        StateChanged: the row is no longer in ``move.source``; nothing was changed.
    """
    columns: Any = rows  # on the class, the attributes are columns
    changed = await uow.session.execute(
        update(rows)
        .where(columns.id == row_id, columns.state == move.source.value)
        .values(state=move.target.value, revision=columns.revision + 1, **(values or {}))
        .returning(columns.id)
        .execution_options(synchronize_session=False)
    )
    if changed.first() is None:
        raise StateChanged
    line = {
        "resource": rows.__tablename__,
        "resource_id": row_id,
        "source": move.source.value,
        "action": move.action.value,
        "target": move.target.value,
        "actor_id": uow.caller.account_id,
        "actor_employee_id": uow.caller.employee_id,
        "actor_name": uow.caller.name,
        "note": note,
        "at": uow.now,
    }
    await uow.session.execute(_LINE, line)


class Trail(TypedDict):
    """What a line of the audit trail says of a transition."""

    before: dict[str, object]
    after: dict[str, object]


def trail_of(source: str, target: str, /, *, revision: int, **decided: object) -> Trail:
    """A transition for the audit trail: from which state, decided at which revision, into which state, about what.

    What is None is left out.
    """
    facts = {name: value for name, value in decided.items() if value is not None}
    return Trail(before={"state": source, "revision": revision}, after={"state": target, **facts})


async def actors_of(session: ReadSession, rows: type[Stateful], row_id: UUID, *actions: StrEnum) -> set[Signature]:
    """Who ever made one of ``actions`` on this row, for four-eyes rules."""
    found = await session.execute(
        select(transition.c.actor_id, transition.c.actor_employee_id).where(
            transition.c.resource == rows.__tablename__,
            transition.c.resource_id == row_id,
            transition.c.action.in_([action.value for action in actions]),
        )
    )
    return {Signature(account_id, employee_id) for account_id, employee_id in found}


def moved_by(rows: type[Stateful], caller: Caller) -> Select[UUID]:
    """The ids of the rows of which the caller made a transition: who decided about a record may go on reading it."""
    theirs = [transition.c.actor_id == caller.account_id]
    if caller.employee_id is not None:
        theirs.append(transition.c.actor_employee_id == caller.employee_id)
    return select(transition.c.resource_id).where(transition.c.resource == rows.__tablename__, or_(*theirs))


@dataclass(frozen=True)
class Decision:
    """The last transition of a record: who made it, when, and the reason that they gave."""

    action: str
    decided_at: datetime
    decided_by_name: str
    decision: str | None


async def last_decisions(
    session: ReadSession, rows: type[Stateful], ids: Collection[UUID], *actions: StrEnum
) -> Mapping[UUID, Decision]:
    """The last of ``actions`` on each of these rows, or the last transition of any kind, in one statement."""
    columns = transition.c
    query = (
        select(columns.resource_id, columns.action, columns.at, columns.actor_name, columns.note)
        .ext(distinct_on(columns.resource_id))
        .where(columns.resource == rows.__tablename__, columns.resource_id.in_(ids))
        .order_by(columns.resource_id, columns.at.desc(), columns.id.desc())
    )
    if actions:
        query = query.where(columns.action.in_([action.value for action in actions]))
    found = await session.execute(query)
    return {row.resource_id: Decision(row.action, row.at, row.actor_name, row.note) for row in found}


DECIDED: Final = ("decided_at", "decided_by_name", "decision")
WITHDRAWN: Final = ("withdrawn_at", "withdrawn_by_name", "withdrawal_reason")


def decision_shown(decision: Decision | None, names: tuple[str, str, str] = DECIDED) -> dict[str, Any]:
    """When, by whom and why, as the API answers under ``names``; null without a decision."""
    return {shown: decision and getattr(decision, name) for shown, name in zip(names, DECIDED, strict=True)}
